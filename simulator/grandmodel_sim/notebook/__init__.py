"""Running a learner's code: cells, output, errors cut to the learner's own frames, completion and files."""

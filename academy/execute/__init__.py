"""Run what the course shows: the cells of its pages on CPython, so that a reader sees output before any script runs."""

"""How fast: each figure as a ratio against a named peer or floor, measured in the same run."""

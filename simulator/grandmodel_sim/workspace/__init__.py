"""The learner's GrandModel checkout: `src/…` façades, configuration and data, made on demand from a seed."""

from grandmodel_sim.workspace.tree import TEST_SESSIONS, TRAINING_SESSIONS, files, write

__all__ = ["TEST_SESSIONS", "TRAINING_SESSIONS", "files", "write"]

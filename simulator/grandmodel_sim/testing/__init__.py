"""Conformance tests that others can run against this package, and against what they write for it."""

from grandmodel_sim.testing.parallel import check_parallel_env, trajectory_digest

__all__ = ["check_parallel_env", "trajectory_digest"]

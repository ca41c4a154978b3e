"""What tests of the simulator share. It is imported from its folder: its tests need no wheel."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from academy import paths

if str(paths.SIMULATOR) not in sys.path:
    sys.path.insert(0, str(paths.SIMULATOR))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's workspace with its data files, made once; do not write into it."""
    from grandmodel_sim import workspace

    return workspace.write(tmp_path_factory.mktemp("checkout"), seed=3)


@pytest.fixture
def shell() -> Callable[..., tuple[str, str, int]]:
    """Run a command line against a world (seed 7 by default) and return stdout, stderr and the exit code."""
    from grandmodel_sim import World, commands

    from tests.simulator.commands.drive import drive

    def run(
        line: str, world: World | None = None, stdin: str = "", cwd: str = "/", steps: int = 500
    ) -> tuple[str, str, int]:
        return drive(commands.CommandContext(line.split(" "), world or World(7), stdin, cwd=cwd, root=cwd), steps)

    return run

"""Build the simulator's wheel: the one Python package that the page loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from academy import paths
from academy.errors import StepFailed

# A fixed date makes the wheel a function of its files alone.
SOURCE_DATE_EPOCH = "1577836800"


def build(folder: Path) -> Path:
    """Build the wheel into an emptied `folder` and return its path.

    Raises:
        StepFailed: the build back end refused; the message holds its words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=paths.SIMULATOR,
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH},
    )
    if done.returncode:
        raise StepFailed(f"The simulator's wheel could not be built:\n{done.stderr.strip()[-2000:]}")
    return next(folder.glob("*.whl"))

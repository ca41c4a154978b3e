"""Pin anew what requirements.in and package.json ask for: hashes, no addresses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from academy import paths
from academy.assets import node
from academy.errors import StepFailed

# 3.11.5 is the oldest that all packages say they support; bootstrap.py explains how 3.11.2 is served.
OLDEST_PYTHON = "3.11.5"


def run(console: Console) -> None:
    """Rewrite requirements.lock, bench/requirements.lock and package-lock.json.

    Raises:
        StepFailed: a resolver refused; the message holds its words.
    """
    here = Path(sys.executable).parent
    _call([sys.executable, "-m", "pip", "install", "--quiet", "uv"], "Installing uv")
    for source, target in (
        ("requirements.in", "requirements.lock"),
        ("bench/requirements.in", "bench/requirements.lock"),
    ):
        _call(
            [
                *(str(here / "uv"), "pip", "compile", source, "-o", target, "--universal"),
                *("--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-emit-index-url", "--no-annotate"),
                *("--custom-compile-command", "make lock"),
            ],
            f"Locking the Python packages of {source}",
        )
    # From nothing: npm leaves out of a lock file what it finds installed for this platform only.
    (paths.ROOT / "package-lock.json").unlink(missing_ok=True)
    shutil.rmtree(node.MODULES, ignore_errors=True)
    npm = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
    _call([str(here / npm[0]), *npm[1:]], "Locking the browser packages")
    node.install_packages()
    console.print(
        "Both requirements.lock and package-lock.json are written. Read the difference, then run `make test`."
    )


def _call(command: list[str], what: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, env={**os.environ, "PATH": path})
    if done.returncode:
        raise StepFailed(f"{what} failed:\n{done.stderr.strip()[-2000:]}")

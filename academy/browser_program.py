"""The Chromium that the tests drive: one that is installed, or Debian's package when we may install it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from academy.errors import ToolMissing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "ACADEMY_CHROMIUM"

# Without the last four, Chromium looks for hosts of its maker at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_or_install(console: Console) -> Path:
    """The program's path.

    Raises:
        ToolMissing: there is none, and it cannot be installed from here.
    """
    found = find()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        console.print("Installing Debian's Chromium for the browser tests")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=quiet, capture_output=True)
        done = subprocess.run(
            ["apt-get", "install", "-qy", "--no-install-recommends", "chromium"],
            env=quiet,
            capture_output=True,
            text=True,
        )
        found = find()
        if found:
            return found
        raise ToolMissing(f"Debian's Chromium could not be installed:\n{done.stderr.strip()[-1000:]}")
    raise ToolMissing(
        f"The tests need Chromium or Chrome, and none was found ({', '.join(NAMES)}). "
        f"Install one (`sudo apt-get install chromium`), or set {VARIABLE} to its path."
    )


def find() -> Path | None:
    """An installed Chromium or Chrome, or the one that ACADEMY_CHROMIUM names."""
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise ToolMissing(f"{VARIABLE} names {named}, which is not a file.")
        return Path(named)
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)

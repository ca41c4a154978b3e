"""Make the virtual environment: the only part of the project that runs on the machine's own Python.

Run by the Makefile before anything else. It uses the standard library only, does nothing when the lock file has not
changed, and says in one sentence what is missing when it cannot go on.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "academy.lock"
OLDEST = (3, 11)


def main() -> None:
    """Create or refresh `.venv`; exit with a sentence when that is impossible."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"This needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {sys.version.split()[0]}. "
            "Install a newer one, then run `make serve PYTHON=python3.12` (or whatever it is called)."
        )
    wanted = _fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    started = time.monotonic()
    _say("Setting up .venv (once; later runs skip this)")
    if not (PYTHON.exists() and _runs([str(PYTHON), "-m", "pip", "--version"])):
        _create()
    _say("  installing the locked Python packages")
    # Debian 12 has Python 3.11.2, and pymdown-extensions 13.1 asks for 3.11.5 because of a bug in html.parser that
    # our pages do not meet (`make check` passes on such a Python): so the lock, not the package, decides.
    old_patch = ["--ignore-requires-python"] if sys.version_info[:3] < (3, 11, 5) else []
    _pip("install", "--require-hashes", "--only-binary", ":all:", *old_patch, "-r", str(ROOT / "requirements.lock"))
    _pip("install", "--no-deps", "--no-build-isolation", *old_patch, "-e", str(ROOT))
    STAMP.write_text(wanted)
    _say(f"  ready after {time.monotonic() - started:.0f} s")


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.lock", "pyproject.toml", "academy/bootstrap.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _create() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if not _runs([sys.executable, "-c", "import ensurepip"]):
        _install_venv_package()
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def _install_venv_package() -> None:
    """Debian and Ubuntu split `venv` off into a package of its own."""
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"Python's venv module is not complete here. Run `sudo apt-get install {package}`, then try again.")
    _say(f"  installing {package}")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)  # type: ignore[call-overload]
    subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", package], check=True, **quiet)  # type: ignore[call-overload]


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(
            "pip could not install what the lock file names (its own message stands above). Check the network, and if "
            "the message speaks of a missing wheel, that this Python is one of 3.11 to 3.14; then try again."
        )


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()

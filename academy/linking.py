"""Check every link of the built site with linkchecker, served as a static host would serve it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from rich.console import Console

from academy import build, serve
from academy.errors import AcademyError

# Only our own pages: a link to elsewhere must not fail a build because its host is down.
SETTINGS = """
[checking]
maxrequestspersecond=5000
threads=4
[filtering]
checkextern=0
[output]
status=0
"""


def run(console: Console) -> int:
    """Build, serve, crawl; print linkchecker's report and return its exit code."""
    target = build.default_target()
    build.build(target, console)
    with served(target.folder) as address, tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "linkchecker.ini"
        settings.write_text(SETTINGS)
        command = [str(Path(sys.executable).parent / "linkchecker"), "-f", str(settings), "--no-status", address]
        return subprocess.run(command).returncode


@contextmanager
def served(folder: Path, prefix: str = "") -> Iterator[str]:
    """Serve a built site on a free port, under a sub-path if one is given; yields its address."""
    with served_on(folder, 0, prefix) as address:
        yield address


@contextmanager
def served_on(folder: Path, port: int, prefix: str = "") -> Iterator[str]:
    """The same on a given port.

    Raises:
        AcademyError: the port is taken.
    """
    application = serve.application(folder, serve.Pages(), prefix)
    try:
        listener = socket.create_server((serve.HOST, port))
    except OSError as error:
        raise AcademyError(f"Port {port} is taken ({error.strerror}). Stop what uses it, then try again.") from error
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://{serve.HOST}:{listener.getsockname()[1]}{prefix}/"
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()

"""Check every link of the built site with linkchecker, served as a static host would serve it."""

from __future__ import annotations

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
    application = serve.application(folder, serve.Pages(), prefix)
    server = uvicorn.Server(uvicorn.Config(application, host=serve.HOST, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the test server did not start")
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://{serve.HOST}:{port}{prefix}/"
    finally:
        server.should_exit = True
        thread.join(5)

"""The development server: build, serve, watch, rebuild, and tell the open pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
import watchfiles
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from academy import build, paths
from academy.errors import AcademyError

HOST = "127.0.0.1"
WATCHED = (
    paths.CURRICULUM,
    paths.DOCS,
    paths.EXERCISES,
    paths.QUIZZES,
    paths.SIMULATOR,
    paths.BROWSER / "src",
    paths.OVERRIDES,
    paths.ROOT / "macros",
    paths.ROOT / "mkdocs.yml",
)
# Python's mimetypes asks the operating system, which may not know these; a wrong type for .wasm hangs Pyodide.
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".xml": "application/xml",
}
IMMUTABLE = "public, max-age=31536000, immutable"


def serve(port: int, console: Console) -> None:
    """Build for http://127.0.0.1:<port>/ and serve until interrupted.

    Raises:
        AcademyError: the first build failed, or the port is taken.
    """
    target = build.Target(paths.CACHE / "serve" / "site", f"http://{HOST}:{port}/", reload=True)
    build.build(target, console)
    console.print(f"\n  The course is at [bold]http://{HOST}:{port}/[/bold]   (Ctrl-C stops)\n", highlight=False)
    asyncio.run(_serve(target, port, console))


async def _serve(target: build.Target, port: int, console: Console) -> None:
    pages = Pages()
    config = uvicorn.Config(application(target.folder, pages), host=HOST, port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    watcher = asyncio.create_task(_watch(target, pages, console))
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way of saying that it could not bind
        raise AcademyError(
            f"Port {port} is taken. Stop what uses it, or run `make serve ARGS='--port 8010'`."
        ) from None
    finally:
        pages.close()
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


async def _watch(target: build.Target, pages: Pages, console: Console) -> None:
    watched = [path for path in WATCHED if path.exists()]
    async for changes in watchfiles.awatch(*watched, debounce=200):
        names = sorted({Path(path).name for _, path in changes})
        if all(name.endswith(".pyc") or "generated" in path for _, path in changes for name in [Path(path).name]):
            continue
        console.print(f"  changed: {', '.join(names[:4])}", highlight=False)
        try:
            ran = await asyncio.to_thread(build.build, target, console)
        except AcademyError as error:
            console.print(f"[red]{error}[/red]\n  The last good site is still served.", highlight=False)
            continue
        if ran:
            pages.reload()


class Pages:
    """The open pages: each holds one event stream, and reloads when told."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str]] = set()

    def reload(self) -> None:
        """Tell every open page that a new site stands."""
        self._put("event: reload\ndata: {}\n\n")

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._put("")

    def _put(self, text: str) -> None:
        for queue in self._queues:
            queue.put_nowait(text)

    async def stream(self) -> AsyncIterator[str]:
        """One page's stream: a comment every 15 s keeps the connection alive."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), 15)
                except TimeoutError:
                    text = ": still here\n\n"
                if not text:
                    return
                yield text
        finally:
            self._queues.discard(queue)


def application(folder: Path, pages: Pages, prefix: str = "") -> Starlette:
    """The site's files as a static host would give them (below `prefix`, if any), and the event stream."""

    async def events(request: Request) -> Response:
        return StreamingResponse(pages.stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def file(request: Request) -> Response:
        found = find(folder, request.path_params["path"])
        if found is None:
            return _not_found(folder)
        immutable = found.is_relative_to(folder / "assets") and found.suffix != ".html"
        headers = {"Cache-Control": IMMUTABLE if immutable and _is_hashed(found, folder) else "no-cache"}
        return FileResponse(found, media_type=MEDIA_TYPES.get(found.suffix), headers=headers)

    routes: list[Any] = [Route("/__academy/events", events), Route(prefix + "/{path:path}", file)]
    return Starlette(routes=routes)


def find(folder: Path, path: str) -> Path | None:
    """The file that a static host gives for a path: never one outside the folder."""
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()):
        return None
    if found.is_dir():
        found = found / "index.html"
    return found if found.is_file() else None


def _not_found(folder: Path) -> Response:
    page = folder / "404.html"
    if page.is_file():
        return FileResponse(page, status_code=404, media_type="text/html; charset=utf-8")
    return Response("Not found", status_code=404)


def _is_hashed(path: Path, folder: Path) -> bool:
    """Whether the first folder below assets/ is one of ours, named by a hash (Material's own are not)."""
    first = path.relative_to(folder / "assets").parts[0]
    return first.startswith("runtime-") or (len(first) == 12 and all(c in "0123456789abcdef" for c in first))

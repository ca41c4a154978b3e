"""Run the cells of every page and keep their outputs as the HTML that the page shows.

A page's cells run in one fresh process, in page order, in one namespace. What they print is kept under a hash of the
code and of the simulator's files that they imported, so an edit runs again only what it can have changed.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from academy import paths
from academy.content.cells import Cell, cells_of, page_key
from academy.errors import StepFailed

OUTPUTS = paths.CACHE / "cells.json"
MEMORY = paths.CACHE / "cells-memory.json"
SECONDS = 60


@dataclass(frozen=True)
class Page:
    """A page with cells: the prefix of their full ids, where it is, and the cells in order."""

    key: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def code_hash(self) -> str:
        """A hash of all code of the page: a later cell may depend on any earlier one."""
        return _hash(json.dumps([[cell.id, cell.code] for cell in self.cells]).encode())


def pages() -> list[Page]:
    """All pages below docs/ that hold at least one runnable cell."""
    found = []
    for path in sorted(paths.DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        cells = tuple(cells_of(text))
        if cells:
            found.append(Page(page_key(path, text), path, cells))
    return found


def run_all(say: Callable[[str], None] = lambda text: None) -> None:
    """Bring `.cache/cells.json` up to date: full cell id → {"html", "code_hash"}.

    Raises:
        StepFailed: a cell raised an error that its page does not announce, or took too long. All are listed.
    """
    memory = _load(MEMORY)
    fresh: dict[str, Any] = {}
    todo = []
    for page in pages():
        kept = memory.get(page.key)
        if kept and kept["code_hash"] == page.code_hash and kept["simulator"] == _hash_modules(kept["modules"]):
            fresh[page.key] = kept
        else:
            todo.append(page)
    failures: list[str] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for number, (page, result) in enumerate(zip(todo, pool.map(_run, todo), strict=True), 1):
            say(f"{page.key} ({number} of {len(todo)})")
            if isinstance(result, str):
                failures.append(result)
            else:
                fresh[page.key] = result
    MEMORY.parent.mkdir(parents=True, exist_ok=True)
    MEMORY.write_text(json.dumps(fresh, indent=1))
    if failures:
        raise StepFailed("\n".join(failures))
    outputs = {
        f"{key}/{cell}": {"html": output, "code_hash": kept["code_hash"]}
        for key, kept in sorted(fresh.items())
        for cell, output in kept["outputs"].items()
    }
    OUTPUTS.write_text(json.dumps(outputs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _run(page: Page) -> dict[str, Any] | str:
    """Run one page; its outputs, or a message that names the place."""
    where = page.path.relative_to(paths.ROOT)
    job = {"page": page.key, "cells": [{"id": cell.id, "code": cell.code} for cell in page.cells]}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "academy.execute.page"],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=paths.ROOT,
            env={**os.environ, "PYTHONPATH": str(paths.SIMULATOR), "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"},
        )
    except subprocess.TimeoutExpired:
        return f"{where}:1:1: the cells of this page took over {SECONDS} s; make them smaller."
    if done.returncode:
        return f"{where}:1:1: the cells of this page could not be run:\n{done.stderr.strip()[-2000:]}"
    result: dict[str, Any] = json.loads(done.stdout)
    outputs = {}
    for cell in page.cells:
        messages = result["cells"][cell.id]
        failed = next((data for kind, data in messages if kind == "error"), None)
        if failed is not None and not cell.raises:
            return (
                f"{where}:{cell.line}:1: the cell '{cell.id}' raises an error. Mend it, or write `raises` beside the "
                f"cell's id if the error is what it teaches.\n{failed}"
            )
        if failed is None and cell.raises:
            return f"{where}:{cell.line}:1: the cell '{cell.id}' is marked `raises` but runs without an error."
        outputs[cell.id] = render(messages)
    return {
        "code_hash": page.code_hash,
        "modules": result["modules"],
        "simulator": _hash_modules(result["modules"]),
        "outputs": outputs,
    }


def render(messages: Iterable[tuple[str, str]]) -> str:
    """Output messages as the HTML of `.gm-output`; the live runtime writes the same."""
    parts: list[str] = []
    streams: list[tuple[str, str]] = []
    for kind, data in messages:
        if kind in ("stdout", "stderr") and streams and streams[-1][0] == kind:
            streams[-1] = (kind, streams[-1][1] + data)
            parts[-1] = _stream(*streams[-1])
        elif kind in ("stdout", "stderr"):
            streams.append((kind, data))
            parts.append(_stream(kind, data))
        else:
            streams.clear()
            parts.append(_block(kind, data))
    return "".join(part for part in parts if part)


def _stream(kind: str, data: str) -> str:
    return f'<pre class="gm-stream gm-{kind}">{html.escape(data.rstrip(), quote=False)}</pre>' if data.strip() else ""


def _block(kind: str, data: str) -> str:
    if kind == "error":
        return f'<pre class="gm-error">{html.escape(data.rstrip(), quote=False)}</pre>'
    if kind in ("html", "table"):
        return f'<div class="gm-result">{data}</div>'
    if kind == "svg":
        return _figure("image/svg+xml", base64.b64encode(data.encode()).decode())
    if kind == "png":
        return _figure("image/png", data)
    return f'<div class="gm-result"><pre>{html.escape(data, quote=False)}</pre></div>'


def _figure(media_type: str, data: str) -> str:
    source = f"data:{media_type};base64,{data}"
    return f'<figure class="gm-figure"><img alt="Plot made by the cell above" src="{source}"></figure>'


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _hash_modules(modules: list[str]) -> str:
    """A hash of the simulator's files that a page imported, by their paths inside simulator/."""
    digest = hashlib.sha256()
    for name in modules:
        path = paths.SIMULATOR / name
        digest.update(path.read_bytes() if path.is_file() else b"gone")
    return digest.hexdigest()[:16]


def _load(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}

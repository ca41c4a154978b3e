"""Every cell of every page in Pyodide under Node, from the runtime that the page boots."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from academy import build, paths
from academy.execute import cells

SCRIPT = paths.ROOT / "academy" / "execute" / "pyodide.mjs"

# The same calls as academy.execute.page makes on CPython.
JOB = """
import inspect, json
from grandmodel_sim.browser import Session

CELLS = json.loads({cells!r})

async def job():
    messages, outputs = [], {{}}
    session = Session(emit=lambda kind, data: messages.append((kind, data)))
    for cell in CELLS:
        messages.clear()
        running = session.run_cell(cell["code"], {page!r}, "cell " + cell["id"])
        if inspect.isawaitable(running):
            await running
        outputs[cell["id"]] = [list(message) for message in messages]
    return json.dumps(outputs)
"""


def in_pyodide(jobs: list[dict[str, str]]) -> dict[str, Any]:
    """Run jobs in one Pyodide; each in a namespace of its own."""
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [str(node), str(SCRIPT), str(build.RUNTIME)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


PAGES = cells.pages()


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    jobs = []
    for page in PAGES:
        code = JOB.format(cells=json.dumps([{"id": cell.id, "code": cell.code} for cell in page.cells]), page=page.key)
        jobs.append({"id": page.key, "code": code, "packages_from": "\n".join(cell.code for cell in page.cells)})
    return in_pyodide(jobs)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_the_cells_of_a_page_run_in_pyodide(outputs: dict[str, Any], page: cells.Page) -> None:
    result = outputs[page.key]
    assert "error" not in result, result["error"][-3000:]
    by_cell = json.loads(result["ok"])
    for cell in page.cells:
        errors = [data for kind, data in by_cell[cell.id] if kind == "error"]
        assert bool(errors) == cell.raises, f"{page.path.name}, cell {cell.id}: {errors or 'no error'}"
        assert by_cell[cell.id] or not stored(page, cell), f"{page.path.name}, cell {cell.id} says nothing in Pyodide"


def stored(page: cells.Page, cell: cells.Cell) -> str:
    """What the cell showed on CPython."""
    return str(json.loads(cells.OUTPUTS.read_text())[f"{page.key}/{cell.id}"]["html"])

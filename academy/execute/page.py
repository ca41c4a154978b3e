"""Run the cells of one page: `python -m academy.execute.page`, with a job on stdin and its outputs on stdout."""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from pathlib import Path
from typing import Any

from academy import paths


def main() -> None:
    """Read {"page", "cells": [{"id", "code"}]}; write {"cells": {id: [[kind, data]]}, "modules": [file]}."""
    job = json.load(sys.stdin)
    real_stdout = sys.stdout
    outputs = asyncio.run(run(job["page"], job["cells"]))
    json.dump({"cells": outputs, "modules": imported_files()}, real_stdout)


async def run(page: str, cells: list[dict[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Run cells in order in one namespace, exactly as the page's worker does."""
    from grandmodel_sim.browser import Session

    messages: list[tuple[str, str]] = []
    session = Session(emit=lambda kind, data: messages.append((kind, data)))
    outputs = {}
    for cell in cells:
        messages.clear()
        running: Any = session.run_cell(cell["code"], page, f"cell {cell['id']}")
        if inspect.isawaitable(running):
            await running
        outputs[cell["id"]] = list(messages)
    return outputs


def imported_files() -> list[str]:
    """The simulator's modules that were imported, as paths inside simulator/."""
    found = set()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.split(".")[0] == "grandmodel_sim" and file and Path(file).is_relative_to(paths.SIMULATOR):
            found.add(Path(file).relative_to(paths.SIMULATOR).as_posix())
    return sorted(found)


if __name__ == "__main__":
    main()

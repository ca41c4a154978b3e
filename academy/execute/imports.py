"""Which of the simulator's files a module rests on, read from its import statements without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from academy import paths


def files_behind(*modules: str) -> list[Path]:
    """The files of these modules and of all that they import from the simulator, in the order of their paths.

    The `__init__.py` of a package counts only where something is imported from the package itself: elsewhere it is
    run, but what it offers is not used.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is None or name in found:
            continue
        found[name] = path
        waiting += _imports(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(found.values())


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)  # a name may be a module


def _file(name: str) -> Path | None:
    place = paths.SIMULATOR.joinpath(*name.split("."))
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.is_file():
            return path
    return None

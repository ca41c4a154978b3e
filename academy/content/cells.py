"""Runnable cells as an author writes them: a Python fence with an id.

    ```python cell="first-bars"
    world.advance(300)
    ```

One parser for all who need them: the check, the executor and the Markdown extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from academy import paths

# An id is written by hand and becomes part of an address: short, lower case.
CELL_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
OPTIONS = ("cell", "hidden-output", "raises")

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|~{3,}) *(?P<info>[^`\n]*)$")
_OPTION = re.compile(r"""([a-z][a-z-]*)(?:=(?:"([^"]*)"|'([^']*)'|(\S+)))?""")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\n---[ \t]*\r?\n", re.DOTALL)
_TOPIC = re.compile(r"""^topic: *["']?([0-9.]+)["']?[ \t\r]*$""", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One runnable cell: its id (unique on the page), its code, the line of its fence, and whether it must raise."""

    id: str
    code: str
    line: int
    options: dict[str, str]

    @property
    def raises(self) -> bool:
        """Whether the cell shows an error on purpose."""
        return "raises" in self.options


def cells_of(text: str) -> Iterator[Cell]:
    """The runnable cells of a page's Markdown, in order; fences of other kinds are passed over."""
    lines = text.replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(lines):
        opened = _FENCE.match(lines[number])
        number += 1
        if not opened:
            continue
        start, body = number, []
        indent, ticks = len(opened["indent"]), opened["ticks"]
        while number < len(lines) and not re.fullmatch(rf" *{re.escape(ticks[0])}{{{len(ticks)},}} *", lines[number]):
            body.append(lines[number][indent:] if not lines[number][:indent].strip() else lines[number])
            number += 1
        number += 1
        language, _, rest = opened["info"].partition(" ")
        options = {name: a or b or c for name, a, b, c in _OPTION.findall(rest)}
        if language == "python" and "cell" in options:
            yield Cell(options["cell"], "\n".join(body), start, options)


def page_key(path: Path, text: str) -> str:
    """The first part of a page's full cell ids: its topic (`1.1`), or its path without the suffix (`index`)."""
    front = _FRONT_MATTER.match(text)
    topic = _TOPIC.search(front.group(1)) if front else None
    return topic.group(1) if topic else path.relative_to(paths.DOCS).with_suffix("").as_posix()

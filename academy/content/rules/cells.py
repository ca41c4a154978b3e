"""Runnable cells: known options, ids that are well-formed and unique on the page, code that parses."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from academy.content.cells import CELL_ID, OPTIONS, Cell
from academy.content.load import Content
from academy.content.pages import PageFile, fence_lines
from academy.content.problems import Problem
from academy.content.python_source import NotPython, parse

# What superfences and highlight take on a fence that is not a cell.
FENCE_OPTIONS = {"title", "linenums", "hl_lines", "linenums_start", "linenums_step", "linenums_special"}

_PYTHON = re.compile(r"^ *(?:`{3,}|~{3,}) *python +(?P<options>[^{].*)$")
_NAME = re.compile(r"""([A-Za-z][\w-]*)(?:=(?:"[^"]*"|'[^']*'|\S+))?""")


def check_cells(content: Content) -> Iterator[Problem]:
    for page in content.pages.values():
        yield from _misspelt(page)
        seen: dict[str, int] = {}
        for cell in page.cells:
            yield from _options(page, cell)
            if not CELL_ID.fullmatch(cell.id):
                message = f'{cell.id!r} is not a cell id; use small letters, digits and hyphens, like cell="first-bars"'
                yield page.problem(cell.line, 1, message)
            if cell.id in seen:
                message = f"the cell id {cell.id} is already used on line {seen[cell.id]}; ids are unique on a page"
                yield page.problem(cell.line, 1, message)
            seen.setdefault(cell.id, cell.line)
            yield from _syntax(page, cell)


def _options(page: PageFile, cell: Cell) -> Iterator[Problem]:
    for option in cell.options:
        if option not in OPTIONS:
            near = get_close_matches(option, OPTIONS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(OPTIONS)}"
            yield page.problem(cell.line, 1, f"the cell {cell.id} has the unknown option `{option}`; {hint}")


def _misspelt(page: PageFile) -> Iterator[Problem]:
    """`cel="x"` would turn the cell into a block that nobody can run, without a word."""
    cells = {cell.line for cell in page.cells}
    for number, line in fence_lines(page.text):
        match = _PYTHON.match(line)
        if match is None or number in cells:
            continue
        for name in _NAME.findall(match["options"]):
            if name not in FENCE_OPTIONS and get_close_matches(name, OPTIONS, n=1):
                near = get_close_matches(name, OPTIONS, n=1)[0]
                yield page.problem(number, 1, f"unknown option `{name}` of a Python block; did you mean `{near}`?")


def _syntax(page: PageFile, cell: Cell) -> Iterator[Problem]:
    if cell.raises:
        return
    parsed = parse(cell.code)
    if isinstance(parsed, NotPython):
        message = f"the cell {cell.id} is not Python: {parsed.reason}"
        yield page.problem(cell.line + parsed.line, parsed.column, message)

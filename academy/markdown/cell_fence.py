"""Runnable cells: a fence that starts with ```python cell="first-bars"``` becomes `<gm-cell>`.

The element holds the highlighted code and the output that the build stored, so a page reads well without any script:

    <gm-cell cell="1.1/first-bars">
      <div class="highlight"><pre>…<code>…</code></pre></div>
      <div class="gm-output" data-stored tabindex="0" …>…</div>
    </gm-cell>

Options: `cell` (unique on the page), `raises` (the cell shows an error on purpose; the executor reads it) and
`hidden-output`, which leaves the stored output out, for a cell whose result the reader should predict first. A Python
fence without `cell` is highlighted as usual.
Outputs come from `.cache/cells.json`, which `academy.execute` writes: `{full id: {"html": …, "code_hash": …}}`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.superfences import SuperFencesBlockPreprocessor

from academy import paths
from academy.content.cells import CELL_ID
from academy.markdown.page import MarkupError, current_key, page_path

CELLS_FILE = paths.CACHE / "cells.json"

_FENCE = re.compile(r"^(?P<before>[ \t>]*(?:`{3,}|~{3,})[ \t]*)python[ \t](?P<options>.*\bcell=.*)$")
_OPTIONS = re.compile(r"""(?P<key>[\w-]+)(?:=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'))?[ \t]*""")
_ALLOWED = {"cell", "raises", "hidden-output"}


class CellFence(Extension):
    """Checks the first line of every runnable cell; `validator` and `formatter` are named in superfences' settings."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(_CellHeaders(md), "academy_cells", 26)  # superfences reads fences at 25


class _CellHeaders(Preprocessor):
    """Superfences takes a fence that it cannot parse for a paragraph, silently; here a mistake stops the build.

    Also writes `hidden-output` as `hidden_output`, because superfences knows no hyphen in an option.
    """

    def run(self, lines: list[str]) -> list[str]:
        self.ids: set[str] = set()
        return [self._header(match) if (match := _FENCE.match(line)) else line for line in lines]

    def _header(self, match: re.Match[str]) -> str:
        text = match["options"].strip()
        options: dict[str, str] = {}
        position = 0
        while found := _OPTIONS.match(text, position):
            options[found["key"].replace("_", "-")] = found["double"] or found["single"] or ""
            position = found.end()
            if position == len(text):
                break
        if position < len(text):
            raise MarkupError(page_path(self.md), f'cannot read the cell\'s options from "{text[position:]}"')
        if unknown := sorted(set(options) - _ALLOWED):
            raise MarkupError(
                page_path(self.md),
                f'cell "{options["cell"]}" has the unknown option {unknown[0]}; allowed: cell, raises, hidden-output',
            )
        if not CELL_ID.fullmatch(options["cell"]):
            raise MarkupError(
                page_path(self.md),
                f'"{options["cell"]}" is not a cell id; use small letters, digits and hyphens, like cell="first-bars"',
            )
        hidden = " hidden_output" if "hidden-output" in options else ""
        return f'{match["before"]}python cell="{options["cell"]}"{hidden}'


def validator(
    language: str, inputs: dict[str, str], options: dict[str, Any], attrs: dict[str, Any], md: Markdown
) -> bool:
    """Take the fence when it names a cell; otherwise leave it to the ordinary highlighter."""
    options.update(inputs)
    return "cell" in inputs


def formatter(source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any) -> str:
    """The HTML of one runnable cell. Raises `MarkupError` when the page uses an id twice."""
    cell = str(options["cell"])
    headers, fences = md.preprocessors["academy_cells"], md.preprocessors["fenced_code_block"]
    assert isinstance(headers, _CellHeaders) and isinstance(fences, SuperFencesBlockPreprocessor)
    if cell in headers.ids:
        raise MarkupError(page_path(md), f'the cell id "{cell}" is used twice; ids are unique on a page')
    headers.ids.add(cell)
    full_id = f"{current_key(md)}/{cell}"
    stored = "" if "hidden_output" in options else stored_outputs(CELLS_FILE).get(full_id, "")
    mark = " data-stored" if stored else ""
    code = fences.highlight(source, "python", {}, md, classes=[], id_value="", attrs={})
    # Long lines scroll, so the output can be reached by keyboard; while it is empty it is not displayed at all.
    output = f'<div class="gm-output"{mark} tabindex="0" role="group" aria-label="Output of {cell}">{stored}</div>'
    return f'<gm-cell cell="{escape(full_id)}">{code}{output}</gm-cell>'


def stored_outputs(file: Path) -> dict[str, str]:
    """Full cell id → HTML of its stored output; empty while nothing has been executed yet."""
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else {}


@lru_cache(maxsize=2)
def _read(file: Path, modified: int) -> dict[str, str]:
    return {name: str(entry["html"]) for name, entry in json.loads(file.read_text(encoding="utf-8")).items()}


def makeExtension(**settings: Any) -> CellFence:
    return CellFence(**settings)

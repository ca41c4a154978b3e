"""Markdown of the curriculum, exercises and questions as HTML: the dialect of the pages, without cells and links."""

from __future__ import annotations

from functools import cache
from typing import Any

from markdown import Markdown

from academy.markdown import diagram

_EXTENSIONS = [
    "attr_list",
    "def_list",
    "tables",
    "pymdownx.arithmatex",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.superfences",
    "academy.markdown.diagram",
    "academy.markdown.katex",
]
_DOT = {"name": "dot", "class": "gm-diagram", "format": diagram.formatter, "validator": diagram.validator}
_SETTINGS: dict[str, dict[str, Any]] = {
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.highlight": {"anchor_linenums": False, "pygments_lang_class": True},
    "pymdownx.superfences": {"custom_fences": [_DOT]},
}


def html_of(text: str) -> str:
    """Block HTML of a Markdown text: paragraphs, lists, highlighted code, mathematics, diagrams.

    Raises:
        MarkupError: a formula or a diagram cannot be rendered.
    """
    converter = _converter()
    converter.reset()
    return str(converter.convert(text))


def inline_html_of(text: str) -> str:
    """HTML of one paragraph without its `<p>`, for places that hold phrasing content only."""
    html = html_of(text)
    single = html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1
    return html[len("<p>") : -len("</p>")] if single else html


def code_html(source: str, language: str = "python") -> str:
    """Highlighted code, as a fence on a page gives it."""
    ticks = "`" * 3
    while ticks in source:
        ticks += "`"
    return html_of(f"{ticks}{language}\n{source.rstrip()}\n{ticks}")


@cache
def _converter() -> Markdown:
    return Markdown(extensions=_EXTENSIONS, extension_configs=_SETTINGS)

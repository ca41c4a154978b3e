"""Which page is being rendered, and how errors of the extensions name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markdown import Markdown
from mkdocs.exceptions import BuildError
from pymdownx.superfences import SuperFencesException


class MarkupError(BuildError, SuperFencesException):
    """Something in a page's Markdown cannot be rendered. MkDocs prints the message; superfences lets it pass."""

    def __init__(self, page: str, problem: str) -> None:
        super().__init__(f"{page}: {problem}")


def page_path(md: Markdown) -> str:
    """The page under docs/ that `md` renders, or `(text)` where Markdown is rendered outside MkDocs.

    MkDocs registers its link rewriter, which knows the file, on each page's own Markdown instance.
    """
    file = _file(md)
    return str(file.src_uri) if file is not None else "(text)"


def page_key(src_path: str, meta: Mapping[str, Any]) -> str:
    """The first half of a full cell id: the page's topic (`1.1`), or its path without `.md` where it has none."""
    topic = meta.get("topic")
    return str(topic) if topic else src_path.removesuffix(".md")


def current_key(md: Markdown) -> str:
    """`page_key` of the page that `md` renders."""
    file = _file(md)
    meta = file.page.meta if file is not None and file.page is not None else {}
    return page_key(page_path(md), meta)


def _file(md: Markdown) -> Any | None:
    return getattr(md.treeprocessors["relpath"], "file", None) if "relpath" in md.treeprocessors else None

"""The course's custom elements are blocks: Markdown must not wrap them in paragraphs."""

from __future__ import annotations

from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

ELEMENTS = ("gm-cell", "gm-lab", "gm-terminal", "gm-desk", "gm-quiz", "gm-exam", "gm-progress")


class Elements(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.block_level_elements.extend(ELEMENTS)


def makeExtension(**settings: Any) -> Elements:
    return Elements(**settings)

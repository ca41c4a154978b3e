"""Pages about the course itself: how it is measured, how to teach it, what it is made with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from academy import paths
from macros.site import Site

NOTICES = paths.CACHE / "notices.json"


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def metrics_page() -> str:
        """How the training is measured, improved, and judged by those who took it."""
        return site.render("metrics.md", metrics=course.metrics, forms=course.feedback.forms)

    @site.macro
    def trainers_page() -> str:
        """How the course is taught, and the controlled document that it is."""
        return site.render("trainers.md", document=course.document, delivery=course.delivery)

    @site.macro
    def notices_page() -> str:
        """Every third-party package that the site ships, with its licence in full."""
        return site.render("notices.md", parts=notices_by_part(NOTICES))


def notices_by_part(file: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    """Notices as `academy.publish.notices` gathered them, by the part of the site that ships them; none before that."""
    if not file.is_file():
        return []
    by_part: dict[str, list[dict[str, Any]]] = {}
    for notice in json.loads(file.read_text(encoding="utf-8")):
        by_part.setdefault(notice["part"], []).append(notice)
    return list(by_part.items())

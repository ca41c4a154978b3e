"""The overview page of a module."""

from __future__ import annotations

from macros.map import edges
from macros.site import Site

LEVELS = {"foundation": "Foundation", "advanced": "Advanced"}


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def module_overview(number: int) -> str:
        """Everything the curriculum says of a module: objectives, outline, labs, assessment, who keeps it."""
        module = course.module(number)
        accent = course.accent(module)
        track = course.track(accent).title if module.level == "track" else LEVELS[module.level]
        unlocks = [course.module(after) for before, after in edges(course) if before == number]
        builds_on = [course.module(one) for one in module.prerequisites]
        return site.render("module.md", module=module, family=track, before=builds_on, unlocks=unlocks)

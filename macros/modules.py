"""The overview page of a module."""

from __future__ import annotations

from academy.model.base import duration_text
from academy.model.course import Course
from macros.map import edges
from macros.site import Site

LEVELS = {"foundation": "Foundation", "advanced": "Advanced"}


def kickers(course: Course) -> dict[str, str]:
    """Path under docs/ → the line above the title of a topic, lab or quiz: where it belongs and how long it takes."""
    lines = {}
    for module in course.modules:
        for topic in module.outline:
            lines[topic.path] = f"Module {module.number} · Topic {topic.id} · {duration_text(topic.minutes)}"
        for lab in module.labs:
            lines[lab.path] = f"Module {module.number} · Lab {lab.id} · {duration_text(lab.minutes)}"
        if module.assessment.bank is not None:
            lines[module.assessment.path] = f"Module {module.number} · Assessment"
    return lines


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

"""The course map: all modules, drawn by what builds on what."""

from __future__ import annotations

from dataclasses import dataclass

from academy.model.course import Course
from academy.model.module import Module
from macros.site import Site

LANES = ("foundation", "development", "operations", "trading", "advanced")
LANE_TITLES = {
    "foundation": "Foundation",
    "development": "Development",
    "operations": "Operations",
    "trading": "Trading",
    "advanced": "Advanced",
}


@dataclass(frozen=True)
class Place:
    """Where a module stands: its family is the row, the length of the way to it the column (both from 0)."""

    module: Module
    lane: str
    row: int
    column: int


def lay_out(course: Course) -> tuple[Place, ...]:
    """A place for every module: a column to the right of all that it builds on, no two in one place."""
    column: dict[int, int] = {}
    taken: set[tuple[str, int]] = set()
    places = []
    for number in course.with_prerequisites(tuple(module.number for module in course.modules)):
        module = course.module(number)
        lane = course.accent(module)
        at = max((column[before] + 1 for before in module.prerequisites), default=0)
        while (lane, at) in taken:
            at += 1
        taken.add((lane, at))
        column[number] = at
        places.append(Place(module, lane, LANES.index(lane), at))
    return tuple(sorted(places, key=lambda place: place.module.number))


def edges(course: Course) -> tuple[tuple[int, int], ...]:
    """Pairs (prerequisite, module); one that follows from the others is left out, so that the drawing stays readable."""
    pairs = []
    for module in course.modules:
        for before in module.prerequisites:
            others = tuple(other for other in module.prerequisites if other != before)
            if before not in course.with_prerequisites(others):
                pairs.append((before, module.number))
    return tuple(pairs)


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def course_map() -> str:
        """The map; each module is a link whose state `<gm-progress view="map">` fills in."""
        places = lay_out(course)
        where = {place.module.number: place for place in places}
        lines = [(where[start], where[end]) for start, end in edges(course)]
        return site.render(
            "map.md",
            places=places,
            lines=lines,
            lanes=[(lane, LANE_TITLES[lane]) for lane in LANES],
            columns=max(place.column for place in places) + 1,
        )

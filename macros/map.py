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
    """Where a module stands: its column is the length of the way to it (from 0), its row belongs to its family."""

    module: Module
    lane: str
    row: int
    column: int


@dataclass(frozen=True)
class Line:
    """From a prerequisite to the module that builds on it. `track` counts the sources that share a gutter, from 0.

    Lines of one source run together; those of different sources must not, or they would say what is not so.
    """

    start: Place
    end: Place
    track: int


def columns(course: Course) -> dict[int, int]:
    """Module number → the number of steps on the longest way to it."""
    found: dict[int, int] = {}
    for number in course.with_prerequisites(tuple(module.number for module in course.modules)):
        found[number] = max((found[before] + 1 for before in course.module(number).prerequisites), default=0)
    return found


def lay_out(course: Course) -> tuple[Place, ...]:
    """A place for every module. A family gets as many rows as it has modules in one column."""
    column = columns(course)
    first_row, places = 0, []
    for lane in LANES:
        filled: dict[int, int] = {}
        for module in course.modules:
            if course.accent(module) == lane:
                at = column[module.number]
                places.append(Place(module, lane, first_row + filled.get(at, 0), at))
                filled[at] = filled.get(at, 0) + 1
        first_row += max(filled.values(), default=1)
    return tuple(sorted(places, key=lambda place: place.module.number))


def edges(course: Course) -> tuple[tuple[int, int], ...]:
    """Pairs (prerequisite, module); what follows from others is left out, so that the drawing stays readable."""
    pairs = []
    for module in course.modules:
        for before in module.prerequisites:
            others = tuple(other for other in module.prerequisites if other != before)
            if before not in course.with_prerequisites(others):
                pairs.append((before, module.number))
    return tuple(pairs)


def lines(course: Course, places: tuple[Place, ...]) -> tuple[Line, ...]:
    """A line for every edge, with its track in the gutter to the right of its source."""
    where = {place.module.number: place for place in places}
    tracks: dict[int, list[int]] = {}
    drawn = []
    for before, after in edges(course):
        gutter = tracks.setdefault(where[before].column, [])
        if before not in gutter:
            gutter.append(before)
        drawn.append(Line(where[before], where[after], gutter.index(before)))
    return tuple(drawn)


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def course_map() -> str:
        """The map; each module is a link whose state `<gm-progress view="map">` fills in."""
        places = lay_out(course)
        rows = {lane: [place.row for place in places if place.lane == lane] for lane in LANES}
        lanes = [(lane, LANE_TITLES[lane], min(rows[lane]), max(rows[lane])) for lane in LANES if rows[lane]]
        return site.render(
            "map.md",
            places=places,
            lines=lines(course, places),
            lanes=lanes,
            rows=max(place.row for place in places) + 1,
            columns=max(place.column for place in places) + 1,
        )

"""The map says what builds on what, and nothing else."""

from __future__ import annotations

import lxml.html

from academy.model.course import Course
from macros.map import columns, edges, lay_out, lines
from macros.site import Site


def test_every_module_stands_right_of_all_that_it_builds_on(course: Course) -> None:
    column = columns(course)
    assert all(column[before] < column[module.number] for module in course.modules for before in module.prerequisites)


def test_no_two_modules_share_a_place(course: Course) -> None:
    places = lay_out(course)
    assert len({(place.row, place.column) for place in places}) == len(places) == len(course.modules)


def test_lines_carry_every_prerequisite_directly_or_through_others(course: Course) -> None:
    drawn = edges(course)
    for module in course.modules:
        reached = set(module.prerequisites)
        direct = {before for before, after in drawn if after == module.number}
        assert direct <= reached
        assert set(course.with_prerequisites(tuple(direct))) >= reached


def test_lines_of_different_modules_never_run_together(course: Course) -> None:
    by_gutter: dict[tuple[int, int], set[int]] = {}
    for line in lines(course, lay_out(course)):
        by_gutter.setdefault((line.start.column, line.track), set()).add(line.start.module.number)
    assert all(len(sources) == 1 for sources in by_gutter.values())


def test_the_map_links_every_module_and_says_what_it_needs(site: Site, course: Course) -> None:
    page = lxml.html.fragment_fromstring(site.macros["course_map"](), create_parent="div")
    nodes = {int(node.get("data-module")): node for node in page.xpath(".//a[@data-module]")}
    assert sorted(nodes) == [module.number for module in course.modules]
    for module in course.modules:
        text = " ".join(nodes[module.number].text_content().split())
        assert module.title in text
        assert nodes[module.number].get("href") == f"../../{module.url}"
        if module.prerequisites:
            assert f"after {', '.join(map(str, module.prerequisites))}" in text

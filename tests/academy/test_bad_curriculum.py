# ruff: noqa: E501  (whole messages, as they are printed)
"""What the files of the curriculum say to each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.academy.small_course import SmallCourse

MODULE = "curriculum/modules/01-first.yml"
SECOND = "curriculum/modules/02-second.yml"

CASES: dict[str, tuple[Callable[[SmallCourse], None], list[str]]] = {
    "minutes that do not sum": (
        lambda course: course.edit(MODULE, "minutes: 20", "minutes: 25"),
        [
            "curriculum/modules/01-first.yml:5:11: `duration` is 60 min, but the outline's minutes sum to 65; change a topic's `minutes` by -5, or write duration: 1 h 5 min"
        ],
    ),
    "an unknown prerequisite": (
        lambda course: course.edit(SECOND, "prerequisites: [1]", "prerequisites: [1, 7]"),
        ["curriculum/modules/02-second.yml:7:20: there is no module 7; known here: 1, 2"],
    ),
    "modules that need each other": (
        lambda course: course.edit(MODULE, "prerequisites: []", "prerequisites: [2]"),
        [
            "curriculum/modules/01-first.yml:7:16: these modules wait for each other: 1 needs 2 needs 1; remove one of the prerequisites"
        ],
    ),
    "a module number twice": (
        lambda course: course.edit(SECOND, "number: 2", "number: 1"),
        [
            "curriculum/modules/02-second.yml:1:9: 1 is already the number of curriculum/modules/01-first.yml; give this module another"
        ],
    ),
    "a topic id twice": (
        lambda course: course.edit(MODULE, 'topic: "1.2"', 'topic: "1.1"'),
        [
            "curriculum/modules/01-first.yml:22:12: topic 1.1 is already used at curriculum/modules/01-first.yml:17; give this one another"
        ],
    ),
    "an objective id twice": (
        lambda course: course.edit(MODULE, "id: 1.o2", "id: 1.o1"),
        [
            "curriculum/modules/01-first.yml:15:10: objective 1.o1 is already used at curriculum/modules/01-first.yml:14; give this one another",
            "exercises/1.1-first-lab/exercise.yml:4:14: module 1 has no objective 1.o2; did you mean `1.o1`?",
        ],
    ),
    "the id of another module": (
        lambda course: course.edit(SECOND, "id: 2.o1", "id: 3.o1"),
        ["curriculum/modules/02-second.yml:14:10: 3.o1 is an id of another module; here it begins with 2: 2.o1"],
    ),
    "a glossary name twice": (
        lambda course: course.edit("curriculum/glossary.yml", "aliases: [maximum drawdown]", "aliases: [drawdown]"),
        [
            "curriculum/glossary.yml:2:76: the name drawdown is already used at curriculum/glossary.yml:2; give this one another"
        ],
    ),
    "a track with an unknown module": (
        lambda course: course.edit("curriculum/tracks.yml", "role: [2]", "role: [3]"),
        ["curriculum/tracks.yml:3:107: there is no module 3; known here: 1, 2"],
    ),
    "a certificate that requires a later one": (
        lambda course: course.edit("curriculum/certification.yml", "level: 1", "level: 1\n    requires: expert"),
        ["curriculum/certification.yml:5:15: `requires` names expert, which is not a level before this one"],
    ),
    "a month twice": (
        lambda course: course.edit("curriculum/schedule.yml", "{month: 12,", "{month: 11,"),
        ["curriculum/schedule.yml:13:5: the monthly sessions are one for each month; December missing"],
    ),
    "a resource with an unknown page": (
        lambda course: course.edit("curriculum/resources.yml", "beginning.md", "begining.md"),
        [
            "curriculum/resources.yml:6:54: the page docs/01-first/begining.md does not exist; did you mean `01-first/beginning.md`?"
        ],
    ),
    "a review before the last one": (
        lambda course: course.edit(MODULE, "next_review: 2999-01-01", "next_review: 2026-11-01"),
        [
            "curriculum/modules/01-first.yml:12:14: `next_review` 2026-11-01 is not after `last_reviewed` 2026-11-22; write a later day"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_explained(course: SmallCourse, case: str) -> None:
    change, expected = CASES[case]
    change(course)
    assert course.problems() == expected

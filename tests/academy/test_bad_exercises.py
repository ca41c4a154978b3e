# ruff: noqa: E501  (whole messages, as they are printed)
"""Labs and exercises."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.academy.small_course import SmallCourse

MODULE = "curriculum/modules/01-first.yml"
SECOND = "curriculum/modules/02-second.yml"
EXERCISE = "exercises/1.1-first-lab/exercise.yml"

CASES: dict[str, tuple[Callable[[SmallCourse], None], list[str]]] = {
    "a lab without folder": (
        lambda course: course.edit(
            SECOND, "labs: []", 'labs: [{id: "2.1", title: More, minutes: 10, summary: Do., status: written}]'
        ),
        [
            "curriculum/modules/02-second.yml:22:13: lab 2.1 has no folder exercises/2.1-…; create it, or set `status: planned`",
            "curriculum/modules/02-second.yml:22:13: the page docs/02-second/lab-2-1.md does not exist; write it, or set `status: planned`",
        ],
    ),
    "a planned lab that is written": (
        lambda course: course.edit(MODULE, "summary: Do it.}", "summary: Do it., status: planned}"),
        [
            "curriculum/modules/01-first.yml:29:73: exercises/1.1-first-lab is written; remove `status: planned`",
            "curriculum/modules/01-first.yml:29:73: the page docs/01-first/lab-1-1.md is written; remove `status: planned`",
        ],
    ),
    "a check that checks.py lacks": (
        lambda course: course.edit(EXERCISE, "names the sum", "names teh sum"),
        [
            "exercises/1.1-first-lab/checks.py:7:1: no step names the check 'names the sum'; add it to the `checks` of a step",
            "exercises/1.1-first-lab/exercise.yml:10:83: checks.py has no check 'names teh sum'; did you mean `names the sum`?",
        ],
    ),
    "a check under another step": (
        lambda course: course.edit("exercises/1.1-first-lab/checks.py", 'points=1, step="add"', 'points=1, step="ad"'),
        [
            "exercises/1.1-first-lab/exercise.yml:10:83: checks.py puts the check 'names the sum' under the step 'ad'; write one of the two"
        ],
    ),
    "points that do not sum": (
        lambda course: course.edit(EXERCISE, "points: 3", "points: 4"),
        [
            "exercises/1.1-first-lab/exercise.yml:7:9: `points` is 4, but the checks of checks.py sum to 3; write points: 3"
        ],
    ),
    "a solution stage without its line": (
        lambda course: course.edit(EXERCISE, 'until: "total ="', 'until: "totl ="'),
        [
            "exercises/1.1-first-lab/exercise.yml:12:36: solution.py has no line with 'totl ='; `until` is part of the line that the stage ends before"
        ],
    ),
    "a solution stage from two sources": (
        lambda course: course.edit(EXERCISE, 'until: "total ="', 'until: "total =", file: starter.py'),
        [
            "exercises/1.1-first-lab/exercise.yml:12:5: entry 1 of `solution_stages` names both `until` and `file`; keep one of them"
        ],
    ),
    "other minutes than the lab's": (
        lambda course: course.edit(EXERCISE, "minutes: 30", "minutes: 35"),
        [
            "exercises/1.1-first-lab/exercise.yml:5:10: `minutes` is 35 here and 30 in the curriculum's lab; write one number in both"
        ],
    ),
    "a folder of another id": (
        lambda course: course.edit(EXERCISE, 'id: "1.1"', 'id: "1.2"'),
        [
            "exercises/1.1-first-lab/exercise.yml:1:5: the folder 1.1-first-lab holds the exercise 1.2; name it 1.2-… or change `id`"
        ],
    ),
    "no starter": (
        lambda course: course.delete("exercises/1.1-first-lab/starter.py"),
        [
            "exercises/1.1-first-lab/exercise.yml:1:1: exercises/1.1-first-lab/starter.py is missing; every exercise has a starter, a solution and checks"
        ],
    ),
    "a wrong answer that expects nothing": (
        lambda course: course.edit("exercises/1.1-first-lab/wrong/no-sum.py", "# expects: total is missing\n", ""),
        [
            "exercises/1.1-first-lab/wrong/no-sum.py:1:1: a wrong answer begins with the message that it must earn: # expects: part of the message"
        ],
    ),
    "a solution that is not Python": (
        lambda course: course.write("exercises/1.1-first-lab/solution.py", "total = (\n"),
        ["exercises/1.1-first-lab/solution.py:1:9: this is not Python: '(' was never closed"],
    ),
    "an objective that nothing meets": (
        lambda course: course.edit(EXERCISE, "objectives: [1.o2]", "objectives: [1.o1]"),
        [
            "curriculum/modules/01-first.yml:15:10: no question and no exercise meets the objective 1.o2; write one that names it"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_explained(course: SmallCourse, case: str) -> None:
    change, expected = CASES[case]
    change(course)
    assert course.problems() == expected

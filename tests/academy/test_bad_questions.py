# ruff: noqa: E501  (whole messages, as they are printed)
"""Question banks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.academy.small_course import SmallCourse

BANK = "quizzes/module-01.yml"

CASES: dict[str, tuple[Callable[[SmallCourse], None], list[str]]] = {
    "no right answer": (
        lambda course: course.edit(BANK, ", correct: true", ""),
        ["quizzes/module-01.yml:13:7: question 1.q01 has no right answer; mark one choice with correct: true"],
    ),
    "two right answers to a single choice": (
        lambda course: course.edit(BANK, "{text: That,", "{text: That, correct: true,"),
        [
            "quizzes/module-01.yml:13:7: question 1.q01 has 2 right answers, but kind single takes one; leave one, or write kind: multiple"
        ],
    ),
    "a choice without explanation": (
        lambda course: course.edit(BANK, ", why: It is not.", ""),
        ["quizzes/module-01.yml:14:9: `why` is missing; add the line `why: …`"],
    ),
    "a link to an unknown page": (
        lambda course: course.edit(BANK, "01-first/beginning.md#start", "01-first/begining.md#start"),
        [
            "quizzes/module-01.yml:15:10: the page docs/01-first/begining.md does not exist; did you mean `01-first/beginning.md`?"
        ],
    ),
    "a link to an unknown heading": (
        lambda course: course.edit(BANK, "beginning.md#start", "beginning.md#stat"),
        ["quizzes/module-01.yml:15:10: docs/01-first/beginning.md has no heading #stat; did you mean `start`?"],
    ),
    "an unknown objective": (
        lambda course: course.edit(BANK, "objective: 1.o1\n    difficulty: 3", "objective: 1.o9\n    difficulty: 3"),
        ["quizzes/module-01.yml:18:16: module 1 has no objective 1.o9; did you mean `1.o2`?"],
    ),
    "an unknown kind": (
        lambda course: course.edit(BANK, "kind: numeric", "kind: number"),
        ["quizzes/module-01.yml:16:5: `kind` must be single, multiple, output, numeric or order, not number"],
    ),
    "no kind": (
        lambda course: course.edit(BANK, "    kind: numeric\n", ""),
        ["quizzes/module-01.yml:16:5: `kind` is missing; add the line `kind: …`"],
    ),
    "an unknown key of a question": (
        lambda course: course.edit(BANK, "tolerance: 0.005", "tolerance: 0.005\n    tolerence: 1"),
        ["quizzes/module-01.yml:23:5: unknown key `tolerence`; did you mean `tolerance`?"],
    ),
    "more drawn than written": (
        lambda course: course.edit(BANK, "draw: 2", "draw: 3"),
        ["quizzes/module-01.yml:4:7: `draw` is 3, but the bank has 2 questions; write more, or draw fewer"],
    ),
    "another pass mark than the module's": (
        lambda course: course.edit(BANK, "pass_mark: 80", "pass_mark: 85"),
        [
            "quizzes/module-01.yml:5:12: `pass_mark` is 85 here and 80 in curriculum/modules/01-first.yml; write one number in both"
        ],
    ),
    "a quiz without its bank": (
        lambda course: course.delete(BANK),
        [
            "curriculum/modules/01-first.yml:33:9: the question bank quizzes/module-01.yml does not exist; write it, or set `status: planned`",
            "docs/01-first/quiz.md:3:4: there is no question bank 'module-01'",
        ],
    ),
    "a question id twice": (
        lambda course: course.edit(BANK, "id: 1.q02", "id: 1.q01"),
        [
            "quizzes/module-01.yml:16:9: question 1.q01 is already used at quizzes/module-01.yml:7; give this one another"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_explained(course: SmallCourse, case: str) -> None:
    change, expected = CASES[case]
    change(course)
    assert course.problems() == expected

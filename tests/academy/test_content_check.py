"""The check as a whole: quiet on good content, complete on bad, never a traceback."""

from __future__ import annotations

import random
from datetime import date

import pytest

from academy.content import ContentError, load_course
from academy.content.load import read_content
from academy.content.rules.reviews import check_reviews
from tests.academy.small_course import FILES, SmallCourse


def test_a_good_course_has_nothing_to_mend_and_counts_what_is_planned(course: SmallCourse) -> None:
    assert course.check().lines() == [
        "planned: 2 topics, 1 assessment, 1 examination",
        "content check: 0 errors, 0 warnings",
    ]


def test_all_problems_of_all_files_come_at_once_in_order_of_place(course: SmallCourse) -> None:
    course.edit("curriculum/tracks.yml", "role: [2]", "rolle: [2]")
    course.edit("curriculum/modules/02-second.yml", "duration: 30 min", "duration: 31 min")
    course.edit("quizzes/module-01.yml", ", correct: true", "")
    course.write("curriculum/metrics.yml", b"")
    assert course.problems() == [
        "curriculum/metrics.yml:1:1: the file is empty; write its keys: metrics, improvement",
        "curriculum/modules/02-second.yml:5:11: `duration` is 31 min, but the outline's minutes sum to 30; "
        "change a topic's `minutes` by +1, or write duration: 30 min",
        "curriculum/tracks.yml:3:100: unknown key `rolle`; did you mean `role`?",
        "quizzes/module-01.yml:13:7: question 1.q01 has no right answer; mark one choice with correct: true",
    ]


def test_loading_refuses_broken_files_with_every_problem(course: SmallCourse) -> None:
    course.edit("curriculum/tracks.yml", "role: [2]", "rolle: [2]")
    course.edit("curriculum/modules/01-first.yml", "minutes: 20", "minutes: twenty")
    with pytest.raises(ContentError) as caught:
        load_course(course.root)
    assert [str(problem) for problem in caught.value.problems] == [
        "curriculum/modules/01-first.yml:19:14: `minutes` must be a whole number, not text 'twenty'",
        "curriculum/tracks.yml:3:100: unknown key `rolle`; did you mean `role`?",
    ]


def test_a_review_that_is_due_is_a_warning_and_not_an_error(course: SmallCourse) -> None:
    content = read_content(course.root)
    due = list(check_reviews(content, today=date(2999, 1, 2)))
    assert [str(problem) for problem in due] == [
        "curriculum/course.yml:9:14: warning: the review of 2999-01-01 is due; "
        "review the content, then set `last_updated` and `next_review`",
        "curriculum/modules/01-first.yml:12:14: warning: the review of 2999-01-01 is due; "
        "review the content, then set `last_reviewed` and `next_review`",
        "curriculum/modules/02-second.yml:12:14: warning: the review of 2999-01-01 is due; "
        "review the content, then set `last_reviewed` and `next_review`",
    ]
    assert list(check_reviews(content, today=date(2998, 12, 31))) == []


def test_yes_and_no_are_text_and_clock_times_are_not_numbers(course: SmallCourse) -> None:
    course.edit("curriculum/glossary.yml", "aliases: [maximum drawdown]", "aliases: [no, 1:30, on]")
    assert course.problems() == []
    assert load_course(course.root).glossary.terms[0].aliases == ("no", "1:30", "on")


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_to_a_file_ends_in_a_traceback(course: SmallCourse, seed: int) -> None:
    """Forty files, each damaged in five places by chance: the check reports, whatever it finds."""
    dice = random.Random(seed)
    name = dice.choice([name for name in FILES if name.endswith((".yml", ".md", "checks.py")) and name != "mkdocs.yml"])
    text = (course.root / name).read_text(encoding="utf-8")
    for _ in range(5):
        place = dice.randrange(len(text))
        junk = dice.choice(["", "\t", ": ", "- ", "\n", '"', "{", "[", "*", "&x ", "? ", "~", "12", "\x00", "{{", "`"])
        text = text[:place] + junk + text[place + dice.randrange(4) :]
    course.write(name, text)
    for problem in course.check().problems:
        assert "\n" not in str(problem)
        assert problem.line >= 1 and problem.column >= 1

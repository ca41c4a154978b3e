# ruff: noqa: E501  (whole messages, as they are printed)
"""Files that are not well-formed: each mistake is one line that says where, what is wrong and what to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.academy.small_course import SmallCourse

MODULE = "curriculum/modules/01-first.yml"
SECOND = "curriculum/modules/02-second.yml"
BANK = "quizzes/module-01.yml"
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(30))

CASES: dict[str, tuple[Callable[[SmallCourse], object], list[str]]] = {
    "a key of a topic is missing": (
        lambda course: course.edit(MODULE, "    minutes: 20\n", ""),
        ["curriculum/modules/01-first.yml:17:5: `minutes` is missing; add the line `minutes: …`"],
    ),
    "a key of the module is missing": (
        lambda course: course.edit(MODULE, "audience: Everyone\n", ""),
        ["curriculum/modules/01-first.yml:1:1: `audience` is missing; add the line `audience: …`"],
    ),
    "a misspelt key, once and not also as missing": (
        lambda course: course.edit(MODULE, "minutes: 20", "minuts: 20"),
        ["curriculum/modules/01-first.yml:19:5: unknown key `minuts`; did you mean `minutes`?"],
    ),
    "a key that resembles none": (
        lambda course: course.edit(MODULE, "format: Workshop", "format: Workshop\ncolour: red"),
        [
            "curriculum/modules/01-first.yml:7:1: unknown key `colour`; known here: assessment, audience, duration, format, labs, last_reviewed, level, next_review, number, objectives, outline, owner, prerequisites, slug, summary, title"
        ],
    ),
    "a key twice": (
        lambda course: course.edit(MODULE, "title: First Module", "title: First Module\ntitle: Other"),
        ["curriculum/modules/01-first.yml:4:1: `title` is already set on line 3; remove one of the two"],
    ),
    "a number in quotes": (
        lambda course: course.edit(MODULE, "minutes: 20", 'minutes: "20"'),
        [
            "curriculum/modules/01-first.yml:19:14: `minutes` must be a whole number, not text '20'; take away the quotes"
        ],
    ),
    "a word for a number": (
        lambda course: course.edit(MODULE, "minutes: 20", "minutes: twenty"),
        ["curriculum/modules/01-first.yml:19:14: `minutes` must be a whole number, not text 'twenty'"],
    ),
    "a fraction of a minute": (
        lambda course: course.edit(MODULE, "minutes: 20", "minutes: 20.5"),
        ["curriculum/modules/01-first.yml:19:14: `minutes` must be a whole number, not 20.5"],
    ),
    "an id without quotes": (
        lambda course: course.edit(MODULE, 'topic: "1.1"', "topic: 1.1"),
        ['curriculum/modules/01-first.yml:17:12: `topic` must be text, but 1.1 is a number; put it in quotes: "1.1"'],
    ),
    "one value for a list": (
        lambda course: course.edit(SECOND, "prerequisites: [1]", "prerequisites: 1"),
        ["curriculum/modules/02-second.yml:7:16: `prerequisites` must be a list: lines that begin with `- `, not 1"],
    ),
    "text for keys with values": (
        lambda course: course.edit(SECOND, "  - {id: 2.o1, text: Understand the second thing}", "  - 2.o1"),
        [
            "curriculum/modules/02-second.yml:14:5: entry 1 of `objectives` must be keys with values: lines like `key: value`, not text '2.o1'"
        ],
    ),
    "a misspelt level": (
        lambda course: course.edit(MODULE, "level: foundation", "level: foundatoin"),
        [
            "curriculum/modules/01-first.yml:4:8: `level` must be foundation, track or advanced, not foundatoin; did you mean `foundation`?"
        ],
    ),
    "a duration in words": (
        lambda course: course.edit(MODULE, "duration: 1 h", "duration: one hour"),
        ["curriculum/modules/01-first.yml:5:11: `duration` is not a duration; write it like 3 h, 45 min or 1 h 30 min"],
    ),
    "a day that the calendar lacks": (
        lambda course: course.edit(MODULE, "next_review: 2999-01-01", "next_review: 2999-13-01"),
        [
            "curriculum/modules/01-first.yml:12:14: 2999-13-01 is not a day of the calendar; write year-month-day, like 2026-11-22"
        ],
    ),
    "a word for a day": (
        lambda course: course.edit(MODULE, "next_review: 2999-01-01", "next_review: soon"),
        [
            "curriculum/modules/01-first.yml:12:14: `next_review` must be a day like 2026-11-22, without quotes, not text 'soon'"
        ],
    ),
    "a key without value": (
        lambda course: course.edit(MODULE, "audience: Everyone", "audience:"),
        ["curriculum/modules/01-first.yml:8:10: `audience` must be text, not nothing"],
    ),
    "an id of the wrong form": (
        lambda course: course.edit(MODULE, "id: 1.o2", "id: o2"),
        ["curriculum/modules/01-first.yml:15:10: `id` is 'o2'; write it like 1.o2 (module, dot, o, number)"],
    ),
    "an empty list": (
        lambda course: course.edit(MODULE, "    points: [Where to start]", "    points: []"),
        ["curriculum/modules/01-first.yml:21:13: `points` needs at least 1 entry, but has none"],
    ),
    "a difficulty of 4": (
        lambda course: course.edit(BANK, "difficulty: 3", "difficulty: 4"),
        ["quizzes/module-01.yml:19:17: `difficulty` must be at most 3, not 4"],
    ),
    "yes for true": (
        lambda course: course.edit(BANK, "correct: true", "correct: yes"),
        ["quizzes/module-01.yml:13:31: `correct` must be true or false, not text 'yes'"],
    ),
    "a tab": (
        lambda course: course.edit(MODULE, "    minutes: 20", "\tminutes: 20"),
        [
            "curriculum/modules/01-first.yml:19:1: a tab indents this line; YAML allows only spaces: use two spaces for each level"
        ],
    ),
    "another encoding": (
        lambda course: course.write(MODULE, b"number: 1\ntitle: Caf\xe9\n"),
        ["curriculum/modules/01-first.yml:2:11: byte 0xe9 is not UTF-8; save the file with the encoding UTF-8"],
    ),
    "an empty file": (
        lambda course: course.write(SECOND, b""),
        [
            "curriculum/modules/02-second.yml:1:1: the file is empty; write its keys: number, slug, title, level, duration, format, prerequisites, audience, summary, owner, last_reviewed, next_review, objectives, outline, labs, assessment"
        ],
    ),
    "a missing file": (
        lambda course: course.delete("curriculum/tracks.yml"),
        ["curriculum/tracks.yml:1:1: the file is missing; create it, or restore it with git checkout"],
    ),
    "a deleted module": (
        lambda course: course.delete(MODULE),
        [
            "curriculum/modules/01-first.yml:1:1: the file of module 1 is missing, but docs/01-first/ is there; restore the file with git checkout, or delete the folder and all that names the module"
        ],
    ),
    "a module with the other ending": (
        lambda course: course.rename(MODULE, "curriculum/modules/01-first.yaml"),
        ["curriculum/modules/01-first.yaml:1:1: only files that end in .yml are read; rename the file to 01-first.yml"],
    ),
    "a curriculum file with the other ending": (
        lambda course: course.rename("curriculum/tracks.yml", "curriculum/tracks.yaml"),
        ["curriculum/tracks.yaml:1:1: only files that end in .yml are read; rename the file to tracks.yml"],
    ),
    "a file that nothing reads": (
        lambda course: course.write("curriculum/foo.yml", "a: 1\n"),
        [
            "curriculum/foo.yml:1:1: nothing reads this file; move its content to the file that it belongs in, and delete it"
        ],
    ),
    "a file beside the one that it resembles": (
        lambda course: course.write("curriculum/track.yml", "a: 1\n"),
        ["curriculum/track.yml:1:1: nothing reads this file; did you mean curriculum/tracks.yml?"],
    ),
    "a broken site configuration": (
        lambda course: course.edit("mkdocs.yml", "site_name: Small", "site_name: Small: too"),
        ["mkdocs.yml:1:17: this is not YAML: a second `: ` on the line; put the text in quotes"],
    ),
    "an alias": (
        lambda course: course.write("curriculum/tracks.yml", "note: &n One\ntracks: *n\n"),
        [
            "curriculum/tracks.yml:2:9: `*n` repeats a value written elsewhere; write the value out here (if it is text, put it in quotes)"
        ],
    ),
    "aliases that stand for billions of values": (
        lambda course: course.write("curriculum/tracks.yml", BOMB),
        [
            "curriculum/tracks.yml:2:10: `*a0` repeats a value written elsewhere; write the value out here (if it is text, put it in quotes)"
        ],
    ),
    "quotes that never close": (
        lambda course: course.edit(MODULE, "title: First Module", 'title: "First Module'),
        [
            "curriculum/modules/01-first.yml:17:13: this is not YAML: the indentation does not fit the lines above, or a quote above is not closed"
        ],
    ),
    "a colon in a title": (
        lambda course: course.edit(MODULE, "title: First Module", "title: First: Module"),
        ["curriculum/modules/01-first.yml:3:13: this is not YAML: a second `: ` on the line; put the text in quotes"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_explained(course: SmallCourse, case: str) -> None:
    change, expected = CASES[case]
    change(course)
    assert course.problems() == expected

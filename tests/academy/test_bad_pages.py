# ruff: noqa: E501  (whole messages, as they are printed)
"""Pages: front matter, macros, cells, and that each page is named by the curriculum and by the menu."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.academy.small_course import SmallCourse

PAGE = "docs/01-first/beginning.md"

CASES: dict[str, tuple[Callable[[SmallCourse], None], list[str]]] = {
    "front matter that is never closed": (
        lambda course: course.edit(PAGE, 'topic: "1.1"\n---\n', 'topic: "1.1"\n'),
        ["docs/01-first/beginning.md:1:1: the front matter is never closed; write `---` on a line after its last key"],
    ),
    "front matter that is not YAML": (
        lambda course: course.edit(PAGE, "title: Beginning", "title: Beginning: the start"),
        ["docs/01-first/beginning.md:2:17: this is not YAML: a second `: ` on the line; put the text in quotes"],
    ),
    "a front matter key twice": (
        lambda course: course.edit(PAGE, "title: Beginning", "title: Beginning\ntitle: B"),
        ["docs/01-first/beginning.md:3:1: `title` is already set on line 2; remove one of the two"],
    ),
    "no front matter": (
        lambda course: course.edit(PAGE, '---\ntitle: Beginning\ntopic: "1.1"\n---\n', ""),
        [
            'docs/01-first/beginning.md:1:1: the front matter is missing; begin the file with the lines ---, title: Beginning, topic: "1.1", ---'
        ],
    ),
    "no topic": (
        lambda course: course.edit(PAGE, 'topic: "1.1"\n', ""),
        ['docs/01-first/beginning.md:2:1: the front matter has no `topic`; add the line topic: "1.1"'],
    ),
    "a topic without quotes": (
        lambda course: course.edit(PAGE, 'topic: "1.1"', "topic: 1.1"),
        ['docs/01-first/beginning.md:3:8: `topic` must be text; write it in quotes: topic: "1.1"'],
    ),
    "the topic of another page": (
        lambda course: course.edit(PAGE, 'topic: "1.1"', 'topic: "1.2"'),
        ['docs/01-first/beginning.md:3:8: this is the page of topic 1.1, but `topic` says 1.2; write topic: "1.1"'],
    ),
    "an undefined variable": (
        lambda course: course.edit(PAGE, "Watch the", "Watch {{ build_idd }} the"),
        ["docs/01-first/beginning.md:10:10: the variable `build_idd` is undefined; did you mean `build_id`?"],
    ),
    "an unknown macro": (
        lambda course: course.edit(PAGE, '{{ term("drawdown") }}', '{{ trem("drawdown") }}'),
        ["docs/01-first/beginning.md:10:14: there is no macro `trem`; did you mean `term`?"],
    ),
    "a term that the glossary lacks": (
        lambda course: course.edit(PAGE, '{{ term("drawdown") }}', '{{ term("drawdwon") }}'),
        ["docs/01-first/beginning.md:10:14: there is no glossary term 'drawdwon'; did you mean `drawdown`?"],
    ),
    "a macro that never closes": (
        lambda course: course.edit(PAGE, '{{ term("drawdown") }}', '{{ term("drawdown" }}'),
        [
            "docs/01-first/beginning.md:10:1: the macros of this page cannot be read: unexpected '}', expected ')'; put text that holds {{ or {% between {% raw %} and {% endraw %}"
        ],
    ),
    "an unknown cell option": (
        lambda course: course.edit(PAGE, 'cell="first"', 'cell="first" hiden-output'),
        [
            "docs/01-first/beginning.md:12:1: the cell first has the unknown option `hiden-output`; did you mean `hidden-output`?"
        ],
    ),
    "a misspelt cell option": (
        lambda course: course.edit(PAGE, 'cell="first"', 'cel="first"'),
        ["docs/01-first/beginning.md:12:1: unknown option `cel` of a Python block; did you mean `cell`?"],
    ),
    "a cell id twice": (
        lambda course: course.edit(PAGE, "## The `World`", '```python cell="first"\nx\n```\n\n## The `World`'),
        ["docs/01-first/beginning.md:16:1: the cell id first is already used on line 12; ids are unique on a page"],
    ),
    "a cell id with a capital": (
        lambda course: course.edit(PAGE, 'cell="first"', 'cell="First"'),
        [
            "docs/01-first/beginning.md:12:1: 'First' is not a cell id; use small letters, digits and hyphens, like cell=\"first-bars\""
        ],
    ),
    "a cell that is not Python": (
        lambda course: course.edit(PAGE, "print(1)", "print(1"),
        ["docs/01-first/beginning.md:13:6: the cell first is not Python: '(' was never closed"],
    ),
    "an outline point that no heading teaches": (
        lambda course: course.edit(PAGE, 'data-point="Where to start"', 'data-point="Where to strat"'),
        [
            'curriculum/modules/01-first.yml:21:14: no heading of docs/01-first/beginning.md teaches this point; mark the one that does with { data-point="Where to start" }',
            'docs/01-first/beginning.md:8:1: data-point="Where to strat" is not a point of topic 1.1; did you mean "Where to start"?',
        ],
    ),
    "a topic without its page": (
        lambda course: course.delete(PAGE),
        [
            "curriculum/modules/01-first.yml:20:11: the page docs/01-first/beginning.md does not exist; write it, or set `status: planned`",
            "curriculum/resources.yml:6:54: the page docs/01-first/beginning.md does not exist",
            "quizzes/module-01.yml:15:10: the page docs/01-first/beginning.md does not exist",
            "quizzes/module-01.yml:25:10: the page docs/01-first/beginning.md does not exist",
        ],
    ),
    "a planned topic that is written": (
        lambda course: course.write("docs/02-second/more.md", '---\ntitle: More\ntopic: "2.1"\n---\n'),
        [
            "curriculum/modules/02-second.yml:21:13: the page docs/02-second/more.md is written; remove `status: planned`",
            "docs/02-second/more.md:1:1: the page is in no menu; add 02-second/more.md to `nav` in mkdocs.yml",
        ],
    ),
    "a page that nothing names": (
        lambda course: course.write("docs/01-first/lost.md", "# Lost\n"),
        [
            "docs/01-first/lost.md:1:1: no topic, lab or quiz of curriculum/modules/01-first.yml names this page; name it there or delete it",
            "docs/01-first/lost.md:1:1: the page is in no menu; add 01-first/lost.md to `nav` in mkdocs.yml",
        ],
    ),
    "a module without its page": (
        lambda course: course.delete("docs/02-second/index.md"),
        [
            "curriculum/modules/02-second.yml:1:9: the module's page docs/02-second/index.md does not exist; create it with the line {{ module_overview(2) }}"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_explained(course: SmallCourse, case: str) -> None:
    change, expected = CASES[case]
    change(course)
    assert course.problems() == expected

# ruff: noqa: E501  (whole messages, as they are printed)
"""Pages: front matter, macros, cells, and that each page is named by the curriculum and by the menu."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from academy.content.cells import cells_of
from tests.academy.small_course import SmallCourse

PAGE = "docs/01-first/beginning.md"

CASES: dict[str, tuple[Callable[[SmallCourse], object], list[str]]] = {
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
            "docs/01-first/beginning.md:10:11: this macro cannot be read: unexpected '}', expected ')'; if it is text, put it between {% raw %} and {% endraw %}"
        ],
    ),
    "a macro whose braces never close": (
        lambda course: course.edit(PAGE, '{{ term("drawdown") }}', '{{ term("drawdown")'),
        [
            "docs/01-first/beginning.md:10:11: this {{ is never closed; write }} after the macro, or if it is text, put it between {% raw %} and {% endraw %}"
        ],
    ),
    "a quote in a macro that never closes": (
        lambda course: course.edit(PAGE, '{{ term("drawdown") }}', '{{ "drawdown }}'),
        [
            "docs/01-first/beginning.md:10:11: a quote in this macro is never closed; close it, or if it is text, put it between {% raw %} and {% endraw %}"
        ],
    ),
    "a variable that resembles nothing": (
        lambda course: course.edit(PAGE, "Watch the", "Watch {{ x }} the"),
        [
            "docs/01-first/beginning.md:10:10: the variable `x` is undefined; if it is text, write `x` without the braces; if it is a macro, the nearest are term(name), quiz(bank), module_overview(number)"
        ],
    ),
    "a macro without its value": (
        lambda course: course.edit("docs/01-first/index.md", "module_overview(1)", "module_overview()"),
        ["docs/01-first/index.md:3:4: `module_overview` needs `number`; write {{ module_overview(number) }}"],
    ),
    "a macro with a value too many": (
        lambda course: course.edit("docs/01-first/index.md", "module_overview(1)", "module_overview(1, 2)"),
        [
            "docs/01-first/index.md:3:4: `module_overview` takes 1 value, but is given 2; write {{ module_overview(number) }}"
        ],
    ),
    "a macro with a misspelt parameter": (
        lambda course: course.edit("docs/01-first/index.md", "module_overview(1)", "module_overview(numbr=1)"),
        ["docs/01-first/index.md:3:4: `module_overview` has no parameter `numbr`; did you mean `number`?"],
    ),
    "a macro with a value given twice": (
        lambda course: course.edit("docs/01-first/index.md", "module_overview(1)", "module_overview(1, number=1)"),
        ["docs/01-first/index.md:3:4: `module_overview` is given `number` twice; write {{ module_overview(number) }}"],
    ),
    "a misspelt front matter key": (
        lambda course: course.edit(PAGE, "title: Beginning", "tilte: Beginning"),
        ["docs/01-first/beginning.md:2:1: unknown key `tilte` in the front matter; did you mean `title`?"],
    ),
    "an alias in front matter": (
        lambda course: course.edit(PAGE, "title: Beginning", "title: &t Beginning\ndescription: *t"),
        [
            "docs/01-first/beginning.md:3:14: `*t` repeats a value written elsewhere; write the value out here (if it is text, put it in quotes)"
        ],
    ),
    "a folder with the name of a page": (
        lambda course: (course.delete(PAGE), course.write(f"{PAGE}/more.txt", "")),
        ["docs/01-first/beginning.md:1:1: this is a folder with the name of a file; rename or remove the folder"],
    ),
    "a page that is not UTF-8": (
        lambda course: course.write(PAGE, b"# Caf\xe9\n"),
        ["docs/01-first/beginning.md:1:6: byte 0xe9 is not UTF-8; save the file with the encoding UTF-8"],
    ),
    "an empty page": (
        lambda course: course.write(PAGE, b""),
        ["docs/01-first/beginning.md:1:1: the page is empty; write it, or delete the file"],
    ),
    "a link to a page that does not exist": (
        lambda course: course.edit(PAGE, "Watch the", "Watch [it](../02-second/indx.md) the"),
        [
            "docs/01-first/beginning.md:10:12: the page docs/02-second/indx.md does not exist; did you mean `../02-second/index.md`?"
        ],
    ),
    "a link to a heading that does not exist": (
        lambda course: course.edit(PAGE, "Watch the", "Watch [it](#strat) the"),
        ["docs/01-first/beginning.md:10:12: docs/01-first/beginning.md has no heading #strat; did you mean `start`?"],
    ),
    "a link to an address instead of a file": (
        lambda course: course.edit(PAGE, "Watch the", "Watch [it](quiz/) and [that](/map/) the"),
        [
            "docs/01-first/beginning.md:10:12: a link to a page names its file; write quiz.md",
            "docs/01-first/beginning.md:10:30: the link /map/ begins at the server's root, where the site need not be; write it relative to this page",
        ],
    ),
    "a link out of the site": (
        lambda course: course.edit(PAGE, "Watch the", "Watch [it](../../mkdocs.yml) the"),
        [
            "docs/01-first/beginning.md:10:12: the link ../../mkdocs.yml leads out of docs/; link to a page of the site, or write a full address"
        ],
    ),
    "a link longer than any file name": (
        lambda course: course.edit(PAGE, "Watch the", f"Watch [it]({'a' * 300}.md) the"),
        ["docs/01-first/beginning.md:10:12: the link is 303 characters long and names no page"],
    ),
    "an image that does not exist": (
        lambda course: (
            course.write("docs/01-first/bars.png", b""),
            course.edit(PAGE, "Watch the", "Watch ![bars](brs.png) the"),
        ),
        ["docs/01-first/beginning.md:10:15: the file docs/01-first/brs.png does not exist; did you mean `bars.png`?"],
    ),
    "a diagram without a description": (
        lambda course: course.edit(PAGE, "## The `World`", '```dot title="Flow"\ndigraph {}\n```\n\n## The `World`'),
        [
            'docs/01-first/beginning.md:16:1: the diagram has no `desc`; write ```dot title="the caption" desc="what the picture shows"'
        ],
    ),
    "a diagram with a misspelt option": (
        lambda course: course.edit(PAGE, "## The `World`", '```dot titel="Flow" desc="d"\n```\n\n## The `World`'),
        ["docs/01-first/beginning.md:16:8: a diagram has no option `titel`; did you mean `title`?"],
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


def test_text_in_other_marks_than_the_sites_own_is_left_alone(course: SmallCourse) -> None:
    """mkdocs.yml gives blocks and comments marks of their own, so that `{#anchor}` and `{% if %}` can be written."""
    marks = (
        '  - macros:\n      j2_block_start_string: "[[%"\n      j2_block_end_string: "%]]"\n'
        '      j2_comment_start_string: "[[#"\n      j2_comment_end_string: "#]]"\n'
    )
    course.edit("mkdocs.yml", "site_name: Small\n", f"site_name: Small\nplugins:\n{marks}")
    course.edit(PAGE, "Watch the", "`{% if %}` {#id} [[% raw %]] {{ x [[% endraw %]] the")
    assert course.problems() == []
    course.edit(PAGE, "[[% raw %]] {{ x [[% endraw %]]", "{{ x")
    assert course.problems() == [
        "docs/01-first/beginning.md:10:18: this {{ is never closed; write }} after the macro, or if it is text, put it between [[% raw %]] and [[% endraw %]]"
    ]


def test_links_that_exist_and_links_in_code_are_left_alone(course: SmallCourse) -> None:
    course.write("docs/01-first/bars.png", b"")
    course.edit(
        PAGE,
        "Watch the",
        "[a](#start) [b](quiz.md#any) [c](../02-second/index.md) ![d](bars.png) [e](https://example.org/x#y) `[f](no.md)`",
    )
    assert course.problems() == []


def test_windows_line_ends_change_nothing(course: SmallCourse) -> None:
    for path in course.root.rglob("*"):
        if path.suffix in {".md", ".yml", ".py"}:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert course.problems() == []
    (cell,) = cells_of((course.root / PAGE).read_bytes().decode())
    assert (cell.id, cell.code, cell.line) == ("first", "print(1)", 12)

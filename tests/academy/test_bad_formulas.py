# ruff: noqa: E501  (whole messages, as they are printed)
"""Formulas that KaTeX refuses: all of all pages at once, each with its place."""

from __future__ import annotations

import pytest

from academy.markdown import katex
from tests.academy.small_course import SmallCourse

PAGE = "docs/01-first/beginning.md"
BAD = r"""Half is $\frac{1}{$, a square is $x^2$, and $\foo$ is nothing.

1. In a list

    $$
    \bar{x
    $$

A price of $2 and `$\foo$` are text. Not $$y$$ here."""


@pytest.mark.skipif(not katex.KATEX.is_file(), reason="KaTeX is an npm package, and there is no node_modules here")
def test_every_bad_formula_of_every_page_is_one_line(course: SmallCourse) -> None:
    course.edit(PAGE, 'Watch the {{ term("drawdown") }}.', BAD)
    course.edit("docs/01-first/quiz.md", "# Quiz\n", "# Quiz\n\nAs $\\Delta_{p$ says.\n")
    assert course.problems() == [
        r"docs/01-first/beginning.md:10:10: the formula `\frac{1}{` is not valid: Unexpected end of input in a macro argument, expected '}' at end of input: \frac{1}{",
        "docs/01-first/beginning.md:10:46: the formula `\\foo` is not valid: Undefined control sequence: \\foo at position 1: \\\u0332f\u0332o\u0332o\u0332",
        r"docs/01-first/beginning.md:15:5: the formula `\bar{x` is not valid: Unexpected end of input in a macro argument, expected '}' at end of input: \bar{x",
        "docs/01-first/beginning.md:18:44: $$y$$ is in the middle of a text; a display formula is a paragraph by itself",
        r"docs/01-first/quiz.md:3:5: the formula `\Delta_{p` is not valid: Expected '}', got 'EOF' at end of input: \Delta_{p",
    ]


def test_without_the_npm_packages_formulas_are_left_to_the_build(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(katex, "KATEX", course.root / "nowhere.js")
    course.edit(PAGE, 'Watch the {{ term("drawdown") }}.', BAD)
    assert course.problems() == []

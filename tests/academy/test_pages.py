"""What is read from a page: anchors as the site gives them, cells and points, and nothing from inside code."""

from __future__ import annotations

from textwrap import dedent

import pytest
from markdown.extensions.toc import slugify as site_slugify

from academy.content.pages import read_page, slugify
from tests.academy.small_course import SmallCourse

PAGE = """\
    # The page { .wide }

    ## Twice

    ```text
    ## Not a heading
    ```

    ## Twice

    ## A [link](x.md), *stress* and `code` { #own data-point="First point" }

    ````markdown
    ```python cell="shown"
    not a cell
    ```
    ````

    !!! note
        ```python cell="inside" hidden-output
        1 + 1
        ```
    """


def test_headings_have_the_anchors_of_the_site(course: SmallCourse) -> None:
    course.write("docs/page.md", dedent(PAGE))
    page = read_page(course.root, course.root / "docs" / "page.md")
    assert [(heading.text, heading.anchor, heading.line) for heading in page.page.headings] == [
        ("The page", "the-page", 1),
        ("Twice", "twice", 3),
        ("Twice", "twice_1", 9),
        ("A link, stress and code", "own", 11),
    ]
    assert page.points == {"First point": 11}


def test_a_fence_shown_inside_a_fence_is_not_a_cell(course: SmallCourse) -> None:
    course.write("docs/page.md", dedent(PAGE))
    page = read_page(course.root, course.root / "docs" / "page.md")
    assert [(cell.id, cell.code, cell.line) for cell in page.cells] == [("inside", "1 + 1", 20)]


@pytest.mark.parametrize(
    "text",
    ["Start here", "What the system is for, and what it has to earn", "Q&A", "Zürich: naïve?", "a--b  c"],
)
def test_anchors_are_made_as_the_site_makes_them(text: str) -> None:
    assert slugify(text) == site_slugify(text, "-")


def test_a_page_without_front_matter_has_its_first_heading_for_a_title(course: SmallCourse) -> None:
    page = read_page(course.root, course.root / "docs" / "01-first" / "index.md").page
    assert (page.title, page.topic, page.url) == ("First Module", None, "01-first/")

"""The course, and a page of it to render macros on."""

from __future__ import annotations

import pytest

from academy.content import load_course
from academy.model.course import Course
from macros import FAMILIES
from macros.site import Site


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course()


@pytest.fixture
def site(course: Course) -> Site:
    """All macros, as a page at tracks/operations/ would call them."""
    site = Site(course, page_url=lambda: "tracks/operations/", page_path=lambda: "tracks/operations.md")
    for family in FAMILIES:
        family.define(site)
    return site

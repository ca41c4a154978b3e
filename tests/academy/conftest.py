"""Fixtures of the tests of academy/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.academy.small_course import SmallCourse, make


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A small valid course in a temporary folder, to be broken one way at a time."""
    return make(tmp_path)

"""Fixtures of the element tests."""

from tests.quiz.element_fixtures import elements_site, profile, scheme, tab

__all__ = ["elements_site", "profile", "scheme", "tab"]

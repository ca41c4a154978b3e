"""Pages of the built site with something to run on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.runtime.learner import TOPIC, Code


@pytest.fixture
def topic(page: Page) -> Page:
    """A topic page with cells."""
    page.goto(TOPIC)
    expect(page.locator("gm-cell").first.get_by_role("button", name="Run", exact=True)).to_be_visible()
    return page


@pytest.fixture
def cell(topic: Page) -> Code:
    """The first cell of the topic page: no other runs before it."""
    return Code(topic, topic.locator("gm-cell").first)


@pytest.fixture
def second_cell(topic: Page) -> Code:
    return Code(topic, topic.locator("gm-cell").nth(1))


@pytest.fixture
def violations(page: Page) -> Iterator[list[str]]:
    """What the Content-Security-Policy refused, in the page and in its frames."""
    found: list[str] = []
    page.on(
        "console", lambda message: found.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield found

"""The same site under another host name and a sub-path: what a fork on a project page gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser import journeys


@pytest.fixture
def visitor(browser: Browser, subpath_site: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=subpath_site, viewport={"width": 390, "height": 844})
    yield context
    context.close()


def test_a_cell_runs_and_instant_navigation_stays_below_the_path(visitor: BrowserContext, subpath_site: str) -> None:
    complaints: list[str] = []
    requests: list[str] = []
    page = visitor.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))
    page.goto("")
    journeys.run(page.locator("gm-cell").first)
    expect(page.locator("gm-cell .gm-output").first).to_contain_text("points in one day")

    # A document of its own would lose this mark: instant navigation keeps it.
    page.evaluate("() => { window.sameDocument = true; }")
    page.get_by_role("link", name="Start with 1.1, Introduction to GrandModel").click()
    expect(page).to_have_url(subpath_site + journeys.TOPIC_PAGE)
    assert page.evaluate("() => window.sameDocument") is True
    assert [url for url in requests if not url.startswith((subpath_site, "data:", "blob:", "about:"))] == []
    assert complaints == []


def test_quiz_and_progress_find_their_data(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto(journeys.QUIZ_PAGE)
    page.get_by_role("button", name="Start the quiz").click()
    assert len(journeys.asked(page)) == 10
    page.goto("progress/")
    expect(page.locator("gm-progress")).to_contain_text("System Architecture Overview")


def test_a_missing_page_leads_back_into_the_course(visitor: BrowserContext, subpath_site: str) -> None:
    page = visitor.new_page()
    answer = page.goto("no/such/page/")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.startswith(subpath_site)

"""One worker for the visit: instant navigation swaps pages under it, at any depth, without a word from the policy."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.runtime.learner import BOOT, TOPIC, Code


def go(page: Page, path: str) -> None:
    """Follow a link of the page to `path`, as instant navigation does it: the document must stay the same."""
    page.evaluate("() => { window.sameDocument = true; }")
    page.locator(f'a[href$="{path}"]').first.evaluate("link => link.click()")
    expect(page.locator(f'link[rel="canonical"][href$="{path}"]')).to_have_count(1)
    assert page.evaluate("() => window.sameDocument") is True, "this was a full page load"


def test_the_worker_survives_two_depths_and_a_missing_page(page: Page, violations: list[str]) -> None:
    workers: list[str] = []
    page.on("worker", lambda worker: workers.append(worker.url) if worker.url.startswith("blob:") else None)
    page.goto("no/such/page/")  # GitHub Pages answers with 404.html under the missing address
    page.wait_for_load_state("networkidle")  # until the sitemap is there, a link is an ordinary link
    go(page, "/map/")
    go(page, "/01-system-architecture/")
    go(page, TOPIC)
    cell = Code(page, page.locator("gm-cell").first)
    cell.run("carried = 41\ncarried")
    go(page, "/map/")
    go(page, "/01-system-architecture/")
    go(page, TOPIC)
    again = Code(page, page.locator("gm-cell").first)
    expect(again.button("Run")).to_be_visible()
    again.run("carried + 1")
    expect(again.output.locator(".gm-result")).to_have_text("42", timeout=BOOT)
    assert len(workers) == 1
    assert page.locator('iframe[title="Python sandbox"]').count() == 1
    assert violations == []


def test_a_page_without_cells_boots_nothing(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto("01-system-architecture/quiz/")
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(1500)
    assert not [url for url in fetched if "runtime" in url or "python-worker" in url]


def test_intent_boots_python_and_a_glance_does_not(topic: Page) -> None:
    fetched: list[str] = []
    topic.on("request", lambda request: fetched.append(request.url))
    topic.wait_for_timeout(800)
    assert not [url for url in fetched if "pyodide" in url]
    topic.locator("gm-cell").first.hover()
    expect(topic.locator('iframe[title="Python sandbox"]')).to_have_count(1, timeout=BOOT)

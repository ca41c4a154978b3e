"""axe-core on every kind of page, in light, in dark and on a narrow screen: no violation, best practices included."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from academy.assets.node import MODULES

PAGES = {
    "home": "",
    "map": "map/",
    "module": "01-system-architecture/",
    "planned module": "05-system-operations/",
    "topic": "01-system-architecture/introduction/",
    "topic with diagrams": "01-system-architecture/multi-agent-system/",
    "topic with formulas": "02-marl-fundamentals/rl-basics/",
    "lab": "02-marl-fundamentals/lab-2-1/",
    "trading desk": "desk/",
    "quiz": "01-system-architecture/quiz/",
    "progress": "progress/",
    "tracks": "tracks/",
    "track": "tracks/trading/",
    "advanced": "tracks/advanced/",
    "certification": "certification/",
    "schedule": "schedule/",
    "glossary": "glossary/",
    "reference": "reference/simulator/",
    "resources": "resources/",
    "case studies": "case-studies/",
    "metrics": "metrics/",
    "contribute": "contribute/",
    "privacy": "privacy/",
    "notices": "notices/",
    "not found": "404.html",
}
MODES: dict[str, tuple[int, Any]] = {"light": (1280, "light"), "dark": (1280, "dark"), "narrow": (320, "light")}
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe objects to, one line for each rule with its first elements."""
    page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("standards => axe.run({runOnly: standards}).then(result => result.violations)", STANDARDS)
    return [f"{one['id']}: {'; '.join(str(node['target']) for node in one['nodes'][:3])}" for one in found]


@pytest.mark.parametrize("mode", MODES)
def test_no_page_has_a_violation(browser: Browser, site: str, mode: str) -> None:
    width, scheme = MODES[mode]
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    found = {}
    for name, address in PAGES.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if problems := violations(page):
            found[name] = problems
    context.close()
    assert found == {}


@pytest.mark.parametrize("toggle", ["search", "drawer"])
def test_what_opens_over_a_page_has_no_violation(browser: Browser, site: str, toggle: str) -> None:
    # Without motion, so that axe does not measure colours half way through a fade.
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto("01-system-architecture/introduction/")
    page.wait_for_load_state("networkidle")
    page.locator(f".md-header label[for='__{toggle}']").first.click()
    page.locator(".md-search__input" if toggle == "search" else ".md-sidebar--primary .md-nav__list").first.wait_for()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_is_wider_than_the_screen(browser: Browser, site: str, width: int) -> None:
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 800})
    page = context.new_page()
    wide = {}
    for name, address in PAGES.items():
        page.goto(address)
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if excess:
            wide[name] = excess
    context.close()
    assert wide == {}

"""Fixtures of the element tests, shared by tests/quiz and tests/progress: the small site, a page on it, and axe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from academy import paths
from academy.linking import served
from tests.quiz import harness

AXE = paths.ROOT / "node_modules" / "axe-core" / "axe.min.js"
AxeCheck = Callable[[Page], list[str]]


@pytest.fixture(scope="session")
def elements_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a small site with `<gm-quiz>` and `<gm-progress>` on its pages, under the course's own policy."""
    folder: Path = harness.build(tmp_path_factory.mktemp("elements"))
    with served(folder) as address:
        yield address


@pytest.fixture
def profile(browser: Browser, elements_site: str) -> Iterator[BrowserContext]:
    """A browser profile with nothing stored."""
    # Without motion: axe must not measure the contrast of a colour that is on its way to another.
    context = browser.new_context(
        base_url=elements_site, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def tab(profile: BrowserContext) -> Iterator[Page]:
    """A tab of it. Fails the test when the page reports an error."""
    page = profile.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def note(message: ConsoleMessage) -> None:
        # A missing file is part of one test; the page has words for it.
        if message.type == "error" and "404" not in message.text:
            errors.append(message.text)

    page.on("console", note)
    yield page
    assert errors == []


@pytest.fixture(params=["default", "slate"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Light and dark."""
    return str(request.param)


def use_scheme(page: Page, scheme: str) -> None:
    page.locator("body").evaluate("(body, scheme) => { body.dataset.mdColorScheme = scheme; }", scheme)


def axe_violations(page: Page) -> list[str]:
    """What axe finds on the page as it is, as `rule: target`. The harness page has no landmarks of its own to judge."""
    # Through the protocol, not a script tag: the policy of the page stays on.
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found: dict[str, Any] = page.evaluate("() => window.axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]

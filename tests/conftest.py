"""What tests of several rooms share: the built site, and the browser that looks at it."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from academy import browser_program, testing
from academy.linking import served_on

BROWSER_ROOMS = {"runtime", "site", "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or the built site, so that `make check` can leave it out."""
    for item in items:
        if item.path.parent.name in BROWSER_ROOMS or "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site. `make test` serves it; alone, pytest serves what `academy test` last built."""
    yield from _served(testing.TARGET.folder, testing.TARGET.url, testing.TEST_PORT, "")


@pytest.fixture(scope="session")
def subpath_site() -> Iterator[str]:
    """The address of the same site, built for another host name and a sub-path."""
    yield from _served(testing.SUBPATH_TARGET.folder, testing.SUBPATH_TARGET.url, testing.SUBPATH_PORT, testing.SUBPATH)


def _served(folder: Path, url: str, port: int, prefix: str) -> Iterator[str]:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        if not (folder / "index.html").is_file():
            pytest.fail("There is no built site to test. Run `make test`, which builds it.")
        with served_on(folder, port, prefix):
            yield url
    else:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser program."""
    found = browser_program.find()
    if found is None:
        pytest.fail("No Chromium was found. Run `make test`, which installs it or says how.")
    return found


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """One browser for each test worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=list(browser_program.FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A fresh profile on the built site: nothing stored, errors and foreign requests collected."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(float(os.environ.get("ACADEMY_TEST_TIMEOUT", "30000")))
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in a fresh profile."""
    return context.new_page()

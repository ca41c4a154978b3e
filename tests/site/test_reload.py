"""An open page reloads when the development server says that a new site stands."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page, Route

from academy.publish.site import RELOAD_TAG
from academy.serve import Pages
from tests.browser.journeys import TOPIC_PAGE


def test_every_open_page_is_told() -> None:
    # In a thread: Playwright keeps an event loop of its own in this one.
    async def told() -> list[str]:
        pages = Pages()
        first, second = pages.stream(), pages.stream()
        heard = [await anext(first), await anext(second)]
        pages.reload()
        return [*heard, await anext(first), await anext(second)]

    retry, reload = "retry: 1000\n\n", "event: reload\ndata: {}\n\n"
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, told()).result() == [retry, retry, reload, reload]


def test_a_told_page_reloads_in_place(page: Page, site: str) -> None:
    streams: list[str] = []

    def with_reload(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</head>", f"{RELOAD_TAG}</head>", 1))

    def stream(route: Route) -> None:
        streams.append(route.request.url)
        body = "event: reload\ndata: {}\n\n" if len(streams) == 1 else ": nothing new\n\n"
        route.fulfill(body=body, headers={"Content-Type": "text/event-stream"})

    page.route(site + TOPIC_PAGE, with_reload)
    page.route("**/__academy/events", stream)
    page.goto(site + TOPIC_PAGE)
    for _ in range(100):
        if len(streams) > 1:
            break
        page.wait_for_timeout(100)
    assert len(streams) > 1, "the page did not load again"

"""The trading desk: a person who does not code lets time go by, reads why, sets limits and pulls the stop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.runtime.learner import Terminal
from tests.site.test_look_axe import violations


class Desk:
    """What a person does at the desk."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("gm-desk")
        self.status = self.element.locator(".gm-status")
        self.panel = self.element.get_by_role("tabpanel")

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button and wait until the desk has shown what came of it."""
        self.element.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()
        self.settle()

    def settle(self) -> None:
        expect(self.status).not_to_have_text("Working", timeout=60_000)
        expect(self.element).to_have_attribute("data-state", "done", timeout=60_000)

    def tab(self, name: str) -> Locator:
        self.element.get_by_role("tab", name=name).click()
        return self.panel


@pytest.fixture
def desk(page: Page) -> Desk:
    page.goto("desk/")
    expect(page.locator("gm-desk [data-sample]")).to_contain_text("A sample")
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_role("tab", name="Decisions")).to_be_visible(timeout=90_000)
    return Desk(page)


def test_a_trade_is_found_read_and_stopped(desk: Desk) -> None:
    expect(desk.panel).to_contain_text("No decision yet")
    desk.press("Next trade")
    expect(desk.status).to_contain_text(re.compile(r"new decisions, \d+ of which act"))
    tactical = desk.panel.locator("details").filter(has_text="tactical").filter(has_text="acts").first
    tactical.locator("summary").click()
    expect(tactical.locator("table")).to_contain_text("fvg agent")
    expect(tactical).to_contain_text("confidence")

    # What is open stays open when time goes on.
    opened = tactical.get_attribute("data-id")
    desk.press("Next bar")
    expect(desk.panel.locator(f"details[data-id='{opened}']")).to_have_attribute("open", "")
    assert violations(desk.page) == []

    panel = desk.tab("Positions and orders")
    expect(panel.get_by_role("region", name="Positions")).to_contain_text(re.compile(r"\d (long|short)"))
    desk.element.get_by_role("button", name="Emergency stop").click()
    desk.page.get_by_role("button", name="Keep trading").click()
    expect(desk.element.locator(".gm-desk-system")).to_contain_text("ON")
    desk.element.get_by_role("button", name="Emergency stop").click()
    desk.page.get_by_role("button", name="Stop all trading").click()
    expect(desk.element.locator(".gm-desk-system")).to_contain_text("EMERGENCY_STOP")
    desk.settle()
    desk.press("Next bar")
    expect(panel).to_contain_text("No position is open")
    expect(desk.tab("Alerts")).to_contain_text("EMERGENCY STOP")
    assert violations(desk.page) == []
    desk.press("Reset the stop")
    expect(desk.element.locator(".gm-desk-system")).to_contain_text("ON")


def test_orders_and_limits_are_refused_with_the_systems_words(desk: Desk) -> None:
    desk.press("Next bar")
    panel = desk.tab("Positions and orders")
    panel.get_by_label("contracts").fill("11")
    desk.press("Send order")
    expect(panel.get_by_role("region", name="Orders")).to_contain_text("11 contracts; one order may have 10")
    panel.get_by_label("contracts").fill("2")
    desk.press("Send order")
    desk.press("Next bar")
    expect(panel.get_by_role("region", name="Positions")).to_contain_text("2 long")

    limits = desk.tab("Limits")
    limits.get_by_label("Gross notional value over equity: new limit").fill("99")
    limits.get_by_role("button", name="Set Gross notional value over equity").click()
    desk.settle()
    expect(desk.status).to_contain_text("max_leverage")
    limits.get_by_label("Gross notional value over equity: new limit").fill("2")
    limits.get_by_role("button", name="Set Gross notional value over equity").click()
    desk.settle()
    expect(limits.get_by_role("row").filter(has_text="Gross notional")).to_contain_text("2.00 \N{MULTIPLICATION SIGN}")
    assert violations(desk.page) == []


def test_the_keyboard_reaches_every_panel(desk: Desk) -> None:
    desk.element.get_by_role("tab", name="Decisions").focus()
    for name in ("Positions and orders", "Limits", "Alerts", "Decisions"):
        desk.page.keyboard.press("ArrowRight")
        chosen = desk.element.locator("[role=tab][aria-selected=true]")
        expect(chosen).to_contain_text(name)
        expect(chosen).to_be_focused()


def test_the_desk_sees_what_the_terminal_did(desk: Desk) -> None:
    """One World: what the shell lets go by, the desk has seen when the reader comes back to it."""
    desk.press("Next bar")
    clock = desk.element.locator(".gm-terminal-clock")
    expect(clock).to_contain_text("13:35")
    # The page is changed inside the site: the session, and with it the World, stays.
    desk.page.get_by_role("link", name="Hands-on Demo").first.click()
    terminal = Terminal(desk.page)
    terminal.open()
    terminal.answer("sleep 3600")
    desk.page.get_by_role("link", name="Trading desk").first.click()
    desk.page.get_by_role("button", name="Open the desk").click()
    expect(desk.page.locator("gm-desk .gm-terminal-clock")).to_contain_text("14:35", timeout=60_000)

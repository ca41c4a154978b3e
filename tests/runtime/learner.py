"""Cells, labs and the terminal of the built site, as a learner handles them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

TOPIC = "01-system-architecture/introduction/"
# The first run of a page boots Python: seconds on a quiet machine, more on a busy one.
BOOT = 60_000


class Code:
    """One runnable place of a page: a cell, or the editor of a lab."""

    def __init__(self, page: Page, place: Locator) -> None:
        self.page, self.place = page, place
        self.output = place.locator(".gm-output")
        self.status = place.locator(".gm-status").first

    def button(self, name: str) -> Locator:
        return self.place.get_by_role("button", name=name, exact=True)

    def write(self, code: str) -> None:
        """Put `code` in the place of what the editor holds."""
        editor = self.place.locator(".cm-content")
        self.place.locator(
            ".cm-content, pre[role=group]:visible"
        ).first.click()  # a kept draft brings the editor by itself
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def ends(self, state: str, timeout: float = BOOT) -> None:
        expect(self.place).to_have_attribute("data-state", state, timeout=timeout)

    def run(self, code: str | None = None, state: str = "done") -> None:
        if code is not None:
            self.write(code)
        self.button("Run").click()
        self.ends(state)

    def begin(self, code: str) -> None:
        """Run code that does not end, and wait until it runs."""
        self.write(code)
        self.button("Run").click()
        self.ends("running")


class Terminal:
    """The terminal of a page, read by its text log."""

    def __init__(self, page: Page) -> None:
        self.place = page.locator("gm-terminal")
        self.log = self.place.locator(".gm-terminal-log")
        self.keys = self.place.locator("textarea")
        self.status = self.place.locator(".gm-status")

    def open(self) -> None:
        self.place.get_by_role("button", name="Open the terminal").click()
        expect(self.keys).to_be_attached(timeout=BOOT)

    def type(self, line: str) -> None:
        self.keys.press_sequentially(line)
        self.keys.press("Enter")

    def says(self, text: str, timeout: float = 20_000) -> None:
        expect(self.log).to_contain_text(text, timeout=timeout)

    def answer(self, line: str) -> str:
        """What the terminal prints for one line, read up to a mark that is typed after it."""
        before = len(self.log.text_content() or "")
        self.type(line)
        self.answers = getattr(self, "answers", 0) + 1
        self.type(f"echo mark-$(({self.answers}+0))")
        self.says(f"\nmark-{self.answers}\n")
        told = (self.log.text_content() or "")[before:]
        return told.split("\n", 1)[1].rsplit(" $ echo mark-", 1)[0].rsplit("\n", 1)[0]

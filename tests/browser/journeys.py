"""What the journeys share: how a learner reads, types, runs and answers. Every step is one that a person could take."""

from __future__ import annotations

import json
import re
from typing import Any

import lxml.html
from playwright.sync_api import Locator, Page, expect

from academy import build, paths

# Booting Python on a busy machine takes seconds; training in the page takes most of a minute.
BOOT = 90_000
TRAINING = 300_000

LAB = paths.EXERCISES / "2.1-agent-training"
LAB_PAGE = "02-marl-fundamentals/lab-2-1/"
TOPIC_PAGE = "01-system-architecture/introduction/"
QUIZ_PAGE = "01-system-architecture/quiz/"
DEMO_PAGE = "01-system-architecture/hands-on-demo/"


def run(cell: Locator) -> None:
    """Press Run and wait until the cell has ended, one way or the other."""
    cell.get_by_role("button", name="Run", exact=True).click()
    expect(cell).to_have_attribute("data-state", re.compile("done|error|stopped"), timeout=BOOT)


def type_code(page: Page, place: Locator, code: str) -> None:
    """Replace what stands in an editor, as select-all and paste would."""
    place.locator(".highlight:visible, .cm-content:visible").first.click()
    editor = place.locator(".cm-content")
    editor.wait_for()
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def check_lab(page: Page, result: str | re.Pattern[str]) -> None:
    """Press Check and wait for the report that says so."""
    page.locator("gm-lab").get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(".gm-report")).to_contain_text(result, timeout=TRAINING)


def questions() -> list[dict[str, Any]]:
    """The bank of Module 1 as the page gets it."""
    return list(json.loads((build.COURSE / "quizzes" / "module-01.json").read_text())["questions"])


def words(html: str) -> str:
    """The words of a piece of HTML, white space folded: how a reader would quote it."""
    return " ".join(str(lxml.html.fromstring(f"<div>{html}</div>").text_content()).split())


def asked(page: Page) -> list[tuple[Locator, dict[str, Any]]]:
    """Each question on the page, with the bank's entry for it."""
    known = {words(question["prompt_html"]): question for question in questions()}
    fields = page.locator("fieldset.gm-question").all()
    return [(field, known[" ".join(field.locator(".gm-question-prompt").inner_text().split())]) for field in fields]


def answer(field: Locator, question: dict[str, Any], *, right: bool) -> None:
    """Answer one question, rightly or wrongly."""
    if question["kind"] == "numeric":
        field.get_by_role("textbox").fill(str(question["answer"]) if right else "-987654")
    elif question["kind"] == "order":
        items = question["items"] if right else question["items"][::-1]
        for place, item in enumerate(items):
            shown = field.locator(".gm-order-text").all_inner_texts()
            for _ in range([words(text) for text in shown].index(words(item)) - place):
                field.locator("li").filter(has_text=words(item)).get_by_role("button", name="Move up").click()
    else:
        wanted = [number for number, choice in enumerate(question["choices"]) if bool(choice["correct"]) == right]
        for number in wanted if question["kind"] == "multiple" else wanted[:1]:
            field.locator(f"input[value='{number}']").check()

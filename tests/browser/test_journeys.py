"""A learner's way through the course on the built site, in Chromium: read, run, fail, ask, pass, come back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import journeys
from tests.browser.journeys import BOOT, DEMO_PAGE, LAB, LAB_PAGE, QUIZ_PAGE, TOPIC_PAGE


def test_read_run_wrong_answer_hint_pass_and_come_back(context: BrowserContext) -> None:
    """The way through Module 1 into Lab 2.1, as the course means it."""
    page = context.new_page()
    page.goto("")
    page.get_by_role("link", name=re.compile("^Start with 1.1")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Introduction to GrandModel"))
    cell = page.locator("gm-cell").first
    journeys.run(cell)
    expect(cell.locator(".gm-output")).to_contain_text("ORDER_FILLED")

    page.goto(LAB_PAGE)
    lab = page.locator("gm-lab")
    expect(lab.get_by_role("button", name="Check", exact=True)).to_be_visible()
    journeys.type_code(page, page.locator(".gm-lab-editor"), (LAB / "wrong" / "own-normalizer.py").read_text())
    journeys.check_lab(page, "The test data was normalised with itself")
    expect(page.locator(".gm-report")).to_contain_text("Expected")

    step = lab.locator("[data-step=environment]")
    step.get_by_text("Hint 1 of 3").click()
    expect(step.locator(".gm-hint").first).to_contain_text("one argument more")

    journeys.type_code(page, page.locator(".gm-lab-editor"), (LAB / "solution.py").read_text())
    journeys.check_lab(page, "18 of 18 points")

    page.reload()
    expect(page.locator(".gm-lab-editor")).to_contain_text("normalizer=env.normalizer")
    page.goto("progress/")
    expect(page.locator("gm-progress")).to_contain_text(
        re.compile("Lab 2.1.*(passed|18 of 18)", re.DOTALL | re.IGNORECASE)
    )


def test_fail_the_quiz_retake_it_pass_and_see_it_on_the_map(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(QUIZ_PAGE)
    page.get_by_role("button", name="Start the quiz").click()
    first = journeys.asked(page)
    assert len(first) == 10
    for field, question in first:
        journeys.answer(field, question, right=False)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Not passed yet"))).to_be_focused()

    page.get_by_role("button", name="Try again with new questions").first.click()
    second = journeys.asked(page)
    assert {question["id"] for _, question in second}.isdisjoint(question["id"] for _, question in first)
    for field, question in second:
        journeys.answer(field, question, right=True)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name="Passed: 100 %")).to_be_visible()

    page.reload()
    expect(page.locator("gm-quiz")).to_contain_text("100 %")
    page.goto("map/")
    expect(page.locator("[data-module='1']").first).to_contain_text(
        re.compile("quiz passed|started|finished", re.IGNORECASE)
    )


def test_progress_outlives_the_browser_and_travels_as_a_file(context: BrowserContext, export_path: str) -> None:
    page = context.new_page()
    page.goto(TOPIC_PAGE)
    journeys.run(page.locator("gm-cell").first)
    page.goto("progress/")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Export")).first.click()
    download.value.save_as(export_path)

    other = context.browser
    assert other is not None
    elsewhere = other.new_context(base_url=context.pages[0].url.split("progress/")[0])
    guest = elsewhere.new_page()
    guest.goto("progress/")
    guest.locator("input[type=file]").set_input_files(export_path)
    expect(guest.locator("gm-progress")).to_contain_text(re.compile(r"\d+ (new )?(event|entr|record)", re.IGNORECASE))
    elsewhere.close()


@pytest.fixture
def export_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where an exported record is saved."""
    return str(tmp_path_factory.mktemp("export") / "record.json")


@pytest.mark.parametrize(
    "code", ["while True:\n    pass", "while True:\n    print('flood', flush=True)"], ids=["loop", "flood"]
)
def test_stop_ends_what_never_ends_and_the_page_goes_on(page: Page, code: str) -> None:
    page.goto(TOPIC_PAGE)
    first, second = page.locator("gm-cell").nth(0), page.locator("gm-cell").nth(1)
    journeys.run(second)
    journeys.type_code(page, first, code)
    first.get_by_role("button", name="Run", exact=True).click()
    expect(first).to_have_attribute("data-state", "running", timeout=BOOT)
    page.wait_for_timeout(1500)
    first.get_by_role("button", name="Stop").click()
    expect(first).to_have_attribute("data-state", "stopped", timeout=2000)
    expect(first).to_contain_text("Stopped")
    # The page is usable: the next cell runs in a new Python.
    journeys.type_code(page, first, "print(6 * 7)")
    journeys.run(first)
    expect(first.locator(".gm-output")).to_contain_text("42")


def test_shell_and_cells_act_on_one_world_and_one_set_of_files(page: Page) -> None:
    page.goto(DEMO_PAGE)
    terminal = page.locator("gm-terminal")
    terminal.get_by_role("button", name="Open the terminal").click()
    log = terminal.get_by_role("log").or_(terminal.locator(".gm-terminal-log"))
    page.locator("gm-terminal textarea").wait_for(state="attached", timeout=BOOT)

    def say(line: str, answer: str | re.Pattern[str]) -> None:
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        expect(log.first).to_contain_text(answer, timeout=30_000)

    say("kubectl get pods -n grandmodel | grep -c strategic-marl", re.compile(r"^\s*[1-9]", re.MULTILINE))
    say("echo 'print(6 * 7)' > answer.py && python answer.py", "42")
    say("cat answer.py | tr a-z A-Z", "PRINT(6 * 7)")
    say("kubectl get nothing; echo code $?", "code 1")

    page.keyboard.type("kubectl logs -f -n grandmodel deployment/data-pipeline")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    page.keyboard.press("Control+c")
    say("echo after $?", "after 130")

    # What the shell wrote, a cell reads; what the shell's world is, the cell's is.
    cell = page.locator("gm-cell").first
    journeys.type_code(page, cell, "print(open('answer.py').read())")
    journeys.run(cell)
    expect(cell.locator(".gm-output")).to_contain_text("print(6 * 7)")

"""A lab: hints one by one, a check with partial credit, help that is counted, words that are kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.runtime.learner import BOOT, Code

PAGE = "02-marl-fundamentals/lab-2-1/"


@pytest.fixture
def lab(page: Page) -> Locator:
    page.goto(PAGE)
    lab = page.locator("gm-lab")
    expect(lab.get_by_role("button", name="Check", exact=True)).to_be_visible()
    return lab


@pytest.fixture
def code(page: Page, lab: Locator) -> Code:
    return Code(page, lab.locator(".gm-lab-editor"))


def check(code: Code, lab: Locator) -> None:
    code.button("Check").click()
    expect(lab.locator(".gm-report")).to_be_visible(timeout=BOOT)


def test_a_check_says_what_was_expected_and_found_and_gives_points_for_parts(lab: Locator, code: Code) -> None:
    check(code, lab)
    expect(lab.locator(".gm-report-head")).to_contain_text("0 of 18 points")
    expect(lab.locator(".gm-report")).to_contain_text("did not run to its end")
    code.write(
        "from src.training.environments.trading_env import TradingEnvironment\n"
        'FEATURES = ["close", "volume", "mlmi", "fvg"]\n'
        'env = TradingEnvironment(data_file="data/training/sample_data.csv", window_size=50, features=FEATURES)\n'
    )
    check(code, lab)
    expect(lab.locator(".gm-report-head")).to_contain_text("1 of 10 checks passed: 2 of 18 points")
    passed = lab.locator('[data-check][data-result="passed"]')
    expect(passed).to_have_count(1)
    failed = lab.locator('[data-check][data-result="failed"]').first
    for word in ("Expected", "Found", "Look at"):
        expect(failed).to_contain_text(word)


def test_code_in_a_report_is_shown_as_code(lab: Locator, code: Code) -> None:
    code.write("open('models/best.pt', 'w')")
    check(code, lab)
    mistake = lab.locator(".gm-report-mistake").first
    expect(mistake.locator("code").first).to_have_text('os.makedirs("models", exist_ok=True)')
    assert "`" not in lab.locator(".gm-report").inner_text()


def test_hints_open_one_after_the_other_and_are_counted(page: Page, lab: Locator) -> None:
    hints = lab.locator(".gm-step").first.locator("details.gm-hint")
    expect(hints.nth(1)).to_be_hidden()
    hints.first.locator("summary").click()
    expect(hints.nth(1)).to_be_visible()
    page.reload()
    expect(hints.nth(1)).to_be_visible()


def test_the_solution_comes_in_parts_after_a_question(lab: Locator) -> None:
    parts = lab.locator(".gm-solution-part")
    offer = lab.locator(".gm-solution").get_by_role("button", name="Show part 1")
    offer.click()
    expect(parts).to_have_count(0)
    lab.get_by_role("button", name="Not yet").click()
    offer.click()
    lab.get_by_role("button", name="Show it").click()
    expect(parts).to_have_count(1)
    expect(lab.locator(".gm-solution").get_by_role("button", name="Show part 2")).to_be_visible()


def test_a_model_answer_opens_after_ones_own_words(page: Page, lab: Locator) -> None:
    question = lab.locator(".gm-reflection").first
    question.get_by_role("button", name="Save and compare").click()
    expect(question.locator(".gm-model-answer")).to_be_hidden()
    expect(question.get_by_role("status")).to_contain_text("Write your own answer first")
    question.get_by_role("textbox").fill("It rises, then levels off.")
    question.get_by_role("button", name="Save and compare").click()
    expect(question.locator(".gm-model-answer")).to_be_visible()
    page.reload()
    expect(question.get_by_role("textbox")).to_have_value("It rises, then levels off.")
    expect(question.locator(".gm-model-answer")).to_be_visible()


def test_a_report_that_is_none_is_refused(lab: Locator, code: Code) -> None:
    """Learner code shares the interpreter with the grader, so the page believes only what has a report's form."""
    code.write('import grandmodel_sim.grading as g\ng.grade = lambda *a, **k: {"exercise": "2.1", "points": "all"}')
    check(code, lab)
    code.button("Check").click()
    expect(code.status).to_contain_text("The check gave no readable report", timeout=BOOT)
    expect(lab.locator(".gm-report")).to_have_count(0)

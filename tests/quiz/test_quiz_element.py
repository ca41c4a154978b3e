"""`<gm-quiz>` as a learner meets it: fail, retake, pass; by keyboard; across reloads; with nothing to load or store."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from academy.content.draw import Drawable, draw
from tests.quiz.element_fixtures import axe_violations, use_scheme
from tests.quiz.fixtures import sample_bank

BANK: dict[str, Any] = sample_bank.bank()
QUESTIONS: dict[str, dict[str, Any]] = {
    question["prompt_html"]
    .removeprefix("<p>")
    .removesuffix("</p>")
    .replace("<strong>", "")
    .replace("</strong>", ""): question
    for question in BANK["questions"]
}


def start(page: Page) -> None:
    page.goto("quiz/")
    page.get_by_role("button", name="Start the quiz").click()
    expect(page.get_by_role("heading", name="Your questions")).to_be_focused()


def fields(page: Page) -> list[tuple[Locator, dict[str, Any]]]:
    """Each question's fieldset with the question it asks."""
    found = page.locator("fieldset.gm-question").all()
    return [(field, QUESTIONS[field.locator(".gm-question-prompt").inner_text().strip()]) for field in found]


def answer_right(field: Locator, question: dict[str, Any]) -> None:
    kind = question["kind"]
    if kind == "numeric":
        field.get_by_role("textbox").fill(str(question["answer"]))
    elif kind == "order":
        for place, item in enumerate(question["items"]):
            shown = [text.strip() for text in field.locator(".gm-order-text").all_inner_texts()]
            for _ in range(shown.index(item) - place):
                field.get_by_role("button", name=f"Move up: {item}").click()
    else:
        for index, choice in enumerate(question["choices"]):
            if choice["correct"]:
                field.locator(f"input[value='{index}']").check()


def answer_wrong(field: Locator, question: dict[str, Any]) -> None:
    kind = question["kind"]
    if kind == "numeric":
        field.get_by_role("textbox").fill("1")
    elif kind == "order":
        answer_right(field, {**question, "items": question["items"][::-1]})
    else:
        wrong = next(index for index, choice in enumerate(question["choices"]) if not choice["correct"])
        field.locator(f"input[value='{wrong}']").check()


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Hand in", exact=True).click()


def recorded(page: Page) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = page.evaluate("() => window.progress.eventsAbout('quiz:module-01')")
    return events


def test_fail_then_retake_then_pass(tab: Page) -> None:
    start(tab)
    first = fields(tab)
    assert len(first) == 10
    for field, question in first:
        answer_wrong(field, question)
    hand_in(tab)
    result = tab.get_by_role("heading", name="Not passed yet: 0 %")
    expect(result).to_be_focused()
    expect(tab.get_by_text("0 of 10 points; 8 are needed")).to_be_visible()
    expect(tab.locator(".gm-verdict")).to_have_text(["✗ wrong"] * 10)

    tab.get_by_role("button", name="Try again with new questions").first.click()
    expect(tab.get_by_role("heading", name="Your questions")).to_be_focused()
    second = fields(tab)
    # Twenty-one questions over four objectives: of ten new ones at most one has to come from the first attempt.
    assert len({question["id"] for _, question in second} & {question["id"] for _, question in first}) <= 1
    for position, (field, question) in enumerate(second):
        (answer_wrong if position < 2 else answer_right)(field, question)
    hand_in(tab)
    expect(tab.get_by_role("heading", name="Passed: 80 %")).to_be_focused()

    events = recorded(tab)
    assert [event["verb"] for event in events] == ["answered", "answered", "passed"]
    assert events[1]["result"]["points"] == 800


def test_an_attempt_is_drawn_again_from_its_record_in_python(tab: Page) -> None:
    start(tab)
    for field, question in fields(tab):
        answer_right(field, question)
    hand_in(tab)
    tab.get_by_role("button", name="Try again with new questions").first.click()
    asked = [question["id"] for _, question in fields(tab)]
    shown = [
        [int(value) for value in field.locator("input[value]").evaluate_all("inputs => inputs.map(one => one.value)")]
        for field, question in fields(tab)
        if question["kind"] not in ("numeric", "order")
    ]
    for field, question in fields(tab):
        answer_right(field, question)
    hand_in(tab)
    expect(tab.get_by_role("heading", name="Passed: 100 %")).to_be_visible()
    result = recorded(tab)[-2]["result"]
    drawable = [
        Drawable(
            question["id"],
            question["objective"],
            choices=len(question.get("choices") or question.get("items") or ()),
            ordered=question["kind"] == "order",
        )
        for question in BANK["questions"]
    ]
    drawn = draw(drawable, BANK["draw"], result["seed"], result["avoid"])
    kinds = {question["id"]: question["kind"] for question in BANK["questions"]}
    assert [question.id for question in drawn] == asked
    assert [one.order for one in drawn if kinds[one.id] not in ("numeric", "order")] == shown
    assert set(result["answers"]) == set(asked)


def test_every_choice_explains_itself_and_leads_to_where_it_is_taught(tab: Page) -> None:
    start(tab)
    for field, question in fields(tab):
        answer_wrong(field, question)
    hand_in(tab)
    reviewed = tab.locator("article.gm-question", has_text="Which agent decides").or_(
        tab.locator("article.gm-question", has_text="Which statement about part")
    )
    article = reviewed.first
    expect(article.locator(".gm-reviewed--bad")).to_contain_text("your answer, wrong")
    expect(article.locator(".gm-reviewed--bad .gm-why")).to_contain_text("Wrong, because of reason")
    expect(article.locator(".gm-reviewed--missed .gm-why")).to_contain_text("Right, because of reason")
    article.get_by_text("Why not the other").click()
    expect(article.locator(".gm-question-others .gm-why").first).to_be_visible()
    link = article.get_by_role("link", name="Introduction: Event bus")
    assert (link.get_attribute("href") or "").endswith("/01-system-architecture/introduction/#event-bus")


def test_the_whole_quiz_by_keyboard_alone(tab: Page) -> None:
    tab.goto("quiz/")
    expect(tab.get_by_role("button", name="Start the quiz")).to_be_visible()
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="Start the quiz")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Your questions")).to_be_focused()
    moved = False
    for _ in range(120):
        tab.keyboard.press("Tab")
        here = tab.evaluate(
            "() => ({type: document.activeElement.type, text: document.activeElement.textContent,"
            " label: document.activeElement.getAttribute('aria-label') ?? ''})"
        )
        if here["type"] == "radio":
            tab.keyboard.press("ArrowDown")
        elif here["type"] == "checkbox":
            tab.keyboard.press("Space")
        elif here["type"] == "text":
            tab.keyboard.type("1680")
        elif here["label"].startswith("Move down") and not moved:
            moved = True
            tab.keyboard.press("Enter")
            # Focus follows the item, so that it can be moved again at once.
            item = here["label"].removeprefix("Move down: ")
            label = tab.evaluate("() => document.activeElement.getAttribute('aria-label')")
            assert label in (f"Move down: {item}", f"Move up: {item}")
            expect(tab.locator(".gm-quiz-status")).to_contain_text(f"{item}: now ")
        elif here["text"] == "Hand in":
            break
    else:
        pytest.fail("Tab never reached the button that hands in")
    tab.keyboard.press("Enter")
    expect(tab.locator(".gm-quiz-summary h2")).to_be_focused()


def test_an_attempt_in_progress_comes_back_after_a_reload(tab: Page) -> None:
    start(tab)
    before = fields(tab)
    for field, question in before[:4]:
        answer_right(field, question)
    expect(tab.get_by_text("4 of 10 answered", exact=True)).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("Continued where you left off: 4 of 10 answered.")).to_be_visible()
    after = fields(tab)
    assert [question["id"] for _, question in after] == [question["id"] for _, question in before]
    for field, question in after[4:]:
        answer_right(field, question)
    hand_in(tab)
    expect(tab.get_by_role("heading", name="Passed: 100 %")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("1 attempt so far, best 10 points")).to_be_visible()
    tab.get_by_role("button", name="Show the last attempt").click()
    expect(tab.get_by_role("heading", name="Passed: 100 %")).to_be_focused()


def test_handing_in_with_gaps_names_them_and_stays_possible(tab: Page) -> None:
    start(tab)
    for position, (field, question) in enumerate(fields(tab)):
        if position not in (2, 6):
            answer_right(field, question)
    hand_in(tab)
    gaps = tab.get_by_role("group", name="2 questions have no answer yet:")
    expect(gaps).to_be_focused()
    gaps.get_by_role("link", name="Question 7").click()
    assert tab.evaluate("() => document.activeElement.closest('fieldset').id") == "gm-question-7"
    gaps.get_by_role("button", name="Hand in anyway").click()
    expect(tab.get_by_role("heading", name="Passed: 80 %")).to_be_focused()
    expect(tab.locator(".gm-verdict", has_text="no answer")).to_have_count(2)


def test_what_is_no_number_is_said_at_once_and_not_marked(tab: Page) -> None:
    for _ in range(12):
        start(tab)
        field = tab.locator("fieldset", has=tab.locator(".gm-field"))
        if field.count():
            break
        tab.evaluate("() => window.progress.forget('quiz:module-01')")
    box = field.get_by_role("textbox", name="Your answer, in bytes")
    end = tab.get_by_role("button", name="Hand in", exact=True)
    place = "button => button.getBoundingClientRect().top + window.scrollY"
    before = end.evaluate(place)
    box.fill("1,680")
    box.blur()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(field.get_by_text("Not a number; write it like 1500 or 0.5.")).to_be_visible()
    expect(tab.get_by_text("0 of 10 answered", exact=True)).to_be_visible()
    assert end.evaluate(place) == before, "what is below moves under the pointer that is about to click it"
    box.fill("1680 bytes")
    expect(box).to_have_attribute("aria-invalid", "false")
    expect(tab.get_by_text("1 of 10 answered", exact=True)).to_be_visible()


def test_questions_that_do_not_load_leave_the_printed_ones_and_a_retry(tab: Page) -> None:
    tab.goto("missing/")
    expect(tab.get_by_text("The questions did not load (/assets/test/quizzes/module-77.json: 404).")).to_be_visible()
    expect(tab.get_by_role("button", name="Try again")).to_be_visible()
    expect(tab.locator(".gm-quiz-printed")).to_be_visible()


def test_without_script_the_printed_questions_are_the_page(browser: Any, elements_site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{elements_site}quiz/")
    expect(page.locator(".gm-quiz-printed")).to_be_visible()
    context.close()


def test_without_storage_the_quiz_works_and_says_what_that_means(tab: Page) -> None:
    tab.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined });")
    start(tab)
    expect(tab.get_by_text("This browser gives the site no storage")).to_be_visible()
    for field, question in fields(tab):
        answer_right(field, question)
    hand_in(tab)
    expect(tab.get_by_role("heading", name="Passed: 100 %")).to_be_visible()


def test_an_attempt_handed_in_shows_in_another_tab(profile: BrowserContext, tab: Page) -> None:
    other = profile.new_page()
    other.goto("progress/")
    expect(other.get_by_text("not taken; 80 % passes")).to_be_visible()
    tab.bring_to_front()  # a browser draws a tab behind another only rarely
    start(tab)
    for field, question in fields(tab):
        answer_right(field, question)
    hand_in(tab)
    expect(other.get_by_text("passed, best 100 %, 1 attempt")).to_be_visible()


def test_axe_finds_nothing_in_any_state(tab: Page, scheme: str) -> None:
    tab.goto("quiz/")
    use_scheme(tab, scheme)
    expect(tab.get_by_role("button", name="Start the quiz")).to_be_visible()
    assert axe_violations(tab) == []
    tab.get_by_role("button", name="Start the quiz").click()
    assert axe_violations(tab) == []
    for position, (field, question) in enumerate(fields(tab)):
        if question["kind"] == "numeric":
            field.get_by_role("textbox").fill("many")
            field.get_by_role("textbox").blur()
        elif position != 0:
            (answer_right if position % 2 else answer_wrong)(field, question)
    hand_in(tab)
    assert axe_violations(tab) == []
    tab.get_by_role("button", name="Hand in anyway").click()
    expect(tab.locator(".gm-quiz-summary h2")).to_be_focused()
    for summary in tab.locator("summary").all():
        summary.click()
    assert axe_violations(tab) == []

"""`<gm-progress>` in the page: what was done shows, is exported, deleted and imported again, and reading is noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from academy.model.contracts import ProgressFile
from tests.quiz.element_fixtures import axe_violations, use_scheme

STUDIED = [
    {"verb": "opened", "object": "topic:1.1"},
    {"verb": "ran", "object": "cell:1.1/cell-1"},
    {"verb": "finished", "object": "topic:1.1"},
    {
        "verb": "answered",
        "object": "quiz:module-01",
        "result": {"points": 700, "max": 1000, "seed": 7, "answers": {}, "version": "sample000001"},
    },
    {"verb": "checked", "object": "exercise:2.1", "result": {"points": 7, "max": 12}},
    {"verb": "opened", "object": "topic:1.2"},
]


def study(page: Page) -> None:
    """Do a little of everything, as the other elements would record it."""
    page.goto("progress/")
    page.evaluate("async (events) => { for (const event of events) await window.progress.record(event); }", STUDIED)
    page.evaluate("() => window.progress.save('exercise:2.1', { code: 'x = 1', base: 'v1' })")


def drawn(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("gm-progress[data-ready]").first).to_be_attached()


def test_the_page_begins_empty_with_the_way_in(tab: Page) -> None:
    drawn(tab, "progress/")
    expect(tab.get_by_text("Nothing yet. Open a topic")).to_be_visible()
    start = tab.get_by_role("link", name="Start with Introduction to GrandModel")
    assert (start.get_attribute("href") or "").endswith("/01-system-architecture/introduction/")
    expect(tab.get_by_text("Still being written: 3 Development Workflow.")).to_be_visible()


def test_everything_that_was_done_shows(tab: Page) -> None:
    study(tab)
    for text in (
        "1 of 6 parts finished",
        "read, 1 of 2 cells run",
        "opened, 0 of 3 cells run",
        "not passed yet, best 70 %, 1 attempt",
        "best, 7 of 12 points, 1 check",
    ):
        expect(tab.get_by_text(text)).to_be_visible()
    expect(tab.get_by_role("link", name="Continue with Multi-Agent MARL System")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()


def test_export_delete_import_gives_everything_back(tab: Page, tmp_path: Path) -> None:
    study(tab)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Export to a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name.startswith("grandmodel-progress-")
    expect(tab.get_by_text(f"Exported to {file.name}")).to_be_visible()
    text = file.read_text(encoding="utf-8")
    ProgressFile.model_validate_json(text)
    exported: dict[str, Any] = json.loads(text)
    assert [event["object"] for event in exported["events"]] == [event["object"] for event in STUDIED]

    tab.get_by_role("button", name="Delete everything…").click()
    dialog = tab.get_by_role("dialog", name="Delete everything?")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()
    tab.get_by_role("button", name="Delete everything…").click()
    dialog.get_by_role("button", name="Delete everything").click()
    expect(tab.get_by_text("Everything was deleted from this browser.")).to_be_visible()
    expect(tab.get_by_text("Nothing yet.")).to_be_visible()

    tab.locator("input[type=file]").set_input_files(file)
    expect(tab.get_by_text("Imported: 6 records new, 0 here already; 1 draft taken over.")).to_be_visible()
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()
    again: dict[str, Any] = json.loads(tab.evaluate("() => window.progress.exportAll()"))
    assert again["events"] == exported["events"]
    assert again["drafts"] == exported["drafts"]


def test_a_foreign_file_is_refused_in_words_and_changes_nothing(tab: Page, tmp_path: Path) -> None:
    study(tab)
    file = tmp_path / "notebook.json"
    file.write_text('{"cells": []}', encoding="utf-8")
    tab.locator("input[type=file]").set_input_files(file)
    expect(tab.get_by_text("This is not a progress file.")).to_be_visible()
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()


def test_a_record_that_cannot_be_read_is_shown_with_its_text(tab: Page, tmp_path: Path) -> None:
    drawn(tab, "progress/")
    exported = json.loads(tab.evaluate("() => window.progress.exportAll()"))
    exported["events"].append({"id": "<img src=x onerror=alert(1)>", "verb": "won"})
    file = tmp_path / "damaged.json"
    file.write_text(json.dumps(exported), encoding="utf-8")
    tab.locator("input[type=file]").set_input_files(file)
    expect(tab.get_by_text("1 record could not be read and was set aside")).to_be_visible()
    tab.get_by_text("1 record set aside").click()
    expect(tab.locator(".gm-set-aside code")).to_contain_text("<img src=x onerror=alert(1)>")
    assert tab.locator(".gm-set-aside img").count() == 0


def test_an_export_is_asked_for_when_the_last_is_old(tab: Page) -> None:
    tab.clock.install(time="2026-11-01T10:00:00Z")
    study(tab)
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()
    expect(tab.locator(".gm-reminder")).to_have_count(0)
    tab.clock.set_fixed_time("2026-11-07T10:00:00Z")
    drawn(tab, "progress/")
    expect(tab.locator(".gm-reminder")).to_contain_text("never exported")
    drawn(tab, "home/")
    expect(tab.locator(".gm-reminder")).to_contain_text("some browsers delete it after seven days")
    tab.evaluate("() => window.progress.exportAll()")
    drawn(tab, "progress/")
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()
    expect(tab.locator(".gm-reminder")).to_have_count(0)


def test_home_leads_on_and_the_map_shows_states(tab: Page) -> None:
    drawn(tab, "home/")
    expect(tab.get_by_role("link", name="Start")).to_be_visible()
    study(tab)
    drawn(tab, "home/")
    expect(tab.get_by_role("link", name="Continue with Multi-Agent MARL System")).to_be_visible()
    expect(tab.get_by_role("link", name="Start")).to_be_hidden()
    expect(tab.locator("[data-module='1'][data-state='started'] [data-state-text]")).to_have_text("1 of 4 finished")


def test_a_module_says_how_far_it_is(tab: Page) -> None:
    study(tab)
    drawn(tab, "module/")
    expect(tab.get_by_text("Your progress: 1 of 4 finished")).to_be_visible()
    expect(tab.get_by_text("Your progress: 1 of 6 parts finished")).to_be_visible()
    expect(tab.locator("[data-topic='1.1'] .gm-stage")).to_have_text("● read")


def test_a_topic_counts_as_opened_after_five_seconds_and_as_read_at_its_end(tab: Page) -> None:
    def events() -> list[str]:
        found: list[dict[str, Any]] = tab.evaluate("() => window.progress.eventsAbout('topic:1.1')")
        return [event["verb"] for event in found]

    tab.clock.install()
    drawn(tab, "topic/")
    tab.clock.run_for(4000)
    assert events() == []
    tab.clock.run_for(2000)
    expect(tab.get_by_text("Opened, 0 of 2 cells run")).to_be_attached()
    assert events() == ["opened"]
    tab.locator("gm-progress").scroll_into_view_if_needed()
    expect(tab.get_by_text("Read, 0 of 2 cells run")).to_be_visible()
    assert events() == ["opened", "finished"]
    expect(tab.get_by_role("link", name="Next: 1.2 Multi-Agent MARL System")).to_be_visible()


def test_axe_finds_nothing_in_any_state(tab: Page, scheme: str) -> None:
    drawn(tab, "progress/")
    use_scheme(tab, scheme)
    assert axe_violations(tab) == []
    study(tab)
    use_scheme(tab, scheme)
    expect(tab.get_by_text("1 of 6 parts finished")).to_be_visible()
    tab.get_by_text("Attempts", exact=True).click()
    tab.get_by_role("button", name="Export to a file").click()
    assert axe_violations(tab) == []
    tab.get_by_role("button", name="Delete everything…").click()
    assert axe_violations(tab) == []
    for path in ("home/", "module/", "topic/"):
        drawn(tab, path)
        use_scheme(tab, scheme)
        assert axe_violations(tab) == [], path

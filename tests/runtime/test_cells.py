"""Cells of a topic page: run, fail, ask, draw, keep."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.runtime.learner import Code


def test_run_works_before_the_editor_is_there_and_replaces_the_stored_output(cell: Code) -> None:
    expect(cell.status).to_contain_text("Stored output")
    stored = cell.output.inner_text()
    cell.run()
    assert cell.place.locator(".cm-content").count() == 0
    expect(cell.status).to_contain_text("Ran in")
    assert cell.output.inner_text().strip() == stored.strip(), "live and stored output of a pure cell are the same"
    assert cell.output.get_attribute("data-stored") is None


def test_a_later_cell_runs_the_earlier_ones_first_and_says_so(topic: Page) -> None:
    third = Code(topic, topic.locator("gm-cell").nth(2))
    third.run()
    expect(third.status).to_contain_text("The 2 cells above ran first.")
    expect(topic.locator("gm-cell").first).to_have_attribute("data-state", "done")
    third.run()
    expect(third.status).not_to_contain_text("ran first")


def test_the_last_expression_is_shown_and_output_streams(cell: Code) -> None:
    # time.sleep would move the World's clock and return at once; perf_counter is real.
    cell.write(
        "import time\nprint('early')\nend = time.perf_counter() + 3\nwhile time.perf_counter() < end: pass\n6 * 7"
    )
    cell.button("Run").click()
    expect(cell.output.locator(".gm-stdout")).to_have_text("early\n", timeout=60_000)
    expect(cell.place).to_have_attribute("data-state", "running")
    expect(cell.output.locator(".gm-result")).to_have_text("42")


def test_an_error_shows_the_learners_frames_and_nothing_of_ours(cell: Code) -> None:
    cell.run("def share(total, parts):\n    return total / parts\n\nshare(1, 0)", state="error")
    error = cell.output.locator(".gm-error").inner_text()
    assert "ZeroDivisionError" in error and "return total / parts" in error and "line 4" in error
    assert "grandmodel_sim" not in error and "python313" not in error
    expect(cell.status).to_contain_text("Ended with an error")


def test_a_cell_below_one_that_fails_is_not_run(topic: Page, cell: Code, second_cell: Code) -> None:
    cell.write("raise SystemError('on purpose')")
    second_cell.button("Run").click()
    expect(second_cell.status).to_contain_text("Not run: bar-to-fill, above, ended with an error.", timeout=60_000)


def test_input_is_answered_by_a_field_under_the_cell(cell: Code) -> None:
    cell.write("def ask():\n    return input('Symbol? ')\nprint('You trade', ask())\ninput('And why? ').upper()")
    cell.button("Run").click()
    field = cell.output.get_by_role("textbox")
    expect(field).to_be_focused(timeout=60_000)
    field.fill("ES")
    field.press("Enter")
    expect(cell.output).to_contain_text("Symbol? ES\nYou trade ES")
    field.fill("<b>why</b> not")
    cell.output.get_by_role("button", name="Send").click()
    expect(cell.output.locator(".gm-result")).to_have_text("'<B>WHY</B> NOT'")


def test_packages_are_fetched_when_imported_and_figures_are_shown(topic: Page, cell: Code) -> None:
    fetched: list[str] = []
    topic.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
    cell.run("print('no package')")
    assert not [name for name in fetched if name.endswith(".whl")]
    cell.run("import numpy as np\nint(np.arange(4).sum())")
    expect(cell.output.locator(".gm-result")).to_have_text("6")
    assert {name.split("-")[0] for name in fetched if name.endswith(".whl")} == {"numpy"}
    cell.run("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);")
    image = cell.output.locator("figure.gm-figure img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_tables_are_shown_and_html_is_sanitised(topic: Page, cell: Code) -> None:
    cell.run(
        "class Bad:\n"
        "    def _repr_html_(self):\n"
        '        return \'<table><tr><td onclick="x()">cell</td></tr></table><img src=x onerror="document.title=1">'
        '<script>document.title = 2</script><iframe srcdoc="x"></iframe>\'\n'
        "Bad()"
    )
    result = cell.output.locator(".gm-result")
    expect(result.locator("td")).to_have_text("cell")
    html = result.inner_html()
    assert "onclick" not in html and "onerror" not in html and "<script" not in html and "<iframe" not in html


def test_code_is_kept_over_a_reload_and_reset_brings_the_original_back(topic: Page, cell: Code) -> None:
    original = cell.place.locator("code").inner_text()
    stored = cell.output.inner_text()
    cell.run("print('mine')")
    topic.reload()
    expect(cell.place.locator(".cm-content")).to_contain_text("print('mine')")
    cell.run()
    expect(cell.output).to_have_text("mine\n")
    cell.button("Reset").click()
    expect(cell.place.locator(".cm-line").first).to_have_text(original.splitlines()[0])
    expect(cell.output).to_have_text(stored)
    topic.wait_for_timeout(600)  # longer than the pause after which drafts are written
    topic.reload()
    expect(cell.button("Run")).to_be_visible()
    assert cell.place.locator(".cm-content").count() == 0


def test_the_keyboard_runs_edits_indents_and_leaves(topic: Page, cell: Code) -> None:
    cell.place.locator("pre").first.focus()
    topic.keyboard.press("Control+Enter")
    cell.ends("done")
    cell.place.locator("pre").first.focus()
    topic.keyboard.press("Enter")
    editor = cell.place.locator(".cm-content")
    expect(editor).to_be_focused()
    topic.keyboard.press("ControlOrMeta+a")
    topic.keyboard.type("if True:")
    topic.keyboard.press("Enter")
    topic.keyboard.type("print('indented')")
    expect(editor.locator(".cm-line").nth(1)).to_have_text("    print('indented')")
    topic.keyboard.press("Escape")
    topic.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


def test_completion_knows_the_live_names(topic: Page, cell: Code) -> None:
    cell.run("drawdown_limit = 0.2")
    cell.write("")
    topic.keyboard.type("drawd")
    expect(topic.locator(".cm-tooltip-autocomplete")).to_contain_text("drawdown_limit")


def test_downloads_are_a_script_and_a_notebook(topic: Page, cell: Code, tmp_path: Path) -> None:
    with topic.expect_download() as script:
        cell.button(".py").click()
    assert script.value.suggested_filename == "1.1-bar-to-fill.py"
    script.value.save_as(tmp_path / "cell.py")
    compile((tmp_path / "cell.py").read_text(), "cell.py", "exec")
    with topic.expect_download() as notebook:
        cell.button(".ipynb").click()
    notebook.value.save_as(tmp_path / "cell.ipynb")
    content = json.loads((tmp_path / "cell.ipynb").read_text())
    assert "class EventBus" in "".join(content["cells"][1]["source"])


def test_a_downloaded_cell_runs_elsewhere(topic: Page, tmp_path: Path) -> None:
    third = Code(topic, topic.locator("gm-cell").nth(2))
    with topic.expect_download() as script:
        third.button(".py").click()
    script.value.save_as(tmp_path / "cell.py")
    text = (tmp_path / "cell.py").read_text()
    assert text.count("# %% 1.1/") == 3
    wheel = text.split("pip install ")[1].split()[0]
    assert topic.request.get(wheel).ok
    subprocess.run([sys.executable, "cell.py"], cwd=tmp_path, check=True, capture_output=True, timeout=60)


def test_a_large_result_is_cut_and_python_goes_on(cell: Code) -> None:
    cell.run("kept = 1\n'y' * 30_000_000")
    shown = cell.output.locator(".gm-result").inner_text()
    assert len(shown) < 21_000 and shown.endswith("… 29,980,002 characters left out")
    cell.run("list(range(10**6))")
    assert cell.output.locator(".gm-result").inner_text().endswith("characters left out")
    cell.run("class Table:\n    def _repr_html_(self):\n        return '<table>' + 'y' * 9_000_000\nTable()")
    expect(cell.output).to_contain_text("A table or HTML of 9,000,007 characters left out")
    cell.run("kept")
    expect(cell.output.locator(".gm-result")).to_have_text("1")


def test_what_was_run_is_in_the_record(topic: Page, cell: Code) -> None:
    cell.run()
    topic.goto("progress/")
    expect(topic.locator("gm-progress")).to_contain_text("1.1")

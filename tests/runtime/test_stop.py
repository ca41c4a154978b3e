"""Stop ends anything at once, keeps the last finished state, and leaves the page usable."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.runtime.learner import Code

ENDLESS = {
    "a busy loop": "while True: pass",
    "a flood of lines": "while True: print('flood ' * 20)",
    "a flood without lines": "import sys\nwhile True: sys.stdout.write('y' * 5000)",
    "a loop that catches everything": (
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
    ),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_stop_ends_it_within_two_seconds(topic: Page, cell: Code, second_cell: Code, kind: str) -> None:
    cell.run("with open('kept.txt', 'w') as file:\n    file.write('finished')\nname = 'lost'")
    second_cell.begin(ENDLESS[kind])
    topic.wait_for_timeout(1500)
    topic.get_by_role("link", name="Home").first.hover(timeout=2000)  # the page itself is not busy
    began = time.monotonic()
    second_cell.button("Stop").click()
    second_cell.ends("stopped", timeout=2000)
    assert time.monotonic() - began < 2
    expect(second_cell.status).to_contain_text("variables are lost")
    expect(cell.status).to_contain_text("run again before you use", timeout=60_000)
    cell.run("open('kept.txt').read() + (' ' + name if 'name' in globals() else ' anew')")
    expect(cell.output.locator(".gm-result")).to_have_text("'finished anew'")


def test_a_flood_is_capped_on_the_page_and_says_so(topic: Page, cell: Code) -> None:
    cell.run("for number in range(200_000):\n    print('line', number)")
    text = cell.output.inner_text()
    assert len(text) < 200_000
    assert "characters left out" in text
    assert text.rstrip().endswith("line 199999")


def test_stop_drops_what_waits_behind(cell: Code, second_cell: Code, topic: Page) -> None:
    cell.run("x = 1")
    cell.begin("while True: pass")
    third = Code(topic, topic.locator("gm-cell").nth(2))
    third.button("Run").click()
    second_cell.ends("waiting")
    expect(second_cell.status).to_contain_text("Waits for the cell")
    cell.button("Stop").click()
    cell.ends("stopped")
    second_cell.ends("stopped")
    expect(third.status).to_contain_text("Not run")


def test_the_world_survives_stop_and_reload(topic: Page, cell: Code, second_cell: Code) -> None:
    read = "from grandmodel_sim.world import World\nworld = World.current()\nstr(world.now)"
    cell.run(read)
    start = cell.output.locator(".gm-result").inner_text()
    cell.run(f"{read}\nworld.advance(3600)\nstr(world.now)")
    later = cell.output.locator(".gm-result").inner_text()
    assert later != start
    cell.begin("from grandmodel_sim.world import World\nWorld.current().advance(60)\nwhile True: pass")
    cell.button("Stop").click()
    cell.ends("stopped")
    cell.run(read)
    expect(cell.output.locator(".gm-result")).to_have_text(later)
    topic.reload()
    expect(cell.place.locator(".cm-content")).to_be_visible()  # the kept draft brings the editor
    cell.run(read)
    expect(cell.output.locator(".gm-result")).to_have_text(later)

"""Where an exercise begins: the World has a history before the learner's code runs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from grandmodel_sim import BadInput, World
from grandmodel_sim.browser import Session
from grandmodel_sim.clock import START
from grandmodel_sim.grading import grade, load_checks
from grandmodel_sim.grading.begins import beginning

BUY = {"symbol": "ES", "side": "BUY", "quantity": 2}
LATER = START + timedelta(minutes=30)
ACTS = [(START + timedelta(minutes=2), "submit_order", BUY), (START + timedelta(minutes=20), "stop_trading", {})]

CHECKS = """
from datetime import UTC, datetime
from grandmodel_sim.grading import begins, check

begins(datetime(2025, 7, 14, 14, tzinfo=UTC),
       acts=[(datetime(2025, 7, 14, 13, 32, tzinfo=UTC), "submit_order",
              {"symbol": "ES", "side": "BUY", "quantity": 2})],
       keep=lambda world: world.trading.portfolio.quantity("ES"))

@check("it began there", points=1, step="one")
def began(run):
    minutes = (run.began_ms - 1752499800000) / 60000
    run.expect(minutes == 30, expected="30", found=minutes)

@check("and kept what was held", points=1, step="one")
def kept(run):
    run.expect(run.kept == 2 and run["held"] == 2, expected="2", found=run.kept)

@check("two closed them", points=1, step="one")
def after(run):
    held = run.world.trading.portfolio.quantity("ES")
    run.expect(held == 0, expected="0", found=held)
"""

CODE = """
import time
from grandmodel_sim import World
held = World.current().trading.portfolio.quantity("ES")
World.current().close_positions()
time.sleep(1)
"""


@pytest.fixture(autouse=True)
def current() -> Iterator[None]:
    """Sessions make their world the current one; afterwards it is what it was."""
    before = World._current
    yield
    World._current = before


def test_the_code_runs_in_a_world_with_that_history() -> None:
    report = grade("9.9", CODE, CHECKS, files={}, seed=3)
    assert [check["found"] for check in report["checks"] if not check["passed"]] == []
    assert report["passed"]


def test_an_exercise_without_it_begins_at_the_world_s_beginning() -> None:
    checks = (
        "from grandmodel_sim.grading import check\n@check('x', points=1, step='one')\ndef x(run):\n"
        "    run.expect(run.began_ms == 1752499800000 and run.kept is None, expected='', found=run.began_ms)\n"
    )
    assert grade("9.9", "", checks, files={})["passed"]


def test_a_world_is_brought_there_once() -> None:
    world, begins = World(3), beginning(LATER, ACTS)
    assert begins.bring(world)
    assert (world.now, world.trading.state) == (LATER, "OFF")
    assert [entry["act"] for entry in world.snapshot()["journal"]] == ["submit_order", "stop_trading"]
    before = world.digest()
    assert not begins.bring(world)
    assert world.digest() == before


def test_a_world_half_way_there_gets_what_lies_ahead_of_it() -> None:
    world = World(3)
    world.advance(600)
    assert beginning(LATER, ACTS).bring(world)
    assert [entry["act"] for entry in world.snapshot()["journal"]] == ["stop_trading"]
    assert world.now == LATER


def test_a_world_that_is_past_it_is_left_alone() -> None:
    world = World(3)
    world.advance(3_600)
    before = world.digest()
    assert not beginning(LATER, ACTS).bring(world)
    assert world.digest() == before


def test_a_world_with_a_beginning_is_saved_and_restored() -> None:
    world = World(3)
    beginning(LATER, ACTS).bring(world)
    assert World.from_snapshot(json.loads(json.dumps(world.snapshot()))).digest() == world.digest()


@pytest.mark.parametrize(
    ("moment", "acts", "argument"),
    [
        (datetime(2025, 7, 14, 15), [], "moment"),
        (START - timedelta(seconds=1), [], "moment"),
        ("2025-07-14T15:00:00Z", [], "moment"),
        (LATER, [(LATER, "buy", {})], "act"),
        (LATER, [(LATER, "advance", {"seconds": 1})], "act"),
        (LATER, [(LATER + timedelta(seconds=1), "stop_trading", {})], "acts"),
        (LATER, list(reversed(ACTS)), "acts"),
    ],
)
def test_bad_input_is_named(moment: Any, acts: Any, argument: str) -> None:
    with pytest.raises(BadInput) as caught:
        beginning(moment, acts)
    assert caught.value.argument == argument


def test_any_zone_will_do() -> None:
    assert beginning(LATER.astimezone(timezone(timedelta(hours=-4)))).at == beginning(LATER.astimezone(UTC)).at


def test_an_exercise_begins_once() -> None:
    line = "begins(datetime(2025, 7, 14, 14, tzinfo=UTC))\n"
    with pytest.raises(BadInput) as caught:
        load_checks("from datetime import UTC, datetime\nfrom grandmodel_sim.grading import begins\n" + line * 2)
    assert caught.value.argument == "begins"


def test_the_page_s_world_goes_there_before_the_answer_runs(tmp_path: Path) -> None:
    shown: list[tuple[str, str]] = []
    session = Session(emit=lambda kind, text: shown.append((kind, text)), root=str(tmp_path))
    exercise = json.dumps({"id": "9.9", "checks": CHECKS})
    assert session.begin_exercise(exercise)
    assert session.world.now == datetime(2025, 7, 14, 14, tzinfo=UTC)
    assert shown == [("stdout", "The world has gone on to 2025-07-14T14:00:00Z, where lab 9.9 begins.\n")]
    before = session.world.digest()
    assert not session.begin_exercise(exercise)
    assert (session.world.digest(), len(shown)) == (before, 1)
    plain = "from grandmodel_sim.grading import check\n@check('x', points=1, step='one')\ndef x(run): ...\n"
    assert not session.begin_exercise(json.dumps({"id": "9.8", "checks": plain}))

"""Lab 7.1: its World has what the lab speaks of, other right answers pass, and the same answer runs again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grandmodel_sim import World, workspace
from grandmodel_sim.browser import Session
from grandmodel_sim.grading import grade, load_checks

from academy import paths
from tests.exercises.test_exercises import files_of

FOLDER = paths.EXERCISES / "7.1-trading-walkthrough"
FILES = files_of(FOLDER)
SOLUTION = FILES["solution.py"]
LEARNER, GRADER = 7, 11  # seeds: of the page, and of the replays

# Each pair is a line or more of the solution and another way to write it.
OTHER_WAYS = {
    "one large page, the end looked at only before the pause": [
        ("while page := client.get_recent_trades(limit=100, since=cursor):", "for page in [fills(client, cursor)]:"),
        (
            "def monitor_trading",
            "def fills(client, cursor):\n    return client.get_recent_trades(500, since=cursor)\n\n\n"
            "def monitor_trading",
        ),
        ("        while True:\n", "        while time.monotonic() < deadline:\n"),
        (
            "            left = deadline - time.monotonic()\n            if left <= 0:\n                break\n",
            "            left = max(0, deadline - time.monotonic())\n",
        ),
    ],
    "alerts by cursor": [
        (
            "                for alert in client.get_active_alerts(limit=100):\n"
            '                    if alert.get("id") not in known:\n'
            '                        known.add(alert.get("id"))\n',
            "                page = client.get_active_alerts(limit=100, since=seen[-1])\n"
            "                seen.append(page.next_since)\n"
            "                for alert in page:\n"
            "                    if True:\n",
        ),
        ("trades, alerts, known, failures = [], [], set(), 0", 'trades, alerts, seen, failures = [], [], [""], 0'),
    ],
    "quantiles of the library, the interval interpolated": [
        (
            "    worst = sorted(total)[int((1 - confidence) * len(total))]\n",
            "    worst = statistics.quantiles(total, n=20, method='inclusive')[0]\n",
        ),
        ("import math\n", "import math\nimport statistics\n"),
    ],
    "errors are told apart after they are caught": [
        (
            "            except ServiceUnavailable as error:\n                failures += 1\n",
            "            except Exception as error:\n"
            "                if not isinstance(error, ServiceUnavailable):\n"
            "                    raise\n"
            "                failures += 1\n",
        ),
    ],
}


@pytest.fixture(autouse=True)
def current() -> Iterator[None]:
    """Answers make worlds current; afterwards it is what it was."""
    before = World._current
    yield
    World._current = before


def graded(code: str, seed: int = LEARNER) -> dict[str, Any]:
    """The report on an answer to the lab, which reads no data files."""
    return grade("7.1", code, FILES["checks.py"], files=workspace.files(seed, data=False), seed=seed)


@pytest.mark.parametrize("seed", [LEARNER, GRADER])
def test_the_world_has_what_the_lab_speaks_of(seed: int) -> None:
    world, begins = World(seed), load_checks(FILES["checks.py"]).begins
    assert begins is not None
    begins.bring(world)
    assert f"{world.now:%A %H:%M}" == "Thursday 17:02"
    five = [one for one in world.trading.decisions if one.timeframe == 5]
    kinds = {(one.agent, one.acts) for one in five}
    assert {("tactical", True), ("tactical", False), ("risk", True), ("risk", False), ("execution", True)} <= kinds
    assert any("already long 2 ES" in veto for one in five if one.agent == "risk" for veto in one.vetoes)
    assert world.trading.portfolio.trades, "no closed trade: there is no win rate to speak of"
    assert world.trading.portfolio.quantity("ES") >= 2
    assert world.trading.risk.var(0.95) > 0
    assert [alert.type for alert in world.trading.alerts.open()] == ["ORDER_REJECTED"]
    fills, alerts = len(world.trading.portfolio.fills), len(world.trading.alerts)
    world.advance(1800)
    assert len(world.trading.portfolio.fills) - fills >= 5
    assert "MARKET_STRESS" in {alert.type for alert in list(world.trading.alerts)[alerts:]}


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_other_right_answers_pass(way: str) -> None:
    code = SOLUTION
    for ours, theirs in OTHER_WAYS[way]:
        assert ours in code
        code = code.replace(ours, theirs)
    report = graded(code)
    assert [(one["name"], one["found"]) for one in report["checks"] if not one["passed"]] == []
    assert (report["messages"], report["error"]) == ([], None)


def test_what_the_learner_sees_names_units_and_numbers() -> None:
    printed = graded(SOLUTION)["stdout"]
    for words in ("VaR 95 %: a loss above $", "over 1 trading day", "trades won", "95 % interval", "a year"):
        assert words in printed
    assert printed.count("ORDER_REJECTED") == 1


def test_the_answer_runs_in_the_page_again_and_again(tmp_path: Path) -> None:
    shown: list[tuple[str, str]] = []
    session = Session(emit=lambda kind, text: shown.append((kind, text)), root=str(tmp_path))
    exercise = json.dumps({"id": "7.1", "checks": FILES["checks.py"]})
    for times in (1, 2):  # the second time nothing is held, and the World is past the lab's beginning
        assert session.begin_exercise(exercise) is (times == 1)
        assert session.run_cell_now(SOLUTION, "lab-7.1", "exercise 7.1"), shown[-1]
        assert session.world.trading.state == "ON"


def test_the_answer_survives_the_world_s_first_moment(tmp_path: Path) -> None:
    """Before anything was decided, held or traded."""
    session = Session(emit=lambda kind, text: None, root=str(tmp_path))
    assert session.run_cell_now(SOLUTION, "lab-7.1", "exercise 7.1")


def test_a_monitor_with_a_mistake_of_its_own_is_told_so() -> None:
    report = graded(SOLUTION.replace("deadline - time.monotonic()", "deadline - time.monotonic"))
    found = {one["name"]: one["found"] for one in report["checks"] if not one["passed"]}
    assert "TypeError" in found["It ends on time, whatever the pause"]
    assert "TypeError" in found["It survives what can be survived"]

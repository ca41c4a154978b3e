"""The desk's routes: one answer that holds together, and steps that stop where they say."""

import json
from typing import Any

from grandmodel_sim import World
from grandmodel_sim.events import EXECUTE_TRADE
from grandmodel_sim.http import DESK, Request, handle


def ask(world: World, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    answer = handle(world, Request.of(method, path, body="" if body is None else json.dumps(body)), DESK)
    assert answer.status == 200, answer
    return answer.json()


def step(world: World, to: str) -> str:
    return str(ask(world, "POST", "/simulator/desk/step", {"to": to})["now"])


def test_steps_end_at_bars_half_hours_and_closes() -> None:
    world = World(7)
    assert step(world, "bar") == "2025-07-14T13:35:00Z"
    assert step(world, "half_hour") == "2025-07-14T14:00:00Z"
    assert step(world, "half_hour") == "2025-07-14T14:30:00Z"
    assert step(world, "close") == "2025-07-14T20:00:00Z"
    assert step(world, "close") == "2025-07-15T20:00:00Z"  # from a close to the next one
    assert step(world, "bar") == "2025-07-16T13:35:00Z"


def test_the_step_to_a_trade_stops_with_its_fill() -> None:
    world = World(7)
    step(world, "trade")
    traded = world.events.of(EXECUTE_TRADE)
    assert len(traded) == 1
    assert world.now_ms - traded[0].time <= 2000
    desk = ask(world, "GET", "/simulator/desk")
    assert desk["fills"][0]["symbol"] == traded[0].payload["symbol"]
    assert desk["positions"][0]["quantity"] != 0


def test_a_quiet_day_ends_the_step_to_a_trade_after_a_session() -> None:
    world = World(7)
    world.stop_trading()
    step(world, "trade")
    assert world.now_ms == world.bars("ES")[-1].time
    assert len(world.events.of("NEW_5MIN_BAR")) == 2 * 78


def test_the_answer_agrees_with_the_world() -> None:
    world = World(11)
    for _ in range(3):
        step(world, "close")
    desk, system = ask(world, "GET", "/simulator/desk?bars=5"), world.trading
    figures = {row["name"]: row["value"] for row in desk["figures"]}
    assert figures["equity"] == system.portfolio.equity
    assert figures["var_95"] == system.risk.var(0.95)
    assert [len(bars) for bars in desk["bars"].values()] == [5, 5]
    assert desk["bars"]["ES"][-1][4] == world.bars("ES")[-1].close
    assert [one["id"] for one in desk["decisions"]] == [one.id for one in system.decisions[:-41:-1]]
    assert {one["name"]: one["value"] for one in desk["limits"]} == {one.name: one.value for one in system.limits}
    assert len(json.dumps(desk)) < 300_000  # what crosses the border between the worker and the page


def test_asking_changes_nothing_and_is_not_rationed() -> None:
    world = World(7)
    world.advance(3600)
    before = world.digest()
    for _ in range(60):
        ask(world, "GET", "/simulator/desk")
    assert world.digest() == before

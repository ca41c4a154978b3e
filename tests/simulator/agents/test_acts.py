"""What people do to a world's trading: each act changes it once, can be played again, and refuses nonsense."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from grandmodel_sim import BadInput, NotFound, World
from grandmodel_sim.world import ACTS
from hypothesis import given, settings
from hypothesis import strategies as st


def worlds_are_equal(one: World, other: World) -> bool:
    return (one.now, one.digest(), [str(e) for e in one.events], one.trading.decisions) == (
        other.now,
        other.digest(),
        [str(e) for e in other.events],
        other.trading.decisions,
    )


def at_work() -> World:
    world = World(7)
    world.advance(3600)
    return world


def test_every_act_is_a_method() -> None:
    assert all(callable(getattr(World, act)) for act in ACTS)


# --- the acts, at random, and played again ---

acts = st.one_of(
    st.builds(
        lambda symbol, side, quantity: ("submit_order", {"symbol": symbol, "side": side, "quantity": quantity}),
        st.sampled_from(["ES", "NQ"]),
        st.sampled_from(["BUY", "SELL"]),
        st.integers(1, 12),
    ),
    st.sampled_from(
        [
            ("submit_order", {"symbol": "ES", "side": "BUY", "quantity": 5, "type": "TWAP"}),
            (
                "submit_order",
                {"symbol": "NQ", "side": "SELL", "quantity": 9, "type": "ICEBERG", "time_in_force": "GTC"},
            ),
            ("submit_order", {"symbol": "ES", "side": "BUY", "quantity": 2, "type": "LIMIT", "limit_price": 5000.0}),
            ("cancel_order", {"id": "O-000001"}),
            ("close_positions", {}),
            ("close_positions", {"symbol": "ES"}),
            ("emergency_stop", {"reason": "drill", "by": "Ada"}),
            ("reset_emergency_stop", {"by": "Ada"}),
            ("reset_leverage", {"by": "Ada"}),
            ("stop_trading", {}),
            ("start_trading", {}),
            ("set_limit", {"name": "max_contracts", "value": 2}),
            ("set_limit", {"name": "drawdown_stop", "value": 0.001}),
            ("set_threshold", {"name": "strategic", "value": 0.4}),
            ("set_threshold", {"name": "risk_emergency", "value": 0.3}),
            ("acknowledge_alert", {"id": "A-000001", "by": "Ada"}),
            ("stress", {"seconds": 1800, "volatility": 4.0, "move": -0.02}),
            ("stress", {"gap": 0.01, "correlation": 0.2, "symbols": ["NQ"]}),
            ("delete_pod", {"name": "no-such-pod"}),
        ]
    ),
)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 99), st.lists(st.tuples(st.integers(0, 6000), acts), min_size=1, max_size=7))
def test_any_acts_can_be_played_again(seed: int, plan: list[tuple[int, tuple[str, dict[str, Any]]]]) -> None:
    world = World(seed)
    done = 0
    for seconds, (act, arguments) in plan:
        world.advance(seconds)
        before = world.digest()
        try:
            getattr(world, act)(**arguments)
            done += 1
        except (BadInput, NotFound):
            assert world.digest() == before  # what is refused leaves no trace
    assert len(world.snapshot()["journal"]) == done
    assert world.bus.failures == []
    again = World.from_snapshot(json.loads(json.dumps(world.snapshot())))
    assert worlds_are_equal(again, world)
    again.advance(1200)
    world.advance(1200)
    assert worlds_are_equal(again, world)


def test_a_rewind_undoes_trades_too() -> None:
    world = at_work()
    moment, before = world.now, world.digest()
    world.advance(300)
    world.submit_order("ES", "BUY", 3)
    world.set_limit("max_leverage", 1.0)
    world.advance(600)
    world.rewind(moment)
    assert world.digest() == before
    assert world.trading.portfolio.quantity("ES") == 0
    assert world.trading.limits["max_leverage"] == 4.0


def test_a_weeks_snapshot_with_a_hundred_acts_is_small() -> None:
    world = World(7)
    for number in range(100):
        world.advance(60)
        world.submit_order("ES", "BUY" if number % 2 else "SELL", 1)
    assert len(json.dumps(world.snapshot())) < 30_000


# --- one by one ---


def test_an_order_by_hand_is_filled_within_a_second() -> None:
    world = at_work()
    id = world.submit_order("ES", "BUY", 2)
    order = world.trading.exchange.orders[id]
    assert (order.state, order.purpose, order.decision) == ("SUBMITTED", "manual", "")
    world.advance(1)
    assert order.state == "FILLED"
    assert world.trading.portfolio.quantity("ES") == 2
    (sent,) = world.close_positions("ES")
    world.advance(1)
    assert world.trading.exchange.orders[sent].purpose == "exit"
    assert world.trading.portfolio.quantity("ES") == 0
    assert world.close_positions() == []


def test_positions_are_closed_at_the_next_opening_if_the_market_is_closed() -> None:
    world = at_work()
    world.submit_order("NQ", "SELL", 1)
    world.advance(8 * 3600)
    (sent,) = world.close_positions()
    assert world.trading.exchange.orders[sent].time_in_force == "GTC"
    world.advance(86_400)
    assert world.trading.portfolio.quantity("NQ") == 0


def test_an_emergency_stop_and_its_reset() -> None:
    world = at_work()
    world.submit_order("ES", "SELL", 3)
    resting = world.submit_order("ES", "BUY", 1, "LIMIT", limit_price=5000.0)
    world.advance(2)
    world.emergency_stop("fire drill", by="Ada")
    world.advance(5)
    assert world.trading.exchange.orders[resting].state == "CANCELLED"
    assert world.trading.portfolio.quantity("ES") == 0
    assert (world.trading.state, world.events.of("EMERGENCY_STOP")[0].payload["reason"]) == (
        "EMERGENCY_STOP",
        "fire drill",
    )
    with pytest.raises(BadInput, match="stopped already"):
        world.emergency_stop("again")
    with pytest.raises(BadInput, match="only OFF can be started"):
        world.start_trading()
    world.advance(4 * 86_400)
    assert not [e for e in world.events.of("EXECUTE_TRADE") if e.time > world.events.of("EMERGENCY_STOP")[0].time]
    world.reset_emergency_stop("Ada")
    assert world.trading.state == "ON"
    with pytest.raises(BadInput, match="only EMERGENCY_STOP can be reset"):
        world.reset_emergency_stop("Ada")
    world.submit_order("ES", "BUY", 1, time_in_force="GTC")
    assert world.trading.exchange.of("SUBMITTED")


def test_a_reset_leaves_off_what_a_person_had_switched_off() -> None:
    world = at_work()
    world.stop_trading()
    world.emergency_stop("fire drill", by="Ada")
    world.advance(60)
    world.reset_emergency_stop("Ada")
    assert world.trading.state == "OFF"
    assert world.events.of("COMPONENT_STARTED")[-1].payload["state"] == "OFF"
    world.advance(2 * 86_400)
    assert not [event for event in world.events.of("EXECUTE_TRADE") if event.time > world.events[0].time + 3_600_000]
    rejected = [event for event in world.events.of("TRADE_REJECTED") if "trading is off" in event.payload["vetoes"]]
    assert rejected
    world.start_trading()
    assert world.trading.state == "ON"


def test_off_means_that_the_agents_open_nothing_and_people_may() -> None:
    world = World(7)
    world.stop_trading()
    world.advance(5 * 86_400)
    assert not world.events.of("EXECUTE_TRADE")
    rejected = world.events.of("TRADE_REJECTED")
    assert rejected
    assert {veto for event in rejected for veto in event.payload["vetoes"]} == {"trading is off"}
    world.advance(2 * 86_400 + 3600)
    world.submit_order("ES", "BUY", 1)
    world.advance(2)
    assert world.trading.portfolio.quantity("ES") == 1
    world.start_trading()
    assert world.trading.state == "ON"


def test_thresholds_and_limits_take_effect() -> None:
    def entries(change: Callable[[World], None]) -> list[int]:
        world = World(2)
        change(world)
        world.advance(2 * 86_400)
        return [event.payload["quantity"] for event in world.events.of("EXECUTE_TRADE")]

    usual = entries(lambda world: None)
    assert entries(lambda world: world.set_threshold("strategic", 1.0)) == []
    assert len(entries(lambda world: world.set_threshold("strategic", 0.4))) > len(usual)
    assert set(entries(lambda world: world.set_limit("max_contracts", 1))) == {1}
    assert max(usual) > 1


def test_the_gateway_uses_the_limits() -> None:
    world = at_work()
    world.set_limit("max_order_size", 3)
    order = world.trading.exchange.orders[world.submit_order("ES", "BUY", 4)]
    assert (order.state, order.code) == ("REJECTED", "order_size")
    (alert,) = world.trading.alerts.open("ORDER_REJECTED")
    world.acknowledge_alert(alert.id, "Ada")
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", "Ada")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda w: w.submit_order("CL", "BUY", 1), "symbol: got 'CL'; the simulator trades ES and NQ"),
        (lambda w: w.submit_order("ES", "buy", 1), "side: got 'buy'; accepted are BUY, SELL"),
        (lambda w: w.submit_order("ES", "BUY", -1), "quantity: got -1; give a whole number"),
        (lambda w: w.submit_order("ES", "BUY", 1, "LIMIT", limit_price=6000.1), r"limit_price: got 6000\.1"),
        (lambda w: w.submit_order("ES", "BUY", 1, "STOP"), "stop_price: got None"),
        (lambda w: w.close_positions("CL"), "symbol: got 'CL'"),
        (lambda w: w.emergency_stop(""), "reason: got ''; give a text of at most 200 characters"),
        (lambda w: w.emergency_stop("x", by="y" * 201), "by: got 'yyy"),
        (lambda w: w.reset_emergency_stop("Ada"), "state: got 'ON'; only EMERGENCY_STOP can be reset"),
        (lambda w: w.start_trading(), "state: got 'ON'; only OFF can be started"),
        (lambda w: w.set_limit("luck", 1), "limit: got 'luck'; the limits are max_contracts"),
        (lambda w: w.set_limit("max_leverage", 99), "max_leverage: got 99; give a number from 0 to 10"),
        (lambda w: w.set_threshold("luck", 1), "threshold: got 'luck'; the thresholds are strategic, tactical"),
        (lambda w: w.set_threshold("tactical", 65), "tactical: got 65; give a number from 0 to 1"),
        (lambda w: w.stress(volatility=99), "volatility: got 99; give a number from 0"),
        (lambda w: w.stress(), "stress: got 'nothing'; give at least one of volatility"),
        (lambda w: w.stress(0, move=0.1), "seconds: got 0; give a number above 0"),
        (
            lambda w: w.stress(start=5, move=0.1),
            "start: got 5; give an instant from 2025-07-14T14:30:00Z to 2026-07-15T13:30:00Z",
        ),
        (lambda w: w.stress(move=0.1, symbols=["CL"]), "symbols: got 'CL'"),
    ],
)
def test_nonsense_is_named_and_changes_nothing(act: Callable[[World], Any], message: str) -> None:
    world = at_work()
    before = world.digest()
    with pytest.raises(BadInput, match=message):
        act(world)
    assert (world.digest(), world.snapshot()["journal"]) == (before, [])


def test_what_is_not_there_is_not_found() -> None:
    world = at_work()
    with pytest.raises(NotFound, match="no order 'O-9'"):
        world.cancel_order("O-9")
    with pytest.raises(NotFound, match="no alert 'A-9'"):
        world.acknowledge_alert("A-9", "Ada")
    with pytest.raises(BadInput, match="decision: got 'D-999999'; the decisions are D-000001 to"):
        world.trading.decision("D-999999")


def test_a_subscriber_cannot_act_in_the_middle_of_a_step() -> None:
    # What it did could not be played again at the same place among the events.
    world = World(7)
    tried: list[str] = []

    def greedy(event: object) -> None:
        for act in (lambda: world.submit_order("ES", "BUY", 1), lambda: world.advance(1)):
            try:
                act()
            except BadInput as error:
                tried.append(str(error))

    world.bus.subscribe("NEW_30MIN_BAR", greedy)
    world.advance(1800)
    advice = "got 'a call from inside a subscriber of the bus'; call it after advance() has returned, between steps"
    assert tried == [f"submit_order: {advice}", f"advance: {advice}"] * 2
    assert world.snapshot()["journal"] == []


# --- nonsense ---


@pytest.mark.parametrize(
    "arguments",
    [
        {"quantity": 10**5000},
        {"quantity": 10**5000, "type": "TWAP"},
        {"quantity": 1, "type": "LIMIT", "limit_price": 10**400},
        {"quantity": 1, "type": "STOP", "stop_price": 10**5000},
    ],
)
def test_a_number_that_nobody_can_write_down_leaves_no_trace(arguments: dict[str, Any]) -> None:
    world = at_work()
    before = world.digest()
    with pytest.raises(BadInput, match=r"(quantity|limit_price|stop_price): got "):
        world.submit_order("ES", "BUY", **arguments)
    assert world.digest() == before
    assert world.snapshot()["journal"] == []


def test_an_emergency_stop_before_the_first_bar_of_a_day_closes_what_was_held_overnight() -> None:
    world = World(7)
    world.advance(600)
    world.submit_order("ES", "BUY", 5)
    world.advance(85_920)
    assert (world.now.hour, world.now.minute, world.trading.portfolio.quantity("ES")) == (13, 32, 5)
    world.emergency_stop("news")
    world.advance(300)
    assert world.trading.portfolio.quantity("ES") == 0
    assert [alert.type for alert in world.trading.alerts] == ["EMERGENCY_STOP"]

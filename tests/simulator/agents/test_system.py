"""The trading system in a world: the chain from a bar to an order, how often it trades, what stress does to it."""

import json
from collections import Counter

import pytest
from grandmodel_sim import BadInput, World
from grandmodel_sim.agents.base import Agent, View
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.replay import AT_SYNERGIES, WARM_UP_BARS, replay
from grandmodel_sim.agents.strategic import Strategic
from grandmodel_sim.agents.tactical import DIRECTION
from grandmodel_sim.events import Event
from grandmodel_sim.market.calendar import BARS_PER_SESSION
from grandmodel_sim.trace import trace

WEEK = 5 * 86_400.0
SEEDS = (0, 1, 2, 3, 4, 7)


@pytest.fixture(scope="module")
def weeks() -> list[World]:
    worlds = [World(seed) for seed in SEEDS]
    for world in worlds:
        world.advance(WEEK)
    return worlds


def causes(world: World, event: Event) -> list[str]:
    """The types of the events that led to this one, itself first."""
    found = [event.type]
    while event.cause is not None:
        event = world.events[event.cause]
        found.append(event.type)
    return found


def test_nobody_fails_silently(weeks: list[World]) -> None:
    assert [world.bus.failures for world in weeks] == [[]] * len(weeks)


def test_every_entry_has_the_whole_chain_behind_it(weeks: list[World]) -> None:
    entries = 0
    for world in weeks:
        for event in world.events.of("ORDER_SUBMITTED"):
            if event.payload["purpose"] != "entry" or event.payload["parent"]:
                continue
            entries += 1
            chain = causes(world, event)
            assert chain[:6] == [
                "ORDER_SUBMITTED",
                "EXECUTE_TRADE",
                "TRADE_QUALIFIED",
                "TACTICAL_DECISION",
                "STRATEGIC_DECISION",
                "SYNERGY_DETECTED",
            ]
            assert chain[6:] in (["INDICATORS_READY", "NEW_5MIN_BAR"], ["INDICATORS_READY", "NEW_30MIN_BAR"])
    assert entries > 10


def test_the_whole_chain_can_be_printed(weeks: list[World]) -> None:
    world = next(world for world in weeks if world.events.of("EXECUTE_TRADE"))
    text = str(trace(world.events, world.events.of("SYNERGY_DETECTED")[0]))
    assert "STRATEGIC_DECISION" in text
    assert "TACTICAL_DECISION" in text


def test_decisions_rest_on_each_other_and_every_one_gives_its_reasons(weeks: list[World]) -> None:
    below = {"tactical": "strategic", "risk": "tactical", "execution": "risk"}
    for world in weeks:
        trading = world.trading
        assert [decision.id for decision in trading.decisions] == [
            f"D-{number:06d}" for number in range(1, len(trading.decisions) + 1)
        ]
        for decision in trading.decisions:
            json.dumps(decision.payload(), allow_nan=False)
            assert decision.reasoning.endswith(".")
            assert decision.acts is not bool(decision.vetoes)
            if decision.agent in below:
                (basis,) = decision.basis
                assert trading.decision(basis).agent == below[decision.agent]
            else:
                assert decision.basis == ()


def test_entries_follow_the_synergys_direction_and_have_stop_and_target(weeks: list[World]) -> None:
    for world in weeks:
        for event in world.events.of("EXECUTE_TRADE"):
            tactical = world.trading.decision(world.trading.decision(event.payload["basis"][0]).basis[0])
            sign = DIRECTION[tactical.action]
            assert sign == tactical.inputs["synergy_direction"]  # none of these weeks has a counter trade at 0.95
            assert (event.payload["price"] - event.payload["stop_price"]) * sign > 0
            assert (event.payload["target_price"] - event.payload["price"]) * sign > 0
            assert 1 <= event.payload["quantity"] <= 5


def test_how_often_it_trades(weeks: list[World]) -> None:
    # Measured over 40 seeds and 5 days: 3.6 synergies, 1.3 entries and 0.35 rejections a day and world.
    days = 5 * len(weeks)
    count = Counter(event.type for world in weeks for event in world.events)
    assert 2 <= count["SYNERGY_DETECTED"] / days <= 6
    assert 0.7 <= count["EXECUTE_TRADE"] / days <= 6
    assert count["TRADE_REJECTED"] > 0
    sides = Counter(event.payload["side"] for world in weeks for event in world.events.of("EXECUTE_TRADE"))
    assert min(sides["BUY"], sides["SELL"]) >= 3
    kinds = {event.payload["synergy_type"] for world in weeks for event in world.events.of("SYNERGY_DETECTED")}
    assert kinds == {"TYPE_1", "TYPE_2", "TYPE_3", "TYPE_4"}
    vetoed = [d for world in weeks for d in world.trading.decisions if d.agent == "tactical" and d.vetoes]
    assert len(vetoed) / days >= 0.5
    assert any("goes against the synergy" in veto for decision in vetoed for veto in decision.vetoes)


def test_risk_is_looked_at_once_an_instant_after_all_bars(weeks: list[World]) -> None:
    world = weeks[0]
    updates = world.events.of("RISK_UPDATE")
    assert len(updates) == 5 * BARS_PER_SESSION
    for update in updates[:20]:
        before = [event.type for event in world.events[: update.id] if event.time == update.time]
        assert before.count("NEW_5MIN_BAR") == 2
    assert [event.time % 1_800_000 for event in world.events.of("VAR_UPDATE")] == [0] * 65
    assert set(updates[0].payload["parts"]) == {
        "var", "leverage", "correlation", "drawdown", "liquidity", "stress", "volatility",
    }  # fmt: skip
    assert len(updates[0].payload["state"]) == 10


def test_equity_in_the_log_is_the_portfolios(weeks: list[World]) -> None:
    for world in weeks:
        update = world.events.of("RISK_UPDATE")[-1]
        assert update.payload["equity"] == world.trading.portfolio.equity_curve[-1][1]


def test_ordinary_weeks_need_no_emergency(weeks: list[World]) -> None:
    assert {world.trading.state for world in weeks} == {"ON"}
    assert not any(world.events.of("EMERGENCY_STOP", "CORRELATION_SHOCK") for world in weeks)


# --- views and replay ---


def test_a_view_is_what_the_agents_saw() -> None:
    world = World(7)
    seen: list[View] = []
    world.bus.subscribe("SYNERGY_DETECTED", lambda event: seen.append(world.trading.view(event.payload["symbol"])))
    world.advance(2 * 86_400)
    assert seen
    for view in seen:
        assert (view.strategic.shape, view.tactical.shape) == ((48, 13), (60, 7))
        assert sorted(view.context) == sorted(
            ["volatility_30", "volume_ratio", "momentum_20", "momentum_50", "mmd_score", "price_trend"]
        )
        assert view.atr > 0
    with pytest.raises(BadInput, match="symbol: got 'CL'"):
        world.trading.view("CL")


@pytest.mark.parametrize("symbol", ["ES", "NQ"])
def test_replaying_the_strategic_agent_gives_what_it_decided_in_the_world(symbol: str) -> None:
    world = World(7)
    world.advance(2 * 86_400)
    made = [d for d in world.trading.decisions if d.agent == "strategic" and d.symbol == symbol]
    closed = "no synergy has been detected, so the gate is closed"
    for wake, expected in (
        ("bars", [d for d in made if closed in d.vetoes]),
        (AT_SYNERGIES, [d for d in made if closed not in d.vetoes]),
    ):
        again = replay(Strategic(), world.bars(symbol), symbol, wake)
        assert [(d.time, d.reasoning, d.inputs) for d in again] == [(d.time, d.reasoning, d.inputs) for d in expected]
        assert expected


class Broken(Agent):
    """Fails."""

    name = "broken"

    def decide(self, view: View) -> Decision:
        raise ZeroDivisionError("as agents under development do")


def test_replay_says_what_is_wrong() -> None:
    world = World(7)
    world.advance(600)
    bars = world.bars("ES")
    with pytest.raises(ZeroDivisionError, match="under development"):
        replay(Broken(), bars)
    with pytest.raises(BadInput, match=f"bars: got {WARM_UP_BARS}; give more than {WARM_UP_BARS}"):
        replay(Strategic(), bars[:WARM_UP_BARS])
    with pytest.raises(BadInput, match=r"bars: got .*each must close after the one before"):
        replay(Strategic(), [*bars, bars[-1]])
    with pytest.raises(BadInput, match="wake: got 'never'"):
        replay(Strategic(), bars, wake="never")


# --- bad days ---


def test_a_correlation_shock_halves_leverage_until_a_person_resets_it() -> None:
    world = World(2)
    world.stress(5400, correlation=-0.6, volatility=0.5)  # ES and NQ drift apart …
    world.advance(5400)
    world.stress(600, gap=-0.015, correlation=0.98, volatility=2.5)  # … and fall together
    world.advance(1800)
    (shock,) = world.events.of("CORRELATION_SHOCK")
    assert shock.payload["rise"] > 0.5
    assert (world.trading.risk.leverage_factor, world.trading.exchange.limits.leverage) == (0.5, 2.0)
    world.advance(3600)
    assert world.trading.risk.leverage_factor == 0.5
    world.reset_leverage("Ada")
    assert (world.trading.risk.leverage_factor, world.trading.exchange.limits.leverage) == (1.0, 4.0)
    with pytest.raises(BadInput, match=r"leverage_factor: got 1\.0"):
        world.reset_leverage("Ada")


def test_a_reset_is_not_undone_by_the_same_jump() -> None:
    world = World(2)
    world.stress(5400, correlation=-0.6, volatility=0.5)
    world.advance(5400)
    world.stress(600, gap=-0.015, correlation=0.98, volatility=2.5)
    while not world.events.of("CORRELATION_SHOCK"):
        world.advance(300)
    world.reset_leverage("Ada")  # at once: the last ten minutes still hold the jump
    for _ in range(4):
        world.advance(300)
        assert world.trading.risk.leverage_factor == 1.0
    assert len(world.events.of("CORRELATION_SHOCK")) == 1


def test_a_crash_trips_the_breakers_and_the_emergency_stop_closes_everything() -> None:
    world = World(7)
    world.advance(3600)
    for _ in range(3):
        world.submit_order("ES", "BUY", 4)
        world.advance(5)
    world.stress(3600, move=-0.10, volatility=3.0, liquidity=0.3)
    world.advance(3600)
    rules = [event.payload["rule"] for event in world.events.of("RISK_BREACH")]
    assert "daily_loss" in rules
    (stop,) = world.events.of("EMERGENCY_STOP")
    assert stop.source == "risk_management"
    assert world.trading.state == "EMERGENCY_STOP"
    assert world.events.of("MARKET_STRESS")
    assert all(position.quantity == 0 for position in world.trading.portfolio.positions.values())
    fills = [event for event in world.events.of("ORDER_FILLED") if event.payload["purpose"] == "liquidation"]
    assert fills
    assert fills[-1].time - stop.time <= 5000
    refused = world.trading.exchange.orders[world.submit_order("ES", "BUY", 1)]
    assert (refused.state, refused.code) == ("REJECTED", "system_stopped")


def test_after_a_reset_drawdown_counts_from_the_equity_of_then() -> None:
    world = World(7)
    world.set_limit("drawdown_stop", 0.02)
    world.advance(3600)
    world.submit_order("ES", "BUY", 10)
    world.advance(5)
    world.stress(1800, move=-0.02)
    world.advance(1800)
    (breach,) = [event for event in world.events.of("RISK_BREACH") if event.payload["rule"] == "drawdown_stop"]
    assert breach.payload["action"] == "emergency_stop"
    assert causes(world, world.events.of("EMERGENCY_STOP")[0]) == ["EMERGENCY_STOP"]
    assert world.trading.state == "EMERGENCY_STOP"
    world.reset_emergency_stop("Ada")
    assert world.trading.risk.breakers.drawdown == 0.0
    assert world.trading.portfolio.drawdown > 0.01  # the portfolio's own peak stays
    world.advance(1800)
    assert world.trading.state == "ON"
    assert not world.trading.alerts.open("EMERGENCY_STOP")


def test_agents_can_be_replaced() -> None:
    class Bold(Strategic):
        """Acts on anything."""

        def decide(self, view: View) -> Decision:
            action = "bullish" if view.direction > 0 else "bearish"
            return self.decision(view, action, 1.0, "it follows the synergy.")

    usual, bold = World(2), World(2)
    bold.trading.strategic = Bold()
    for world in (usual, bold):
        world.advance(2 * 86_400)
    assert len(bold.events.of("EXECUTE_TRADE")) > len(usual.events.of("EXECUTE_TRADE"))
    assert bold.bus.failures == []


def test_an_agent_that_fails_is_heard_of() -> None:
    world = World(7)
    world.trading.strategic = Broken()  # type: ignore[assignment]
    world.advance(1800)
    first, second = world.events.of("SYSTEM_ERROR")
    assert (first.source, first.payload["agent"], first.payload["symbol"]) == ("strategic_marl", "broken", "ES")
    assert first.payload["error"] == "ZeroDivisionError: as agents under development do"
    assert second.payload["symbol"] == "NQ"
    assert len(world.bus.failures) == 2
    assert world.events.of("RISK_UPDATE")  # the rest goes on


def test_stress_makes_trading_dearer_while_it_lasts() -> None:
    world = World(2)
    world.advance(7200)
    assert world.trading.exchange.stress == 1.0
    world.stress(1800, volatility=6.0)
    world.advance(1800)
    assert world.trading.exchange.stress > 1.7
    assert len(world.events.of("MARKET_STRESS")) == 1
    world.advance(2 * 3600)
    assert world.trading.exchange.stress == 1.0


def test_a_failing_risk_check_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(7)
    monkeypatch.setattr("grandmodel_sim.agents.risk.size", lambda **_: 1 / 0)
    for _ in range(10):
        world.advance(86_400)
        if world.trading.state == "EMERGENCY_STOP":
            break
    (stop,) = world.events.of("EMERGENCY_STOP")
    assert stop.payload["reason"] == "the risk check failed: ZeroDivisionError: division by zero"
    assert not world.events.of("EXECUTE_TRADE")
    assert "it takes a manual reset" in world.trading.risk.halted

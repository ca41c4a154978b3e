"""The execution agent: fifteen numbers, four tactics, and rules that can be read."""

import math

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.execution import (
    CONTEXT,
    ICEBERG,
    IMMEDIATE,
    TWAP,
    VWAP,
    ExecutionAgent,
    expected_impact,
    five_minute_sigma,
    urgency,
)
from grandmodel_sim.trading.orders import Order

from tests.simulator.trading.floor import BAR, CLOSE, OPEN, Floor

NOON = OPEN + 39 * BAR


def approval(confidence: float) -> Decision:
    return Decision("D-000007", OPEN, "risk", "ES", 5, "approve", confidence, True, 0.0, "approved.")


def at_noon(volume: int = 9000, wide: float = 1.0) -> Floor:
    floor = Floor(volume=volume)
    floor.clock.move_to(NOON - BAR)
    floor.bar(6000.0, 6000.0 + wide, 6000.0 - wide, 6000.0, volume)
    return floor


def plan(floor: Floor, contracts: int, confidence: float = 0.7, **more: float) -> tuple[Decision, Order | None]:
    agent = ExecutionAgent(floor.exchange, floor.portfolio)
    return agent.plan(approval(confidence), 1, contracts, **more)


def test_the_context_has_fifteen_named_numbers() -> None:
    floor = at_noon()
    floor.send("ES", "BUY", 2)
    values = ExecutionAgent(floor.exchange, floor.portfolio).context("ES", -1, 0.8, seconds_since_signal=300.0)
    assert tuple(values) == CONTEXT
    assert len(CONTEXT) == 15
    assert values["urgency"] == 0.4  # halved after five minutes
    assert values["position"] == 2
    assert values["depth"] == 9
    assert values["session_fraction"] == pytest.approx(0.5, abs=1e-4)
    assert values["unrealised_pnl"] == -50.0  # two contracts, two ticks under water: it bought at the ask
    assert values["spread_bps"] == pytest.approx(0.75 / 6000 * 10_000, abs=1e-6)  # the ask has not recovered yet


def test_one_contract_is_sent_at_once() -> None:
    decision, order = plan(at_noon(), 1)
    assert (decision.action, decision.acts) == (IMMEDIATE, True)
    assert order is not None
    assert (order.type, order.side, order.quantity, order.purpose, order.decision) == (
        "MARKET",
        "BUY",
        1,
        "entry",
        "D-000007",
    )
    assert decision.votes[TWAP]["why"] == "one contract cannot be cut"
    assert decision.basis == ("D-000007",)


def test_an_urgent_trade_does_not_wait() -> None:
    decision, order = plan(at_noon(), 5, confidence=0.95)
    assert decision.action == IMMEDIATE
    assert order is not None and order.type == "MARKET"
    assert decision.votes[VWAP]["why"] == "urgency 0.95 allows 0 s"


def test_a_trade_that_can_wait_five_minutes_is_cut_where_that_is_cheaper() -> None:
    floor = at_noon()
    decision, order = plan(floor, 5)
    assert decision.action == TWAP
    assert order is not None and order.type == "TWAP"
    costs = {tactic: vote["cost_ticks"] for tactic, vote in decision.votes.items()}
    assert costs[TWAP] < costs[IMMEDIATE] == 2.0
    assert decision.votes[VWAP]["action"] == "ruled out"
    assert "expected cost" in decision.reasoning and "TWAP" not in decision.reasoning
    floor.exchange.submit(order)
    floor.wait(290_000)
    assert order.state == "FILLED"
    assert {fill.price for fill in floor.portfolio.fills} == {6000.25}  # as estimated, one tick each


def test_in_a_wide_market_waiting_costs_more_than_it_saves() -> None:
    calm, _ = plan(at_noon(), 3)
    assert calm.action == TWAP
    floor = at_noon(wide=30.0)
    floor.bars["ES"] = floor.bars["ES"][-1:]  # wide for as long as anybody remembers: no regime of its own
    wild, _ = plan(floor, 3)
    assert wild.votes[IMMEDIATE]["cost_ticks"] == calm.votes[IMMEDIATE]["cost_ticks"]
    assert wild.votes[TWAP]["waiting_ticks"] > calm.votes[TWAP]["waiting_ticks"]
    assert wild.action != TWAP
    assert wild.votes[wild.action]["seconds"] < 60


def test_a_patient_trade_may_take_half_an_hour() -> None:
    decision, _ = plan(at_noon(), 10, confidence=0.66, seconds_since_signal=600.0)
    assert decision.votes[VWAP]["action"] == "possible"


def test_an_order_larger_than_the_book_may_show_a_part_at_a_time() -> None:
    decision, _ = plan(Floor(volume=2000), 8, confidence=0.85)
    assert {tactic for tactic, vote in decision.votes.items() if vote["action"] == "possible"} == {IMMEDIATE, ICEBERG}
    assert decision.action == ICEBERG


def test_nothing_is_begun_that_the_session_would_not_see_finished() -> None:
    floor = Floor()
    floor.clock.move_to(CLOSE - 2 * BAR)
    floor.bar(6000.0, 6001.0, 5999.0, 6000.0)
    floor.wait(100_000)
    decision, _ = plan(floor, 5)
    assert decision.votes[TWAP]["why"] == "the session ends in 200 s"
    assert decision.votes[VWAP]["action"] == "ruled out"
    assert decision.action == ICEBERG  # forty seconds


def test_vetoes_send_nothing() -> None:
    floor = at_noon()
    floor.exchange.halt("the drill")
    decision, order = plan(floor, 3)
    assert (order, decision.acts) == (None, False)
    assert decision.vetoes == ("trading is stopped: the drill",)
    assert decision.reasoning == "sends nothing: trading is stopped: the drill."
    closed = Floor()
    closed.clock.move_to(CLOSE)
    assert plan(closed, 3)[0].vetoes == ("the market is closed",)
    assert plan(at_noon(), 0)[0].vetoes == ("0 contracts are nothing to trade",)


def test_bad_input_is_named() -> None:
    agent = ExecutionAgent(at_noon().exchange, Floor().portfolio)
    with pytest.raises(BadInput, match="direction"):
        agent.context("ES", 0, 0.7)
    with pytest.raises(BadInput, match="symbol"):
        agent.context("CL", 1, 0.7)
    for fields in ({"volume": 0.0}, {"sigma": -1.0}, {"quantity": float("nan")}, {"tau_0": 0.0}, {"seconds": -1.0}):
        with pytest.raises(BadInput):
            expected_impact(**{"sigma": 8.0, "quantity": 5.0, "volume": 9000.0, "seconds": 300.0, **fields})


def test_impact_is_the_formula() -> None:
    assert expected_impact(8.0, 5, 9000, 300) == pytest.approx(8 * math.sqrt(5 / 9000) * (1 - math.exp(-0.5)), abs=1e-6)
    assert expected_impact(8.0, 5, 9000, 0) == 0.0
    assert expected_impact(8.0, 20, 9000, 300) == pytest.approx(2 * expected_impact(8.0, 5, 9000, 300), abs=2e-6)


def test_urgency_fades() -> None:
    assert [urgency(0.8, seconds) for seconds in (0, 300, 600)] == [0.8, 0.4, 0.2]
    assert urgency(2.0, -5) == 1.0


def test_sigma_is_read_from_ranges() -> None:
    """1.596 is the mean range of a Brownian motion of unit variance (Feller, Annals of Math. Statistics 22, 1951)."""
    floor = at_noon(wide=1.596 / 2)
    assert five_minute_sigma(floor.bars["ES"], 1) == pytest.approx(1.0, abs=1e-3)
    assert five_minute_sigma([]) == 0.0

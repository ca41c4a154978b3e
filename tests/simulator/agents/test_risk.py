"""The risk agent on markets and portfolios made by hand: every rule says no where it should, and names itself."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.agents import sub_agents
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.limits import Limits
from grandmodel_sim.agents.market_state import MarketState
from grandmodel_sim.agents.risk import RiskAgent
from grandmodel_sim.agents.sub_agents import Opinion, coordinate, wanted_contracts
from grandmodel_sim.agents.tactical import Tactical
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.randomness import stream
from grandmodel_sim.trading.orders import BUY, SELL, Order
from grandmodel_sim.trading.portfolio import Portfolio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.agents.views import RISING_5, RISING_30, TIME, synergy, view

PRICES = {"ES": 6250.0, "NQ": 22750.0}
BAR = 300_000


def history(sigma: float = 0.0008, count: int = 200, correlation: float = 0.9) -> dict[str, list[Bar]]:
    """Random walks of both instruments, of equal 5-minute volatility."""
    draw = stream(5, "history")
    prices = dict(PRICES)
    found: dict[str, list[Bar]] = {"ES": [], "NQ": []}
    for number in range(count):
        common = draw.gauss(0, sigma)
        moves = {
            "ES": common,
            "NQ": correlation * common + math.sqrt(1 - correlation**2) * draw.gauss(0, sigma),
        }
        for symbol, move in moves.items():
            opened, prices[symbol] = prices[symbol], prices[symbol] * (1 + move)
            low, high = sorted((opened, prices[symbol]))
            found[symbol].append(Bar(TIME + (number - count) * BAR, opened, high, low, prices[symbol], 9000))
    for symbol, bars in found.items():  # bring the last close back to the usual price
        factor = PRICES[symbol] / bars[-1].close
        found[symbol] = [
            replace(b, open=b.open * factor, high=b.high * factor, low=b.low * factor, close=b.close * factor)
            for b in bars
        ]
    return found


class Desk:
    """A risk agent with a portfolio and a market to play with."""

    def __init__(self, bars: dict[str, list[Bar]] | None = None, working: Callable[[str], int] = lambda _: 0) -> None:
        self.bars = bars or history()
        self.portfolio = Portfolio()
        self.limits = Limits()
        self.market = MarketState(lambda symbol: self.bars[symbol])
        self.risk = RiskAgent(self.portfolio, self.market, self.limits, working=working)
        self._orders = 0

    def hold(self, symbol: str, contracts: int, decision: str = "D-000009") -> None:
        self._orders += 1
        side = BUY if contracts > 0 else SELL
        order = Order(f"O-{self._orders:06d}", symbol, side, abs(contracts), "MARKET", TIME, decision=decision)
        self.portfolio.on_fill(order, abs(contracts), PRICES[symbol], 2.5 * abs(contracts), TIME)

    def lose(self, dollars: float) -> None:
        """Realise a loss on ES: one contract is bought and sold so many points lower."""
        self._orders += 1
        points = round(dollars / 50 * 4) / 4
        for side, price in ((BUY, PRICES["ES"]), (SELL, PRICES["ES"] - points)):
            self.portfolio.on_fill(Order("O-000000", "ES", side, 1, "MARKET", TIME), 1, price, 0.0, TIME)

    def review(self, symbol: str = "ES", confidence: float = 0.9, atr: float = 9.0, direction: int = 1) -> Decision:
        return self.risk.review(trade(confidence, symbol), symbol, direction, atr)


def trade(confidence: float = 0.9, symbol: str = "ES") -> Decision:
    decision = Tactical().decide(view(RISING_30, RISING_5, synergy=synergy()))
    return replace(decision, id="D-000003", confidence=confidence, symbol=symbol)


def test_an_ordinary_trade_is_approved_with_reasons() -> None:
    decision = Desk().review()
    assert (decision.action, decision.acts, decision.inputs["contracts"]) == ("approve", True, 5)
    assert (decision.inputs["stop_distance"], decision.inputs["target_distance"]) == (18.0, 27.0)
    assert set(decision.votes) == {"position_sizing", "stop_target", "risk_monitor", "portfolio_optimizer"}
    assert decision.weights == {
        "position_sizing": 1.0,
        "stop_target": 1.0,
        "risk_monitor": 1.5,
        "portfolio_optimizer": 1.0,
    }
    assert decision.basis == ("D-000003",)
    assert decision.reasoning.startswith(
        "approve the long of ES with 5 of 5 contracts: position_sizing 5, stop_target 5"
    )


def test_surer_trades_are_larger() -> None:
    sizes = [Desk().review(confidence=confidence).inputs["contracts"] for confidence in (0.65, 0.7, 0.75, 0.8, 0.9)]
    assert sizes == sorted(sizes)
    assert (wanted_contracts(0.65, 5), wanted_contracts(0.75, 5), wanted_contracts(0.99, 5)) == (1, 3, 5)
    assert Desk().review(confidence=0.65).inputs["contracts"] == 1


def halted(desk: Desk) -> None:
    desk.risk.halted = "emergency stop: test; it takes a manual reset"


def lost_today(desk: Desk) -> None:
    desk.risk.update(TIME)
    desk.lose(51_000)
    desk.risk.update(TIME + BAR)


def far_below_the_peak(desk: Desk) -> None:
    for day in range(5):
        desk.risk.update(TIME + day * 86_400_000)
        desk.lose(45_000)
    desk.risk.update(TIME + 5 * 86_400_000)


def no_edge(desk: Desk) -> None:
    for _ in range(30):
        desk.hold("ES", 1)
        order = Order("O-000000", "ES", SELL, 1, "MARKET", TIME)
        desk.portfolio.on_fill(order, 1, PRICES["ES"] - 0.25, 0.0, TIME)


def no_leverage(desk: Desk) -> None:
    desk.limits.set("max_leverage", 0.2)


def no_risk_allowed(desk: Desk) -> None:
    desk.limits.set("risk_per_trade", 0.0)


def little_var_allowed(desk: Desk) -> None:
    desk.limits.set("var_95", 0.001)


def red_alert(desk: Desk) -> None:
    desk.risk.thresholds.update(alert=0.0, reduce=0.0, emergency=0.0)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (halted, "emergency stop: test; it takes a manual reset"),
        (lost_today, "the session has lost 5.1% at its worst, the daily limit is 5.0%"),
        (far_below_the_peak, "drawdown 22.5% has reached the limit of 20.0%"),
        (lambda desk: desk.hold("ES", 2), "already long 2 ES; one trade at a time in an instrument"),
        (lambda desk: desk.hold("ES", -1), "already short 1 ES; one trade at a time in an instrument"),
        (no_edge, "no contract is left: kelly allows 0"),
        (no_leverage, "no contract is left: max_leverage allows 0"),
        (no_risk_allowed, "no contract is left: risk_per_trade allows 0"),
        (little_var_allowed, "no contract is left: var_95 allows 0"),
        (red_alert, "risk_monitor: score 0."),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_every_rule_can_say_no(make: Callable[[Desk], Any], reason: str) -> None:
    desk = Desk()
    make(desk)
    decision = desk.review(confidence=0.8)
    assert (decision.action, decision.acts) == ("reject", False)
    assert any(veto.startswith(reason) for veto in decision.vetoes), decision.vetoes
    assert reason in decision.reasoning
    assert not desk.risk.failed


def test_an_entry_that_is_still_worked_is_not_sent_twice() -> None:
    decision = Desk(working=lambda symbol: 3 if symbol == "ES" else 0).review()
    assert decision.vetoes == ("an entry of 3 ES is still being worked",)


def test_a_check_that_fails_counts_as_no(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(desk.market, "stress", lambda: 1 / 0)
    decision = desk.review()
    assert decision.vetoes == ("the risk check failed: ZeroDivisionError: division by zero",)
    assert desk.risk.failed == "ZeroDivisionError: division by zero"
    monkeypatch.undo()
    assert desk.review().acts
    assert desk.risk.failed == ""


@pytest.mark.parametrize(("loss", "factor", "contracts"), [(0, 1.0, 5), (110_000, 0.5, 2), (160_000, 0.25, 1)])
def test_a_drawdown_shrinks_the_trade(loss: int, factor: float, contracts: int) -> None:
    desk = Desk()
    for day in range(8):  # slowly enough not to trip the daily limit
        desk.lose(loss / 8)
        desk.risk.update(TIME + day * 86_400_000)
    decision = desk.review()
    assert (decision.inputs["size_factor"], decision.inputs["contracts"]) == (factor, contracts)
    if factor < 1:
        assert decision.action == "reduce"
        assert "a drawdown of 1" in decision.reasoning
        assert decision.confidence == 1.0  # a rule, whatever the vote was


def test_confidence_is_the_votes_share_only_where_the_vote_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    voted = Desk().review()
    behind = [voted.weights[name] for name, vote in voted.votes.items() if vote["action"] == voted.action]
    assert voted.confidence == pytest.approx(sum(behind) / sum(voted.weights.values()), abs=1e-6)

    def divided(contracts: int) -> Decision:
        said = [Opinion(name, "approve", contracts, {}, "") for name in sub_agents.WEIGHTS]
        said[0] = replace(said[0], action="reject")
        said[1] = replace(said[1], details={"stop_atr": 2.0, "target_atr": 3.0})
        monkeypatch.setattr("grandmodel_sim.agents.risk.SUB_AGENTS", [lambda trade, one=one: one for one in said])
        return Desk().review()

    assert (divided(5).action, divided(5).confidence) == ("approve", 0.777778)  # 3.5 of 4.5
    assert (divided(3).action, divided(3).confidence) == ("reduce", 1.0)
    assert (divided(0).action, divided(0).confidence) == ("reject", 1.0)


def test_the_second_instrument_gets_what_var_leaves() -> None:
    bars = history(sigma=0.0012)  # 1.06 % a day
    alone = Desk(bars).review("NQ", atr=40.0).inputs["contracts"]
    desk = Desk(bars)
    desk.hold("ES", 5)
    beside = desk.review("NQ", atr=40.0)
    hedging = Desk(bars)
    hedging.hold("ES", -5)
    assert beside.inputs["cap_var_95"] < alone
    assert beside.action == "reduce"
    assert hedging.review("NQ", atr=40.0).inputs["cap_var_95"] >= alone
    desk.hold("NQ", 1)
    hedging.hold("NQ", 1)
    assert desk.risk.observe(TIME).correlation_risk > 0.7
    assert hedging.risk.observe(TIME).correlation_risk == 0.0


def test_half_the_leverage_after_a_correlation_shock() -> None:
    desk = Desk()
    desk.hold("NQ", 3)  # 1.4 times equity
    before = desk.review().inputs["cap_max_leverage"]
    desk.risk.leverage_factor = 0.5
    assert before == 8
    assert desk.review().inputs["cap_max_leverage"] == 2


def test_stress_tightens_stop_and_target_alike() -> None:
    bars = history()
    for symbol in bars:
        wild = history(sigma=0.004)[symbol][-6:]
        factor = bars[symbol][-7].close / wild[0].open
        bars[symbol][-6:] = [replace(b, close=b.close * factor) for b in wild]
    desk = Desk(bars)
    decision = desk.review()
    assert desk.market.stress() > 0.7
    assert (decision.inputs["stop_distance"], decision.inputs["target_distance"]) == (13.5, 20.25)


def test_bad_arguments_fail_safe_and_say_why() -> None:
    desk = Desk()
    assert "direction: got 2" in desk.risk.review(trade(), "ES", 2, 9.0).vetoes[0]
    assert "stop_distance: got 0" in desk.review(atr=0.0).vetoes[0]
    with pytest.raises(BadInput, match=r"confidence: got 0\.9; give 0\.95 or 0\.99"):
        desk.risk.var(0.9)
    with pytest.raises(BadInput, match="days: got 0"):
        desk.risk.var(0.95, 0)


# --- value at risk ---


def test_var_is_z_times_sigma_times_the_root_of_the_horizon() -> None:
    desk = Desk()
    desk.market.update()
    desk.hold("ES", 4)
    returns = [
        after.close / before.close - 1
        for before, after in zip(desk.bars["ES"][-157:], desk.bars["ES"][-156:], strict=False)
    ]
    sigma = math.sqrt(sum(r * r for r in returns) / len(returns) * 78)
    assert desk.market.daily_sigma("ES") == pytest.approx(sigma, rel=1e-6)
    value = 4 * 6250 * 50
    assert desk.risk.var() == pytest.approx(1.644854 * sigma * value, rel=1e-6)
    assert desk.risk.var(0.99) == pytest.approx(2.326348 * sigma * value, rel=1e-6)
    assert desk.risk.var(0.95, 10) == pytest.approx(desk.risk.var() * math.sqrt(10), rel=1e-6)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.integers(-9, 9), st.integers(-9, 9))
def test_var_of_a_portfolio_never_exceeds_the_sum_of_its_parts(es: int, nq: int) -> None:
    market = MarketState(lambda symbol: BARS[symbol])
    market.update()
    notionals = {"ES": es * 312_500.0, "NQ": nq * 455_000.0}
    whole = market.parametric_var(notionals)
    parts = [market.parametric_var({symbol: notional}) for symbol, notional in notionals.items()]
    assert 0 <= whole <= sum(parts) + 0.02
    assert whole >= abs(parts[0] - parts[1]) - 0.02


BARS = history()


def test_a_gap_in_one_instruments_data_does_not_shift_the_other() -> None:
    bars = history()
    del bars["NQ"][100:105]
    gappy, whole = MarketState(lambda symbol: bars[symbol]), MarketState(lambda symbol: BARS[symbol])
    gappy.update()
    whole.update()
    assert gappy.correlation.mean == pytest.approx(whole.correlation.mean, abs=0.05)
    assert gappy.time == whole.time


# --- the coordinator ---


def opinions(*actions: str) -> tuple[Opinion, ...]:
    contracts = {"approve": 5, "reduce": 2, "reject": 0}
    return tuple(
        Opinion(agent, action, contracts[action], {}, "")
        for agent, action in zip(sub_agents.WEIGHTS, actions, strict=True)
    )


@pytest.mark.parametrize(
    ("actions", "action", "contracts"),
    [
        (("approve", "approve", "approve", "approve"), "approve", 5),
        (("approve", "approve", "reduce", "approve"), "approve", 4),  # (5 + 5 + 1.5·2 + 5) / 4.5 = 4
        (("reduce", "approve", "reduce", "approve"), "reduce", 3),  # the monitor tips the balance
        (("approve", "reject", "approve", "reject"), "approve", 2),
        (("approve", "approve", "reject", "approve"), "reject", 3),  # an emergency cannot be outvoted
        (("reject", "reject", "approve", "reject"), "reject", 1),
    ],
)
def test_the_coordinator_weighs_the_votes(actions: tuple[str, ...], action: str, contracts: int) -> None:
    assert coordinate(opinions(*actions))[:2] == (action, contracts)


def test_a_tie_goes_to_the_more_cautious(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sub_agents, "WEIGHTS", dict.fromkeys(sub_agents.WEIGHTS, 1.0))
    assert coordinate(opinions("approve", "approve", "reduce", "reduce"))[0] == "reduce"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(0.65, 1.0), st.floats(1, 60), st.sampled_from(["ES", "NQ"]), st.integers(-5, 5))
def test_no_review_breaks_a_limit(confidence: float, atr: float, symbol: str, other: int) -> None:
    desk = Desk(BARS)
    elsewhere = "NQ" if symbol == "ES" else "ES"
    if other:
        desk.hold(elsewhere, other)
    decision = desk.review(symbol, confidence, atr)
    assert not desk.risk.failed
    contracts = int(decision.inputs["contracts"])
    assert (contracts > 0) is decision.acts
    assert contracts <= 5
    if contracts:
        desk.hold(symbol, contracts)
        assert desk.portfolio.exposure().leverage <= 4.0001
        assert desk.risk.var() <= 0.05 * desk.portfolio.equity + 1
        point_value = {"ES": 50, "NQ": 20}[symbol]
        assert contracts * decision.inputs["stop_distance"] * point_value <= 0.02 * 1_000_000

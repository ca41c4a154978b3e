"""Sizing, breakers, correlation, risk score: the figures of the facts, and what must hold for all figures."""

import math

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.agents.breakers import Breakers, drawdown_factor
from grandmodel_sim.agents.correlation import CorrelationTracker
from grandmodel_sim.agents.limits import DEFAULTS, Limits
from grandmodel_sim.agents.risk_score import WEIGHTS, RiskState, risk_score
from grandmodel_sim.agents.sizing import kelly_fraction, size, win_probability
from grandmodel_sim.randomness import stream
from hypothesis import given, settings
from hypothesis import strategies as st

fractions = st.floats(0, 1)
MINUTE = 60_000


# --- Kelly and size ---


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.floats(0.001, 0.999), st.floats(0.01, 20), st.floats(0, 1))
def test_kelly_lies_between_nothing_and_its_cap(p: float, b: float, cap: float) -> None:
    f = kelly_fraction(p, b, cap)
    assert 0 <= f <= round(cap, 6)
    edge = p * b - (1 - p)
    if edge <= 0:
        assert f == 0
    elif edge / b < cap:
        assert f == pytest.approx(edge / b, abs=1e-6)


def test_kelly_by_hand() -> None:
    assert kelly_fraction(0.5, 1.5) == 0.166667
    assert kelly_fraction(0.6, 2.0) == 0.25  # 0.4, capped
    assert kelly_fraction(0.3, 1.5) == 0.0  # -0.1667: GrandModel would bet against itself
    for p in (0.0, 1.0, float("nan"), -1):
        with pytest.raises(BadInput, match="p: got"):
            kelly_fraction(p, 1.5)
    with pytest.raises(BadInput, match="b: got 0"):
        kelly_fraction(0.5, 0)


def test_few_trades_say_little() -> None:
    assert win_probability(0, 0) == 0.45
    assert win_probability(1, 1) == pytest.approx(28 / 61, abs=1e-6)
    assert win_probability(300, 500) == pytest.approx(327 / 560, abs=1e-6)
    with pytest.raises(BadInput, match="wins: got 3"):
        win_probability(3, 2)


SIZED = {"equity": 1e6, "stop_distance": 18.0, "target_distance": 27.0, "point_value": 50.0, "price": 6250.0}


def test_the_smallest_cap_decides_and_is_named() -> None:
    usual = size(**SIZED)
    assert (usual.contracts, usual.binding) == (5, "max_contracts")
    # 2 % of a million is 20,000; a contract loses 18 points · 50 dollars = 900 at its stop.
    assert usual.caps == {"max_contracts": 5, "risk_per_trade": 22, "kelly": 92, "max_leverage": 12}
    assert (usual.kelly, usual.odds, usual.loss_at_stop) == (0.083333, 1.5, 4500.0)
    far = size(**{**SIZED, "stop_distance": 180.0, "target_distance": 270.0})
    assert (far.contracts, far.binding) == (2, "risk_per_trade")
    full = size(**SIZED, gross_notional=3_500_000)
    assert (full.contracts, full.binding) == (1, "max_leverage")
    losing = size(**SIZED, wins=0, trades=40)
    assert (losing.contracts, losing.binding, losing.kelly) == (0, "kelly", 0.0)
    assert size(**SIZED, held=3).contracts == 2
    with pytest.raises(BadInput, match="stop_distance: got 0"):
        size(**{**SIZED, "stop_distance": 0})


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    equity=st.floats(-1e6, 1e7),
    stop=st.floats(0.25, 500),
    odds=st.floats(0.1, 5),
    gross=st.floats(0, 5e6),
    held=st.integers(0, 10),
    wins=st.integers(0, 50),
    lost=st.integers(0, 50),
)
def test_no_size_breaks_a_limit(
    equity: float, stop: float, odds: float, gross: float, held: int, wins: int, lost: int
) -> None:
    sizing = size(
        equity=equity,
        stop_distance=stop,
        target_distance=stop * odds,
        point_value=50.0,
        price=6250.0,
        gross_notional=gross,
        held=held,
        wins=wins,
        trades=wins + lost,
    )
    assert sizing.contracts == min(sizing.caps.values()) == sizing.caps[sizing.binding] >= 0
    if sizing.contracts:
        assert sizing.contracts + held <= 5
        assert sizing.contracts * stop * 50 <= 0.02 * equity + 1e-3
        assert gross + sizing.contracts * 6250 * 50 <= 4 * equity + 1
        assert sizing.contracts * stop * 50 <= 0.25 * equity + 1e-3


# --- breakers ---


def test_drawdown_shrinks_positions_in_steps() -> None:
    limits = Limits()
    steps = {0.0: 1.0, 0.0999: 1.0, 0.10: 0.5, 0.1499: 0.5, 0.15: 0.25, 0.1999: 0.25, 0.20: 0.0, 0.9: 0.0}
    assert {drawdown: drawdown_factor(drawdown, limits) for drawdown in steps} == steps


@settings(max_examples=100, deadline=None, derandomize=True)
@given(fractions, fractions)
def test_a_deeper_drawdown_never_allows_more(one: float, other: float) -> None:
    limits = Limits()
    assert drawdown_factor(max(one, other), limits) <= drawdown_factor(min(one, other), limits)


def test_each_breaker_reports_once_until_its_cause_is_gone() -> None:
    breakers = Breakers(1_000_000, Limits())
    found = []
    for number, equity in enumerate((1e6, 0.96e6, 0.92e6, 0.9e6, 0.895e6, 0.93e6, 0.9e6)):
        tripped = breakers.update(number * 86_400_000, equity)  # a day apart
        found += [(number, breach.rule) for breach in tripped if breach.rule == "drawdown_half"]
    assert found == [(3, "drawdown_half"), (6, "drawdown_half")]
    assert (breakers.drawdown, breakers.size_factor) == (0.1, 0.5)
    breakers.reset()
    assert (breakers.drawdown, breakers.size_factor) == (0.0, 1.0)


def test_a_daily_loss_stops_entries_until_the_next_session() -> None:
    breakers = Breakers(1_000_000, Limits())
    assert breakers.update(0, 980_000) == []
    slow = [0.975e6, 0.97e6, 0.965e6, 0.96e6, 0.955e6, 0.95e6]
    tripped = [breach.rule for number, equity in enumerate(slow, 1) for breach in breakers.update(number, equity)]
    assert tripped == ["daily_loss"]
    assert not breakers.entries_allowed
    breakers.update(7, 990_000)
    assert (breakers.daily_loss, breakers.worst_daily_loss) == (0.01, 0.05)
    assert not breakers.entries_allowed  # made good, but not forgotten
    breakers.reset()
    assert not breakers.entries_allowed
    breakers.update(86_400_000, 950_000)
    assert breakers.entries_allowed


def test_the_nights_gap_counts_as_a_loss_of_the_day() -> None:
    breakers = Breakers(1_000_000, Limits())
    breakers.update(0, 1_000_000)
    breakers.update(86_400_000, 940_000)
    assert (breakers.daily_loss, breakers.entries_allowed) == (0.06, False)
    limits = Limits()
    raised = Breakers(1_000_000, limits)
    raised.update(0, 940_000)
    limits.set("daily_loss", 0.1)  # a person's decision
    assert raised.entries_allowed


def test_a_fast_fall_is_an_emergency_at_any_drawdown() -> None:
    breakers = Breakers(1_000_000, Limits())
    breakers.update(0, 1_000_000)
    assert [breach.action for breach in breakers.update(1, 949_000) if breach.rule == "equity_fall"] == [
        "emergency_stop"
    ]


# --- limits ---


def test_every_limit_can_be_set_within_its_range_only() -> None:
    for limit in DEFAULTS:
        limits = Limits()
        limits.set(limit.name, limit.high)
        assert limits[limit.name] == limit.high
        for wrong in (limit.low - 1, limit.high * 1.01 + 1, float("nan"), "5", None, True):
            with pytest.raises(BadInput, match=f"{limit.name}: got .*; give a .*number from"):
                limits.set(limit.name, wrong)  # type: ignore[arg-type]
        assert limits[limit.name] == limit.high
    with pytest.raises(BadInput, match=r"max_contracts: got 2\.5; give a whole number"):
        Limits().set("max_contracts", 2.5)
    with pytest.raises(BadInput, match="limit: got 'luck'; the limits are max_contracts"):
        Limits().get("luck")


# --- correlation ---


def test_correlation_is_that_of_the_returns() -> None:
    tracker = CorrelationTracker(("ES", "NQ"))
    for number in range(40):
        move = 0.001 * (-1) ** number
        tracker.update(number * 5 * MINUTE, {"ES": move, "NQ": 2 * move})
    assert tracker.mean == 1.0
    for number in range(40, 120):
        move = 0.001 * (-1) ** number
        tracker.update(number * 5 * MINUTE, {"ES": move, "NQ": -move})
    assert tracker.mean < -0.9
    assert tracker.correlation("NQ", "ES") == tracker.correlation("ES", "NQ") == tracker.mean


def test_the_diagonal_does_not_count() -> None:
    tracker = CorrelationTracker(("ES", "NQ"))
    draw = stream(3, "test")
    for number in range(300):
        tracker.update(number * 5 * MINUTE, {"ES": draw.gauss(0, 1e-3), "NQ": draw.gauss(0, 1e-3)})
    assert abs(tracker.mean) < 0.6  # λ = 0.94 looks back over some 16 returns, so chance alone gives this much
    assert tracker.correlation("ES", "ES") == 1.0


def test_a_shock_is_a_rise_by_more_than_half_within_ten_minutes() -> None:
    tracker = CorrelationTracker(("ES", "NQ"))
    for number in range(60):  # uncorrelated: ES and NQ move in turn
        quiet = {"ES": 0.0005 * (number % 2), "NQ": 0.0005 * ((number + 1) % 2)}
        tracker.update(number * 5 * MINUTE, quiet)
    assert not tracker.shock
    tracker.update(60 * 5 * MINUTE, {"ES": -0.01, "NQ": -0.012})
    assert tracker.shock
    assert tracker.rise > 0.5
    for number in range(61, 66):
        tracker.update(number * 5 * MINUTE, {"ES": -0.0005, "NQ": -0.0005})
    assert not tracker.shock  # it is high, but no longer rising


def test_a_slow_rise_is_no_shock() -> None:
    tracker = CorrelationTracker(("ES", "NQ"))
    for number in range(60):
        tracker.update(number * 5 * MINUTE, {"ES": 0.001 * (number % 2), "NQ": 0.001 * ((number + 1) % 2)})
    low = tracker.mean
    shocks = []
    for number in range(60, 200):
        tracker.update(number * 5 * MINUTE, {"ES": 0.001 * (-1) ** number, "NQ": 0.001 * (-1) ** number})
        shocks.append(tracker.shock)
    assert tracker.mean > low + 0.5
    assert not any(shocks)


def test_returns_that_cannot_be_used_are_named_and_change_nothing() -> None:
    tracker = CorrelationTracker(("ES", "NQ"))
    with pytest.raises(BadInput, match=r"returns\['NQ'\]: got None; give a finite return of every symbol"):
        tracker.update(0, {"ES": 0.1})
    with pytest.raises(BadInput, match=r"returns\['ES'\]: got nan"):
        tracker.update(0, {"ES": math.nan, "NQ": 0.0})
    assert tracker.observations == 0
    with pytest.raises(BadInput, match="symbols: got"):
        CorrelationTracker(("ES",))


# --- risk score ---


def test_the_weights_of_the_score_add_up() -> None:
    assert math.fsum(WEIGHTS.values()) == pytest.approx(1)


def test_the_score_by_hand() -> None:
    state = RiskState(var_estimate_5pct=0.025, margin_usage_pct=0.16, current_drawdown_pct=0.03, volatility_regime=0.5)
    # .25·.5 + .20·.2 + .15·.2 + .05·.5
    assert risk_score(state).score == pytest.approx(0.125 + 0.04 + 0.03 + 0.025)
    assert risk_score(state).action == "none"


def test_high_parts_converge() -> None:
    worst = RiskState(1.0, 2, 1.0, 0.9, 0.06, 0.16, 0.9, 1.0, 1.0, 0.0)
    assert (risk_score(worst).score, risk_score(worst).action) == (1.0, "emergency")
    assert len(risk_score(worst).high) == 7
    # Three high parts: .25 + .15 + .05·.8 = .44, a tenth more, and a reduction although no threshold is reached.
    three = RiskState(var_estimate_5pct=0.05, correlation_risk=0.8, volatility_regime=0.8)
    assert risk_score(three).score == pytest.approx(0.44 * 1.1)
    assert risk_score(three).action == "reduce"


@pytest.mark.parametrize(
    ("volatility", "action"), [(0.1, "none"), (0.5, "alert"), (0.9, "reduce"), (0.99, "reduce"), (1.0, "emergency")]
)
def test_the_action_is_the_highest_threshold_that_is_reached(volatility: float, action: str) -> None:
    # Only volatility, which weighs .05: the score runs from 0 to .05.
    thresholds = {"alert": 0.02, "reduce": 0.04, "emergency": 0.05}
    assert risk_score(RiskState(volatility_regime=volatility), thresholds).action == action


parts = st.floats(0, 2)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(parts, parts, parts, parts, parts, parts)
def test_more_risk_never_scores_less(
    var: float, margin: float, corr: float, down: float, stress: float, more: float
) -> None:
    fields = {
        "var_estimate_5pct": var,
        "margin_usage_pct": margin,
        "correlation_risk": corr,
        "current_drawdown_pct": down,
        "market_stress_level": stress,
    }
    base = risk_score(RiskState(**fields)).score  # type: ignore[arg-type]
    assert 0 <= base <= 1
    for name, value in fields.items():
        assert risk_score(RiskState(**{**fields, name: value + more})).score >= base - 1e-6  # type: ignore[arg-type]

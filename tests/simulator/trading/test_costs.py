"""Slippage, depth, hours and schedules."""

from itertools import pairwise

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.trading import costs, hours, schedule
from grandmodel_sim.trading.costs import Slippage
from grandmodel_sim.trading.orders import CODES
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.trading.floor import BAR, CLOSE, OPEN, Floor

ES = 0.25


def test_slippage_is_the_sum_of_its_parts_rounded_up() -> None:
    model = Slippage()
    assert model.ticks(1, ES) == 1  # 0.5 + 0.1
    assert model.ticks(5, ES) == 1  # 0.5 + 0.5
    assert model.ticks(6, ES) == 2
    assert model.ticks(1, ES, regime=1.0) == 3  # + 2
    assert model.ticks(1, ES, liquidity=0.5) == 2  # + 0.75
    assert model.ticks(1, ES, regime=1.0, stress=2.0) == 6
    assert model.ticks(4, ES, participation=0.5) == 2  # 0.9 · 1.5
    assert model.ticks(3, ES, limit=True) == 1
    assert model.ticks(9, ES) == 2 and model.ticks(9, ES, limit=True) == 2
    assert model.ticks(12, ES, limit=True) == 2 < model.ticks(16, ES)


def test_grandmodels_reading_in_points_costs_four_times_as_much() -> None:
    points = Slippage(unit="point")
    assert points.ticks(1, ES) == 3  # 0.6 points, rounded up to 0.75
    assert points.ticks(5, ES) == 4
    with pytest.raises(BadInput, match="tick and point"):
        Slippage(unit="dollar")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(1, 50), st.floats(0, 1), st.floats(0, 1), st.floats(1, 5))
def test_slippage_only_grows(contracts: int, regime: float, liquidity: float, stress: float) -> None:
    model = Slippage()
    here = model.ticks(contracts, ES, regime=regime, liquidity=liquidity, stress=stress)
    assert here >= 1
    assert model.ticks(contracts + 1, ES, regime=regime, liquidity=liquidity, stress=stress) >= here
    assert model.ticks(contracts, ES, regime=1.0, liquidity=liquidity, stress=stress) >= here
    assert model.ticks(contracts, ES, regime=regime, liquidity=0.0, stress=stress) >= here
    assert model.ticks(contracts, ES, regime=regime, liquidity=liquidity, stress=stress + 1) >= here


def test_the_regime_compares_the_last_half_hour_with_the_last_session() -> None:
    def bars(*ranges: float) -> list[Bar]:
        return [Bar(number, 100.0, 100.0 + width, 100.0, 100.0, 1) for number, width in enumerate(ranges)]

    assert costs.volatility_regime([]) == 0.0
    assert costs.volatility_regime(bars(*[0.0] * 10)) == 0.0
    assert costs.volatility_regime(bars(*[2.0] * 78)) == 0.0
    assert costs.volatility_regime(bars(*[2.0] * 72, *[1.0] * 6)) == 0.0
    assert costs.volatility_regime(bars(*[1.0] * 72, *[1.5] * 6)) == round(1.5 / (81 / 78) - 1, 6)
    assert costs.volatility_regime(bars(*[1.0] * 72, *[9.0] * 6)) == 1.0


def test_depth() -> None:
    assert [costs.depth(volume) for volume in (0, 1, 999, 9000, 13_500)] == [0, 1, 1, 9, 13]
    assert costs.depth(9000, stress=3.0) == 3
    assert [costs.still_missing(6, ms) for ms in (0, 30_000, 60_000, 90_000)] == [6, 3, 0, 0]


def test_the_last_bars_of_a_floor_set_the_price_of_stress() -> None:
    floor = Floor()
    floor.bars["ES"][:0] = floor.bars["ES"][:1] * 72
    calm = floor.exchange.slippage("ES", "BUY", 5)
    floor.bar(6000.0, 6030.0, 5990.0, 6010.0)
    wild = floor.exchange.slippage("ES", "BUY", 5)
    floor.exchange.stress = 2.0
    assert calm < wild < floor.exchange.slippage("ES", "BUY", 5)
    assert floor.exchange.depth("ES") == 4


# --- hours ---


def test_the_session() -> None:
    assert hours.session_at(OPEN) == (OPEN, CLOSE)
    assert hours.session_at(CLOSE - 1) == (OPEN, CLOSE)
    assert hours.session_at(OPEN - 1) is None
    assert hours.session_at(CLOSE) is None
    assert hours.next_open(OPEN) == OPEN + 86_400_000
    assert hours.next_open(OPEN + 4 * 86_400_000) == OPEN + 7 * 86_400_000  # Friday → Monday
    independence_day = OPEN - 10 * 86_400_000
    assert hours.session_at(independence_day) is not None
    assert hours.session_at(independence_day, holidays=True) is None


def test_the_day_is_busy_at_both_ends() -> None:
    day = [hours.busyness(hours.slot(OPEN + number * BAR)) for number in range(78)]
    assert sum(day) / 78 == pytest.approx(1.0, abs=1e-3)
    assert day == pytest.approx(day[::-1])
    assert day[0] > 1.4 and min(day) == pytest.approx(0.75, abs=1e-3)
    assert (hours.slot(OPEN - 5), hours.slot(CLOSE + 5)) == (0, 77)
    assert costs.liquidity(OPEN) == 1.0
    assert costs.liquidity(OPEN + 39 * BAR) == pytest.approx(0.75, abs=1e-3)


# --- schedules ---


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.integers(0, 200), st.lists(st.floats(0.01, 10), min_size=1, max_size=12))
def test_parts_add_up_and_lie_within_one_of_their_share(quantity: int, weights: list[float]) -> None:
    parts = schedule.apportion(quantity, weights)
    assert sum(parts) == quantity
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - quantity * weight / sum(weights)) < 1 + 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 60), st.integers(0, 71))
def test_schedules_send_everything_in_their_time(quantity: int, slot: int) -> None:
    for slices, span in (
        (schedule.twap(quantity), schedule.TWAP_MS),
        (schedule.vwap(quantity, OPEN + slot * BAR), schedule.VWAP_MS),
    ):
        assert sum(part.quantity for part in slices) == quantity
        assert all(part.quantity > 0 for part in slices)
        assert all(early.after_ms < late.after_ms for early, late in pairwise(slices))
        assert 0 <= slices[0].after_ms <= slices[-1].after_ms < span


def test_weights_are_checked() -> None:
    for weights in ([], [0.0, 0.0], [1.0, -0.1]):
        with pytest.raises(BadInput):
            schedule.apportion(3, weights)


def test_every_explained_code_is_given_somewhere() -> None:
    """The table holds no code that nobody gives; that those given are in it, the exchange's property test looks."""
    import ast
    import inspect

    from grandmodel_sim.trading import brackets, exchange, gateway

    source = "".join(inspect.getsource(module) for module in (exchange, gateway, brackets))
    literals = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert set(CODES) <= literals

"""Heikin-Ashi, NW-RQK, momentum, volume, true range: each against its formula, written down a second time."""

import math
from itertools import pairwise

import numpy as np
import pytest
from grandmodel_sim.features.heikin_ashi import HeikinAshi
from grandmodel_sim.features.momentum import Momentum
from grandmodel_sim.features.normalizers import RollingScore
from grandmodel_sim.features.nwrqk import LAG, X0, H, KernelRegression, R, kernel
from grandmodel_sim.features.volatility import AverageTrueRange, ReturnDeviation
from grandmodel_sim.features.volume import VolumeRatio
from grandmodel_sim.market import Bar
from hypothesis import given, settings

from tests.simulator.features.series import awkward_bars, bar_at, market_bars, still


def test_heikin_ashi_by_hand() -> None:
    smooth, found = HeikinAshi(), []
    for bar in (bar_at(0, 10, 12, 8, 11), bar_at(1, 11, 15, 11, 14), bar_at(2, 14, 14, 12, 13)):
        assert smooth.update(bar) == smooth.close
        found.append((smooth.open, smooth.high, smooth.low, smooth.close, smooth.direction))
    assert found == [
        (10.5, 12, 8, 10.25, -1),  # open of the first: (10 + 11) / 2
        (10.375, 15, 10.375, 12.75, 1),
        (11.5625, 14, 11.5625, 13.25, 1),
    ]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(awkward_bars())
def test_a_heikin_ashi_bar_holds_its_own_prices(bars: list[Bar]) -> None:
    smooth = HeikinAshi()
    for bar in bars:
        smooth.update(bar)
        assert smooth.low <= min(smooth.open, smooth.close) <= max(smooth.open, smooth.close) <= smooth.high


def direct(closes: list[float], h: float) -> float:
    """ŷ at the end of `closes`: numerator over denominator, lag by lag."""
    pairs = [((1 + i**2 / (2 * R * h**2)) ** -R, closes[-1 - i]) for i in range(X0 + 1)]
    return math.fsum(w * y for w, y in pairs) / math.fsum(w for w, _ in pairs)


def test_nwrqk_is_the_direct_sum() -> None:
    curve, closes = KernelRegression(), []
    estimates = []
    for bar in market_bars(3, 2):
        closes.append(bar.close)
        value = curve.update(bar)
        if len(closes) <= X0:
            assert (value, curve.ready) == (0.0, False)
            continue
        assert value == pytest.approx(direct(closes, H), abs=1e-6)
        assert curve.fast == pytest.approx(direct(closes, H - LAG), abs=1e-6)
        estimates.append(value)
        if len(estimates) > 1:
            assert curve.slope == pytest.approx(estimates[-1] / estimates[-2] - 1, abs=1e-9)
    assert len(estimates) == 156 - X0


def test_a_kernel_falls_with_the_lag_and_sums_to_one() -> None:
    weights = kernel(H)
    assert len(weights) == 26
    assert math.fsum(weights) == pytest.approx(1)
    assert all(a > b for a, b in pairwise(weights))
    assert weights[8] / weights[0] == pytest.approx((1 + 1 / 16) ** -8)  # a lag of one bandwidth


def test_nwrqk_says_plus_one_when_the_slope_turns_up() -> None:
    # GrandModel's signal is the other way round. Down for 60 bars, then up.
    prices = [100 - 0.5 * i for i in range(60)] + [70 + 0.5 * i for i in range(60)]
    curve, turns = KernelRegression(), []
    for index, price in enumerate(prices):
        curve.update(bar_at(index, price, price, price, price))
        if curve.signal:
            turns.append((index, curve.signal))
    assert [signal for _, signal in turns] == [1]
    assert 60 < turns[0][0] < 80  # after the turn, by the smoother's delay
    assert curve.score > 0


def test_nwrqk_of_a_straight_line_lags_by_the_mean_lag() -> None:
    curve = KernelRegression()
    for index in range(60):
        curve.update(bar_at(index, 100 + index, 100 + index, 100 + index, 100 + index))
    delay = sum(lag * weight for lag, weight in enumerate(kernel(H)))
    assert curve.value == pytest.approx(159 - delay, abs=1e-6)
    assert curve.signal == 0


def test_a_score_keeps_its_sign_and_is_silent_while_it_warms_up() -> None:
    score = RollingScore(length=4, least=3)
    values = [0.5, 1.0, 1.0, 1.0, 2.0, 0.0]
    expected = [0, 0, 1 / math.sqrt(2.25 / 3), 1 / math.sqrt(3.25 / 4), 2 / math.sqrt(7 / 4), 0.0]
    assert [score.update(value) for value in values] == pytest.approx(expected)
    assert {RollingScore().update(0.0) for _ in range(50)} == {0.0}


def test_momentum_is_the_return_in_per_cent() -> None:
    bars = market_bars(1, 1)
    momentum = Momentum(5)
    found = [momentum.update(bar) for bar in bars]
    assert found[0] == 0.0
    assert found[3] == pytest.approx(100 * (bars[3].close / bars[0].close - 1), abs=1e-6)  # warming up: since the start
    for index in range(5, len(bars)):
        assert found[index] == pytest.approx(100 * (bars[index].close / bars[index - 5].close - 1), abs=1e-6)


def test_volume_is_measured_against_its_exponential_mean() -> None:
    ratio = VolumeRatio(alpha=0.5)
    found = [ratio.update(bar_at(i, 1, 1, 1, 1, volume)) for i, volume in enumerate((100, 300, 0, 100))]
    # means 100, 200, 100, 100
    assert found == [1.0, 1.5, 0.0, 1.0]


def test_without_any_volume_the_ratio_is_usual() -> None:
    ratio = VolumeRatio()
    assert {ratio.update(bar) for bar in still(30)} == {1.0}
    assert ratio.update(bar_at(30, 1, 1, 1, 1, 500)) == pytest.approx(50)  # 500 / (0.02 · 500): the first trades ever


def test_true_range_counts_the_jump_between_bars() -> None:
    atr = AverageTrueRange(length=2)
    bars = [bar_at(0, 10, 11, 9, 10), bar_at(1, 14, 15, 14, 14), bar_at(2, 14, 14, 8, 9), bar_at(3, 9, 9, 9, 9)]
    # true ranges 2, 5 (from the close at 10 up to 15), 6, 0
    assert [atr.update(bar) for bar in bars] == [2.0, 3.5, 4.75, 2.375]


def test_the_deviation_is_that_of_numpy() -> None:
    bars = market_bars(2, 1)
    deviation = ReturnDeviation(20)
    assert deviation.update(bars[0]) == 0.0
    closes = [bars[0].close]
    for bar in bars[1:]:
        closes.append(bar.close)
        value = deviation.update(bar)
        returns = (np.diff(closes) / np.array(closes[:-1]))[-20:]
        if len(returns) > 1:
            assert value == pytest.approx(np.std(returns, ddof=1), abs=1e-9)

"""MMD: the sliding sums against numpy's double sums, and what a discrepancy must and must not see."""

import random

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.mmd import RECENT, REFERENCE, Discrepancy, MarketDiscrepancy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.features.series import market_bars, still


def direct(values: list[float], reference: int, recent: int, sigma: float) -> float:
    """The unbiased estimate, all pairs at once."""
    x, y = np.array(values[-reference - recent : -recent]), np.array(values[-recent:])

    def k(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        distance = np.subtract.outer(a, b)
        return np.exp(-(distance**2) / (2 * sigma**2)) if sigma else (distance == 0).astype(float)

    xx, yy = k(x, x), k(y, y)
    n, m = len(x), len(y)
    squared = (xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * k(x, y).mean()
    return float(np.sqrt(max(squared, 0)))


def median_distance(values: list[float]) -> float:
    distances = np.abs(np.subtract.outer(values, values))
    return float(np.median(distances[np.triu_indices(len(values), 1)]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.integers(-20, 20), min_size=12, max_size=60), st.integers(2, 7), st.integers(2, 5))
def test_sliding_sums_are_the_double_sums(numbers: list[int], reference: int, recent: int) -> None:
    discrepancy, values = Discrepancy(reference, recent), []
    sigma, since = 0.0, 0
    for number in numbers:
        values.append(number / 7)
        value = discrepancy.update(number / 7)
        if len(values) < reference + recent:
            assert (value, discrepancy.ready) == (0.0, False)
            continue
        if since % reference == 0:  # measured when the samples are full, and whenever the reference has been renewed
            sigma = median_distance(values[-reference - recent : -recent])
        since += 1
        assert discrepancy.sigma == pytest.approx(sigma, abs=1e-12)
        assert value == pytest.approx(direct(values, reference, recent, discrepancy.sigma), abs=2e-6)


def test_the_three_readings_of_the_market() -> None:
    bars, indicator = market_bars(6, 3), MarketDiscrepancy()
    returns: list[float] = []
    ranges: list[float] = []
    volumes: list[float] = []
    for before, bar in zip((None, *bars), bars, strict=False):
        indicator.update(bar)
        if before is not None:
            returns.append(bar.close / before.close - 1)
            ranges.append((bar.high - bar.low) / bar.close)
            volumes.append(float(bar.volume))
    assert indicator.ready
    series = (returns, ranges, volumes)
    own = (indicator._returns, indicator._ranges, indicator._volumes)
    for value, values, discrepancy in zip(indicator.values, series, own, strict=True):
        assert value == pytest.approx(direct(values, REFERENCE, RECENT, discrepancy.sigma), abs=2e-6)
    assert indicator.score == pytest.approx(sum(indicator.values) / 3, abs=1e-6)


def readings(recent: list[float], trial: int) -> float:
    draw = random.Random(trial)
    discrepancy = Discrepancy()
    for _ in range(REFERENCE):
        discrepancy.update(draw.gauss(0, 1))
    for value in recent:
        discrepancy.update(value)
    return discrepancy.value


def test_it_sees_a_change_of_mean_and_one_of_size_and_little_else() -> None:
    same, moved, wider = [], [], []
    for trial in range(40):
        draw = random.Random(1000 + trial)
        sample = [draw.gauss(0, 1) for _ in range(RECENT)]
        same.append(readings(sample, trial))
        moved.append(readings([value + 2 for value in sample], trial))
        wider.append(readings([value * 4 for value in sample], trial))
    assert np.median(same) < 0.1
    assert np.mean(np.array(same) == 0.0) > 0.3  # the unbiased estimate falls below zero about half of the time
    assert np.median(moved) > 5 * np.mean(same)
    assert np.median(wider) > 2 * np.mean(same)


def test_the_unit_does_not_matter() -> None:
    draw = random.Random(5)
    small, large = Discrepancy(20, 5), Discrepancy(20, 5)
    for _ in range(60):
        value = draw.gauss(0, 1)
        assert small.update(value) == pytest.approx(large.update(1024 * value), abs=2e-6)


def test_a_market_that_stands_still_is_like_itself_and_unlike_one_that_moves() -> None:
    indicator = MarketDiscrepancy()
    for bar in still(REFERENCE + RECENT + 1):
        indicator.update(bar)
    assert (indicator.ready, indicator.values, indicator.score) == (True, (0.0, 0.0, 0.0), 0.0)
    discrepancy = Discrepancy(4, 2)
    for value in (1.0, 1.0, 1.0, 1.0, 2.0, 3.0):
        discrepancy.update(value)
    assert discrepancy.sigma == 0.0
    assert discrepancy.value == 1.0  # every pair of the reference alike, no other


@pytest.mark.parametrize(("reference", "recent", "named"), [(1, 5, "reference"), (5, 1, "recent"), (5, True, "recent")])
def test_samples_need_two_values(reference: int, recent: int, named: str) -> None:
    with pytest.raises(BadInput, match=f"{named}: got .*; give a whole number of values from 2"):
        Discrepancy(reference, recent)

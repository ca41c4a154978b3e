"""The generated market shows the stylised facts, and the functions that measure them measure right.

The bands come from the project's notes on the market model; their widths are judgement, from the ranges that the
literature reports for index returns, not a confidence interval of any data set: they are marked [guess]. Where the
statement is a sign or an order, it holds without a band.
"""

import math
from collections.abc import Callable
from datetime import date
from statistics import median

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.market import JointMarket
from grandmodel_sim.market.facts import (
    LAGS,
    StylisedFacts,
    autocorrelation,
    bar_returns,
    correlation,
    daily_returns,
    excess_kurtosis,
    hill,
    leverage,
    mean,
    stylised_facts,
    variance,
)
from hypothesis import given, settings
from hypothesis import strategies as st

YEAR = 252 * 78
NOISE = 4 / math.sqrt(YEAR)  # of a correlation; heavy tails and clustering widen the usual 2/√n


def year(seed: int, structure: float) -> list[StylisedFacts]:
    market = JointMarket(seed, date(2024, 7, 1), structure=structure)
    bars = [market.step() for _ in range(YEAR)]
    return [stylised_facts([bar[symbol] for bar in bars]) for symbol in ("ES", "NQ")]


@pytest.fixture(scope="module")
def years() -> list[StylisedFacts]:
    """Three years of ES and NQ each, without the structure that can be learnt."""
    return [facts for seed in range(3) for facts in year(seed, 0.0)]


Reading = Callable[[StylisedFacts], float]


@pytest.mark.parametrize(
    ("name", "reading", "low", "high"),
    [
        ("annual volatility [guess]", lambda facts: facts.annual_volatility, 0.12, 0.30),
        ("kurtosis of 5 minutes [guess]", lambda facts: facts.kurtosis[5], 5, 60),
        ("volume with |return| [guess]", lambda facts: facts.volume, 0.3, 0.8),
        ("tail exponent [guess]", lambda facts: facts.tail_exponent, 2, 5),
    ],
)
def test_every_series_lies_in_the_band(
    years: list[StylisedFacts], name: str, reading: Reading, low: float, high: float
) -> None:
    assert all(low < reading(facts) < high for facts in years), name


def test_returns_have_no_linear_memory(years: list[StylisedFacts]) -> None:
    for facts in years:
        assert all(abs(facts.linear[lag]) < NOISE for lag in (1, 2, 5))


def test_volatility_clusters_and_the_memory_fades_slowly(years: list[StylisedFacts]) -> None:
    for facts in years:
        assert all(facts.clustering[lag] > 0 for lag in LAGS)
        even = facts.clustering_without_season
        assert all(even[lag] > NOISE for lag in LAGS if lag <= 78)  # still there after a whole day
        assert even[1] > even[39] > even[156]
        # The time of day adds a bump at one day; half a day apart it takes away.
        assert facts.clustering[78] > even[78] and facts.clustering[39] < even[39]


def test_over_longer_horizons_returns_come_closer_to_normal(years: list[StylisedFacts]) -> None:
    # In single years one large day can turn the order around: the fourth moment is that noisy.
    five, thirty, day = (median(facts.kurtosis[minutes] for facts in years) for minutes in (5, 30, 390))
    assert five > thirty > day > 0


def test_losses_are_followed_by_rougher_times(years: list[StylisedFacts]) -> None:
    # Single years are too noisy for the small 5-minute effect: ± 0.03; six of them are not.
    assert mean([facts.leverage for facts in years]) < -0.005
    assert -0.3 < mean([facts.daily_leverage for facts in years]) < -0.05  # [guess]: -0.05 to -0.2 a year, ± 0.06


def test_the_learnable_structure_is_linear_memory_on_purpose(years: list[StylisedFacts]) -> None:
    usual = year(0, 0.25)
    for with_it, without in zip(usual, years, strict=False):
        assert with_it.linear[2] > NOISE > abs(without.linear[2])
        assert with_it.kurtosis[5] == pytest.approx(without.kurtosis[5], rel=0.2)


# --- the functions ---

numbers = st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=3, max_size=60)


@given(numbers, st.integers(0, 100))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_moments_and_correlations_agree_with_numpy(x: list[float], seed: int) -> None:
    array = np.array(x)
    assert mean(x) == pytest.approx(float(array.mean()), abs=1e-9)
    assert variance(x) == pytest.approx(float(array.var()), abs=1e-6)
    if array.var() > 1e-3:
        kurtosis = float(((array - array.mean()) ** 4).mean() / array.var() ** 2 - 3)
        assert excess_kurtosis(x) == pytest.approx(kurtosis, abs=1e-6)
        y = np.random.default_rng(seed).normal(size=len(x))
        assert correlation(x, y.tolist()) == pytest.approx(float(np.corrcoef(array, y)[0, 1]), abs=1e-6)


def test_known_series() -> None:
    zigzag = [1.0, -1.0] * 50
    assert (autocorrelation(zigzag, 1), autocorrelation(zigzag, 2)) == pytest.approx((-1.0, 1.0))
    assert excess_kurtosis(zigzag) == pytest.approx(-2.0)
    assert leverage([-1.0, 3.0, 1.0, 1.0] * 50) < -0.5
    pareto = [((i + 0.5) / 10_000) ** (-1 / 3) for i in range(10_000)]  # exact quantiles of a tail with exponent 3
    assert hill(pareto) == pytest.approx(3.0, rel=0.03)
    assert hill([-x for x in pareto]) == hill(pareto)


def test_what_has_no_answer_is_not_a_number() -> None:
    assert all(map(math.isnan, (mean([]), excess_kurtosis([1.0, 1.0]), correlation([1.0, 1.0], [1.0, 2.0]))))
    assert math.isnan(hill([1.0] * 10)) and math.isnan(hill([0.0] * 1000)) and math.isnan(hill([1.0] * 1000))
    assert math.isnan(autocorrelation([1.0, 2.0], 5)) and math.isnan(correlation([], []))


def test_daily_returns_go_from_close_to_close() -> None:
    market = JointMarket(1, date(2025, 7, 14))
    bars = market.leg("ES").session() + market.leg("ES").session()
    assert daily_returns(bars) == [math.log(bars[-1].close / bars[77].close)]
    assert bar_returns(bars[:1]) == [math.log(bars[0].close / bars[0].open)]


def test_what_the_functions_refuse() -> None:
    with pytest.raises(BadInput, match="y: got '1 values'; give as many as x has, 2"):
        correlation([1.0, 2.0], [1.0])
    with pytest.raises(BadInput, match="lag: got 0"):
        autocorrelation([1.0, 2.0], 0)
    with pytest.raises(BadInput, match="share: got 0"):
        hill([1.0, 2.0], 0)

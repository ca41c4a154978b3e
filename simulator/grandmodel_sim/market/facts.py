"""Stylised facts: the statistics by which return series of any liquid market can be told from coin tosses.

The list is Cont's ("Empirical properties of asset returns: stylized facts and statistical issues", Quantitative Finance
1, 2001, 223–236): no linear autocorrelation, heavy tails, aggregational Gaussianity, volatility clustering with a slow
decay, the leverage effect, and volume that goes with volatility. A generated market is believable only as far as it
shows them; a model's profit on a market without them says little.

All functions are plain Python on sequences of floats and need no numpy. Returns are log returns of one bar each, from
its open to its close, so that nights are not in them; daily returns go from close to close. A statistic of a series too
short or too even for it is NaN.

Not measured here: gain/loss asymmetry, whose skewness needs decades, and the conditional tails after a GARCH fit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import mul

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar, resample
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION, session_of

BARS_PER_YEAR = 252 * BARS_PER_SESSION
LAGS = (1, 2, 5, 6, 12, 39, BARS_PER_SESSION, 2 * BARS_PER_SESSION)  # in bars: 5 minutes to two days
TAIL = 0.01  # the share of the largest |returns| that the tail exponent is read from


def bar_returns(bars: Sequence[Bar]) -> list[float]:
    """Log return of each bar, from its open to its close."""
    return [math.log(bar.close / bar.open) for bar in bars]


def daily_returns(bars: Sequence[Bar]) -> list[float]:
    """Log returns from the close of a session to the close of the next."""
    closes: dict[object, float] = {}
    for bar in bars:
        closes[session_of(bar.time)[0]] = bar.close
    return [math.log(after / before) for before, after in pairwise(closes.values())]


def mean(x: Sequence[float]) -> float:
    """The arithmetic mean."""
    return math.fsum(x) / len(x) if x else math.nan


def variance(x: Sequence[float]) -> float:
    """The mean squared distance from the mean (divided by n)."""
    centre = mean(x)
    return mean([(value - centre) ** 2 for value in x])


def excess_kurtosis(x: Sequence[float]) -> float:
    """Fourth central moment over squared variance, less 3: 0 for a normal distribution, above it for heavy tails."""
    centre, spread = mean(x), variance(x)
    return mean([(value - centre) ** 4 for value in x]) / spread**2 - 3 if spread > 0 else math.nan


def correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Pearson's correlation of two series of the same length.

    Raises:
        BadInput: if their lengths differ.
    """
    if len(x) != len(y):
        raise BadInput("y", f"{len(y)} values", f"give as many as x has, {len(x)}")
    centre_x, centre_y = mean(x), mean(y)
    from_x, from_y = [value - centre_x for value in x], [value - centre_y for value in y]
    scale = math.sqrt(math.fsum(map(mul, from_x, from_x)) * math.fsum(map(mul, from_y, from_y)))
    return math.fsum(map(mul, from_x, from_y)) / scale if scale > 0 else math.nan


def autocorrelation(x: Sequence[float], lag: int) -> float:
    """Correlation of a series with itself `lag` steps later.

    Raises:
        BadInput: for a lag below 1.
    """
    if lag < 1:
        raise BadInput("lag", lag, "give a whole number from 1")
    return correlation(x[:-lag], x[lag:]) if lag < len(x) else math.nan


def leverage(x: Sequence[float]) -> float:
    """Correlation of a return with the size of the next one: below 0 where losses are followed by rougher times."""
    return correlation(x[:-1], [abs(value) for value in x[1:]])


def hill(x: Sequence[float], share: float = TAIL) -> float:
    """Tail exponent α of |x|, P(|x| > u) ~ u^−α, by Hill's estimator (Annals of Statistics 3, 1975).

    Args:
        share: of the largest values that it uses.

    Raises:
        BadInput: if `share` is not above 0 and at most 0.5.
    """
    if not 0 < share <= 0.5:
        raise BadInput("share", share, "give a number above 0 and up to 0.5")
    sizes = sorted((abs(value) for value in x), reverse=True)
    k = int(len(sizes) * share)
    if k < 2 or sizes[k] <= 0:
        return math.nan
    total = math.fsum(math.log(size / sizes[k]) for size in sizes[:k])
    return k / total if total > 0 else math.nan


def deseasonalised(bars: Sequence[Bar]) -> list[float]:
    """|Return| of each 5-minute bar over the mean |return| of all bars at its time of day.

    The U-shaped day alone makes |returns| correlate at a lag of one day; what is left here is clustering.
    """
    sizes = [abs(value) for value in bar_returns(bars)]
    slots = [session_of(bar.time)[1] // BAR_MS for bar in bars]
    by_slot: dict[int, list[float]] = {}
    for slot, size in zip(slots, sizes, strict=True):
        by_slot.setdefault(slot, []).append(size)
    typical = {slot: mean(values) for slot, values in by_slot.items()}
    return [size / typical[slot] if typical[slot] > 0 else math.nan for slot, size in zip(slots, sizes, strict=True)]


@dataclass(frozen=True, slots=True)
class StylisedFacts:
    """The statistics of one series of 5-minute bars.

    Attributes:
        annual_volatility: standard deviation of 5-minute returns times √19656; nights are not in it.
        kurtosis: excess kurtosis by minutes: 5, 30 and 390, the last from close to close.
        linear: autocorrelation of returns by lag in bars.
        clustering: autocorrelation of |returns| by lag in bars.
        clustering_without_season: the same after the time of day has been divided out.
        leverage: correlation of a 5-minute return with the next |return|.
        daily_leverage: the same for daily returns.
        volume: correlation of volume with |return|.
        tail_exponent: Hill's, from the largest 1 % of |returns|.
    """

    annual_volatility: float
    kurtosis: dict[int, float]
    linear: dict[int, float]
    clustering: dict[int, float]
    clustering_without_season: dict[int, float]
    leverage: float
    daily_leverage: float
    volume: float
    tail_exponent: float


def stylised_facts(bars: Sequence[Bar]) -> StylisedFacts:
    """All statistics of a series of 5-minute bars; a year of them (19,656) is a reasonable length.

    Raises:
        BadInput: for bars out of order or off the session's grid.
    """
    half_hours = resample(bars, 30)
    returns, days = bar_returns(bars), daily_returns(bars)
    sizes, even = [abs(value) for value in returns], deseasonalised(bars)
    return StylisedFacts(
        annual_volatility=math.sqrt(variance(returns) * BARS_PER_YEAR),
        kurtosis={
            5: excess_kurtosis(returns),
            30: excess_kurtosis(bar_returns(half_hours)),
            390: excess_kurtosis(days),
        },
        linear={lag: autocorrelation(returns, lag) for lag in LAGS},
        clustering={lag: autocorrelation(sizes, lag) for lag in LAGS},
        clustering_without_season={lag: autocorrelation(even, lag) for lag in LAGS},
        leverage=leverage(returns),
        daily_leverage=leverage(days),
        volume=correlation([float(bar.volume) for bar in bars], sizes),
        tail_exponent=hill(returns),
    )

"""Risk and performance figures: pure functions of lists of numbers, each with unit, horizon and sign.

Returns are simple returns per period, as fractions: 0.01 is a gain of one percent. **Losses are positive** in value at
risk, expected shortfall and drawdown. Whoever annualises says how many periods make a year: `PER_YEAR`.

Definitions agree with empyrical where it has them (the tests hold recorded values of empyrical-reloaded 0.7.1, except
for its sign of value at risk and drawdown, which is the opposite one).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.calendar import BARS_PER_SESSION
from grandmodel_sim.trading.figure import Figure

SESSIONS_PER_YEAR = 252

#: Periods in a year of sessions, by their length.
PER_YEAR = {"5m": SESSIONS_PER_YEAR * BARS_PER_SESSION, "30m": SESSIONS_PER_YEAR * BARS_PER_SESSION // 6, "1d": 252}

LOSS = "positive = loss"
FRACTION = "of equity"


def _number(value: Any) -> float:
    """The value as a float; NaN if it is no number. Text is none, even where Python would read it."""
    if isinstance(value, str | bytes):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, ArithmeticError):  # an array of several, a whole number beyond all floats
        return math.nan


def _checked(argument: str, values: Sequence[float]) -> list[float]:
    """The values as floats; the first that is no finite number is reported with its place."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise BadInput(argument, values, "give a list of numbers, or an array of one dimension")
    came = list(values)
    found = [_number(value) for value in came]
    for place, value in enumerate(found):
        if not math.isfinite(value):
            raise BadInput(argument, came[place], f"value {place} of {len(found)} must be a finite number")
    return found


def _within(argument: str, value: Any, low: float, high: float, accepted: str) -> float:
    """The value as a float if it lies between the bounds, and is neither of them."""
    number = math.nan if isinstance(value, bool) else _number(value)
    if not low < number < high:
        raise BadInput(argument, value, accepted)
    return number


def _confidence(confidence: float) -> float:
    number = _within("confidence", confidence, 0.5, 1, "give a fraction between 0.5 and 1, such as 0.95")
    return round(1 - number, 12)


def _per_year(periods_per_year: float) -> float:
    return _within("periods_per_year", periods_per_year, 0, math.inf, "give a number above 0: 252 for daily returns")


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _deviation(values: Sequence[float]) -> float:
    """Sample standard deviation (n − 1 in the denominator)."""
    mean = _mean(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _unknown(name: str, note: str, unit: str = "", horizon: str = "", sign: str = "") -> Figure:
    return Figure(math.nan, name, unit, horizon, sign, note)


def _too_few(count: int, needed: int, what: str = "returns") -> str:
    return f"needs {needed} or more {what}, there are {count}"


# --- value at risk and expected shortfall ---


def historical_var(returns: Sequence[float], confidence: float = 0.95, period: str = "1 period") -> Figure:
    """Value at risk from the sample: the loss that `1 − confidence` of the returns exceed.

    The quantile is interpolated linearly between the two nearest returns. The horizon is one period of the returns; a
    longer one needs longer returns, not a square root, which would assume the normal distribution that this avoids.

    Args:
        returns: simple returns per period.
        confidence: 0.5..1.
        period: how long a period is, for the label.

    Raises:
        BadInput: for a confidence outside that range, or a return that is not a finite number.
    """
    cutoff, values = _confidence(confidence), sorted(_checked("returns", returns))
    name = f"VaR {confidence * 100:g} % (historical)"
    if not values:
        return _unknown(name, _too_few(0, 1), FRACTION, period, LOSS)
    at = (len(values) - 1) * cutoff
    low = int(at)
    high = min(low + 1, len(values) - 1)
    quantile = values[low] + (values[high] - values[low]) * (at - low)
    return Figure(round(-quantile, 12), name, FRACTION, period, LOSS, _few_tail(len(values), cutoff))


def historical_es(returns: Sequence[float], confidence: float = 0.95, period: str = "1 period") -> Figure:
    """Expected shortfall from the sample: the mean loss of the worst `1 − confidence` of the returns.

    The worst ⌊(n − 1)·(1 − confidence)⌋ + 1 returns count, so there is always one.

    Args, Raises: as `historical_var`.
    """
    cutoff, values = _confidence(confidence), sorted(_checked("returns", returns))
    name = f"ES {confidence * 100:g} % (historical)"
    if not values:
        return _unknown(name, _too_few(0, 1), FRACTION, period, LOSS)
    worst = values[: int((len(values) - 1) * cutoff) + 1]
    return Figure(round(-_mean(worst), 12), name, FRACTION, period, LOSS, _few_tail(len(values), cutoff))


def parametric_var(
    returns: Sequence[float], confidence: float = 0.95, periods: float = 1, period: str = "1 period"
) -> Figure:
    """Value at risk under a normal distribution: −(μ·h − z·σ·√h), with z = Φ⁻¹(confidence).

    Args:
        returns: simple returns per period.
        confidence: 0.5..1.
        periods: the horizon h, in periods of the returns. √h holds if returns do not depend on each other.
        period: how long a period is, for the label.

    Raises:
        BadInput: as `historical_var`, and for a horizon that is not above 0.
    """
    return _normal("VaR", returns, confidence, periods, period)


def parametric_es(
    returns: Sequence[float], confidence: float = 0.95, periods: float = 1, period: str = "1 period"
) -> Figure:
    """Expected shortfall under a normal distribution: −(μ·h − σ·√h·φ(z)/(1 − confidence)).

    Args, Raises: as `parametric_var`.
    """
    return _normal("ES", returns, confidence, periods, period)


def _normal(kind: str, returns: Sequence[float], confidence: float, periods: float, period: str) -> Figure:
    from statistics import NormalDist  # only here: it is slow to import

    cutoff, values = _confidence(confidence), _checked("returns", returns)
    periods = _within("periods", periods, 0, math.inf, "give a horizon above 0, in periods of the returns")
    name = f"{kind} {confidence * 100:g} % (parametric)"
    horizon = period if periods == 1 else f"{periods:g} x {period}"
    if len(values) < 2:
        return _unknown(name, _too_few(len(values), 2), FRACTION, horizon, LOSS)
    z = NormalDist().inv_cdf(confidence)
    factor = z if kind == "VaR" else math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / cutoff
    loss = factor * _deviation(values) * math.sqrt(periods) - _mean(values) * periods
    return Figure(round(loss, 12), name, FRACTION, horizon, LOSS, _few_tail(len(values), cutoff))


def _few_tail(count: int, cutoff: float) -> str:
    """A caution where fewer than five returns lie in the tail that the figure speaks of."""
    inside = count * cutoff
    return f"only about {inside:.1f} of {count} returns lie in that tail" if inside < 5 else ""


# --- drawdown ---


def drawdowns(equity: Sequence[float]) -> list[float]:
    """At each point, how far equity is below its highest so far, as a fraction of that: 0 at a peak, positive below.

    Raises:
        BadInput: for a value that is not a finite number, or a first one that is not above 0.
    """
    values = _checked("equity", equity)
    if values and values[0] <= 0:
        raise BadInput("equity", values[0], "the first value must be above 0 dollars")
    found, peak = [], 0.0
    for value in values:
        peak = max(peak, value)
        found.append(round((peak - value) / peak, 12))
    return found


def max_drawdown(equity: Sequence[float]) -> Figure:
    """The deepest fall of equity below an earlier peak, as a fraction of that peak.

    Raises:
        BadInput: as `drawdowns`.
    """
    name = "maximum drawdown"
    falls = drawdowns(equity)
    if not falls:
        return _unknown(name, _too_few(0, 1, "values of equity"), "of the peak", "", LOSS)
    return Figure(max(falls), name, "of the peak", "", LOSS)


# --- performance ---


def total_return(returns: Sequence[float]) -> Figure:
    """What all periods together returned, compounded, as a fraction.

    Raises:
        BadInput: for a return that is not a finite number.
    """
    growth, values = 1.0, _checked("returns", returns)
    for value in values:
        growth *= 1 + value
    return Figure(round(growth - 1, 12), "total return", FRACTION, f"{len(values)} periods")


def annual_return(returns: Sequence[float], periods_per_year: float) -> Figure:
    """The constant yearly return that would have led to the same end (CAGR), as a fraction.

    Raises:
        BadInput: for a return that is not a finite number, or periods that are not above 0.
    """
    values, per_year = _checked("returns", returns), _per_year(periods_per_year)
    name = "annual return"
    if not values:
        return _unknown(name, _too_few(0, 1), FRACTION, "1 year")
    growth = 1 + float(total_return(values))
    if growth <= 0:
        return Figure(-1.0, name, FRACTION, "1 year", "", "everything was lost")
    note = "" if len(values) >= per_year / 4 else f"extrapolated from {len(values) / per_year:.3g} years"
    try:
        value = math.pow(growth, per_year / len(values)) - 1
    except OverflowError:
        return _unknown(name, f"{note}: the extrapolation is too large for a number", FRACTION, "1 year")
    return Figure(round(value, 12), name, FRACTION, "1 year", "", note)


def annual_volatility(returns: Sequence[float], periods_per_year: float) -> Figure:
    """Standard deviation of the returns times √(periods per year), as a fraction.

    Raises:
        BadInput: as `annual_return`.
    """
    values, per_year = _checked("returns", returns), _per_year(periods_per_year)
    if len(values) < 2:
        return _unknown("annual volatility", _too_few(len(values), 2), FRACTION, "1 year")
    return Figure(round(_deviation(values) * math.sqrt(per_year), 12), "annual volatility", FRACTION, "1 year")


def sharpe(returns: Sequence[float], periods_per_year: float, risk_free: float = 0.0) -> Figure:
    """Sharpe ratio: mean excess return over its standard deviation, times √(periods per year).

    Multiply by the root once: a ratio of daily figures with 252, of 5-minute figures with 19,656. The note gives the
    standard error for independent returns, √((1 + S²/2)/n) per period (A. Lo, "The statistics of Sharpe ratios",
    Financial Analysts Journal 58, 2002): on one day of bars it is about 16, which leaves nothing to be read.

    Args:
        returns: simple returns per period.
        periods_per_year: see `PER_YEAR`.
        risk_free: return per *period* of money that takes no risk.

    Raises:
        BadInput: as `annual_return`, and for a risk-free return that is not a finite number.
    """
    values, per_year = _checked("returns", returns), _per_year(periods_per_year)
    (rate,) = _checked("risk_free", [risk_free])
    name = "Sharpe ratio"
    if len(values) < 2:
        return _unknown(name, _too_few(len(values), 2), "", "1 year")
    excess = [value - rate for value in values]
    deviation = _deviation(excess)
    if deviation < 1e-15:
        return _unknown(name, "the returns do not vary", "", "1 year")
    ratio = _mean(excess) / deviation
    error = math.sqrt((1 + ratio * ratio / 2) / len(values)) * math.sqrt(per_year)
    note = f"annualised with {per_year:g} periods; standard error {error:.2g} on {len(values)} returns"
    return Figure(round(ratio * math.sqrt(per_year), 12), name, "", "1 year", "", note)


def sortino(returns: Sequence[float], periods_per_year: float, required: float = 0.0) -> Figure:
    """Sortino ratio: as Sharpe's, but only returns below what is required count as risk.

    Args:
        returns: simple returns per period.
        periods_per_year: see `PER_YEAR`.
        required: return per period below which it is a loss.

    Raises:
        BadInput: as `sharpe`.
    """
    values, per_year = _checked("returns", returns), _per_year(periods_per_year)
    (rate,) = _checked("required", [required])
    name = "Sortino ratio"
    if len(values) < 2:
        return _unknown(name, _too_few(len(values), 2), "", "1 year")
    excess = [value - rate for value in values]
    downside = math.sqrt(_mean([min(value, 0.0) ** 2 for value in excess]))
    if downside < 1e-15:
        return _unknown(name, "no return was below what is required", "", "1 year")
    note = f"annualised with {per_year:g} periods, {len(values)} returns"
    return Figure(round(_mean(excess) / downside * math.sqrt(per_year), 12), name, "", "1 year", "", note)


def calmar(returns: Sequence[float], periods_per_year: float) -> Figure:
    """Calmar ratio: annual return over maximum drawdown.

    Raises:
        BadInput: as `annual_return`.
    """
    values, curve = _checked("returns", returns), [1.0]
    yearly = annual_return(values, periods_per_year)
    for value in values:
        curve.append(curve[-1] * (1 + value))
    deepest = max_drawdown(curve)
    name = "Calmar ratio"
    if not yearly.known or deepest <= 0:
        return _unknown(name, "there was no drawdown" if yearly.known else yearly.note, "", "1 year")
    return Figure(round(yearly / deepest, 12), name, "", "1 year", "", yearly.note)


# --- trades ---


def win_rate(pnls: Sequence[float]) -> Figure:
    """Share of the trades that gained something.

    The note gives a 95 % interval (Wilson 1927), which at five of ten is 53 percentage points wide.

    Raises:
        BadInput: for a profit that is not a finite number.
    """
    values = _checked("pnls", pnls)
    if not values:
        return _unknown("win rate", _too_few(0, 1, "closed trades"), "of trades")
    count, wins, z = len(values), sum(value > 0 for value in values), 1.959964
    share = wins / count
    centre, spread = share + z * z / (2 * count), z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    low, high = ((centre + way * spread) / (1 + z * z / count) for way in (-1, 1))
    note = f"{wins} of {count}; 95 % interval {max(0.0, low):.2f} to {min(1.0, high):.2f}"
    return Figure(round(share, 12), "win rate", "of trades", "", "", note)


def profit_factor(pnls: Sequence[float]) -> Figure:
    """All gains over all losses; above 1 is a profit.

    Raises:
        BadInput: for a profit that is not a finite number.
    """
    values = _checked("pnls", pnls)
    gains = math.fsum(value for value in values if value > 0)
    losses = -math.fsum(value for value in values if value < 0)
    if losses == 0:
        why = "no trade has lost yet" if values else _too_few(0, 1, "closed trades")
        return _unknown("profit factor", why)
    return Figure(round(gains / losses, 12), "profit factor", "", "", "", f"{len(values)} trades")


def expectancy(pnls: Sequence[float]) -> Figure:
    """Mean profit of a trade, in the unit of the profits.

    Raises:
        BadInput: for a profit that is not a finite number.
    """
    values = _checked("pnls", pnls)
    if not values:
        return _unknown("expectancy", _too_few(0, 1, "closed trades"), "dollars per trade")
    return Figure(round(_mean(values), 6), "expectancy", "dollars per trade", "", "", f"{len(values)} trades")


def time_in_market(positions: Sequence[float]) -> Figure:
    """Share of the periods in which something was held.

    Args:
        positions: what was held in each period; 0 for nothing.

    Raises:
        BadInput: for a value that is not a finite number.
    """
    values = _checked("positions", positions)
    if not values:
        return _unknown("time in the market", _too_few(0, 1, "periods"), "of periods")
    return Figure(round(sum(value != 0 for value in values) / len(values), 12), "time in the market", "of periods")


def kelly_binary(win_probability: float, odds: float) -> Figure:
    """Kelly's fraction of a bet that wins `odds` times the stake or loses it: p − (1 − p)/odds.

    Negative means: do not bet. What is done with it (a floor of 0, a cap of 0.25) is the risk agent's business.

    Raises:
        BadInput: for a probability outside 0..1 or odds that are not above 0.
    """
    probability = math.nan if isinstance(win_probability, bool) else _number(win_probability)
    if not 0 <= probability <= 1:
        raise BadInput("win_probability", win_probability, "give a fraction from 0 to 1")
    odds = _within("odds", odds, 0, math.inf, "give what is won for each dollar at stake, above 0")
    fraction = probability - (1 - probability) / odds
    return Figure(round(fraction, 12), "Kelly fraction (binary)", FRACTION, "1 bet", "negative = no bet")


def kelly_continuous(returns: Sequence[float], risk_free: float = 0.0) -> Figure:
    """Kelly's fraction for returns that are small and many: (μ − r) / σ². It is the leverage to hold, often above 1.

    Args:
        returns: simple returns per period.
        risk_free: return per period of money that takes no risk.

    Raises:
        BadInput: for a return that is not a finite number.
    """
    values = _checked("returns", returns)
    (rate,) = _checked("risk_free", [risk_free])
    name, sign = "Kelly fraction (continuous)", "negative = no position"
    if len(values) < 2:
        return _unknown(name, _too_few(len(values), 2), FRACTION, "1 period", sign)
    variance = _deviation(values) ** 2
    if variance < 1e-30:
        return _unknown(name, "the returns do not vary", FRACTION, "1 period", sign)
    return Figure(round((_mean(values) - rate) / variance, 9), name, FRACTION, "1 period", sign)

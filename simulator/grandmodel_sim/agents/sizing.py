"""How many contracts: Kelly, the two-percent rule, the contract cap and leverage, the smallest of which decides.

Kelly (1956): with win probability p and odds b (what is won per dollar that can be lost), the fraction of equity to
put at risk is f = (p·b − q) / b, q = 1 − p. GrandModel caps it at ±0.25 (`src/risk/core/kelly_calculator.py`); here it
is also floored at 0, because a bet without an edge is no bet.

p is the win rate of the trades closed so far, beside 60 imagined ones at 0.45: few trades say little. GrandModel puts
the model's confidence in its place, as if a softmax had ever been measured against outcomes.
"""

import math
from dataclasses import dataclass

from grandmodel_sim.errors import BadInput

PRIOR_TRADES = 60
PRIOR_WIN_RATE = 0.45


def kelly_fraction(p: float, b: float, cap: float = 0.25) -> float:
    """The fraction of equity to put at risk, within 0..cap.

    Raises:
        BadInput: unless 0 < p < 1, b > 0 and 0 ≤ cap ≤ 1.

    Examples:
        >>> kelly_fraction(0.5, 1.5)
        0.166667
        >>> kelly_fraction(0.4, 1.5)  # break-even: 0.4 · 1.5 = 0.6
        0.0
    """
    if not (math.isfinite(p) and 0 < p < 1):
        raise BadInput("p", p, "give a probability above 0 and below 1")
    if not (math.isfinite(b) and b > 0):
        raise BadInput("b", b, "give odds above 0: what is won per dollar that can be lost")
    if not (math.isfinite(cap) and 0 <= cap <= 1):
        raise BadInput("cap", cap, "give a fraction from 0 to 1")
    return round(min(cap, max(0.0, (p * b - (1 - p)) / b)), 6)


def win_probability(wins: int, trades: int) -> float:
    """The win rate of past trades, drawn towards `PRIOR_WIN_RATE` as long as they are few.

    Raises:
        BadInput: for negative counts or more wins than trades.
    """
    if not 0 <= wins <= trades:
        raise BadInput("wins", wins, f"give a number from 0 to the number of trades, {trades}")
    return round((wins + PRIOR_WIN_RATE * PRIOR_TRADES) / (trades + PRIOR_TRADES), 6)


@dataclass(frozen=True, slots=True)
class Sizing:
    """A position size and what led to it.

    Attributes:
        contracts: the smallest of `caps`, never negative.
        binding: the name of the cap that decided; of equal ones the first.
        caps: name → whole contracts that it allows.
        kelly: the Kelly fraction, 0..cap.
        win_probability: p of it.
        odds: b of it, target over stop.
        loss_at_stop: dollars that `contracts` lose at the stop, before costs.
    """

    contracts: int
    binding: str
    caps: dict[str, int]
    kelly: float
    win_probability: float
    odds: float
    loss_at_stop: float


def size(
    *,
    equity: float,
    stop_distance: float,
    target_distance: float,
    point_value: float,
    price: float,
    gross_notional: float = 0.0,
    held: int = 0,
    wins: int = 0,
    trades: int = 0,
    risk_per_trade: float = 0.02,
    kelly_cap: float = 0.25,
    max_contracts: int = 5,
    max_leverage: float = 4.0,
) -> Sizing:
    """Size a new position.

    Args:
        equity: dollars.
        stop_distance: points from the entry to the stop, above 0.
        target_distance: points from the entry to the target, above 0.
        point_value: dollars per point and contract.
        price: points.
        gross_notional: dollars of all positions held, long and short added.
        held: contracts held in this instrument, without sign.
        wins: of the trades closed so far, those that gained something.
        trades: trades closed so far.
        risk_per_trade: the limit of this name.
        kelly_cap: the limit of this name.
        max_contracts: the limit of this name.
        max_leverage: the limit of this name.

    Raises:
        BadInput: for a distance, a price or a point value that is not above 0.
    """
    for argument, value in (
        ("stop_distance", stop_distance),
        ("target_distance", target_distance),
        ("point_value", point_value),
        ("price", price),
    ):
        if not (math.isfinite(value) and value > 0):
            raise BadInput(argument, value, "give a number above 0")
    if not math.isfinite(equity):
        raise BadInput("equity", equity, "give a finite number of dollars")
    p, odds = win_probability(wins, trades), round(target_distance / stop_distance, 6)
    kelly = kelly_fraction(p, odds, kelly_cap)
    loss = stop_distance * point_value
    room = max_leverage * equity - gross_notional
    caps = {
        "max_contracts": max(0, int(max_contracts) - held),
        "risk_per_trade": _whole(risk_per_trade * equity / loss),
        "kelly": _whole(kelly * equity / loss),
        "max_leverage": _whole(room / (price * point_value)),
    }
    binding = min(caps, key=lambda name: caps[name])
    contracts = caps[binding]
    return Sizing(contracts, binding, caps, kelly, p, odds, round(contracts * loss, 2))


def _whole(value: float) -> int:
    """Whole contracts; a ratio that misses the next one by a rounding error counts as it."""
    return max(0, math.floor(value + 1e-9))

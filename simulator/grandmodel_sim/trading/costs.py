"""What trading costs: slippage, commission, and how much the book holds at once.

Slippage follows the shape and the coefficients of GrandModel's `src/execution/realistic_execution_engine.py`:

    ticks = (base + 0.1 · contracts + 2 · volatility regime + 1.5 · (1 − liquidity)) · (1 + participation) · stress

rounded up to whole ticks, at least one. GrandModel reads the coefficients in *points*; for ES and NQ, whose tick is a
quarter point, one contract would then lose three to four ticks on a quiet day, and the minimum of one tick would never
matter. Read in ticks, one contract on a quiet day loses one, which is also what Lab 2.1's environment charges.
`Slippage(unit="point")` is GrandModel's reading.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BARS_PER_SESSION
from grandmodel_sim.trading.hours import busyness, slot

#: Share of the last bar's volume that stands in the book at one instant. An assumption: about thirteen contracts of an
#: average bar, so that ten trade at once, twenty in parts, and a thin market shows.
DEPTH_SHARE = 0.001

#: At most this share of a bar's volume is ours (`config/risk_management_config.yaml`).
PARTICIPATION = 0.10

#: How long the book takes to grow back, evenly, after contracts were taken from it. An assumption.
RECOVERY_MS = 60_000

_NEAR, _FAR = 6, BARS_PER_SESSION  # bars: the last half hour against the last session


@dataclass(frozen=True, slots=True)
class Slippage:
    """Coefficients of the slippage of one order.

    Attributes:
        market: base of an order that takes any price.
        limit: base of a limit order that can trade at once.
        per_contract: for each contract.
        volatility: times the volatility regime, 0..1.
        illiquidity: times what the hour lacks in liquidity, 0..1.
        unit: what all of them are measured in, `tick` or `point`.
    """

    market: float = 0.5
    limit: float = 0.25
    per_contract: float = 0.1
    volatility: float = 2.0
    illiquidity: float = 1.5
    unit: str = "tick"

    def __post_init__(self) -> None:
        if self.unit not in ("tick", "point"):
            raise BadInput("unit", self.unit, "accepted are tick and point")

    def ticks(
        self,
        contracts: float,
        tick: float,
        *,
        regime: float = 0.0,
        liquidity: float = 1.0,
        participation: float = 0.0,
        stress: float = 1.0,
        limit: bool = False,
    ) -> int:
        """Whole ticks between the last price and the price at which `contracts` trade, at least 1.

        Args:
            contracts: that trade at once, with those that are still missing from the book.
            tick: the instrument's, in points.
            regime: 0 for a calm market, 1 for one that moves twice as much as it used to; see `volatility_regime`.
            liquidity: 0..1; see `liquidity`.
            participation: contracts as a share of the last bar's volume.
            stress: multiplier from 1.
            limit: whether the order names a limit.
        """
        raw = self.limit if limit else self.market
        raw += self.per_contract * contracts + self.volatility * regime + self.illiquidity * (1 - liquidity)
        raw *= (1 + participation) * stress
        if self.unit == "point":
            raw /= tick
        return max(1, math.ceil(round(raw, 6)))


def volatility_regime(bars: Sequence[Bar]) -> float:
    """0 while the last half hour ranges no wider than the last session did; 1 from twice as wide on."""
    near = [bar.high - bar.low for bar in bars[-_NEAR:]]
    far = [bar.high - bar.low for bar in bars[-_FAR:]]
    if not far or sum(far) <= 0:
        return 0.0
    ratio = (sum(near) / len(near)) / (sum(far) / len(far))
    return round(min(max(ratio - 1, 0.0), 1.0), 6)


def liquidity(ms: int) -> float:
    """0..1 by the time of day: 1 while at least as busy as the day's mean, 0.75 at noon."""
    return round(min(1.0, busyness(slot(ms))), 6)


def depth(volume: int, stress: float = 1.0) -> int:
    """Contracts that trade at one instant after a bar of this volume: none after a bar without any, else at least 1."""
    return 0 if volume <= 0 else max(1, int(volume * DEPTH_SHARE / stress))


def still_missing(contracts: int, after_ms: int) -> float:
    """Of `contracts` taken from the book, those that have not grown back `after_ms` later."""
    return contracts * max(0, RECOVERY_MS - after_ms) / RECOVERY_MS


def commission(contracts: int, rate: float) -> float:
    """Dollars for one side at `rate` per contract."""
    return round(contracts * rate, 2)

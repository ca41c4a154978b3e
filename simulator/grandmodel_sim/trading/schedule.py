"""How a parent order is cut: TWAP evenly in time, VWAP by the expected volume curve, ICEBERG by what it shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.calendar import BAR_MS
from grandmodel_sim.trading.hours import busyness, slot

TWAP_MS = 5 * 60_000  # TWAP_5MIN of the execution agents
VWAP_MS = 30 * 60_000  # six bars, one strategic step
REFRESH_MS = 10_000  # until an iceberg shows its next part
SLICES = 5  # at most, for a TWAP: one a minute


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a parent order.

    Attributes:
        after_ms: when it is sent, counted from the parent's arrival at the exchange, or from the first price
            if there is none yet.
        quantity: contracts.
    """

    after_ms: int
    quantity: int


def apportion(quantity: int, weights: Sequence[float]) -> list[int]:
    """Whole contracts by weight that add up to `quantity`: the largest remainders get what rounding down left over.

    Raises:
        BadInput: if there is no weight above 0, or one below.
    """
    total = math.fsum(weights)
    if total <= 0 or min(weights) < 0:
        raise BadInput("weights", list(weights), "give numbers from 0, one of them above it")
    exact = [quantity * weight / total for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: quantity - sum(parts)]:
        parts[at] += 1
    return parts


def twap(quantity: int) -> list[Slice]:
    """Equal parts at equal distances over five minutes, the first at once."""
    count = min(quantity, SLICES)
    parts = apportion(quantity, [1.0] * count)
    return [Slice(TWAP_MS * number // count, part) for number, part in enumerate(parts)]


def vwap(quantity: int, start_ms: int) -> list[Slice]:
    """Parts for the next six five-minute stretches, in proportion to the volume that the time of day lets expect."""
    first = slot(start_ms)
    parts = apportion(quantity, [busyness(min(first + number, 77)) for number in range(VWAP_MS // BAR_MS)])
    return [Slice(BAR_MS * number, part) for number, part in enumerate(parts) if part]


def iceberg_display(quantity: int) -> int:
    """Contracts that an iceberg shows at a time: a fifth of the whole, at least one."""
    return max(1, quantity // 5)

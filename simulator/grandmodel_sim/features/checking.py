"""Whether bars can be computed with: checked once where a series comes in, not in every indicator."""

import math
from collections.abc import Sequence

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar


def check_bars(bars: Sequence[Bar], minutes: int | None = None) -> None:
    """Raise unless `bars` can feed indicators. A volume of zero is fine: nobody traded.

    Args:
        bars: a series, oldest first.
        minutes: the bars' length, if it matters: no two may lie closer together.

    Raises:
        BadInput: for no bars, something else than bars, a price that is not a finite number above 0, a high below or a
            low above one of the other prices, a negative volume, or time that does not run forward.
    """
    if not isinstance(bars, Sequence):
        raise BadInput("bars", bars, "give a list of bars")
    if not bars:
        raise BadInput("bars", bars, "give at least one bar")
    before: Bar | None = None
    for index, bar in enumerate(bars):
        if not isinstance(bar, Bar):
            raise BadInput(f"bars[{index}]", bar, "give a Bar")
        in_order = 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        if not in_order or not all(map(math.isfinite, (bar.open, bar.high, bar.low, bar.close))):
            prices = f"open {bar.open}, high {bar.high}, low {bar.low}, close {bar.close}"
            raise BadInput(f"bars[{index}]", prices, "prices must be finite and satisfy 0 < low ≤ open, close ≤ high")
        if not 0 <= bar.volume < math.inf:
            raise BadInput(f"bars[{index}].volume", bar.volume, "give a finite number of contracts, 0 or more")
        if before is not None:
            if bar.time <= before.time:
                raise BadInput(
                    f"bars[{index}].time",
                    stamp(bar.time),
                    f"bars run forward; the one before is of {stamp(before.time)}",
                )
            if minutes is not None and bar.time - before.time < minutes * 60_000:
                raise BadInput(
                    f"bars[{index}].time",
                    stamp(bar.time),
                    f"these must be {minutes}-minute bars; the one before is of {stamp(before.time)}",
                )
        before = bar

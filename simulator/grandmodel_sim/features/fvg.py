"""FVG, the fair value gap: three bars of which the outer two do not overlap, because the middle one ran.

Bullish at bar t: low[t] > high[t−2]; bearish: high[t] < low[t−2]; in both cases the middle bar's body must exceed 1.5
times the mean body of the ten bars before it. A gap is filled when price trades through its far edge, and forgotten
after 50 bars.
"""

import math
from collections import deque
from dataclasses import dataclass

from grandmodel_sim.market.bars import Bar

BODY_FILTER = 1.5
BODY_BARS = 10
MAX_AGE = 50
DECAY = 0.1  # the reading loses a factor exp(-0.1) per bar


@dataclass(slots=True)
class Gap:
    """An open gap between `bottom` and `top`, in points; `direction` is +1 (bullish) or −1 (bearish).

    `age` counts bars since it opened; `touched` is the age at which price first came back into it, None until then.
    """

    direction: int
    bottom: float
    top: float
    age: int = 0
    touched: int | None = None

    @property
    def middle(self) -> float:
        """The price half-way through, in points."""
        return (self.bottom + self.top) / 2

    @property
    def size(self) -> float:
        """Height, in points."""
        return self.top - self.bottom


class FairValueGap:
    """The indicator, one bar at a time, so that it cannot see the future.

    `update(bar)` returns the reading after that bar: `direction · exp(−0.1 · age)` of the youngest open gap, 0 if
    there is none; within [−1, 1], rounded to six decimals so that it is the same number on every platform.
    """

    def __init__(self) -> None:
        self.gaps: list[Gap] = []  # oldest first
        self._bars: deque[Bar] = deque(maxlen=3)
        self._bodies: deque[float] = deque(maxlen=BODY_BARS + 2)  # ten, the middle bar's, the newest bar's
        self.value = 0.0

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the reading."""
        for gap in self.gaps:
            gap.age += 1
        self.gaps = [gap for gap in self.gaps if gap.age <= MAX_AGE and not _filled(gap, bar)]

        self._bars.append(bar)
        self._bodies.append(bar.body)
        if len(self._bodies) == BODY_BARS + 2:
            *before, middle, _ = self._bodies
            if middle > BODY_FILTER * sum(before) / BODY_BARS:
                first = self._bars[0]
                if bar.low > first.high:
                    self.gaps.append(Gap(+1, first.high, bar.low))
                elif bar.high < first.low:
                    self.gaps.append(Gap(-1, bar.high, first.low))

        self.value = round(self.gaps[-1].direction * math.exp(-DECAY * self.gaps[-1].age), 6) if self.gaps else 0.0
        return self.value


def _filled(gap: Gap, bar: Bar) -> bool:
    return bar.low <= gap.bottom if gap.direction > 0 else bar.high >= gap.top

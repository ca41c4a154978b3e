"""MMD, the maximum mean discrepancy: how unlike its own past the market has become.

Between a reference sample X and a recent sample Y, with the Gaussian kernel k(a, b) = exp(−(a − b)² / (2 σ²)),

    MMD² = mean k(x, x') + mean k(y, y') − 2 · mean k(x, y)

the means of the first two over pairs of *different* elements: the unbiased estimate (Gretton et al., "A Kernel
Two-Sample Test", Journal of Machine Learning Research 13, 2012, equation 3). It is zero on average if both samples come
from one distribution, and may then fall below zero; it is clamped at 0. The reading is its square root, 0..√2.
σ is the median distance within the reference. It is measured anew when nothing of that reference is left, after 52
bars. (σ = 0, most of the reference alike, is the limit of an ever narrower kernel: 1 for equal values, else 0.)

Sample sizes: the recent 13 half-hours are one session, so that the time of day, which shapes every session alike, does
not look like a change; the reference is the four sessions before. GrandModel (`src/indicators/custom/mmd.py`) asks for
500 and 100 bars but its engine keeps only 100, so that its readings are always zero; and it reduces 23 numbers to three
(`mmd_processor.py`) whose meaning is nowhere written down. Here the three are the discrepancies of

* `mmd_1`, returns: close / close before − 1. Sees direction and size.
* `mmd_2`, ranges: (high − low) / close. Sees volatility alone, and sooner.
* `mmd_3`, volume: contracts. Sees who has come or gone.

A pair's kernel value is computed once, when the younger of the two arrives, and then only moves from sum to sum: a
reading costs 64 exponentials instead of 2,080.
"""

import math
from collections import deque
from collections.abc import Iterable
from itertools import islice

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar

REFERENCE = 52  # bars: four sessions of half-hours
RECENT = 13  # bars: one session


class Discrepancy:
    """MMD of one series, one value at a time.

    Args:
        reference: length of the older sample.
        recent: length of the newer sample, which follows it.

    Attributes:
        value: the reading, 0..√2, rounded to six decimals; 0 while it warms up.
        sigma: the kernel's width, in the series' own unit; 0 before the first reading.

    Raises:
        BadInput: for a sample of fewer than two values.
    """

    def __init__(self, reference: int = REFERENCE, recent: int = RECENT) -> None:
        for name, length in (("reference", reference), ("recent", recent)):
            if isinstance(length, bool) or not isinstance(length, int) or length < 2:
                raise BadInput(name, length, "give a whole number of values from 2")
        self.reference, self.recent = reference, recent
        self.value = self.sigma = 0.0
        self._values: deque[float] = deque()  # oldest first: the reference, then the recent sample
        self._rows: deque[deque[float]] = deque()  # for each value its kernel with every older one, oldest first
        self._xx = self._yy = self._xy = 0.0  # sums of the kernel over pairs within and between the samples
        self._since = 0  # values since σ was measured

    @property
    def ready(self) -> bool:
        """Whether both samples are full."""
        return len(self._values) == self.reference + self.recent

    def update(self, value: float) -> float:
        """Take the next value and return the discrepancy."""
        if not self.ready:
            self._values.append(value)
            if self.ready:
                self._measure()
        else:
            self._slide(value)
            self._since += 1
            if self._since == self.reference:
                self._measure()
        if self.ready:
            n, m = self.reference, self.recent
            squared = 2 * self._xx / (n * (n - 1)) + 2 * self._yy / (m * (m - 1)) - 2 * self._xy / (n * m)
            self.value = round(math.sqrt(max(squared, 0.0)), 6)
        return self.value

    def _kernels(self, value: float, others: Iterable[float]) -> deque[float]:
        """k(value, other) for each of the others."""
        if self.sigma == 0:  # the limit of a kernel that gets ever narrower
            return deque(float(other == value) for other in others)
        scale, exp = -0.5 / (self.sigma * self.sigma), math.exp
        return deque([exp(scale * ((other - value) * (other - value))) for other in others])

    def _measure(self) -> None:
        """Measure σ in the present reference and all kernel values with it."""
        values = list(self._values)
        n, self._since = self.reference, 0
        ordered = sorted(values[:n])
        distances = sorted([high - low for at, high in enumerate(ordered) for low in ordered[:at]])
        half = len(distances) // 2
        self.sigma = distances[half] if len(distances) % 2 else (distances[half - 1] + distances[half]) / 2
        self._rows = deque(self._kernels(value, values[:at]) for at, value in enumerate(values))
        self._xx = math.fsum(math.fsum(row) for row in islice(self._rows, n))
        self._xy = self._yy = 0.0
        for row in islice(self._rows, n, None):
            older = list(row)
            self._xy += math.fsum(older[:n])
            self._yy += math.fsum(older[n:])

    def _slide(self, value: float) -> None:
        """Move both samples on by one value."""
        n = self.reference
        self._values.popleft()
        self._rows.popleft()
        leaving = [row.popleft() for row in self._rows]  # of the oldest value, with each of the others
        self._xx -= math.fsum(leaving[: n - 1])
        self._xy -= math.fsum(leaving[n - 1 :])

        moving = math.fsum(
            self._rows[n - 1]
        )  # the oldest recent value joins the reference: its pairs with the reference
        staying = math.fsum(row[n - 1] for row in islice(self._rows, n, None))  # and with the other recent values
        self._xx += moving
        self._xy += staying - moving
        self._yy -= staying

        row = self._kernels(value, self._values)
        self._values.append(value)
        self._rows.append(row)
        older = list(row)
        self._xy += math.fsum(older[:n])
        self._yy += math.fsum(older[n:])


class MarketDiscrepancy:
    """The three discrepancies of a series of bars, one bar at a time, so that it cannot see the future.

    Attributes:
        values: `mmd_1`, `mmd_2`, `mmd_3` of the module's docstring; zeros while it warms up.
        score: their mean, 0..√2: one number for "is this still the same market".
    """

    def __init__(self, reference: int = REFERENCE, recent: int = RECENT) -> None:
        self._returns, self._ranges, self._volumes = (Discrepancy(reference, recent) for _ in range(3))
        self._close: float | None = None
        self.values = (0.0, 0.0, 0.0)
        self.score = 0.0

    @property
    def ready(self) -> bool:
        """Whether the samples are full."""
        return self._returns.ready

    def update(self, bar: Bar) -> tuple[float, float, float]:
        """Take the next bar and return the three readings."""
        if self._close is not None:  # the first bar has no return
            self.values = (
                self._returns.update(bar.close / self._close - 1),
                self._ranges.update((bar.high - bar.low) / bar.close),
                self._volumes.update(float(bar.volume)),
            )
            self.score = round(math.fsum(self.values) / 3, 6)
        self._close = bar.close
        return self.values

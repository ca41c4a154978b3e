"""How far the market usually moves: average true range, in points, and the deviation of returns."""

import math
from collections import deque

from grandmodel_sim.market.bars import Bar

ATR_LENGTH = 14


class AverageTrueRange:
    """ATR, the usual distance that a bar covers (Wilder, "New Concepts in Technical Trading Systems", 1978).

    The true range is max(high − low, |high − close before|, |low − close before|), so that a jump overnight counts.
    `value` is its mean while it warms up, then Wilder's smoothing: value += (true range − value) / length. In points,
    rounded to six decimals; 0 before the first bar.
    """

    def __init__(self, length: int = ATR_LENGTH) -> None:
        self.length = length
        self._close: float | None = None
        self._seen = 0
        self._mean = 0.0
        self.value = 0.0

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the average true range."""
        before = bar.close if self._close is None else self._close
        true_range = max(bar.high, before) - min(bar.low, before)
        self._close = bar.close
        self._seen += 1
        self._mean += (true_range - self._mean) / min(self._seen, self.length)
        self.value = round(self._mean, 6)
        return self.value


class ReturnDeviation:
    """The standard deviation (n − 1) of the last `length` simple returns, as a fraction per bar.

    Rounded to nine decimals. Returns are close to close, so that those of the night are in it. 0 until there are two.
    """

    def __init__(self, length: int) -> None:
        self._close: float | None = None
        self._returns: deque[float] = deque(maxlen=length)
        self.value = 0.0

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the deviation."""
        if self._close is not None:
            self._returns.append(bar.close / self._close - 1)
        self._close = bar.close
        count = len(self._returns)
        if count > 1:
            mean = math.fsum(self._returns) / count
            squares = math.fsum((one - mean) * (one - mean) for one in self._returns)
            self.value = round(math.sqrt(squares / (count - 1)), 9)
        return self.value

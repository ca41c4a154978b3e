"""Momentum: the return over the last bars, in per cent."""

from collections import deque

from grandmodel_sim.market.bars import Bar


class Momentum:
    """100 · (close / close `length` bars ago − 1), rounded to six decimals; over fewer bars while it warms up."""

    def __init__(self, length: int) -> None:
        self._closes: deque[float] = deque(maxlen=length + 1)
        self.value = 0.0

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the momentum, in per cent."""
        self._closes.append(bar.close)
        self.value = round(100 * (bar.close / self._closes[0] - 1), 6)
        return self.value

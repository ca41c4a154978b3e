"""Heikin-Ashi bars: each bar averaged with the one before it, so that runs of one colour stand out.

    close_t = (o_t + h_t + l_t + c_t) / 4
    open_t  = (open_{t-1} + close_{t-1}) / 2        open_0 = (o_0 + c_0) / 2
    high_t  = max(h_t, open_t, close_t)             low_t  = min(l_t, open_t, close_t)

The name is Japanese for "average bar". GrandModel computes them on 30-minute bars (`src/indicators/engine.py`) and
gives their closes to MLMI. They are for reading a trend and never for a price: nobody traded at a Heikin-Ashi close.
"""

from grandmodel_sim.market.bars import Bar


class HeikinAshi:
    """The series, one bar at a time.

    Attributes:
        open: of the newest Heikin-Ashi bar, in points, not rounded to ticks; 0 before the first.
        high: highest point of the same bar.
        low: lowest point of the same bar.
        close: of the same bar.
    """

    __slots__ = ("_begun", "close", "high", "low", "open")

    def __init__(self) -> None:
        self.open = self.high = self.low = self.close = 0.0
        self._begun = False

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the Heikin-Ashi close."""
        self.open = (self.open + self.close) / 2 if self._begun else (bar.open + bar.close) / 2
        self._begun = True
        self.close = (bar.open + bar.high + bar.low + bar.close) / 4
        self.high = max(bar.high, self.open, self.close)
        self.low = min(bar.low, self.open, self.close)
        return self.close

    @property
    def direction(self) -> int:
        """+1 for a rising bar, −1 for a falling one, 0 for one that closes where it opened."""
        return (self.close > self.open) - (self.close < self.open)

"""MLMI, the machine-learning momentum index: a nearest-neighbour vote on momentum, read on Heikin-Ashi closes.

Each time the 5-bar weighted mean crosses the 20-bar one, a point (smoothed RSI 20, smoothed RSI 5) is stored with the
label +1 if the close is at or above the close at the previous crossing, else −1. The reading is the mean label of the
k = 5 stored points nearest to the present one. The label looks *back*: it says where price has come from, and need
not predict anything.
"""

from collections import deque

from grandmodel_sim.features.heikin_ashi import HeikinAshi
from grandmodel_sim.market.bars import Bar

K = 5
FAST, SLOW = 5, 20
STRONG = 2 / K  # the reading beyond which the signal needs no crossing
MEMORY = 200  # stored points; older ones are forgotten, so that a reading costs the same on every bar


class _WeightedMean:
    """Linearly weighted mean of the last `length` values, the newest counting most; None until there are enough."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._values: deque[float] = deque(maxlen=length)

    def update(self, value: float) -> float | None:
        self._values.append(value)
        if len(self._values) < self.length:
            return None
        total = sum(weight * past for weight, past in enumerate(self._values, start=1))
        return total / (self.length * (self.length + 1) / 2)


class _Rsi:
    """Wilder's relative strength index, 0..100; None until `length` changes have been seen."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._last: float | None = None
        self._gain = self._loss = 0.0
        self._seen = 0

    def update(self, value: float) -> float | None:
        if self._last is None:
            self._last = value
            return None
        change, self._last = value - self._last, value
        self._seen += 1
        share = 1 / min(self._seen, self.length)  # a plain mean while it warms up, then Wilder's smoothing
        self._gain += share * (max(change, 0.0) - self._gain)
        self._loss += share * (max(-change, 0.0) - self._loss)
        if self._seen < self.length:
            return None
        moved = self._gain + self._loss
        return 50.0 if moved == 0 else 100 * self._gain / moved


class MomentumIndex:
    """The indicator, one bar at a time, so that it cannot see the future.

    `update(bar)` returns the reading after that bar: the vote divided by k, one of −1, −0.6, −0.2, 0.2, 0.6, 1; 0
    while it warms up.

    Attributes:
        value: the reading.
        signal: GrandModel's ±1: the reading is on one side and the means have just crossed to that side, or the
            reading is beyond ±0.4; else 0.
    """

    def __init__(self) -> None:
        self._heikin_ashi = HeikinAshi()
        self._fast, self._slow = _WeightedMean(FAST), _WeightedMean(SLOW)
        self._rsi_fast, self._rsi_slow = _Rsi(FAST), _Rsi(SLOW)
        self._smooth_fast, self._smooth_slow = _WeightedMean(SLOW), _WeightedMean(SLOW)
        self._above: bool | None = None
        self._close_at_crossing: float | None = None
        self._points: deque[tuple[float, float, int]] = deque(maxlen=MEMORY)
        self.value = 0.0
        self.signal = 0

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the reading."""
        self.signal = 0
        close = self._heikin_ashi.update(bar)
        fast, slow = self._fast.update(close), self._slow.update(close)
        rsi_fast, rsi_slow = self._rsi_fast.update(close), self._rsi_slow.update(close)
        y = None if rsi_fast is None else self._smooth_fast.update(rsi_fast)
        x = None if rsi_slow is None else self._smooth_slow.update(rsi_slow)
        if fast is None or slow is None or x is None or y is None:
            return self.value

        above = fast > slow
        crossed = self._above is not None and above != self._above
        if crossed:
            if self._close_at_crossing is not None:
                self._points.append((x, y, 1 if close >= self._close_at_crossing else -1))
            self._close_at_crossing = close
        self._above = above
        self.value = self._vote(x, y)
        if self.value > STRONG or (self.value > 0 and crossed and above):
            self.signal = 1
        elif self.value < -STRONG or (self.value < 0 and crossed and not above):
            self.signal = -1
        return self.value

    def _vote(self, x: float, y: float) -> float:
        if len(self._points) < K:
            return 0.0
        # Sorting bare distances and counting up to the fifth is twice as fast as sorting the points themselves.
        distances = [(px - x) * (px - x) + (py - y) * (py - y) for px, py, _ in self._points]
        furthest = sorted(distances)[K - 1]
        nearer = [label for distance, (_, _, label) in zip(distances, self._points, strict=True) if distance < furthest]
        tied = [label for distance, (_, _, label) in zip(distances, self._points, strict=True) if distance == furthest]
        newest_first = tied[::-1]
        return (sum(nearer) + sum(newest_first[: K - len(nearer)])) / K

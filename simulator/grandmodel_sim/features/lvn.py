"""LVN, the low volume node: a price at which hardly anybody traded, between prices at which many did.

The volume profile counts, for every tick, the volume traded there in the last 48 bars; a bar's volume is spread evenly
over the ticks from its low to its high (in thousandths of a contract, so that sums are exact), since a bar does not say
where in its range it traded. The busiest tick is the
point of control (POC). A tick is a low volume node if its volume is below 30 % of the POC's; its strength is
1 − volume / POC volume, so above 0.7. The indicator answers with the node nearest to the close.

GrandModel (`src/indicators/custom/lvn.py`; `src/indicators/lvn.py` does not parse) uses the same 30 %, then mixes the
strength with counts of tests and rejections that nothing in the repository resets. Here strength is volume alone.

Volume per tick only changes where a bar begins or ends, so the profile is a hundred steps at most, not thousands of
ticks.
"""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar

THRESHOLD = 0.30  # of the POC's volume
WINDOW = 48  # bars of the profile
LEAST = 20  # bars before the indicator answers


@dataclass(frozen=True, slots=True)
class Node:
    """A low volume node.

    Attributes:
        price: its tick nearest to the close, in points.
        distance: price − close, in points, signed: positive above the market.
        strength: 1 − volume / POC volume, above 0.7 and at most 1.
    """

    price: float
    distance: float
    strength: float


class VolumeProfile:
    """The profile and its nearest low volume node, one bar at a time, so that it cannot see the future.

    Args:
        tick: smallest price step, in points.
        window: bars of the profile.

    Raises:
        BadInput: for a tick or a window that is not positive.
    """

    def __init__(self, tick: float = 0.25, window: int = WINDOW) -> None:
        if not (isinstance(tick, int | float) and 0 < tick < float("inf")):
            raise BadInput("tick", tick, "give the smallest price step in points, above 0")
        if isinstance(window, bool) or not isinstance(window, int) or window < 1:
            raise BadInput("window", window, "give a whole number of bars from 1")
        self.tick = tick
        self.window = window
        self._bars: deque[tuple[int, int, int]] = deque(maxlen=window)  # lowest tick, highest tick, 1/1000 per tick
        self._close = 0.0
        self._known: tuple[Node | None, float, float] | None = None  # what `_read` found after the last bar

    @property
    def ready(self) -> bool:
        """Whether enough bars are there."""
        return len(self._bars) >= min(LEAST, self.window)

    def update(self, bar: Bar) -> None:
        """Take the next bar. The profile is worked out when it is asked for."""
        low, high = round(bar.low / self.tick), round(bar.high / self.tick)
        self._bars.append((low, high, round(1000 * bar.volume / (high - low + 1))))
        self._close = bar.close
        self._known = None

    @property
    def node(self) -> Node | None:
        """The low volume node nearest to the close; of two, the emptier, then the lower. None while the indicator warms
        up, or if no tick is below the threshold."""
        return self._read()[0]

    @property
    def poc(self) -> float:
        """The point of control, in points: the lowest of the busiest ticks; 0 while it warms up or without volume."""
        return self._read()[1]

    @property
    def skew(self) -> float:
        """(volume below the close − volume above it) / all volume, −1..1: +1 if everybody traded lower than now."""
        return self._read()[2]

    def steps(self) -> list[tuple[int, int, int]]:
        """The profile, ascending: (first tick, tick after the last, volume at each of them in 1/1000 contract)."""
        change: dict[int, int] = {}
        for low, high, volume in self._bars:
            change[low] = change.get(low, 0) + volume
            change[high + 1] = change.get(high + 1, 0) - volume
        found, volume = [], 0
        for first, end in pairwise(sorted(change)):
            volume += change[first]
            found.append((first, end, volume))
        return found

    def _read(self) -> tuple[Node | None, float, float]:
        if self._known is None:
            self._known = self._work_out() if self.ready else (None, 0.0, 0.0)
        return self._known

    def _work_out(self) -> tuple[Node | None, float, float]:
        steps = self.steps()
        busiest = max(volume for _, _, volume in steps)
        if busiest <= 0:
            return None, 0.0, 0.0  # nobody traded: no profile, no node
        at = round(self._close / self.tick)
        limit = THRESHOLD * busiest
        best: tuple[int, int, int] | None = None  # ticks away, volume, tick: nearest, then emptiest, then lowest
        below = here = total = 0  # volume below the close, at it, and in all
        poc: int | None = None
        for first, end, volume in steps:
            total += volume * (end - first)
            if end <= at:
                below += volume * (end - first)
                nearest = end - 1
            elif first <= at:
                below += volume * (at - first)
                here, nearest = volume, at
            else:
                nearest = first
            if volume < limit:
                candidate = (abs(nearest - at), volume, nearest)
                if best is None or candidate < best:
                    best = candidate
            elif volume == busiest and poc is None:
                poc = first
        above = total - below - here
        node = None
        if best is not None:
            price = best[2] * self.tick
            node = Node(price, price - self._close, round(1 - best[1] / busiest, 6))
        return node, (poc or 0) * self.tick, round((below - above) / total, 6)

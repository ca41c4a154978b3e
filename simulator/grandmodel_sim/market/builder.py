"""The bar builder: ticks in, bars out, and a stated policy for intervals in which nothing traded.

**Gap policies.** An interval of the session without a tick can be treated in three ways, and each is wrong somewhere:

* `skip`: no bar. Indicators that count bars then reach further back in time than they say.
* `zero_volume`: a flat bar at the last close, with no volume. Time stays even; volatility is understated.
* `forward_fill`: the bar before once more, as a data frame's `ffill` does with whole rows. Time stays even, but a range
  and a volume are invented that nobody traded.

Nothing is filled between sessions, nor before the first tick of one. (GrandModel's own bar
generator names five policies. In its code `forward_fill`, `zero_volume` and `interpolate` do the same, a flat bar.)

**Late ticks.** A bar that has been published is never changed: what was decided on it has been decided. So a tick that
is older than the newest one is refused and counted, as `late` if its bar is closed already, as `out_of_order` if not.

**Bad ticks.** With `max_jump`, a tick further than that from the last one of its session is taken for a bad print,
refused and counted. GrandModel's design does so at 5 %. The rule has a price: after a true jump of 6 % nothing is
accepted until price comes back or the next session begins. So it is off unless it is asked for.
"""

import math
from dataclasses import dataclass, replace
from datetime import date

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import TIMEFRAMES, Bar
from grandmodel_sim.market.calendar import SESSION_MS, is_session, session_of
from grandmodel_sim.market.ticks import Tick

GAP_POLICIES = ("forward_fill", "zero_volume", "skip")


@dataclass(slots=True)
class Counts:
    """What became of the ticks and intervals.

    Attributes:
        accepted: ticks that are in a bar.
        late: ticks refused because their bar was closed.
        out_of_order: ticks refused because a newer one of the same bar had come before.
        out_of_hours: ticks refused because they lie outside of the regular session.
        spikes: ticks refused because they jump further than `max_jump`.
        filled: bars made without a tick.
        skipped: intervals without a tick for which no bar was made.
    """

    accepted: int = 0
    late: int = 0
    out_of_order: int = 0
    out_of_hours: int = 0
    spikes: int = 0
    filled: int = 0
    skipped: int = 0


class BarBuilder:
    """Turns the ticks of one symbol into bars of one length.

    Args:
        symbol: whose ticks.
        minutes: 5 or 30, or another of `TIMEFRAMES`.
        gaps: one of `GAP_POLICIES`.
        holidays: whether ticks on the exchange's holidays are out of hours.
        max_jump: the largest log return from tick to tick that is believed, such as 0.05; None believes all.

    Raises:
        BadInput: for another length or policy, or a `max_jump` that is not above 0.

    Examples:
        >>> from datetime import date
        >>> from grandmodel_sim.market import ES, Market
        >>> from grandmodel_sim.market.ticks import ticks
        >>> bar = Market(7, ES, date(2025, 7, 14)).next_bar()
        >>> builder = BarBuilder("ES")
        >>> [made for tick in ticks(bar, ES, seed=1) for made in builder.add(tick)]
        []
        >>> builder.advance(bar.time) == [bar]
        True
    """

    def __init__(
        self,
        symbol: str,
        minutes: int = 5,
        gaps: str = "zero_volume",
        holidays: bool = False,
        max_jump: float | None = None,
    ) -> None:
        if isinstance(minutes, bool) or minutes not in TIMEFRAMES:
            raise BadInput("minutes", minutes, f"give one of {', '.join(map(str, TIMEFRAMES))}")
        if gaps not in GAP_POLICIES:
            raise BadInput("gaps", gaps, f"give one of {', '.join(GAP_POLICIES)}")
        if max_jump is not None and not max_jump > 0:
            raise BadInput("max_jump", max_jump, "give a log return above 0, or None")
        self.symbol = symbol
        self.minutes = minutes
        self.gaps = gaps
        self.max_jump = max_jump
        self.counts = Counts()
        self._holidays = holidays
        self._length = minutes * 60_000
        self._open: Bar | None = None  # the bar being built; its time is when it will close
        self._last: Bar | None = None  # the last bar of this session that was closed, filled ones included
        self._newest = -1  # time of the newest tick accepted
        self._trade: tuple[date, float] | None = None  # its day and price
        self._until = -1  # all intervals that end up to here are closed

    def add(self, tick: Tick) -> list[Bar]:
        """Take a tick and return the bars that it shows to be over, oldest first: mostly none.

        Raises:
            BadInput: for a tick of another symbol, or with an impossible price or volume. The builder is unchanged.
        """
        if tick.symbol != self.symbol:
            raise BadInput("tick", tick.symbol, f"this builder takes the ticks of {self.symbol}")
        if not (math.isfinite(tick.price) and tick.price > 0) or tick.volume < 1:
            raise BadInput("tick", (tick.price, tick.volume), "give a positive price and a volume of at least 1")
        day, since_open = session_of(tick.time)
        if not (is_session(day, self._holidays) and 0 <= since_open < SESSION_MS):
            self.counts.out_of_hours += 1
            return []
        if tick.time < self._until:
            self.counts.late += 1
            return []
        if tick.time < self._newest:
            self.counts.out_of_order += 1
            return []
        if self._jumps(day, tick.price):
            self.counts.spikes += 1
            return []
        closed = self.advance(tick.time)
        self._trade = day, tick.price
        self._newest = tick.time
        self.counts.accepted += 1
        if self._open is None:
            end = tick.time - since_open % self._length + self._length
            self._open = Bar(end, tick.price, tick.price, tick.price, tick.price, tick.volume)
        else:
            bar = self._open
            self._open = replace(
                bar,
                high=max(bar.high, tick.price),
                low=min(bar.low, tick.price),
                close=tick.price,
                volume=bar.volume + tick.volume,
            )
        return closed

    def advance(self, time: int) -> list[Bar]:
        """Let the clock reach `time` (ms) and return the bars that are over by then, oldest first.

        A clock is needed because a market that has gone quiet sends no tick to close the last bar with.

        Raises:
            BadInput: if that lies before the newest tick.
        """
        if time < self._newest:
            raise BadInput("time", stamp(time), f"there was a tick at {stamp(self._newest)} already")
        closed: list[Bar] = []
        if self._open is not None and self._open.time <= time:
            closed.append(self._open)
            self._last, self._open = self._open, None
        if self._open is None and self._last is not None:
            closed += self._fill(self._last, time)
        if closed:
            self._until = max(self._until, closed[-1].time)
        return closed

    def _jumps(self, day: date, price: float) -> bool:
        """Whether `price` is further from the last one of the same day than is believed."""
        if self.max_jump is None or self._trade is None or self._trade[0] != day:
            return False
        return abs(math.log(price / self._trade[1])) > self.max_jump

    def _fill(self, last: Bar, time: int) -> list[Bar]:
        """Account for the intervals of `last`'s session that ended after it and by `time` without a tick."""
        _, since_open = session_of(last.time)
        empty = (min(time, last.time + SESSION_MS - since_open) - last.time) // self._length
        if empty <= 0:
            return []
        ends = [last.time + (number + 1) * self._length for number in range(empty)]
        self._until = ends[-1]
        if self.gaps == "skip":
            self.counts.skipped += empty
            self._last = replace(last, time=ends[-1])
            return []
        self.counts.filled += empty
        if self.gaps == "zero_volume":
            last = Bar(last.time, last.close, last.close, last.close, last.close, 0)
        filled = [replace(last, time=end) for end in ends]
        self._last = filled[-1]
        return filled

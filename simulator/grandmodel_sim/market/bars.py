"""Bars: what one stretch of trading looked like, and longer bars from shorter ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.calendar import BAR_MINUTES, BAR_MS, SESSION_MS, session_of

#: Lengths, in minutes, that divide the session of 390 minutes into whole 5-minute bars and whole longer ones.
TIMEFRAMES = (5, 10, 15, 30, 65, 130, 195, 390)

PARTIAL = ("drop", "keep", "refuse")


@dataclass(frozen=True, slots=True)
class Bar:
    """Open, high, low, close and volume of one interval.

    Attributes:
        time: the instant at which the bar *closed*, in virtual milliseconds: from then on it may be used.
        open: first price in index points, whole ticks, as the other three.
        high: highest price.
        low: lowest price.
        close: last price.
        volume: contracts.
    """

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: int

    @property
    def body(self) -> float:
        """Distance from open to close, in points, never negative."""
        return abs(self.close - self.open)

    def payload(self, symbol: str, timeframe: int) -> dict[str, Any]:
        """The bar as the payload of an event."""
        return {
            "symbol": symbol,
            "open": self.open,
            "high": self.high,
            "low": self.low,
            "close": self.close,
            "volume": self.volume,
            "timeframe": timeframe,
        }


def merge(bars: Sequence[Bar]) -> Bar:
    """One longer bar from consecutive shorter ones: first open, highest high, lowest low, last close, summed volume."""
    if not bars:
        raise ValueError("merge() needs at least one bar")
    return Bar(
        time=bars[-1].time,
        open=bars[0].open,
        high=max(bar.high for bar in bars),
        low=min(bar.low for bar in bars),
        close=bars[-1].close,
        volume=sum(bar.volume for bar in bars),
    )


def resample(bars: Iterable[Bar], minutes: int = 30, partial: str = "drop") -> list[Bar]:
    """Longer bars from 5-minute bars, on the session's own grid: 30-minute bars close at 10:00, 10:30, … 16:00.

    A longer bar never reaches over the end of a session, and where bars are missing within, it is made of those that
    are there and keeps its place on the grid (`grandmodel_sim.market.quality` finds what is missing). Only the last one
    can be unfinished: its remaining bars have not closed yet.

    Args:
        bars: 5-minute bars in order, of the regular session.
        minutes: the length of the longer bars, one of `TIMEFRAMES`.
        partial: what to do with an unfinished last bar: "drop" it, "keep" it with the time of its last 5-minute bar, or
            "refuse" the input.

    Raises:
        BadInput: for another length or policy, bars out of order or twice, a bar that does not close on the 5-minute
            grid of the regular session, and an unfinished last bar where `partial` is "refuse".
    """
    if isinstance(minutes, bool) or minutes not in TIMEFRAMES:
        raise BadInput("minutes", minutes, f"give one of {', '.join(map(str, TIMEFRAMES))}")
    if partial not in PARTIAL:
        raise BadInput("partial", partial, f"give one of {', '.join(PARTIAL)}")
    length = minutes * 60_000
    groups: list[list[Bar]] = []
    ends: list[int] = []
    before: Bar | None = None
    for position, bar in enumerate(bars):
        if before is not None and bar.time <= before.time:
            raise BadInput(
                "bars",
                f"bar {position} at {stamp(bar.time)} after one at {stamp(before.time)}",
                "sort them by time and drop duplicates: each must close later than the one before",
            )
        before = bar
        _, since_open = session_of(bar.time)
        if not 0 < since_open <= SESSION_MS or since_open % BAR_MS:
            raise BadInput(
                "bars",
                f"bar {position} at {stamp(bar.time)}",
                f"bars must close on the {BAR_MINUTES}-minute grid of the regular session, 09:35 to 16:00 in New York",
            )
        end = bar.time + -since_open % length
        if not ends or ends[-1] != end:
            ends.append(end)
            groups.append([])
        groups[-1].append(bar)
    longer = [replace(merge(group), time=end) for group, end in zip(groups, ends, strict=True)]
    if longer and groups[-1][-1].time < ends[-1]:
        last = longer.pop()
        if partial == "refuse":
            raise BadInput(
                "bars",
                f"bars that end at {stamp(groups[-1][-1].time)}",
                f"the {minutes}-minute bar that closes at {stamp(last.time)} is unfinished; drop or keep it",
            )
        if partial == "keep":
            longer.append(merge(groups[-1]))
    return longer

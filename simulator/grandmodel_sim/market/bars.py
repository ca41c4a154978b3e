"""Bars: what one stretch of trading looked like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """Open, high, low, close and volume of one interval.

    Attributes:
        time: the instant at which the bar *closed*, in virtual milliseconds: from then on it may be used.
        open, high, low, close: prices in index points, whole ticks.
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

"""Stress on request: a stretch of time in which the market behaves as on a bad day.

What a `Stress` can do, each part by itself or all together:

* **volatility**: the factor on σ in place of the hidden regime's (calm 0.85, stressed 1.6);
* **gap**: a jump of the price before the first bar, such as an opening after bad news;
* **move**: a one-sided drift, spread evenly over the bars of the span;
* **liquidity**: a factor on volume. A thin market also quotes wider: `Conditions.spread_ticks`;
* **correlation**: of the instruments' shocks. A stress with a low one that ends is a correlation shock: the
  correlation rises within one bar from there to where it usually is.

Not modelled: trading halts (the exchange's 7, 13 and 20 % limits), an order book that runs empty, and a feedback from
the gap and the move to the GARCH variance, which follows the random shocks only. The hidden regime runs on underneath,
and a stress changes nothing about the draws of later bars.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grandmodel_sim.clock import stamp, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.calendar import SESSION_MS, bars_between, is_session, session_open

LONGEST = 30 * 24 * 3_600_000  # ms

#: What may be asked for, and within which bounds.
BOUNDS = {
    "volatility": (0.1, 10.0),
    "gap": (-0.2, 0.2),
    "move": (-0.25, 0.25),
    "liquidity": (0.01, 1.0),
    "correlation": (-0.99, 0.99),
}


@dataclass(frozen=True, slots=True)
class Stress:
    """A stretch of stress: it concerns the bars that close after `start` and not after `end`.

    Attributes:
        start: virtual milliseconds.
        end: virtual milliseconds, after the start.
        volatility: factor on σ in place of the regime's; None leaves the regime's.
        gap: log return that happens at once, before the first bar of the span: −0.03 is about −3 %.
        move: log return that the bars of the span share, on top of chance.
        liquidity: factor on volume, 1 for as usual.
        correlation: of the shocks of any follower with the first instrument; None leaves the regime's.
        symbols: whom gap, move, volatility and liquidity concern; empty for all.

    Raises:
        BadInput: for a span that is empty, longer than 30 days, or without a bar, a value outside `BOUNDS`, or a stress
            that asks for nothing.
    """

    start: int
    end: int
    volatility: float | None = None
    gap: float = 0.0
    move: float = 0.0
    liquidity: float = 1.0
    correlation: float | None = None
    symbols: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise BadInput(name, value, "give virtual time in whole milliseconds since 1970")
        if not 0 < self.end - self.start <= LONGEST:
            raise BadInput("end", self.end, f"it must lie after start, {self.start}, and within 30 days of it")
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if value is None and name in ("volatility", "correlation"):
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise BadInput(name, value, f"give a number from {low:g} to {high:g}")
        if isinstance(self.symbols, str) or not all(isinstance(symbol, str) for symbol in self.symbols):
            raise BadInput("symbols", self.symbols, "give a sequence of symbols such as ('ES',), or () for all")
        object.__setattr__(self, "symbols", tuple(self.symbols))
        if (self.volatility, self.gap, self.move, self.liquidity, self.correlation) == (None, 0, 0, 1, None):
            raise BadInput("stress", "nothing", f"give at least one of {', '.join(BOUNDS)}")
        if not bars_between(self.start, self.end):
            raise BadInput("start", stamp(self.start), f"out of hours: no 5-minute bar closes until {stamp(self.end)}")

    @classmethod
    def on(cls, day: date, **effects: Any) -> "Stress":
        """A stress of one whole session, from its opening to its close.

        Examples:
            >>> Stress.on(date(2025, 7, 15), gap=-0.02, move=-0.04, volatility=3, liquidity=0.3).gap
            -0.02

        Raises:
            BadInput: if the exchange is closed on `day`, or as for the class.
        """
        if not is_session(day):
            raise BadInput("day", str(day), "the exchange is closed at the weekend; give a weekday")
        opened = to_ms(session_open(day))
        return cls(opened, opened + SESSION_MS, **effects)


@dataclass(frozen=True, slots=True)
class Effects:
    """What all stresses together do to one bar of one instrument."""

    volatility: float | None = None
    gap: float = 0.0
    move: float = 0.0
    liquidity: float = 1.0
    correlation: float | None = None


NONE = Effects()


@dataclass(frozen=True, slots=True)
class Conditions:
    """The state of the market under which the last bar was made: what a desk would feel, but cannot read off a bar.

    Attributes:
        regime: "calm" or "stressed", the hidden regime.
        volatility: the factor on σ, the regime's or a stress's.
        liquidity: the factor on volume, 1 for as usual.
        correlation: of the shocks of a follower with the first instrument; 1 where there is one instrument only.
    """

    regime: str
    volatility: float
    liquidity: float
    correlation: float

    @property
    def spread_ticks(self) -> int:
        """The quoted spread in ticks: one as usual, inversely more in a thin market (assumed, not measured)."""
        return math.ceil(round(1 / self.liquidity, 6))


class Plan:
    """The stresses that a market has been asked for, and what they come to at each bar.

    Where stresses overlap, gaps and moves add up, the highest volatility and the lowest liquidity count, and the
    correlation of the one that starts last.
    """

    def __init__(self, symbols: Iterable[str], holidays: bool = False) -> None:
        self._symbols = tuple(symbols)
        self._holidays = holidays
        self._stresses: list[tuple[Stress, int]] = []  # with the number of bars that each spans, by start

    def add(self, stress: Stress, earliest: int) -> None:
        """Take a stress that does not start before `earliest`, where the bars that have been made end.

        Raises:
            BadInput: if it does, if it names an unknown symbol, or if it falls on holidays only.
        """
        if not isinstance(stress, Stress):
            raise BadInput("stress", stress, "give a grandmodel_sim.market.Stress")
        for symbol in stress.symbols:
            if symbol not in self._symbols:
                raise BadInput("symbols", symbol, f"this market has {' and '.join(self._symbols)}")
        if stress.start < earliest:
            raise BadInput(
                "start", stamp(stress.start), f"bars up to {stamp(earliest)} exist already; start there or later"
            )
        bars = bars_between(stress.start, stress.end, self._holidays)
        if not bars:
            raise BadInput("start", stamp(stress.start), f"the exchange is closed until {stamp(stress.end)}")
        self._stresses.append((stress, bars))
        self._stresses.sort(key=lambda pair: pair[0].start)

    def effects(self, symbol: str, before: int, time: int) -> Effects:
        """What happens to the bar of `symbol` that closes at `time`, the bar before having closed at `before`."""
        if not self._stresses:
            return NONE
        volatilities: list[float] = []
        gap, move, liquidity = 0.0, 0.0, 1.0
        correlation: float | None = None
        for stress, bars in self._stresses:
            if not stress.start < time <= stress.end:
                continue
            if stress.correlation is not None:
                correlation = stress.correlation
            if stress.symbols and symbol not in stress.symbols:
                continue
            if stress.volatility is not None:
                volatilities.append(stress.volatility)
            if before <= stress.start:
                gap += stress.gap
            move += stress.move / bars
            liquidity = min(liquidity, stress.liquidity)
        return Effects(max(volatilities, default=None), gap, move, liquidity, correlation)

"""What the risk agents know about the market: volatility, stress, liquidity, correlation, all from closed bars."""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from grandmodel_sim.agents.correlation import CorrelationTracker
from grandmodel_sim.agents.voter import clip
from grandmodel_sim.clock import from_ms, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION, session_open
from grandmodel_sim.market.instruments import INSTRUMENTS

SESSIONS = 2  # the span of the slow volatility, so that the U shape of the day and the nights average out
HISTORY = SESSIONS * BARS_PER_SESSION + 1  # bars that the first update reads
NEAR = 6  # bars of the fast one: half an hour
SESSIONS_PER_YEAR = 252
STRESS_FROM, STRESS_FULL = 1.0, 3.0  # fast over slow volatility at which stress is 0 and 1

#: Standard normal quantiles: confidence → z.
Z = {0.95: 1.644854, 0.99: 2.326348}


class MarketState:
    """Statistics of the bars of several instruments, brought up to date by `update`.

    Args:
        bars: symbol → its closed 5-minute bars, oldest first; the list may grow between updates.
        symbols: of which instruments.
    """

    def __init__(self, bars: Callable[[str], Sequence[Bar]], symbols: Sequence[str] = tuple(INSTRUMENTS)) -> None:
        self._bars = bars
        self.symbols = tuple(symbols)
        self.correlation = CorrelationTracker(self.symbols)
        self._read = dict.fromkeys(self.symbols, 0)
        self._squares: dict[str, deque[float]] = {
            symbol: deque(maxlen=SESSIONS * BARS_PER_SESSION) for symbol in self.symbols
        }
        self._intraday: dict[str, deque[float]] = {  # without the moves over night
            symbol: deque(maxlen=SESSIONS * BARS_PER_SESSION) for symbol in self.symbols
        }
        self._volumes: dict[str, deque[int]] = {symbol: deque(maxlen=BARS_PER_SESSION) for symbol in self.symbols}
        self.time = 0

    def update(self) -> None:
        """Read the bars that have closed at all instruments since the last update.

        A bar that one instrument lacks (a gap in its data) is left out for the others' correlation.
        """
        series = {symbol: self._bars(symbol) for symbol in self.symbols}
        if not any(self._read.values()):  # of a long history only the end matters
            shortest = min(len(bars) for bars in series.values())
            self._read = {symbol: max(0, len(series[symbol]) - min(shortest, HISTORY)) for symbol in self.symbols}
        while all(self._read[symbol] < len(series[symbol]) for symbol in self.symbols):
            newest = {symbol: series[symbol][self._read[symbol]] for symbol in self.symbols}
            time = min(bar.time for bar in newest.values())
            returns: dict[str, float] = {}
            for symbol, bar in newest.items():
                if bar.time == time:
                    self._take(symbol, series[symbol], returns)
            if len(returns) == len(self.symbols):
                self.correlation.update(time, returns)
            self.time = time

    def _take(self, symbol: str, bars: Sequence[Bar], returns: dict[str, float]) -> None:
        at = self._read[symbol]
        self._read[symbol] += 1
        self._volumes[symbol].append(bars[at].volume)
        if at and bars[at - 1].close > 0:
            returns[symbol] = bars[at].close / bars[at - 1].close - 1.0
            self._squares[symbol].append(returns[symbol] ** 2)
            if bars[at].time - bars[at - 1].time == BAR_MS:
                self._intraday[symbol].append(returns[symbol] ** 2)

    def price(self, symbol: str) -> float:
        """The last close, in points."""
        return self._bars(symbol)[-1].close

    def daily_sigma(self, symbol: str) -> float:
        """Standard deviation of a session's return, night included, as a fraction: root of the realised variance.

        GrandModel's calculator puts an annual σ in its place, which is √252 = 15.9 times as much.
        """
        squares = self._squares[symbol]
        if not squares:
            return INSTRUMENTS[symbol].annual_volatility / math.sqrt(SESSIONS_PER_YEAR)
        return round(math.sqrt(math.fsum(squares) / len(squares) * BARS_PER_SESSION), 9)

    def volatility_regime(self) -> float:
        """0..1: the highest of the instruments' daily σ over twice its long-run value."""
        found = [
            self.daily_sigma(symbol) * math.sqrt(SESSIONS_PER_YEAR) / INSTRUMENTS[symbol].annual_volatility
            for symbol in self.symbols
        ]
        return round(clip(max(found) / 2.0, 0.0, 1.0), 6)

    def stress(self) -> float:
        """0..1: how far volatility of the last half hour exceeds that of two sessions, in any instrument.

        0 where they are alike, 1 from three times as much on. Moves over night are left out of both.
        """
        found = [0.0]
        for squares in self._intraday.values():
            slow = math.fsum(squares)
            if slow > 0:
                near = list(squares)[-NEAR:]
                ratio = math.sqrt((math.fsum(near) / len(near)) / (slow / len(squares)))
                found.append((ratio - STRESS_FROM) / (STRESS_FULL - STRESS_FROM))
        return round(clip(max(found), 0.0, 1.0), 6)

    def liquidity(self) -> float:
        """0..1: volume of the last half hour over the mean of a session, of the thinnest instrument."""
        found = [1.0]
        for volumes in self._volumes.values():
            if volumes and sum(volumes) > 0:
                near = list(volumes)[-NEAR:]
                found.append((sum(near) / len(near)) / (sum(volumes) / len(volumes)))
        return round(clip(min(found), 0.0, 1.0), 6)

    def time_of_day_risk(self, time: int) -> float:
        """0..1: 1 at the session's open and close, 0 in its middle."""
        opened = to_ms(session_open(from_ms(time).date()))
        x = clip((time - opened) / (BARS_PER_SESSION * BAR_MS), 0.0, 1.0)
        return round((2.0 * x - 1.0) ** 2, 6)

    def sigma(self, notionals: Mapping[str, float]) -> float:
        """One-day standard deviation of a portfolio, in dollars: √(Σᵢⱼ wᵢ·wⱼ·σᵢ·σⱼ·ρᵢⱼ).

        Args:
            notionals: symbol → dollars of its position, negative when short.
        """
        scaled = {symbol: notional * self.daily_sigma(symbol) for symbol, notional in notionals.items()}
        variance = math.fsum(
            one * other * self.correlation.correlation(first, second)
            for first, one in scaled.items()
            for second, other in scaled.items()
        )
        return math.sqrt(max(0.0, variance))

    def parametric_var(self, notionals: Mapping[str, float], confidence: float = 0.95, days: float = 1.0) -> float:
        """Parametric value at risk in dollars: z · σ · √h. Positive is a loss; the mean return is taken as 0.

        Args:
            notionals: symbol → dollars of its position, negative when short.
            confidence: 0.95 or 0.99.
            days: the horizon h, in sessions.

        Raises:
            BadInput: for another confidence, or a horizon that is not above 0.
        """
        if confidence not in Z:
            raise BadInput("confidence", confidence, f"give {' or '.join(str(key) for key in Z)}")
        if not days > 0:
            raise BadInput("days", days, "give a number of sessions above 0")
        return round(Z[confidence] * self.sigma(notionals) * math.sqrt(days), 2)

"""The order book as our orders meet it: the last price, what it costs to trade now, and how much can be traded."""

import math
from collections.abc import Callable, Sequence

from grandmodel_sim.clock import Clock
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.trading import costs
from grandmodel_sim.trading.orders import BUY, SELL


class Book:
    """Price, slippage and depth of each instrument at the present instant.

    Args:
        clock: the world's.
        bars: symbol → its closed 5-minute bars, oldest first.
        last: symbol → the last traded price, if there is a finer source than the closed bars.
        slippage: the coefficients.

    Attributes:
        stress: multiplier of slippage and divisor of depth, from 1.
    """

    def __init__(
        self,
        clock: Clock,
        bars: Callable[[str], Sequence[Bar]],
        last: Callable[[str], float] | None = None,
        slippage: costs.Slippage | None = None,
    ) -> None:
        self._clock, self._bars, self._last = clock, bars, last
        self._slippage = slippage or costs.Slippage()
        self._taken: dict[tuple[str, str], list[tuple[int, int]]] = {}  # (symbol, side) → (instant, contracts)
        self.stress = 1.0

    def bars(self, symbol: str) -> Sequence[Bar]:
        """The closed 5-minute bars of an instrument, oldest first."""
        return self._bars(instrument(symbol).symbol)

    def last(self, symbol: str) -> float:
        """The last price, in points."""
        symbol = instrument(symbol).symbol
        return self._last(symbol) if self._last else self._bars(symbol)[-1].close

    def quote(self, symbol: str) -> tuple[float, float, float]:
        """Bid, ask and last price, in points: what one contract would get now."""
        last, tick = self.last(symbol), instrument(symbol).tick
        return last - self.slippage(symbol, SELL, 1) * tick, last + self.slippage(symbol, BUY, 1) * tick, last

    def priced(self, symbol: str, session: tuple[int, int] | None) -> bool:
        """Whether there is a price of this session."""
        return session is not None and (self._last is not None or self._bars(symbol)[-1].time > session[0])

    def depth(self, symbol: str) -> int:
        """Contracts that would trade at this instant."""
        return costs.depth(self.bars(symbol)[-1].volume, self.stress)

    def slippage(self, symbol: str, side: str, contracts: int, limit: bool = False, before: float = 0.0) -> int:
        """Ticks between the last price and what this many contracts would get at this instant.

        Args:
            symbol: ES or NQ.
            side: BUY or SELL.
            contracts: that trade at once.
            limit: whether the order names a limit.
            before: contracts that are assumed to be missing from the book besides those that are.
        """
        bars = self.bars(symbol)
        volume, size = bars[-1].volume, contracts + before + self._missing(symbol, side)
        return self._slippage.ticks(
            size,
            instrument(symbol).tick,
            regime=costs.volatility_regime(bars),
            liquidity=costs.liquidity(self._clock.ms),
            participation=min(1.0, size / volume) if volume else 1.0,
            stress=self.stress,
            limit=limit,
        )

    def take(self, symbol: str, side: str, contracts: int) -> None:
        """Our order has taken contracts out of the book; they grow back within `costs.RECOVERY_MS`."""
        now = self._clock.ms
        recent = [entry for entry in self._taken.get((symbol, side), ()) if now - entry[0] < costs.RECOVERY_MS]
        self._taken[symbol, side] = [*recent, (now, contracts)]

    def _missing(self, symbol: str, side: str) -> float:
        """Contracts of this side that our own trades have taken and that have not grown back."""
        taken = self._taken.get((symbol, side), ())
        return round(math.fsum(costs.still_missing(contracts, self._clock.ms - when) for when, contracts in taken), 6)

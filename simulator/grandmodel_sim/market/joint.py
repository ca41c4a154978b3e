"""Several instruments that move together: ES and NQ of one world.

**Common factor.** The first instrument leads; a follower's normal shock is ρ·(the leader's) + √(1−ρ²)·(its own), and
both are divided by the same chi-squared draw. So the pair is a bivariate Student t: each has exactly the
fat-tailed shocks that it has alone, their correlation is ρ, and extremes come together more often than a normal pair
with the same ρ would have it. The hidden regime is shared; each instrument keeps its own GARCH variance and its own
structure. Bars close at the same instants.

**ρ** is `CORRELATION`: higher when the regime is stressed, as correlations of equity indices are found to be (Longin
and Solnik, "Extreme correlation of international equity markets", Journal of Finance 56, 2001). The two figures are
assumptions about ES and NQ, chosen between 0.85 and 0.95; they are not estimated from data. `Stress(correlation=…)`
sets another ρ for a while. The correlation of *returns* lies a little below ρ, because the structures are separate.

The leader's bars are those of `Market` with the same seed and name: who joins it does not change it.
"""

import math
from collections import deque
from collections.abc import Sequence
from datetime import date

from grandmodel_sim.clock import to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BARS_PER_SESSION, bar_times, session_open, sessions_from
from grandmodel_sim.market.generator import STRUCTURE, checked_structure
from grandmodel_sim.market.instruments import ES, NQ, Instrument
from grandmodel_sim.market.path import Draws, Path, Regime, draw_bar
from grandmodel_sim.market.stress import Conditions, Plan, Stress
from grandmodel_sim.randomness import stream

#: ρ of the shocks, by hidden regime.
CORRELATION = {"calm": 0.87, "stressed": 0.93}


class JointMarket:
    """Endless series of 5-minute bars of several instruments, with correlated shocks.

    Args:
        seed: which series.
        first: the first session's day.
        instruments: the leader first.
        structure: κ of `grandmodel_sim.market.generator`, of every instrument.
        name: a further name for the random streams, when one seed needs several markets.
        holidays: whether the exchange is closed on its holidays.
        correlation: ρ by regime; the keys are "calm" and "stressed".

    Raises:
        BadInput: for no instruments, one twice, an impossible structure, or a ρ outside [−0.99, 0.99].
    """

    def __init__(
        self,
        seed: int,
        first: date,
        instruments: Sequence[Instrument] = (ES, NQ),
        structure: float = STRUCTURE,
        name: str = "market",
        holidays: bool = False,
        correlation: dict[str, float] = CORRELATION,
    ) -> None:
        symbols = [instrument.symbol for instrument in instruments]
        if not symbols or len(set(symbols)) < len(symbols):
            raise BadInput("instruments", symbols, "give at least one, each once")
        if sorted(correlation) != sorted(CORRELATION) or not all(abs(rho) <= 0.99 for rho in correlation.values()):
            raise BadInput(
                "correlation", correlation, f"give {' and '.join(CORRELATION)}, each a number from -0.99 to 0.99"
            )
        self.instruments = tuple(instruments)
        self._correlation = dict(correlation)
        self._paths = [Path(instrument, checked_structure(structure)) for instrument in self.instruments]
        self._streams = [stream(seed, name, symbol) for symbol in symbols]
        self._regime = Regime()
        self._times = bar_times(first, holidays)
        self._next = next(self._times)
        self._last = to_ms(session_open(next(sessions_from(first, holidays))))
        self._plan = Plan(symbols, holidays)
        self.legs = {instrument.symbol: Leg(self, instrument) for instrument in self.instruments}

    @property
    def next_ms(self) -> int:
        """When the next bars close; asking does not make them."""
        return self._next[0]

    def stress(self, stress: Stress) -> None:
        """Ask for a stretch of stress. The bars outside of it keep their shocks.

        Raises:
            BadInput: if it starts before the end of the last bars made, or names an unknown symbol.
        """
        self._plan.add(stress, self._last)

    def leg(self, symbol: str) -> "Leg":
        """The series of one instrument, to be read bar by bar.

        Raises:
            BadInput: for a symbol that this market does not have.
        """
        if symbol not in self.legs:
            raise BadInput("symbol", symbol, f"this market has {' and '.join(self.legs)}")
        return self.legs[symbol]

    def step(self) -> dict[str, Bar]:
        """Make the next bar of every instrument: symbol → bar. The legs get them too, whether read or not."""
        time, index = self._next
        leader = self._streams[0]
        if index == 0:
            # The regime of the night is that of the bar before the opening.
            overnight = leader.gauss(0, 1)
            rho = self._rho(self._plan.effects(self.instruments[0].symbol, self._last, time).correlation)
            for path, random in zip(self._paths, self._streams, strict=True):
                own = random is leader
                path.overnight(overnight if own else _mix(rho, overnight, random.gauss(0, 1)))
        regime, factor = self._regime.name, self._regime.factor
        uniform = leader.random()
        first = draw_bar(leader)
        bars: dict[str, Bar] = {}
        for instrument, path, random, leg in zip(
            self.instruments, self._paths, self._streams, self.legs.values(), strict=True
        ):
            effects = self._plan.effects(instrument.symbol, self._last, time)
            rho = self._rho(effects.correlation)
            draws = first
            if random is not leader:
                own_draws = draw_bar(random)
                draws = Draws(_mix(rho, first.normal, own_draws.normal), first.chi2, *own_draws[2:])
            bar = path.bar(time, index, draws, factor, effects)
            leg.waiting.append(bar)
            leg.conditions = Conditions(regime, effects.volatility or factor, effects.liquidity, rho)
            bars[instrument.symbol] = bar
        self._regime.step(uniform)
        self._last, self._next = time, next(self._times)
        return bars

    def _rho(self, asked: float | None) -> float:
        return self._correlation[self._regime.name] if asked is None else asked


class Leg:
    """One instrument of a joint market, read like a `Market`: whoever asks first makes the bars of all.

    Attributes:
        instrument: whose prices.
        conditions: of the last bar made.
        waiting: bars that were made and not yet read.
    """

    def __init__(self, market: JointMarket, instrument: Instrument) -> None:
        self.instrument = instrument
        self.waiting: deque[Bar] = deque()
        self.conditions = Conditions("calm", 1.0, 1.0, 1.0)
        self._market = market

    @property
    def next_ms(self) -> int:
        """When the next bar closes; asking does not make it."""
        return self.waiting[0].time if self.waiting else self._market.next_ms

    def next_bar(self) -> Bar:
        """The next bar; sessions follow each other without end."""
        if not self.waiting:
            self._market.step()
        return self.waiting.popleft()

    def session(self) -> list[Bar]:
        """The next 78 bars."""
        return [self.next_bar() for _ in range(BARS_PER_SESSION)]


def _mix(rho: float, common: float, own: float) -> float:
    """A standard normal with correlation `rho` to `common`."""
    return rho * common + math.sqrt(1 - rho * rho) * own

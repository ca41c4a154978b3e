"""A seeded market: 5-minute bars with the statistics of index futures, and one small structure that can be learnt.

Returns are σ_t · e_t with three ingredients (Cont, "Empirical properties of asset returns", Quantitative Finance 1,
2001): GJR-GARCH(1,1) clustering with leverage, Student-t shocks with six degrees of freedom, and a U-shaped day. Two
hidden regimes, calm and stressed, scale σ. Volume moves with |return|.

**The structure.** With `structure` = κ, the expected return of the next bar is

    E[r_{t+1} | past] = κ · fvg_t · σ_{t+1}

where fvg_t is the reading of `grandmodel_sim.features.fvg` after bar t: after a fair value gap, price tends to go on
in the gap's direction, and the tendency fades with the gap's age. Nothing else in the series can be predicted in
direction. `structure=0` switches it off and leaves all else, gaps included, as it was.

The steps of one bar are in `grandmodel_sim.market.path`; several instruments that move together in
`grandmodel_sim.market.joint`; days of stress on request in `grandmodel_sim.market.stress`.

Only `random`, `math` and prices rounded to ticks are used, so a seed gives the same bars natively and in WebAssembly.
"""

from datetime import date

from grandmodel_sim.clock import to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BARS_PER_SESSION, bar_times, session_open, sessions_from
from grandmodel_sim.market.instruments import Instrument
from grandmodel_sim.market.path import Path, Regime, draw_bar
from grandmodel_sim.market.stress import Conditions, Plan, Stress
from grandmodel_sim.randomness import stream

#: κ: the expected move of the next bar, in units of its volatility, right after a gap.
STRUCTURE = 0.25


def checked_structure(structure: float) -> float:
    """`structure`, if it is one.

    Raises:
        BadInput: if it is not a number from 0 to below 1.
    """
    if not (isinstance(structure, int | float) and 0 <= structure < 1):
        raise BadInput("structure", structure, "give a number from 0 (nothing to learn) to below 1")
    return structure


class Market:
    """An endless series of 5-minute bars of one instrument.

    Args:
        seed: which series.
        instrument: whose prices.
        first: the first session's day.
        structure: κ of the module's docstring; 0 switches the structure off. 0 ≤ κ < 1.
        name: a further name for the random stream, when one seed needs several series.
        holidays: whether the exchange is closed on its holidays (`grandmodel_sim.market.calendar`).
    """

    def __init__(
        self,
        seed: int,
        instrument: Instrument,
        first: date,
        structure: float = STRUCTURE,
        name: str = "market",
        holidays: bool = False,
    ) -> None:
        self.instrument = instrument
        self.structure = checked_structure(structure)
        self._random = stream(seed, name, instrument.symbol)
        self._path = Path(instrument, structure)
        self._regime = Regime()
        self._times = bar_times(first, holidays)
        self._next = next(self._times)
        self._last = to_ms(session_open(next(sessions_from(first, holidays))))  # where the bars made so far end
        self._plan = Plan((instrument.symbol,), holidays)
        self.conditions = Conditions(self._regime.name, self._regime.factor, 1.0, 1.0)

    @property
    def next_ms(self) -> int:
        """When the next bar closes; asking does not make it."""
        return self._next[0]

    def stress(self, stress: Stress) -> None:
        """Ask for a stretch of stress. The bars outside of it keep their shocks.

        Raises:
            BadInput: if it starts before the end of the last bar made, or names another symbol.
        """
        self._plan.add(stress, self._last)

    def next_bar(self) -> Bar:
        """The next bar; sessions follow each other without end."""
        time, index = self._next
        effects = self._plan.effects(self.instrument.symbol, self._last, time)
        if index == 0:
            self._path.overnight(self._random.gauss(0, 1))
        regime, factor = self._regime.name, self._regime.factor
        self._regime.step(self._random.random())
        bar = self._path.bar(time, index, draw_bar(self._random), factor, effects)
        self.conditions = Conditions(regime, effects.volatility or factor, effects.liquidity, 1.0)
        self._last, self._next = time, next(self._times)
        return bar

    def session(self) -> list[Bar]:
        """The next 78 bars."""
        return [self.next_bar() for _ in range(BARS_PER_SESSION)]

"""A seeded market: 5-minute bars with the statistics of index futures, and one small structure that can be learnt.

Returns are σ_t · e_t with three ingredients (Cont, "Empirical properties of asset returns", Quantitative Finance 1,
2001): GJR-GARCH(1,1) clustering with leverage, Student-t shocks with six degrees of freedom, and a U-shaped day. Two
hidden regimes, calm and stressed, scale σ. Volume moves with |return|.

**The structure.** With `structure` = κ, the expected return of the next bar is

    E[r_{t+1} | past] = κ · fvg_t · σ_{t+1}

where fvg_t is the reading of `grandmodel_sim.features.fvg` after bar t: after a fair value gap, price tends to go on
in the gap's direction, and the tendency fades with the gap's age. Nothing else in the series can be predicted in
direction. `structure=0` switches it off and leaves all else, gaps included, as it was.

Only `random`, `math` and prices rounded to ticks are used, so a seed gives the same bars natively and in WebAssembly.
"""

import math
from collections.abc import Iterator
from datetime import date

from grandmodel_sim.clock import to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.fvg import FairValueGap
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MINUTES, BARS_PER_SESSION, session_open, sessions_from
from grandmodel_sim.market.instruments import Instrument
from grandmodel_sim.randomness import stream

#: κ: the expected move of the next bar, in units of its volatility, right after a gap.
STRUCTURE = 0.25

BARS_PER_YEAR = 252 * BARS_PER_SESSION
ALPHA, GAMMA, BETA = 0.03, 0.05, 0.93  # GJR-GARCH; omega makes the mean variance 1
OMEGA = 1 - ALPHA - GAMMA / 2 - BETA
DEGREES = 6.0
REGIMES = (
    (0.85, 20 * BARS_PER_SESSION),
    (1.6, 4 * BARS_PER_SESSION),
)  # (factor on σ, mean length in bars): calm, stressed
OVERNIGHT = 3.0  # the move between two sessions, in units of a bar's σ
BASE_VOLUME = 9000


def _season(index: int) -> float:
    """The U-shaped day: volatility relative to its mean, busy at the open and the close."""
    u = 2 * (index + 0.5) / BARS_PER_SESSION - 1
    return 0.75 + 0.75 * u * u


class Market:
    """An endless series of 5-minute bars of one instrument.

    Args:
        seed: which series.
        instrument: whose prices.
        first: the first session's day.
        structure: κ of the module's docstring; 0 switches the structure off. 0 ≤ κ < 1.
        name: a further name for the random stream, when one seed needs several series.
    """

    def __init__(
        self, seed: int, instrument: Instrument, first: date, structure: float = STRUCTURE, name: str = "market"
    ) -> None:
        if not (isinstance(structure, int | float) and 0 <= structure < 1):
            raise BadInput("structure", structure, "give a number from 0 (nothing to learn) to below 1")
        self.instrument = instrument
        self.structure = structure
        self._random = stream(seed, name, instrument.symbol)
        self._sigma = instrument.annual_volatility / math.sqrt(BARS_PER_YEAR)
        self._log_price = math.log(instrument.start_price)
        self._close = instrument.round(instrument.start_price)
        self._variance = 1.0
        self._regime = 0
        self._fvg = FairValueGap()
        self._bars = self._series(first)

    def next_bar(self) -> Bar:
        """The next bar; sessions follow each other without end."""
        return next(self._bars)

    def session(self) -> list[Bar]:
        """The next 78 bars."""
        return [self.next_bar() for _ in range(BARS_PER_SESSION)]

    def _series(self, first: date) -> Iterator[Bar]:
        for day in sessions_from(first):
            opened = to_ms(session_open(day))
            gap = OVERNIGHT * self._sigma * math.sqrt(self._variance) * self._random.gauss(0, 1)
            self._log_price += gap
            self._close = self.instrument.round(math.exp(self._log_price))
            for index in range(BARS_PER_SESSION):
                yield self._make_bar(opened + (index + 1) * BAR_MINUTES * 60_000, index)

    def _make_bar(self, time: int, index: int) -> Bar:
        draw = self._random
        factor, length = REGIMES[self._regime]
        if draw.random() < 1 / length:
            self._regime = 1 - self._regime
        sigma = self._sigma * math.sqrt(self._variance) * factor * _season(index)

        # A Student-t shock of unit variance.
        chi2 = draw.gammavariate(DEGREES / 2, 2)
        shock = draw.gauss(0, 1) / math.sqrt(chi2 / DEGREES) / math.sqrt(DEGREES / (DEGREES - 2))
        move = sigma * (shock + self.structure * self._fvg.value)
        self._variance = (
            OMEGA + (ALPHA + (GAMMA if shock < 0 else 0.0)) * self._variance * shock**2 + BETA * self._variance
        )

        opening = self._close
        start = self._log_price
        self._log_price += move
        # Highest and lowest point of a Brownian bridge from open to close: inverse of its distribution function.
        spread = sigma**2
        top = start + (move + math.sqrt(move**2 - 2 * spread * math.log(1 - draw.random()))) / 2
        bottom = start + (move - math.sqrt(move**2 - 2 * spread * math.log(1 - draw.random()))) / 2

        quote = self.instrument.round
        closing = quote(math.exp(self._log_price))
        high = max(opening, closing, quote(math.exp(top)))
        low = min(opening, closing, quote(math.exp(bottom)))
        crowd = math.exp(0.25 * draw.gauss(0, 1)) * (1 + 0.8 * abs(shock)) * _season(index) * factor
        bar = Bar(time, opening, high, low, closing, max(1, round(BASE_VOLUME * crowd)))
        self._close = closing
        self._fvg.update(bar)
        return bar

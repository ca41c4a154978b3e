"""The price path of one instrument: turns the random draws of one bar into a bar.

`Market` (one instrument) and `JointMarket` (several, correlated) differ only in where the draws come from.
"""

import math
from random import Random
from typing import NamedTuple

from grandmodel_sim.features.fvg import FairValueGap
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BARS_PER_SESSION
from grandmodel_sim.market.instruments import Instrument
from grandmodel_sim.market.stress import NONE, Effects

BARS_PER_YEAR = 252 * BARS_PER_SESSION
ALPHA, GAMMA, BETA = 0.03, 0.05, 0.93  # GJR-GARCH; omega makes the mean variance 1
OMEGA = 1 - ALPHA - GAMMA / 2 - BETA
DEGREES = 6.0
REGIMES = (
    (0.85, 20 * BARS_PER_SESSION),
    (1.6, 4 * BARS_PER_SESSION),
)  # (factor on σ, mean length in bars): calm, stressed
REGIME_NAMES = ("calm", "stressed")
OVERNIGHT = 3.0  # the move between two sessions, in units of a bar's σ
BASE_VOLUME = 9000


def season(index: int) -> float:
    """The U-shaped day: volatility relative to its mean, busy at the open and the close."""
    u = 2 * (index + 0.5) / BARS_PER_SESSION - 1
    return 0.75 + 0.75 * u * u


class Regime:
    """The hidden state, calm or stressed: a Markov chain that all instruments of a market share."""

    def __init__(self) -> None:
        self._state = 0

    @property
    def name(self) -> str:
        """ "calm" or "stressed"."""
        return REGIME_NAMES[self._state]

    @property
    def factor(self) -> float:
        """The factor on σ."""
        return REGIMES[self._state][0]

    def step(self, uniform: float) -> None:
        """Change over if `uniform`, from [0, 1), falls below the chance of it, one over the mean length."""
        if uniform < 1 / REGIMES[self._state][1]:
            self._state = 1 - self._state


class Draws(NamedTuple):
    """The randomness of one bar of one instrument.

    Attributes:
        normal: standard normal; with `chi2` it makes the Student-t shock.
        chi2: chi-squared with `DEGREES` degrees of freedom.
        top: uniform on [0, 1), for how far the bar reached above.
        bottom: uniform on [0, 1), for how far it reached below.
        crowd: standard normal, for the volume.
    """

    normal: float
    chi2: float
    top: float
    bottom: float
    crowd: float


def draw_bar(random: Random) -> Draws:
    """Draw what one bar needs. The order is part of every seed's history: do not change it."""
    chi2 = random.gammavariate(DEGREES / 2, 2)
    return Draws(random.gauss(0, 1), chi2, random.random(), random.random(), random.gauss(0, 1))


class Path:
    """Price, variance and structure of one instrument, from bar to bar.

    Args:
        instrument: whose prices.
        structure: κ of `grandmodel_sim.market.generator`.
    """

    def __init__(self, instrument: Instrument, structure: float) -> None:
        self.instrument = instrument
        self.structure = structure
        self._sigma = instrument.annual_volatility / math.sqrt(BARS_PER_YEAR)
        self._log_price = math.log(instrument.start_price)
        self._close = instrument.round(instrument.start_price)
        self._variance = 1.0
        self._fvg = FairValueGap()

    def overnight(self, normal: float) -> None:
        """Move between two sessions by a standard normal draw."""
        self._jump(OVERNIGHT * self._sigma * math.sqrt(self._variance) * normal)

    def _jump(self, log_return: float) -> None:
        self._log_price += log_return
        self._close = self.instrument.round(math.exp(self._log_price))

    def bar(self, time: int, index: int, draws: Draws, factor: float, effects: Effects = NONE) -> Bar:
        """The bar that closes at `time` (ms), the `index`-th of its session, under a regime's `factor` on σ."""
        if effects is not NONE:
            if effects.volatility is not None:
                factor = effects.volatility
            if effects.gap:
                self._jump(effects.gap)
        sigma = self._sigma * math.sqrt(self._variance) * factor * season(index)

        # A Student-t shock of unit variance.
        shock = draws.normal / math.sqrt(draws.chi2 / DEGREES) / math.sqrt(DEGREES / (DEGREES - 2))
        move = sigma * (shock + self.structure * self._fvg.value) + effects.move
        self._variance = (
            OMEGA + (ALPHA + (GAMMA if shock < 0 else 0.0)) * self._variance * shock**2 + BETA * self._variance
        )

        opening = self._close
        start = self._log_price
        self._log_price += move
        # Highest and lowest point of a Brownian bridge from open to close: inverse of its distribution function.
        spread = sigma**2
        top = start + (move + math.sqrt(move**2 - 2 * spread * math.log(1 - draws.top))) / 2
        bottom = start + (move - math.sqrt(move**2 - 2 * spread * math.log(1 - draws.bottom))) / 2

        quote = self.instrument.round
        closing = quote(math.exp(self._log_price))
        high = max(opening, closing, quote(math.exp(top)))
        low = min(opening, closing, quote(math.exp(bottom)))
        crowd = math.exp(0.25 * draws.crowd) * (1 + 0.8 * abs(shock)) * season(index) * factor * effects.liquidity
        bar = Bar(time, opening, high, low, closing, max(1, round(BASE_VOLUME * crowd)))
        self._close = closing
        self._fvg.update(bar)
        return bar

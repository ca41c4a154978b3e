"""How strongly the instruments move together, and when that changes too fast.

Exponentially weighted covariances of 5-minute *returns* (λ = 0.94, as in RiskMetrics, 1996), pairs only: GrandModel's
tracker mixes prices with returns, and its environment takes the largest entry of the whole matrix, diagonal included,
which is always 1 and therefore always alarms.
"""

import math
from collections import deque
from collections.abc import Mapping
from itertools import combinations

from grandmodel_sim.errors import BadInput

DECAY = 0.94
MIN_OBSERVATIONS = 30
SHOCK_RISE = 0.5
SHOCK_WINDOW_MS = 10 * 60_000


class CorrelationTracker:
    """Pairwise correlations of returns.

    Args:
        symbols: at least two.
        decay: λ, how much of the past each new return leaves, 0 < λ < 1.

    Raises:
        BadInput: for fewer than two symbols or another λ.
    """

    def __init__(self, symbols: tuple[str, ...], decay: float = DECAY) -> None:
        if len(set(symbols)) < 2:
            raise BadInput("symbols", symbols, "give at least two different ones")
        if not 0 < decay < 1:
            raise BadInput("decay", decay, "give a number above 0 and below 1")
        self.symbols = symbols
        self.decay = decay
        self.observations = 0
        self._covariance: dict[tuple[str, str], float] = {}
        self._means: deque[tuple[int, float]] = deque()  # (time, mean correlation) of the last ten minutes

    def update(self, time: int, returns: Mapping[str, float]) -> float:
        """Take the returns of one interval, one of each symbol, and return the mean pairwise correlation.

        Args:
            time: when the interval ended, in milliseconds, never before the last one.
            returns: symbol → simple return.

        Raises:
            BadInput: if a symbol is missing or a return is not finite.
        """
        for symbol in self.symbols:
            if symbol not in returns or not math.isfinite(returns[symbol]):
                raise BadInput(f"returns[{symbol!r}]", returns.get(symbol), "give a finite return of every symbol")
        weight = 1.0 - self.decay if self.observations else 1.0
        for one, other in [*combinations(self.symbols, 2), *((symbol, symbol) for symbol in self.symbols)]:
            old = self._covariance.get((one, other), 0.0)
            self._covariance[one, other] = (1.0 - weight) * old + weight * returns[one] * returns[other]
        self.observations += 1
        mean = self.mean
        while self._means and self._means[0][0] < time - SHOCK_WINDOW_MS:
            self._means.popleft()
        if self.observations > MIN_OBSERVATIONS:
            self._means.append((time, mean))
        return mean

    def correlation(self, one: str, other: str) -> float:
        """The correlation of two symbols, −1..1, rounded to 6 decimals; 0 before anything moved."""
        if one == other:
            return 1.0
        pair = (one, other) if (one, other) in self._covariance else (other, one)
        spread = self._covariance.get((one, one), 0.0) * self._covariance.get((other, other), 0.0)
        if spread <= 0:
            return 0.0
        return round(min(1.0, max(-1.0, self._covariance[pair] / math.sqrt(spread))), 6)

    @property
    def mean(self) -> float:
        """The mean over all pairs, the diagonal left out."""
        pairs = list(combinations(self.symbols, 2))
        return round(math.fsum(self.correlation(one, other) for one, other in pairs) / len(pairs), 6)

    @property
    def rise(self) -> float:
        """How far the mean stands above its lowest value of the last ten minutes, 0 at least."""
        if not self._means:
            return 0.0
        return round(self._means[-1][1] - min(mean for _, mean in self._means), 6)

    def measure_anew(self) -> None:
        """Measure the rise from now on: after a person has seen a shock, its jump must not count a second time."""
        while len(self._means) > 1:
            self._means.popleft()

    @property
    def shock(self) -> bool:
        """Whether it has risen by more than 0.5 within ten minutes."""
        return self.rise > SHOCK_RISE

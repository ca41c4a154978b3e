"""NW-RQK: Nadaraya–Watson kernel regression with a rational quadratic kernel, a smoother of closes.

    ŷ_t = Σ_i w_i · y_{t−i} / Σ_i w_i        w_i = (1 + i² / (2 · r · h²))^(−r)        i = 0 … x0, the lag in bars

Nadaraya and Watson (both 1964) are the regression, Rasmussen and Williams, "Gaussian Processes for Machine Learning"
(2006), section 4.2, the kernel. GrandModel (`src/indicators/custom/nwrqk.py`) has bandwidth h = 8, relative weighting
r = 8, depth x0 = 25, and a second curve with bandwidth h − 2; so does this module, on 30-minute bars.

What the repository's code does otherwise: it puts the *price* distance into the kernel, which then compares points
with squared bars; it emits its signal on the turn *down*; and it compares the slope, a fraction of about 0.0001, with a
threshold of 0.3, which no market reaches. Here the kernel weighs lags, +1 is the turn up, and the slope is a score.
"""

import math
from collections import deque

from grandmodel_sim.features.normalizers import RollingScore
from grandmodel_sim.market.bars import Bar

H = 8.0  # bandwidth, in bars
R = 8.0  # relative weighting: the larger, the closer to a Gaussian
X0 = 25  # bars looked back upon
LAG = 2  # the second curve's bandwidth is h − LAG


def kernel(bandwidth: float, relative: float = R, depth: int = X0) -> tuple[float, ...]:
    """The weights of lags 0 … depth: shares of 1, rounded to twelve decimals because powers differ by platform."""
    raw = [(1 + lag * lag / (2 * relative * bandwidth * bandwidth)) ** -relative for lag in range(depth + 1)]
    total = math.fsum(raw)
    return tuple(round(weight / total, 12) for weight in raw)


class KernelRegression:
    """The indicator, one bar at a time, so that it cannot see the future.

    Attributes:
        value: ŷ in points; 0 until 26 closes are there.
        fast: the second, quicker curve, in points.
        slope: (ŷ_t − ŷ_{t−1}) / ŷ_{t−1}, a fraction per bar.
        score: the slope as a rolling z-score about zero (`RollingScore`), rounded to six decimals.
        signal: +1 on the bar on which the slope turns up, −1 on which it turns down, else 0.
        ready: whether a slope is there.
    """

    def __init__(self) -> None:
        self._closes: deque[float] = deque(maxlen=X0 + 1)  # newest first, as the lags are counted
        self._weights, self._fast_weights = kernel(H), kernel(H - LAG)
        self._rolling = RollingScore()
        self.value = self.fast = self.slope = self.score = 0.0
        self.signal = 0
        self.ready = False

    def update(self, bar: Bar) -> float:
        """Take the next bar and return ŷ, in points, rounded to six decimals."""
        self._closes.appendleft(float(bar.close))
        if len(self._closes) <= X0:
            return self.value
        value = round(math.fsum(map(float.__mul__, self._weights, self._closes)), 6)
        self.fast = round(math.fsum(map(float.__mul__, self._fast_weights, self._closes)), 6)
        if self.value:
            slope = round((value - self.value) / self.value, 9)
            self.signal = (slope > 0 >= self.slope) - (slope < 0 <= self.slope) if self.ready else 0
            self.slope, self.ready = slope, True
            self.score = round(self._rolling.update(slope), 6)
        self.value = value
        return value

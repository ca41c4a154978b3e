"""Volume, measured against what is usual."""

from grandmodel_sim.market.bars import Bar

ALPHA = 0.02  # GrandModel's code; its PRD says a mean of 20 bars, which is an α of 0.095


class VolumeRatio:
    """volume / exponential mean of volume, the newest bar included; rounded to six decimals.

    mean += α · (volume − mean), from the first bar's volume on. A bar without trades has the ratio 0; while nothing has
    been traded at all, the ratio is 1.
    """

    def __init__(self, alpha: float = ALPHA) -> None:
        self.alpha = alpha
        self.mean: float | None = None
        self.value = 1.0

    def update(self, bar: Bar) -> float:
        """Take the next bar and return the ratio, 0 or more."""
        before = float(bar.volume) if self.mean is None else self.mean
        self.mean = before + self.alpha * (bar.volume - before)
        self.value = round(bar.volume / self.mean, 6) if self.mean > 0 else 1.0
        return self.value

"""How each feature gets the size of about one that a network can hear: GrandModel's transforms, by name.

The rules are those of `src/matrix/{assembler_5m,assembler_30m,normalizers}.py`. Where the repository's code does not do
what its own producers need, this module does, and says so at the function.

Each function takes and returns plain floats and uses arithmetic and `math` only. Callers round. Here and in the
indicators, sums of floats are `math.fsum`: `sum` has another last digit from Python 3.12 on.
"""

import math

#: No value of a matrix leaves ±3, whatever its column.
LIMIT = 3.0


def clip(value: float, bound: float) -> float:
    """`value`, but within [−bound, bound].

    Examples:
        >>> clip(-7.5, 5)
        -5.0
    """
    return float(max(-bound, min(bound, value)))


def percent(value: float, reference: float) -> float:
    """How far `value` lies from `reference`, in per cent of `reference`.

    Examples:
        >>> percent(101.0, 100.0)
        1.0
    """
    return 100 * (value - reference) / reference


# --- the 30-minute matrix ---


def mlmi_value(value: float) -> float:
    """MLMI, −1..1, unchanged.

    The repository divides by 100, for a scale of 0 to 100 that its indicator has never had: the vote of k neighbours
    ranges over −k..k. Ours is divided by k where it is made.
    """
    return clip(value, 1)


def nwrqk_value(estimate: float, price: float) -> float:
    """How far the NW-RQK estimate lies from the price: per cent, clipped at ±5, divided by 5."""
    return clip(percent(estimate, price), 5) / 5


def nwrqk_slope(z: float) -> float:
    """The slope's rolling z-score, clipped at ±2, divided by 2.

    While it warms up, the repository falls back to tanh(10 · slope) of a slope that is a fraction of about 0.0001,
    which is as good as zero. `RollingScore` answers 0 in that time.
    """
    return clip(z, 2) / 2


def lvn_distance(distance: float, price: float) -> float:
    """exp(−distance in per cent of the price): 1 at the node, 0.37 one per cent away."""
    return math.exp(-100 * abs(distance) / price)


def lvn_strength(strength: float) -> float:
    """A node's strength, 0..1, unchanged.

    The repository divides by 100 although its producer already emits 0 to 1, so that its column never exceeds 0.01.
    """
    return max(0.0, min(1.0, strength))


def hour_of_day(hour: float) -> tuple[float, float]:
    """Sine and cosine of 2π · hour / 24, so that 23:59 and 00:00 are neighbours."""
    angle = 2 * math.pi * hour / 24
    return math.sin(angle), math.cos(angle)


def mmd(value: float) -> float:
    """A discrepancy, clipped at ±3."""
    return clip(value, 3)


# --- the 5-minute matrix ---


def fvg_level(level: float, price: float) -> float:
    """How far the nearest gap's middle lies from the price: per cent, clipped at ±2, divided by 2."""
    return clip(percent(level, price), 2) / 2


def fvg_age(age: float) -> float:
    """exp(−0.1 · age): 1 for a gap that has just opened, 0.0067 after 50 bars."""
    return math.exp(-0.1 * age)


def momentum(value: float) -> float:
    """A return in per cent, clipped at ±10, divided by 5 and clipped at ±1."""
    return clip(clip(value, 10) / 5, 1)


def volume_ratio(ratio: float) -> float:
    """tanh(ln(ratio)) of volume over usual volume: −1 for none, 0 for the usual, 0.6 for twice as much.

    The repository writes ln(1 + (ratio − 1)), the same thing. tanh(ln r) = (r² − 1) / (r² + 1) needs neither and takes
    a volume of zero.
    """
    square = ratio * ratio
    return 1.0 if math.isinf(square) else (square - 1) / (square + 1)


# --- normalisers with a memory ---


class RollingNormalizer:
    """Standardise by an exponential mean and variance, which follow the series.

    mean += α·(x − mean);  variance = (1 − α)·(variance + α·(x − mean_before)²). With the repository's α = 0.01 the
    memory is about 100 bars.

    Args:
        alpha: 0 < α < 1.
    """

    def __init__(self, alpha: float = 0.01) -> None:
        self.alpha = alpha
        self.mean = 0.0
        self.variance = 0.0
        self._begun = False

    def update(self, value: float) -> float:
        """Take the next value and return it standardised, clipped at ±3; 0 while nothing has varied."""
        if not self._begun:
            self.mean, self._begun = value, True
            return 0.0
        away = value - self.mean
        self.mean += self.alpha * away
        self.variance = (1 - self.alpha) * (self.variance + self.alpha * away * away)
        return clip((value - self.mean) / math.sqrt(self.variance), LIMIT) if self.variance > 0 else 0.0


class RollingScore:
    """A value in units of its recent size: a z-score about zero.

    z = x / √(mean of x² over the last `length` values, the newest included). It does not subtract the mean, so that a
    positive score always means a positive value: a slope that scores +1 rises, as usual, and one that scores −1 falls.

    Args:
        length: values looked back upon.
        least: values that must have come before it answers other than 0.
    """

    def __init__(self, length: int = 48, least: int = 12) -> None:
        self.length, self.least = length, least
        self._squares: list[float] = []

    def update(self, value: float) -> float:
        """Take the next value and return its score; 0 while it warms up, or if nothing moved."""
        self._squares.append(value * value)
        if len(self._squares) > self.length:
            del self._squares[0]
        total = math.fsum(self._squares)
        if len(self._squares) < self.least or total <= 0:
            return 0.0
        return value / math.sqrt(total / len(self._squares))

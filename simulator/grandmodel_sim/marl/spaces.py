"""The two kinds of space that PettingZoo-shaped environments need, without a dependency on Gymnasium."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Discrete:
    """The whole numbers 0 … n − 1."""

    n: int
    _draw: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0), repr=False, compare=False)

    def seed(self, seed: int) -> None:
        """Start the random stream of `sample` anew."""
        self._draw = np.random.default_rng(seed)

    def sample(self, mask: NDArray[np.int8] | None = None) -> int:
        """A random member; with `mask`, shape (n,), only where it is 1."""
        choices = np.arange(self.n) if mask is None else np.flatnonzero(mask)
        return int(self._draw.choice(choices))

    def contains(self, value: object) -> bool:
        """Whether `value` is a member."""
        return isinstance(value, int | np.integer) and not isinstance(value, bool) and 0 <= int(value) < self.n


@dataclass(slots=True)
class Box:
    """Real vectors of a fixed shape, every component between `low` and `high`; unbounded unless they are given."""

    shape: tuple[int, ...]
    low: float = -math.inf
    high: float = math.inf
    _draw: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0), repr=False, compare=False)

    def seed(self, seed: int) -> None:
        """Start the random stream of `sample` anew."""
        self._draw = np.random.default_rng(seed)

    def sample(self) -> NDArray[np.float32]:
        """A vector of uniform numbers between the bounds, or of standard normal numbers where there are none."""
        if math.isfinite(self.low) and math.isfinite(self.high):
            return self._draw.uniform(self.low, self.high, size=self.shape).astype(np.float32)
        return self._draw.normal(size=self.shape).astype(np.float32).clip(self.low, self.high)

    def contains(self, value: object) -> bool:
        """Whether `value` is an array of this shape between the bounds, without NaN and infinity."""
        return (
            isinstance(value, np.ndarray)
            and value.shape == self.shape
            and value.dtype.kind in "fiu"
            and bool(np.isfinite(value).all())
            and bool((value >= self.low).all() and (value <= self.high).all())
        )

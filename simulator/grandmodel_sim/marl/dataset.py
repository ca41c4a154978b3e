"""A series of bars as arrays: features, normalised, and what the next bar did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.columns import columns
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.csvfile import read_csv
from grandmodel_sim.market.generator import Market
from grandmodel_sim.market.instruments import instrument

Array = NDArray[np.float32]

FIRST_SESSION = date(2025, 1, 6)


def generated_bars(seed: int = 0, sessions: int = 20, symbol: str = "ES") -> list[Bar]:
    """5-minute bars of `sessions` regular sessions of the simulated market, for an environment without a file.

    Raises:
        BadInput: for fewer than one session, or an unknown symbol.
    """
    if isinstance(sessions, bool) or not isinstance(sessions, int) or sessions < 1:
        raise BadInput("sessions", sessions, "give a whole number from 1")
    market = Market(seed, instrument(symbol), FIRST_SESSION, name="environment")
    return [bar for _ in range(sessions) for bar in market.session()]


@dataclass(frozen=True, slots=True)
class Normalizer:
    """Mean and standard deviation of each feature, to be taken from training data only.

    Attributes:
        names: the features, in order.
        mean: shape (features,).
        std: shape (features,), all above 0.
    """

    names: tuple[str, ...]
    mean: Array
    std: Array

    @classmethod
    def fit(cls, names: Sequence[str], values: Array) -> "Normalizer":
        """Measure `values`, shape (bars, features). A constant feature gets a standard deviation of 1."""
        std = values.std(axis=0)
        return cls(tuple(names), values.mean(axis=0), np.where(std > 1e-8, std, 1.0).astype(np.float32))

    @classmethod
    def none(cls, names: Sequence[str]) -> "Normalizer":
        """For features that are normalised already: leaves them as they are."""
        return cls(tuple(names), np.zeros(len(names), np.float32), np.ones(len(names), np.float32))

    def __call__(self, values: Array) -> Array:
        """`values` in units of standard deviations from the mean, shape unchanged."""
        return ((values - self.mean) / self.std).astype(np.float32)


class Dataset:
    """The arrays behind an environment.

    Args:
        source: CSV file with timestamp, open, high, low, close, volume; or the bars themselves.
        window_size: bars that an observation looks back, the newest included.
        features: names from `grandmodel_sim.features.columns.FEATURES`.
        normalizer: from the training environment; None measures this file itself.
        compute: from bars and names to one list of values for each name.

    Attributes:
        values: normalised features, shape (bars, features).
        move: change of the close over the *next* bar in points, shape (bars − 1,).
        first: first bar on which a decision can be made (a full window behind it).
        last: last bar on which one can be made (one bar ahead).

    Raises:
        BadInput: for a file, a column, a feature or a window that cannot be used.
    """

    def __init__(
        self,
        source: str | Path | Sequence[Bar],
        window_size: int,
        features: Sequence[str],
        normalizer: Normalizer | None = None,
        compute: Callable[[Sequence[Bar], Sequence[str]], Sequence[Sequence[float]]] = columns,
    ) -> None:
        if isinstance(window_size, bool) or not isinstance(window_size, int) or window_size < 1:
            raise BadInput("window_size", window_size, "give a whole number of bars from 1")
        if normalizer is not None and not isinstance(normalizer, Normalizer):
            raise BadInput("normalizer", normalizer, "give the `normalizer` of the training environment, or None")
        if not isinstance(source, str | Path | Sequence):
            raise BadInput("data_file", source, "give the path of a CSV file, or a list of bars")
        bars = read_csv(source) if isinstance(source, str | Path) else list(source)
        if not bars:
            raise BadInput("data_file", source, "give at least one bar")
        self.name = str(source) if isinstance(source, str | Path) else "the series"
        if len(bars) <= window_size:
            raise BadInput(
                "window_size", window_size, f"{self.name} has {len(bars)} bars; the window must be shorter than that"
            )
        raw = np.array(compute(bars, features), dtype=np.float32).T
        if normalizer is not None and normalizer.names != tuple(features):
            raise BadInput(
                "normalizer", normalizer.names, f"it must come from an environment with the features {list(features)}"
            )
        self.window_size = window_size
        self.features = tuple(features)
        self.normalizer = normalizer or Normalizer.fit(features, raw)
        self.values = self.normalizer(raw)
        closes = np.array([bar.close for bar in bars])
        self.times = [bar.time for bar in bars]
        self.move = np.diff(closes)
        self.first, self.last = window_size - 1, len(bars) - 2
        # (bars − window + 1, features, window): a view, no copy
        self._windows = np.lib.stride_tricks.sliding_window_view(self.values, window_size, axis=0)

    def skip(self, bars: int) -> None:
        """Make no decision on a window that reaches into the first `bars` bars, where indicators warm up."""
        self.first += bars

    def windows(self, at: NDArray[np.int64]) -> Array:
        """Flat windows that end at the bars `at` (any shape): shape (*at.shape, features · window)."""
        picked = self._windows[at - self.window_size + 1]
        return np.ascontiguousarray(picked.reshape(*at.shape, -1))

    @cached_property
    def table(self) -> Array:
        """All flat windows as rows, with room for one more number: shape (bars − window + 1, features · window + 1).

        A row is one block of memory, where `windows` gathers from all over; for stepping, made when first used.
        """
        rows = self._windows.reshape(len(self._windows), -1)
        return np.concatenate([rows, np.zeros((len(rows), 1), np.float32)], axis=1)

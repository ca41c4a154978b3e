"""Whole series of matrix rows and windows as arrays, for training: the same numbers as bar by bar on that series.

These functions feed a series through the very indicators that the pipeline uses. That is slower than a vectorised
second version would be, once per data set, and there is no second version that could differ.

What an indicator remembers depends on where the series begins. A World's 5-minute indicators follow only the last three
sessions of its warm-up, while `world.bars("ES")` has all sixteen, so `tactical_rows` of those bars ends in nearly the
World's matrix and not in the very same: the mean behind `volume_ratio` forgets only 2 % with each bar.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.assembler import Row
from grandmodel_sim.features.checking import check_bars
from grandmodel_sim.features.engine import StrategicIndicators, TacticalIndicators
from grandmodel_sim.market.bars import Bar, merge

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BARS_PER_30_MINUTES = 6


class _Indicators(Protocol):
    def update(self, bar: Bar) -> None: ...
    def row(self) -> Row: ...


def tactical_rows(bars: Sequence[Bar]) -> list[Row]:
    """A row of `TACTICAL_COLUMNS` after each 5-minute bar; the first twelve are of indicators that warm up.

    Raises:
        BadInput: for bars that cannot be computed with (`checking.check_bars`).
    """
    check_bars(bars, minutes=5)
    return _rows(TacticalIndicators(), bars)


def strategic_rows(half_hours: Sequence[Bar], tick: float = 0.25) -> list[Row]:
    """A row of `STRATEGIC_COLUMNS` after each 30-minute bar; the first 66 are of indicators that warm up.

    Args:
        half_hours: 30-minute bars; `half_hours_of` makes them from 5-minute bars.
        tick: smallest price step, in points.

    Raises:
        BadInput: for bars that cannot be computed with, 5-minute bars among them.
    """
    check_bars(half_hours, minutes=30)
    return _rows(StrategicIndicators(tick), half_hours)


def half_hours_of(bars: Sequence[Bar]) -> list[Bar]:
    """The complete 30-minute bars in a series of 5-minute bars: those that close at a full or half hour.

    A half-hour of which bars are missing (the file begins in its middle, or has a hole) is left out.

    Raises:
        BadInput: for bars that cannot be computed with.
    """
    check_bars(bars, minutes=5)
    found = []
    half_hour = 30 * 60_000
    for end in range(BARS_PER_30_MINUTES, len(bars) + 1):
        part = bars[end - BARS_PER_30_MINUTES : end]
        if part[-1].time % half_hour == 0 and part[-1].time - part[0].time == half_hour - 5 * 60_000:
            found.append(merge(part))
    return found


def tactical_matrix(bars: Sequence[Bar]) -> "NDArray[np.float32]":
    """`tactical_rows` as an array of shape (bars, 7), float32. Loads numpy."""
    return _array(tactical_rows, bars)


def strategic_matrix(half_hours: Sequence[Bar], tick: float = 0.25) -> "NDArray[np.float32]":
    """`strategic_rows` as an array of shape (half-hours, 13), float32. Loads numpy."""
    return _array(lambda bars: strategic_rows(bars, tick), half_hours)


def windows(rows: "NDArray[np.float32]", length: int) -> "NDArray[np.float32]":
    """Every window of `length` successive rows: shape (rows − length + 1, length, columns), a read-only view.

    Window i ends with row i + length − 1, and a decision after that row may use it.

    Raises:
        BadInput: for rows that are not a matrix, or a length below 1 or beyond the rows.
    """
    import numpy as np

    if not isinstance(rows, np.ndarray):
        raise BadInput("rows", type(rows).__name__, "give an array of shape (rows, columns)")
    if rows.ndim != 2:
        raise BadInput("rows", rows.shape, "give an array of shape (rows, columns)")
    if isinstance(length, bool) or not isinstance(length, int) or not 1 <= length <= len(rows):
        raise BadInput("length", length, f"give a whole number from 1 to {len(rows)}, the rows there are")
    return np.lib.stride_tricks.sliding_window_view(rows, length, axis=0).transpose(0, 2, 1)


def _rows(indicators: _Indicators, bars: Sequence[Bar]) -> list[Row]:
    found = []
    for bar in bars:
        indicators.update(bar)
        found.append(indicators.row())
    return found


def _array(rows: Callable[[Sequence[Bar]], list[Row]], bars: Sequence[Bar]) -> "NDArray[np.float32]":
    import numpy as np

    return np.array(rows(bars), dtype=np.float32)

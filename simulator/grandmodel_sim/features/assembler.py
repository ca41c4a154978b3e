"""Matrix assemblers: rolling windows of rows, each for the bars of one length only.

GrandModel's own assembler listens to every INDICATORS_READY, and those come with every 5-minute bar: a window called
"48 half-hours" fills up with 5-minute rows and then covers four hours instead of 24. Here a row says of which bars it
is, and a window takes no other.
"""

import math
from collections import deque
from collections.abc import Sequence

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.matrix import (
    STRATEGIC_COLUMNS,
    STRATEGIC_ROWS,
    TACTICAL_COLUMNS,
    TACTICAL_ROWS,
    FeatureMatrix,
)

Row = tuple[float, ...]

#: timeframe in minutes → columns and rows of its matrix.
LAYOUTS = {5: (TACTICAL_COLUMNS, TACTICAL_ROWS), 30: (STRATEGIC_COLUMNS, STRATEGIC_ROWS)}


def check_timeframe(timeframe: int) -> int:
    """The timeframe itself.

    Raises:
        BadInput: if it is neither 5 nor 30.
    """
    if isinstance(timeframe, bool) or timeframe not in LAYOUTS:
        raise BadInput("timeframe", timeframe, "give 5 or 30, in minutes")
    return timeframe


class Assembler:
    """The newest rows of one timeframe of one instrument.

    Args:
        symbol: ES or NQ.
        timeframe: minutes per row, 5 or 30.
        length: rows of the window; None for the timeframe's own (60 or 48).

    Raises:
        BadInput: for another timeframe, or a length below 1.
    """

    def __init__(self, symbol: str, timeframe: int, length: int | None = None) -> None:
        self.symbol = symbol
        self.timeframe = check_timeframe(timeframe)
        self.columns, rows = LAYOUTS[timeframe]
        self.length = rows if length is None else length
        if isinstance(self.length, bool) or not isinstance(self.length, int) or self.length < 1:
            raise BadInput("length", length, "give a whole number of rows from 1")
        self._rows: deque[Row] = deque(maxlen=self.length)
        self._time = 0

    @property
    def full(self) -> bool:
        """Whether the window is complete."""
        return len(self._rows) == self.length

    def add(self, timeframe: int, time: int, row: Sequence[float]) -> None:
        """Take the row of the bar that closed at `time`; the oldest row drops out of a full window.

        Raises:
            BadInput: for a row of other bars, of another width, with a value that is not finite, or not later than
                the newest; the window is then as before.
        """
        if timeframe != self.timeframe:
            raise BadInput("timeframe", timeframe, f"this window holds rows of {self.timeframe}-minute bars only")
        if len(row) != len(self.columns):
            raise BadInput("row", len(row), f"give {len(self.columns)} values: {', '.join(self.columns)}")
        if self._rows and time <= self._time:
            raise BadInput("time", stamp(time), f"rows run forward; the newest is of {stamp(self._time)}")
        for name, value in zip(self.columns, row, strict=True):
            if not math.isfinite(value):
                raise BadInput(f"row[{name!r}]", value, "every value must be finite")
        self._rows.append(tuple(row))
        self._time = time

    def matrix(self) -> FeatureMatrix:
        """The window.

        Raises:
            BadInput: while it is incomplete.
        """
        if not self.full:
            raise BadInput("rows", len(self._rows), f"the {self.timeframe}-minute matrix needs {self.length}")
        return FeatureMatrix(self.symbol, self.timeframe, self._time, self.columns, tuple(self._rows))

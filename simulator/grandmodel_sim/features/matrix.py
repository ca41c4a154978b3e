"""Feature matrices: the last rows of named columns, which is all that an agent sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grandmodel_sim.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The 30-minute matrix of the strategic agents: 48 rows (24 trading hours) of these 13 columns.
STRATEGIC_COLUMNS = (
    "mlmi_value",
    "mlmi_signal",
    "nwrqk_value",
    "nwrqk_slope",
    "lvn_distance_points",
    "lvn_nearest_strength",
    "time_hour_sin",
    "time_hour_cos",
    "mmd_1",
    "mmd_2",
    "mmd_3",
    "volatility",
    "volume_profile",
)
STRATEGIC_ROWS = 48

#: The 5-minute matrix of the tactical agents: 60 rows (5 trading hours) of these 7 columns.
TACTICAL_COLUMNS = (
    "fvg_bullish_active",
    "fvg_bearish_active",
    "fvg_nearest_level",
    "fvg_age",
    "fvg_mitigation_signal",
    "price_momentum_5",
    "volume_ratio",
)
TACTICAL_ROWS = 60


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """The newest rows of a set of columns, normalised.

    Attributes:
        symbol: ES or NQ.
        timeframe: minutes per row, 5 or 30.
        time: the instant at which the newest row's bar closed, in virtual milliseconds.
        columns: names, in order. Address columns by name: GrandModel's own agents use numbers and read other
            columns than their authors meant.
        rows: oldest first, each as long as `columns`.
    """

    symbol: str
    timeframe: int
    time: int
    columns: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.columns)

    def column(self, name: str) -> list[float]:
        """All values of one column, oldest first.

        Raises:
            BadInput: for an unknown name.
        """
        at = self._index(name)
        return [row[at] for row in self.rows]

    def newest(self, names: Sequence[str] | None = None) -> dict[str, float]:
        """The newest row by name: of `names`, or of all columns.

        Raises:
            BadInput: for an unknown name.
        """
        row = self.rows[-1]
        return {name: row[self._index(name)] for name in (self.columns if names is None else names)}

    def array(self) -> "NDArray[np.float32]":
        """The matrix as an array of shape (rows, columns), float32. Loads numpy."""
        import numpy as np

        return np.array(self.rows, dtype=np.float32).reshape(self.shape)

    def _index(self, name: str) -> int:
        if name not in self.columns:
            raise BadInput("column", name, f"the columns are {', '.join(self.columns)}")
        return self.columns.index(name)

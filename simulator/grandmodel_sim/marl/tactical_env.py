"""The tactical agents' view: three agents trade on the 60 x 7 matrix of 5-minute bars.

The matrix is that of `grandmodel_sim.features`: its columns come normalised from the very indicators that the pipeline
uses, so nothing is measured on this series. Everything else is the trading environment of Lab 2.1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from grandmodel_sim.features.frames import tactical_rows
from grandmodel_sim.features.matrix import TACTICAL_COLUMNS, TACTICAL_ROWS
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.marl.dataset import Dataset, Normalizer
from grandmodel_sim.marl.trading_env import EPISODE_LENGTH, TradingEnvironment

AGENTS = ("fvg", "momentum", "entry_opt")
WARM_UP = 12  # rows of indicators that have not seen enough bars yet


class TacticalEnvironment(TradingEnvironment):
    """Three agents, each short, flat or long by one contract, see the last 60 rows of the seven tactical columns.

    An observation is the matrix column by column (60 values of the first, oldest first, then the second), then the
    agent's own position: `observation[:-1].reshape(7, 60).T` is the matrix.

    Args:
        data_file: CSV file of 5-minute bars, or the bars; None generates 20 sessions of the simulated market.
        episode_length: decisions in one episode.
        symbol: ES or NQ.

    Raises:
        BadInput: as `TradingEnvironment`.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "grandmodel_tactical_v0", "render_modes": []}

    def __init__(
        self,
        data_file: str | Path | Sequence[Bar] | None = None,
        *,
        episode_length: int = EPISODE_LENGTH,
        symbol: str = "ES",
    ) -> None:
        super().__init__(
            data_file,
            TACTICAL_ROWS,
            TACTICAL_COLUMNS,
            normalizer=Normalizer.none(TACTICAL_COLUMNS),
            num_agents=len(AGENTS),
            episode_length=episode_length,
            symbol=symbol,
        )

    def _dataset(
        self,
        source: str | Path | Sequence[Bar],
        window_size: int,
        features: Sequence[str],
        normalizer: Normalizer | None,
    ) -> Dataset:
        data = Dataset(source, window_size, features, normalizer, _columns)
        data.skip(WARM_UP)
        return data

    def _names(self, num_agents: int) -> list[str]:
        return list(AGENTS)


def _columns(bars: Sequence[Bar], names: Sequence[str]) -> list[tuple[float, ...]]:
    return list(zip(*tactical_rows(bars), strict=True))

"""Feature columns of a bar series, by name. Each value depends on its own bar and earlier ones only."""

import math
from collections.abc import Callable, Sequence

from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.fvg import FairValueGap
from grandmodel_sim.features.mlmi import MomentumIndex
from grandmodel_sim.market.bars import Bar

VOLUME_BARS = 20  # the mean that a bar's volume is compared with looks back about this far


def _close(bars: Sequence[Bar]) -> list[float]:
    values, last = [], bars[0].open
    for bar in bars:
        values.append(math.log(bar.close / last))
        last = bar.close
    return values


def _volume(bars: Sequence[Bar]) -> list[float]:
    values, mean = [], float(max(bars[0].volume, 1))
    for bar in bars:
        values.append(math.log(max(bar.volume, 1) / mean))
        mean += 2 / (VOLUME_BARS + 1) * (max(bar.volume, 1) - mean)
    return values


def _mlmi(bars: Sequence[Bar]) -> list[float]:
    index = MomentumIndex()
    return [index.update(bar) for bar in bars]


def _fvg(bars: Sequence[Bar]) -> list[float]:
    gap = FairValueGap()
    return [gap.update(bar) for bar in bars]


#: name → column. `close` is the log return of the close, because raw prices drift out of the range that was trained on;
#: `volume` is the log ratio to its 20-bar exponential mean; `mlmi` and `fvg` are the indicators of this package.
FEATURES: dict[str, Callable[[Sequence[Bar]], list[float]]] = {
    "close": _close,
    "volume": _volume,
    "mlmi": _mlmi,
    "fvg": _fvg,
}


def columns(bars: Sequence[Bar], names: Sequence[str]) -> list[list[float]]:
    """One list of len(bars) values for each name.

    Raises:
        BadInput: for no names, an unknown or repeated name, or no bars.
    """
    known = ", ".join(FEATURES)
    if isinstance(names, str) or not names:
        raise BadInput("features", names, f"give a list of at least one of {known}")
    for name in names:
        if name not in FEATURES:
            raise BadInput("features", name, f"the features are {known}")
        if list(names).count(name) > 1:
            raise BadInput("features", name, "name each feature once")
    if not bars:
        raise BadInput("bars", bars, "give at least one bar")
    return [FEATURES[name](bars) for name in names]

"""Feature columns of a bar series, by name. Each value depends on its own bar and earlier ones only."""

import math
from collections.abc import Callable, Sequence

from grandmodel_sim.errors import BadInput
from grandmodel_sim.features import normalizers
from grandmodel_sim.features.checking import check_bars
from grandmodel_sim.features.fvg import FairValueGap
from grandmodel_sim.features.heikin_ashi import HeikinAshi
from grandmodel_sim.features.lvn import VolumeProfile
from grandmodel_sim.features.mlmi import MomentumIndex
from grandmodel_sim.features.mmd import MarketDiscrepancy
from grandmodel_sim.features.momentum import Momentum
from grandmodel_sim.features.nwrqk import KernelRegression
from grandmodel_sim.features.volume import VolumeRatio
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


def _follow(make: Callable[[], Callable[[Bar], float]]) -> Callable[[Sequence[Bar]], list[float]]:
    """A column of what a fresh indicator answers after each bar."""

    def column(bars: Sequence[Bar]) -> list[float]:
        update = make()
        return [update(bar) for bar in bars]

    return column


def _momentum() -> Callable[[Bar], float]:
    momentum = Momentum(5)
    return momentum.update


def _volume_ratio() -> Callable[[Bar], float]:
    ratio = VolumeRatio()
    return lambda bar: normalizers.volume_ratio(ratio.update(bar))


def _nwrqk() -> Callable[[Bar], float]:
    curve = KernelRegression()

    def update(bar: Bar) -> float:
        curve.update(bar)
        return curve.score

    return update


def _lvn() -> Callable[[Bar], float]:
    profile = VolumeProfile()

    def update(bar: Bar) -> float:
        profile.update(bar)
        node = profile.node
        if node is None:
            return 0.0
        near = normalizers.lvn_distance(node.distance, bar.close)
        return near if node.distance > 0 else -near if node.distance < 0 else 0.0

    return update


def _mmd() -> Callable[[Bar], float]:
    discrepancy = MarketDiscrepancy()

    def update(bar: Bar) -> float:
        discrepancy.update(bar)
        return discrepancy.score

    return update


def _heikin_ashi() -> Callable[[Bar], float]:
    smooth = HeikinAshi()

    def update(bar: Bar) -> float:
        smooth.update(bar)
        return 100 * (smooth.close / smooth.open - 1)

    return update


#: name → column. `close` is the log return of the close, because raw prices drift out of the range that was trained on;
#: `volume` is the log ratio to its 20-bar exponential mean; `mlmi` and `fvg` are the indicators of this package.
#: Further: `momentum`, the 5-bar return in per cent; `volume_ratio`, −1..1; `nwrqk`, the curve's slope as a z-score;
#: `lvn`, nearness of the nearest low volume node, positive above the price, 0 at it; `mmd`, the mean discrepancy;
#: `heikin_ashi`, the body of the Heikin-Ashi bar in per cent. All are computed on the bars given, of any length.
FEATURES: dict[str, Callable[[Sequence[Bar]], list[float]]] = {
    "close": _close,
    "volume": _volume,
    "mlmi": _mlmi,
    "fvg": _fvg,
    "momentum": _follow(_momentum),
    "volume_ratio": _follow(_volume_ratio),
    "nwrqk": _follow(_nwrqk),
    "lvn": _follow(_lvn),
    "mmd": _follow(_mmd),
    "heikin_ashi": _follow(_heikin_ashi),
}


def columns(bars: Sequence[Bar], names: Sequence[str]) -> list[list[float]]:
    """One list of len(bars) values for each name.

    Raises:
        BadInput: for no names, an unknown or repeated name, no bars, or bars that cannot be computed with.
    """
    known = ", ".join(FEATURES)
    if isinstance(names, str) or not names:
        raise BadInput("features", names, f"give a list of at least one of {known}")
    for name in names:
        if name not in FEATURES:
            raise BadInput("features", name, f"the features are {known}")
        if list(names).count(name) > 1:
            raise BadInput("features", name, "name each feature once")
    check_bars(bars)
    return [FEATURES[name](bars) for name in names]

"""The indicator engine: all indicators of one bar length together, as readings in their own units and as a matrix row.

5-minute bars feed fair value gaps, momentum, volume and the average true range; 30-minute bars feed MLMI, NW-RQK, LVN
and MMD. A row is what the agents see: the readings after `grandmodel_sim.features.normalizers`, clipped at ±3, rounded
to six decimals so that it is the same on every platform.
"""

import math

from grandmodel_sim.clock import from_ms
from grandmodel_sim.features import normalizers as scale
from grandmodel_sim.features.assembler import Row
from grandmodel_sim.features.gaps import GapBook
from grandmodel_sim.features.lvn import VolumeProfile
from grandmodel_sim.features.mlmi import MomentumIndex
from grandmodel_sim.features.mmd import MarketDiscrepancy
from grandmodel_sim.features.momentum import Momentum
from grandmodel_sim.features.nwrqk import KernelRegression
from grandmodel_sim.features.volatility import AverageTrueRange, ReturnDeviation
from grandmodel_sim.features.volume import VolumeRatio
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import eastern_offset

HALF_HOURS_PER_YEAR = 252 * 13


def _finished(*values: float) -> Row:
    return tuple([round(scale.clip(value, scale.LIMIT), 6) for value in values])


class TacticalIndicators:
    """Everything that is read on 5-minute bars."""

    def __init__(self) -> None:
        self.volume = VolumeRatio()
        self.gaps = GapBook()
        self.momentum = Momentum(5)
        self.atr = AverageTrueRange()
        self.bars = 0
        self._close = 0.0

    @property
    def ready(self) -> bool:
        """Whether every column has had enough bars: twelve, for the first gap."""
        return self.bars >= 12

    def update(self, bar: Bar) -> None:
        """Take the next 5-minute bar."""
        self.bars += 1
        self._close = bar.close
        self.gaps.update(bar, self.volume.update(bar))
        self.momentum.update(bar)
        self.atr.update(bar)

    def row(self) -> Row:
        """The newest row of the 60 × 7 matrix, as in `TACTICAL_COLUMNS`."""
        gap = self.gaps.nearest
        return _finished(
            float(self.gaps.active(+1)),
            float(self.gaps.active(-1)),
            scale.fvg_level(gap.middle, self._close) if gap else 0.0,
            scale.fvg_age(gap.age) if gap else 0.0,
            self.gaps.mitigation,
            scale.momentum(self.momentum.value),
            scale.volume_ratio(self.volume.value),
        )

    def readings(self) -> dict[str, float]:
        """The readings in their own units.

        `fvg` −1..1; `fvg_signal` in per cent of the price (`GapBook.signal`); `fvg_mitigation` 0..1; `momentum_5` in
        per cent; `volume_ratio` as a multiple of the usual; `atr` in points.
        """
        return {
            "fvg": self.gaps.fvg.value,
            "fvg_signal": self.gaps.signal,
            "fvg_mitigation": self.gaps.mitigation,
            "momentum_5": self.momentum.value,
            "volume_ratio": self.volume.value,
            "atr": self.atr.value,
        }


class StrategicIndicators:
    """Everything that is read on 30-minute bars.

    Args:
        tick: smallest price step of the instrument, in points.
    """

    def __init__(self, tick: float = 0.25) -> None:
        self.mlmi = MomentumIndex()
        self.nwrqk = KernelRegression()
        self.lvn = VolumeProfile(tick)
        self.mmd = MarketDiscrepancy()
        self.volume = VolumeRatio()
        self.volatility_20, self.volatility_30 = ReturnDeviation(20), ReturnDeviation(30)
        self.momentum_20, self.momentum_50 = Momentum(20), Momentum(50)
        self._time = 0
        self._close = 0.0

    @property
    def ready(self) -> bool:
        """Whether every column has had enough bars: 66, for MMD. MLMI may still be silent, which reads 0."""
        return self.mmd.ready and self.lvn.ready and self.nwrqk.ready

    def update(self, bar: Bar) -> None:
        """Take the next 30-minute bar."""
        self._time, self._close = bar.time, bar.close
        self.mlmi.update(bar)
        self.nwrqk.update(bar)
        self.lvn.update(bar)
        self.mmd.update(bar)
        self.volume.update(bar)
        self.volatility_20.update(bar)
        self.volatility_30.update(bar)
        self.momentum_20.update(bar)
        self.momentum_50.update(bar)

    def row(self) -> Row:
        """The newest row of the 48 × 13 matrix, as in `STRATEGIC_COLUMNS`.

        `time_hour` is the time at which the bar closed in New York, so that it does not shift with daylight saving;
        `volatility` is that of 20 half-hours, annualised (0.16: 16 % a year); `volume_profile` is the profile's skew.
        """
        node, price = self.lvn.node, self._close
        sine, cosine = scale.hour_of_day(_hour(self._time))
        return _finished(
            scale.mlmi_value(self.mlmi.value),
            float(self.mlmi.signal),
            scale.nwrqk_value(self.nwrqk.value, price) if self.nwrqk.value else 0.0,
            scale.nwrqk_slope(self.nwrqk.score),
            scale.lvn_distance(node.distance, price) if node else 0.0,
            scale.lvn_strength(node.strength) if node else 0.0,
            sine,
            cosine,
            *(scale.mmd(value) for value in self.mmd.values),
            self.volatility_20.value * math.sqrt(HALF_HOURS_PER_YEAR),
            self.lvn.skew,
        )

    def readings(self) -> dict[str, float]:
        """The readings in their own units.

        `mlmi` −1..1; `mlmi_signal` and `nwrqk_signal` −1, 0 or 1; `nwrqk` in points; `nwrqk_slope` as a z-score;
        `lvn_distance` in points (0 without a node); `lvn_strength` 0..1; `mmd_1` to `mmd_3` 0..√2.
        """
        node = self.lvn.node
        return {
            "mlmi": self.mlmi.value,
            "mlmi_signal": float(self.mlmi.signal),
            "nwrqk": self.nwrqk.value,
            "nwrqk_slope": self.nwrqk.score,
            "nwrqk_signal": float(self.nwrqk.signal),
            "lvn_distance": node.distance if node else 0.0,
            "lvn_strength": node.strength if node else 0.0,
            **{f"mmd_{number}": value for number, value in enumerate(self.mmd.values, start=1)},
        }

    def speaking(self) -> dict[str, float]:
        """Those of the readings by which an indicator speaks to the synergy detector."""
        return {"mlmi": self.mlmi.value, "nwrqk_slope": self.nwrqk.score}

    def context(self) -> dict[str, float]:
        """What the strategic agents' gating network looks at, all of the order of one, rounded to six decimals.

        `volatility_30`: deviation of the last 30 half-hour returns, in per cent. `volume_ratio`: the last half-hour's
        volume over the usual, after `normalizers.volume_ratio`. `momentum_20`, `momentum_50`: returns over as many
        half-hours, in per cent. `mmd_score`: mean of the three discrepancies. `price_trend`: close over the NW-RQK
        estimate, in per cent.
        """
        values = {
            "volatility_30": 100 * self.volatility_30.value,
            "volume_ratio": scale.volume_ratio(self.volume.value),
            "momentum_20": self.momentum_20.value,
            "momentum_50": self.momentum_50.value,
            "mmd_score": self.mmd.score,
            "price_trend": scale.percent(self._close, self.nwrqk.value) if self.nwrqk.value else 0.0,
        }
        return {name: round(value, 6) for name, value in values.items()}


def _hour(time: int) -> float:
    """The hour of the day in New York, 0 to below 24."""
    moment = from_ms(time)
    moment += eastern_offset(moment.date())  # the sessions lie within one date of UTC
    return moment.hour + moment.minute / 60

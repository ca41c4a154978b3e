"""Views made by hand: matrices that are zero but for the newest row's named values."""

from collections.abc import Mapping
from typing import Any

from grandmodel_sim.agents.base import View
from grandmodel_sim.features.matrix import (
    STRATEGIC_COLUMNS,
    STRATEGIC_ROWS,
    TACTICAL_COLUMNS,
    TACTICAL_ROWS,
    FeatureMatrix,
)
from grandmodel_sim.features.signals import SYNERGY_TYPES, Signal, Synergy

TIME = 1_752_499_800_000 + 1_800_000  # half an hour into the first session


def matrix(timeframe: int, newest: Mapping[str, float]) -> FeatureMatrix:
    columns, rows = (STRATEGIC_COLUMNS, STRATEGIC_ROWS) if timeframe == 30 else (TACTICAL_COLUMNS, TACTICAL_ROWS)
    assert set(newest) <= set(columns)
    empty = (0.0,) * len(columns)
    last = tuple(newest.get(name, 0.0) for name in columns)
    return FeatureMatrix("ES", timeframe, TIME, columns, (empty,) * (rows - 1) + (last,))


def synergy(type: str = "TYPE_1", direction: int = 1) -> Synergy:
    one, two, three = (Signal(name, direction, 0.5, 0.5 * direction, 10, TIME) for name in SYNERGY_TYPES[type])
    return Synergy(type, "ES", direction, 1.0, TIME, (one, two, three))


def view(
    strategic: Mapping[str, float] | None = None, tactical: Mapping[str, float] | None = None, **fields: Any
) -> View:
    values: dict[str, Any] = {"symbol": "ES", "time": TIME, "price": 6250.0, "atr": 9.0, **fields}
    return View(strategic=matrix(30, strategic or {}), tactical=matrix(5, tactical or {}), **values)


#: Everything speaks for a rise.
RISING_30 = {"mlmi_value": 0.8, "mlmi_signal": 1.0, "nwrqk_slope": 0.8, "nwrqk_value": 0.1}
RISING_5 = {
    "fvg_bullish_active": 1.0,
    "fvg_age": 0.9,
    "fvg_nearest_level": -0.02,
    "price_momentum_5": 0.08,
    "volume_ratio": 0.5,
}
RISING = {"momentum_20": 1.5, "momentum_50": 2.0}
FALLING_30 = {name: -value for name, value in RISING_30.items()}
FALLING_5 = {**RISING_5, "fvg_bullish_active": 0.0, "fvg_bearish_active": 1.0, "price_momentum_5": -0.08}
FALLING = {name: -value for name, value in RISING.items()}

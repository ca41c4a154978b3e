"""Signals of single indicators, and the synergy that three of them in a row make."""

from dataclasses import dataclass
from typing import Any

MLMI, NWRQK, FVG = "mlmi", "nwrqk", "fvg"

#: The four orders in which the three indicators may speak (`src/agents/synergy/base.py`).
SYNERGY_TYPES: dict[str, tuple[str, str, str]] = {
    "TYPE_1": (MLMI, NWRQK, FVG),
    "TYPE_2": (MLMI, FVG, NWRQK),
    "TYPE_3": (NWRQK, FVG, MLMI),
    "TYPE_4": (NWRQK, MLMI, FVG),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One indicator crossed its threshold.

    Attributes:
        indicator: `mlmi`, `nwrqk` or `fvg`.
        direction: +1 bullish, −1 bearish.
        strength: 0..1, how far beyond the threshold.
        value: the reading that crossed, in the indicator's own unit.
        bar: number of the 5-minute bar at whose close it spoke, counted per instrument.
        time: that instant, in virtual milliseconds.
    """

    indicator: str
    direction: int
    strength: float
    value: float
    bar: int
    time: int


@dataclass(frozen=True, slots=True)
class Synergy:
    """Three signals of one direction, each from another indicator, within the window.

    Attributes:
        type: `TYPE_1` … `TYPE_4`, by the order of the signals.
        symbol: ES or NQ.
        direction: +1 bullish, −1 bearish.
        confidence: constant 1.0, as in GrandModel; the signals' strengths say more.
        time: of the last signal, in virtual milliseconds.
        signals: the three, in order.
    """

    type: str
    symbol: str
    direction: int
    confidence: float
    time: int
    signals: tuple[Signal, Signal, Signal]

    def payload(self) -> dict[str, Any]:
        """As the payload of SYNERGY_DETECTED."""
        return {
            "symbol": self.symbol,
            "synergy_type": self.type,
            "direction": self.direction,
            "confidence": self.confidence,
            "signal_sequence": [
                {
                    "indicator": s.indicator,
                    "direction": s.direction,
                    "strength": s.strength,
                    "value": s.value,
                    "bar": s.bar,
                }
                for s in self.signals
            ],
        }

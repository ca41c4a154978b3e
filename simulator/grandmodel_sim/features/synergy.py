"""The synergy detector: the gate that wakes the agents when three indicators have spoken in one direction.

**When an indicator speaks.** MLMI and NW-RQK speak at the close of every half-hour at which their reading is at or
beyond the threshold: the level counts, not the crossing. FVG speaks when a gap opens, and when price first comes back
into it without filling it (`grandmodel_sim.features.gaps`). GrandModel hears MLMI and NW-RQK again with every 5-minute
bar, because its feature store still holds them, and FVG only on the return ("mitigation").

MLMI's threshold of 0.2 holds nothing back: five votes cannot be even, so a reading is at least 0.2 on one side or the
other, and MLMI speaks at every half-hour as soon as it has five points to ask. It gives a side; the others, the moment.

**Who came first** decides the type. If MLMI and NW-RQK speak at one close, the one whose reading has been on its side
for longer is first; if they turned together, MLMI. At a close of both lengths, the 5-minute bar comes first.

**The rules** (`src/agents/synergy/{base,detector,sequence}.py`): three indicators, one direction, one of the four
orders of `SYNERGY_TYPES`, the last at most 10 bars of five minutes after the first. An indicator that is already in the
sequence is ignored; one that speaks in the other direction ends the sequence and may begin the next; so does one that
comes too late. FVG begins no sequence, because no type begins with it (GrandModel collects three signals before it
notices). After a synergy, signals are ignored until 5 bars have gone by. Bars are counted in time, so a night ends
every sequence.

**The thresholds.** GrandModel's are 0.5 for MLMI (of half its range), 0.3 for the slope, and a gap of 0.1 % of the
price. In its own code the first two meet a scale that the indicators do not have, and the third meets keys that nobody
emits. In this simulator's market, over 40 worlds of five days, they yield 1.0 synergies a day in a world (ES and NQ
together), and none on every second day. The simulator's own, `THRESHOLDS`, yield 3.6 a day, and none on one day in
twelve: TYPE_1 1.7, TYPE_2 0.2, TYPE_3 0.2, TYPE_4 1.4. `tests/simulator/features/test_synergy_frequency.py` measures.
"""

import math
from collections.abc import Mapping

from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.assembler import check_timeframe
from grandmodel_sim.features.signals import FVG, MLMI, NWRQK, SYNERGY_TYPES, Signal, Synergy
from grandmodel_sim.market.calendar import BAR_MS

WINDOW = 10  # 5-minute bars from the first signal to the last
COOLDOWN = 5  # 5-minute bars after a synergy
CONFIDENCE = 1.0  # constant, as in GrandModel; the signals' strengths say more

#: Thresholds by indicator: MLMI, the mean of five votes, which 0.2 lets through whatever it is; NW-RQK, a z-score; FVG,
#: per cent of the price.
THRESHOLDS = {MLMI: 0.2, NWRQK: 0.3, FVG: 0.03}

#: GrandModel's own, to compare with.
ORIGINAL_THRESHOLDS = {MLMI: 0.5, NWRQK: 0.3, FVG: 0.1}

#: The readings at which a signal has strength 1.
FULL_STRENGTH = {MLMI: 1.0, NWRQK: 2.0, FVG: 0.3}

#: The reading that each indicator speaks by.
_READINGS = {5: {FVG: "fvg_signal"}, 30: {MLMI: "mlmi", NWRQK: "nwrqk_slope"}}

_BEGINNINGS = {order[:length] for order in SYNERGY_TYPES.values() for length in (1, 2, 3)}
_TYPES = {order: name for name, order in SYNERGY_TYPES.items()}


class SynergyDetector:
    """The detector of one instrument, fed with the readings after each bar.

    Args:
        symbol: ES or NQ.
        thresholds: by indicator, each above 0.

    Attributes:
        symbol: ES or NQ.
        thresholds: by indicator.
        sequence: the signals that might become a synergy, oldest first.
        signals: what spoke at the last reading, whether it counted or not.

    Raises:
        BadInput: for thresholds of other indicators, or one that is not above 0.
    """

    def __init__(self, symbol: str, thresholds: Mapping[str, float] = THRESHOLDS) -> None:
        if set(thresholds) != set(THRESHOLDS) or not all(0 < value < math.inf for value in thresholds.values()):
            raise BadInput("thresholds", dict(thresholds), f"give {', '.join(THRESHOLDS)}, each a number above 0")
        self.symbol = symbol
        self.thresholds = dict(thresholds)
        self.sequence: list[Signal] = []
        self.signals: list[Signal] = []
        self._sides: dict[str, tuple[int, int]] = {}  # indicator → its direction and since when
        self._last: int | None = None  # instant of the last synergy

    def update(self, timeframe: int, time: int, bar: int, readings: Mapping[str, float]) -> Synergy | None:
        """Take the readings after a bar, and return the synergy that they complete.

        Args:
            timeframe: of the bar that has closed, 5 or 30.
            time: the instant at which it closed, in virtual milliseconds.
            bar: number of the 5-minute bar that closed then.
            readings: with `fvg_signal` for 5, with `mlmi` and `nwrqk_slope` for 30.

        Raises:
            BadInput: for another timeframe, or a reading that is missing.
        """
        self.signals = self._speaking(check_timeframe(timeframe), time, bar, readings)
        for signal in self.signals:
            if self._last is not None and time - self._last < COOLDOWN * BAR_MS:
                continue
            if self._joins(signal):
                self.sequence.append(signal)
            if len(self.sequence) == 3:
                return self._complete()
        return None

    def forget(self) -> None:
        """Drop the sequence and the cooldown, and keep what is known of the indicators' sides."""
        self.sequence, self._last = [], None

    def _speaking(self, timeframe: int, time: int, bar: int, readings: Mapping[str, float]) -> list[Signal]:
        found: list[Signal] = []
        for indicator, name in _READINGS[timeframe].items():
            if name not in readings:
                raise BadInput("readings", sorted(readings), f"readings of {timeframe} minutes must have {name!r}")
            value = readings[name]
            direction = (value > 0) - (value < 0) if abs(value) >= self.thresholds[indicator] else 0
            if self._sides.get(indicator, (0, 0))[0] != direction:
                self._sides[indicator] = direction, time
            if direction:
                strength = round(min(abs(value) / FULL_STRENGTH[indicator], 1.0), 6)
                found.append(Signal(indicator, direction, strength, value, bar, time))
        return sorted(found, key=lambda signal: self._sides[signal.indicator][1])  # stable: MLMI before NW-RQK

    def _joins(self, signal: Signal) -> bool:
        """Whether the signal belongs into the sequence, which is first emptied if the signal ends it."""
        if self.sequence:
            first = self.sequence[0]
            if signal.time - first.time > WINDOW * BAR_MS or signal.direction != first.direction:
                self.sequence = []
        order = tuple(one.indicator for one in self.sequence)
        return (*order, signal.indicator) in _BEGINNINGS

    def _complete(self) -> Synergy:
        first, second, third = self.sequence
        self.sequence, self._last = [], third.time
        kind = _TYPES[(first.indicator, second.indicator, third.indicator)]
        return Synergy(kind, self.symbol, first.direction, CONFIDENCE, third.time, (first, second, third))

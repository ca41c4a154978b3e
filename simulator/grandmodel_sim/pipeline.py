"""The data pipeline of a world: feeds, bars, indicators, matrices and the synergy detector, talking over the bus.

After a 5-minute bar: NEW_5MIN_BAR → INDICATORS_READY (timeframe 5) → perhaps SYNERGY_DETECTED. Every sixth completes a
30-minute bar: NEW_30MIN_BAR → INDICATORS_READY (timeframe 30) → perhaps SYNERGY_DETECTED. When an event is published,
the feed has already read its bar: bars, matrices and readings are those of that close.

The history before a world's start is made on the first look at a feed or the first bar, not when the world is built.
"""

from datetime import date

from grandmodel_sim.clock import from_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.events import (
    INDICATORS_READY,
    NEW_5MIN_BAR,
    NEW_30MIN_BAR,
    SYNERGY_DETECTED,
    Event,
    EventBus,
)
from grandmodel_sim.features.assembler import Assembler, check_timeframe
from grandmodel_sim.features.engine import StrategicIndicators, TacticalIndicators
from grandmodel_sim.features.matrix import FeatureMatrix
from grandmodel_sim.features.signals import Synergy
from grandmodel_sim.features.synergy import SynergyDetector
from grandmodel_sim.market.bars import Bar, merge
from grandmodel_sim.market.calendar import BARS_PER_SESSION, bar_times, sessions_before
from grandmodel_sim.market.instruments import INSTRUMENTS, Instrument
from grandmodel_sim.market.joint import JointMarket, Leg

#: Sessions read in before the start: for the 48 half-hours of the strategic matrix, the 66 that MMD needs before the
#: first of them, and above all for MLMI, which speaks only after six crossings (in 80 of 80 series within 16 sessions).
WARM_UP_SESSIONS = 16
#: The 5-minute indicators forget sooner; they follow these last sessions of the warm-up only.
TACTICAL_WARM_UP_SESSIONS = 3
BARS_PER_30_MINUTES = 6


class Feed:
    """One instrument's bars as they close, with everything that is computed from them.

    Args:
        instrument: whose bars.
        leg: where they come from; its next bar is the first of the warm-up.
        bus: where bars are published.
    """

    def __init__(self, instrument: Instrument, leg: Leg, bus: EventBus) -> None:
        self.instrument = instrument
        self.symbol = instrument.symbol
        self.detector = SynergyDetector(self.symbol)
        self._leg, self._bus = leg, bus
        self._tactical, self._strategic = TacticalIndicators(), StrategicIndicators(instrument.tick)
        self._matrices = {5: Assembler(self.symbol, 5), 30: Assembler(self.symbol, 30)}
        self._bars: list[Bar] = []
        self._half_hours: list[Bar] = []
        self._synergies: list[Synergy] = []
        self._warm = False

    # --- reading ---

    @property
    def bars(self) -> list[Bar]:
        """All 5-minute bars so far, those of the warm-up included."""
        self.warm_up()
        return self._bars

    @property
    def half_hours(self) -> list[Bar]:
        """All 30-minute bars so far, those of the warm-up included."""
        self.warm_up()
        return self._half_hours

    @property
    def synergies(self) -> list[Synergy]:
        """All synergies since the start, oldest first."""
        return self._synergies

    @property
    def atr(self) -> float:
        """Average true range of the last 14 five-minute bars, in points."""
        self.warm_up()
        return self._tactical.atr.value

    def matrix(self, timeframe: int) -> FeatureMatrix:
        """What the agents see after the last bar of `timeframe` minutes: 60 × 7 for 5, 48 × 13 for 30.

        Raises:
            BadInput: for another timeframe.
        """
        check_timeframe(timeframe)
        self.warm_up()
        return self._matrices[timeframe].matrix()

    def readings(self, timeframe: int) -> dict[str, float]:
        """The indicators' readings after the last bar of `timeframe` minutes, as INDICATORS_READY carries them.

        See `TacticalIndicators.readings` and `StrategicIndicators.readings`. As in GrandModel's feature store, the
        readings of 5 minutes also hold the `mlmi` of the last half-hour, and those of 30 minutes the newest `fvg`.

        Raises:
            BadInput: for another timeframe.
        """
        check_timeframe(timeframe)
        self.warm_up()
        if timeframe == 5:
            return {"mlmi": self._strategic.mlmi.value, **self._tactical.readings()}
        return {**self._strategic.readings(), "fvg": self._tactical.gaps.fvg.value}

    def context(self) -> dict[str, float]:
        """The six numbers of the strategic gating network; see `StrategicIndicators.context`."""
        self.warm_up()
        return self._strategic.context()

    # --- bars as they close ---

    def warm_up(self) -> None:
        """Read the history before the start, once."""
        if self._warm:
            return
        self._warm = True
        for session in range(WARM_UP_SESSIONS):
            for bar in self._leg.session():
                self._bars.append(bar)
                if session >= WARM_UP_SESSIONS - TACTICAL_WARM_UP_SESSIONS:
                    self._read(bar, row=session == WARM_UP_SESSIONS - 1)
                if len(self._bars) % BARS_PER_30_MINUTES == 0:
                    missing = WARM_UP_SESSIONS * BARS_PER_SESSION - len(self._bars)
                    self._read_half_hour(row=missing // BARS_PER_30_MINUTES < self._matrices[30].length)
                    self.detector.update(30, bar.time, len(self._bars) - 1, self._strategic.speaking())
        self.detector.forget()

    def step(self) -> None:
        """Publish the bar that closes now; every sixth completes a 30-minute bar."""
        self.warm_up()
        bar = self._leg.next_bar()
        self._bars.append(bar)
        self._read(bar)
        self._bus.publish(NEW_5MIN_BAR, "data_pipeline", **bar.payload(self.symbol, 5))
        if len(self._bars) % BARS_PER_30_MINUTES == 0:
            self._read_half_hour()
            self._bus.publish(NEW_30MIN_BAR, "data_pipeline", **self._half_hours[-1].payload(self.symbol, 30))

    def detect(self, timeframe: int) -> Synergy | None:
        """Show the present readings to the synergy detector; a synergy is kept and returned."""
        bar = self._bars[-1]
        synergy = self.detector.update(timeframe, bar.time, len(self._bars) - 1, self.readings(timeframe))
        if synergy is not None:
            self._synergies.append(synergy)
        return synergy

    def _read(self, bar: Bar, row: bool = True) -> None:
        self._tactical.update(bar)
        if row:
            self._matrices[5].add(5, bar.time, self._tactical.row())

    def _read_half_hour(self, row: bool = True) -> None:
        bar = merge(self._bars[-BARS_PER_30_MINUTES:])
        self._half_hours.append(bar)
        self._strategic.update(bar)
        if row:
            self._matrices[30].add(30, bar.time, self._strategic.row())


class Pipeline:
    """All feeds of a world, the indicator engine and the synergy detectors.

    Attributes:
        market: where the bars come from; `market.stress(…)` asks for a bad day.
        feeds: symbol → feed.
    """

    def __init__(self, seed: int, start_ms: int, bus: EventBus) -> None:
        today = from_ms(start_ms).date()
        self.market = JointMarket(seed, _first_day(today), tuple(INSTRUMENTS.values()), holidays=True)
        self.feeds = {
            symbol: Feed(instrument, self.market.leg(symbol), bus) for symbol, instrument in INSTRUMENTS.items()
        }
        self._first_ms = next(time for time, _ in bar_times(today, holidays=True) if time > start_ms)
        self._begun = False
        self._bus = bus
        bus.subscribe(NEW_5MIN_BAR, self._on_bar)
        bus.subscribe(NEW_30MIN_BAR, self._on_bar)
        bus.subscribe(INDICATORS_READY, self._on_indicators)

    def feed(self, symbol: str) -> Feed:
        """The feed of an instrument.

        Raises:
            BadInput: for a symbol that has none.
        """
        if symbol not in self.feeds:
            raise BadInput("symbol", symbol, f"the simulator trades {' and '.join(self.feeds)}")
        return self.feeds[symbol]

    def next_ms(self) -> int:
        """When the next bars close."""
        return self.market.next_ms if self._begun else self._first_ms

    def step(self) -> None:
        """Publish the bars that close now."""
        if not self._begun:
            for feed in self.feeds.values():
                feed.warm_up()
            self._begun = True
        for feed in self.feeds.values():
            feed.step()

    def _on_bar(self, event: Event) -> None:
        symbol, timeframe = event.payload["symbol"], event.payload["timeframe"]
        readings = self.feeds[symbol].readings(timeframe)
        self._bus.publish(INDICATORS_READY, "indicator_engine", symbol=symbol, timeframe=timeframe, **readings)

    def _on_indicators(self, event: Event) -> None:
        synergy = self.feeds[event.payload["symbol"]].detect(event.payload["timeframe"])
        if synergy is not None:
            self._bus.publish(SYNERGY_DETECTED, "synergy_detector", **synergy.payload())


def _first_day(today: date) -> date:
    return sessions_before(today, WARM_UP_SESSIONS, holidays=True)[0]

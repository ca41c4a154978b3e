"""The data pipeline of a world: market feed, bar builder and indicator engine, talking over the bus."""

from datetime import date

from grandmodel_sim.clock import from_ms
from grandmodel_sim.events import INDICATORS_READY, NEW_5MIN_BAR, NEW_30MIN_BAR, Event, EventBus
from grandmodel_sim.features.fvg import FairValueGap
from grandmodel_sim.features.mlmi import MomentumIndex
from grandmodel_sim.market.bars import Bar, merge
from grandmodel_sim.market.calendar import sessions_before
from grandmodel_sim.market.instruments import INSTRUMENTS
from grandmodel_sim.market.joint import JointMarket, Leg

WARM_UP_SESSIONS = 2  # history read in before the start, so that the indicators have something to say at the first bar
BARS_PER_30_MINUTES = 6


def warm_up_from(day: date) -> date:
    """The session at which the history begins that is read in before the session of `day`."""
    return sessions_before(day, WARM_UP_SESSIONS, holidays=True)[0]


class Feed:
    """One instrument's bars as they close, with the indicators that follow them."""

    def __init__(self, market: Leg, bus: EventBus) -> None:
        self.symbol = market.instrument.symbol
        self._bus = bus
        self._market = market
        self._mlmi, self._fvg = MomentumIndex(), FairValueGap()
        self.bars: list[Bar] = []
        for _ in range(WARM_UP_SESSIONS):
            for bar in self._market.session():
                self._read(bar)
        self._half_hour: list[Bar] = []

    def next_ms(self) -> int:
        """When the next bar closes."""
        return self._market.next_ms

    def step(self) -> None:
        """Publish the bar that closes now; every sixth completes a 30-minute bar."""
        bar = self._market.next_bar()
        self._read(bar)
        self._bus.publish(NEW_5MIN_BAR, "data_pipeline", **bar.payload(self.symbol, 5))
        self._half_hour.append(bar)
        if len(self._half_hour) == BARS_PER_30_MINUTES:
            whole, self._half_hour = merge(self._half_hour), []
            self._bus.publish(NEW_30MIN_BAR, "data_pipeline", **whole.payload(self.symbol, 30))

    def indicators(self) -> dict[str, float]:
        """The readings after the last bar."""
        return {"mlmi": self._mlmi.value, "fvg": self._fvg.value}

    def _read(self, bar: Bar) -> None:
        self.bars.append(bar)
        self._mlmi.update(bar)
        self._fvg.update(bar)


class Pipeline:
    """All feeds of a world, and the indicator engine that answers each 5-minute bar with INDICATORS_READY."""

    def __init__(self, seed: int, start_ms: int, bus: EventBus) -> None:
        first = warm_up_from(from_ms(start_ms).date())
        self.market = JointMarket(seed, first, tuple(INSTRUMENTS.values()), holidays=True)
        self.feeds = {symbol: Feed(leg, bus) for symbol, leg in self.market.legs.items()}
        self._bus = bus
        bus.subscribe(NEW_5MIN_BAR, self._on_bar)

    def next_ms(self) -> int:
        """When the next bar of any instrument closes."""
        return min(feed.next_ms() for feed in self.feeds.values())

    def step(self) -> None:
        """Publish every bar that closes now."""
        due = self.next_ms()
        for feed in self.feeds.values():
            if feed.next_ms() == due:
                feed.step()

    def _on_bar(self, event: Event) -> None:
        symbol = event.payload["symbol"]
        readings = self.feeds[symbol].indicators()
        self._bus.publish(INDICATORS_READY, "indicator_engine", symbol=symbol, timeframe=5, **readings)

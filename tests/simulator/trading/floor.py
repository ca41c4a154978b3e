"""A trading floor for tests: exchange, portfolio, ledger and brackets on bars that the test writes itself."""

from grandmodel_sim.clock import START, Clock, from_ms, to_ms
from grandmodel_sim.events import Event, EventBus
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.trading.brackets import Brackets
from grandmodel_sim.trading.exchange import Exchange
from grandmodel_sim.trading.ledger import Ledger
from grandmodel_sim.trading.orders import Order
from grandmodel_sim.trading.portfolio import Portfolio

OPEN = to_ms(START)  # a Monday, 09:30 in New York
BAR = 300_000
CLOSE = OPEN + 78 * BAR


class Floor:
    """Starts right after the session's first bar, which stood at 6000 for ES and 20,000 for NQ."""

    def __init__(self, seed: int = 1, capital: float = 1_000_000.0, volume: int = 9000, fresh: bool = False) -> None:
        self.clock = Clock(from_ms(OPEN))
        self.bus = EventBus(self.clock)
        self.bars: dict[str, list[Bar]] = {"ES": [], "NQ": []}
        self.portfolio = Portfolio(capital)
        self.exchange = Exchange(seed, self.clock, self.bus, lambda symbol: self.bars[symbol], self.portfolio)
        self.ledger = Ledger(self.bus, self.exchange, self.portfolio)
        self.brackets = Brackets(self.bus, self.exchange)
        for symbol, price in (("ES", 6000.0), ("NQ", 20_000.0)):
            # Yesterday's last bars, so that volatility has a past.
            for number in range(3):
                self.bars[symbol].append(Bar(OPEN - 86_400_000 + number, price, price + 1, price - 1, price, volume))
        if not fresh:
            self.bar(6000.0, 6001.0, 5999.0, 6000.0, volume)

    def wait(self, ms: int) -> None:
        """Let time go by without a bar."""
        target = self.clock.ms + ms
        while self.exchange.next_ms() <= target:
            self.clock.move_to(max(self.clock.ms, self.exchange.next_ms()))
            self.exchange.step()
        self.clock.move_to(target)

    def bar(
        self, opened: float, high: float, low: float, close: float, volume: int = 9000, symbol: str = "ES"
    ) -> list[Event]:
        """The next bar closes: all before it happens first. Returns the events that it led to."""
        due = (self.clock.ms - OPEN) // BAR * BAR + BAR + OPEN
        while self.exchange.next_ms() < due:
            self.clock.move_to(max(self.clock.ms, self.exchange.next_ms()))
            self.exchange.step()
        self.clock.move_to(due)
        before = len(self.bus.log)
        bar = Bar(due, opened, high, low, close, volume)
        self.bars[symbol].append(bar)
        self.exchange.on_bar(symbol, bar)
        self.portfolio.on_bar(symbol, bar)
        self.exchange.step()
        assert self.bus.failures == []
        return self.bus.log[before:]

    def send(
        self, symbol: str, side: str, quantity: int, type: str = "MARKET", wait: int = 300, **fields: object
    ) -> Order:
        """Send an order and wait until it has arrived."""
        order = self.exchange.new_order(symbol, side, quantity, type, **fields)
        self.exchange.submit(order)
        self.wait(wait)
        assert self.bus.failures == []
        return order

    def types(self) -> list[str]:
        return [event.type for event in self.bus.log]

"""The back office: books every fill into the portfolio and tells the bus what became of the position."""

from grandmodel_sim.events import ORDER_FILLED, POSITION_UPDATE, TRADE_CLOSED, Event, EventBus
from grandmodel_sim.trading.exchange import Exchange
from grandmodel_sim.trading.portfolio import Portfolio

SOURCE = "portfolio"


class Ledger:
    """Answers each ORDER_FILLED with POSITION_UPDATE, and with TRADE_CLOSED when it completes a round trip.

    Make it before anything else that listens to ORDER_FILLED and wants to see the position as it is afterwards.
    """

    def __init__(self, bus: EventBus, exchange: Exchange, portfolio: Portfolio) -> None:
        self._bus, self._exchange, self._portfolio = bus, exchange, portfolio
        bus.subscribe(ORDER_FILLED, self._on_fill)

    def _on_fill(self, event: Event) -> None:
        fill = event.payload
        order = self._exchange.orders[fill["order"]]
        closed = self._portfolio.on_fill(order, fill["quantity"], fill["price"], fill["fees"], event.time)
        self._portfolio.mark(order.symbol, self._exchange.last(order.symbol))  # slippage shows at once
        position = self._portfolio.positions[order.symbol]
        self._bus.publish(POSITION_UPDATE, SOURCE, **position.payload(), equity=self._portfolio.equity)
        for trade in closed:
            self._bus.publish(TRADE_CLOSED, SOURCE, **trade.payload())

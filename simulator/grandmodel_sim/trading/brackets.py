"""Brackets: a stop and a target around a position, of which one cancels the other."""

from typing import Any

from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.events import ORDER_FILLED, POSITION_UPDATE, Event, EventBus
from grandmodel_sim.trading.exchange import Exchange
from grandmodel_sim.trading.orders import BUY, CLOSING, SELL, Order, check


class Brackets:
    """Sends the stop and the target as soon as their entry begins to fill, and keeps them as large as what it filled.

    Make it after the `Ledger`: it looks at the position as it is after a fill.

    Both are GTC: a position that stays overnight stays protected. When the position is closed some other way they are
    cancelled. Either way, what is left of an entry that is still being worked is cancelled too.
    """

    def __init__(self, bus: EventBus, exchange: Exchange) -> None:
        self._exchange = exchange
        self._asked: dict[str, tuple[float, float]] = {}  # entry id → stop price, target price
        self._sent: dict[str, tuple[Order, Order]] = {}  # entry id → stop, target
        self._held: dict[str, int] = {}  # symbol → contracts, negative when short
        self._entries: dict[str, str] = {}  # id of a stop or target → entry id
        bus.subscribe(ORDER_FILLED, self._on_fill)
        bus.subscribe(POSITION_UPDATE, self._on_position)

    def protect(self, entry: str, stop_price: float, target_price: float) -> None:
        """Put a stop and a target around what the order `entry` will buy or sell, its children's fills included.

        Raises:
            NotFound: for an unknown order.
            BadInput: for an order that only closes, a price that is no whole tick, or prices on the wrong sides.
        """
        orders = self._exchange.orders
        if entry not in orders:
            raise NotFound(f"no order {entry!r}")
        order = orders[entry]
        if order.purpose in CLOSING:
            raise BadInput("entry", entry, f"it is a {order.purpose} order; protect an order that opens a position")
        if (target_price - stop_price) * order.sign <= 0:
            sides = "the stop below the target" if order.sign > 0 else "the stop above the target"
            raise BadInput("stop_price", stop_price, f"the target is {target_price}; a {order.side} needs {sides}")
        for type, price in (("STOP", stop_price), ("LIMIT", target_price)):
            check(Order("-", quantity=1, created=0, **self._fields(order, type, price)))
        self._asked[entry] = (stop_price, target_price)

    def of(self, entry: str) -> tuple[Order, Order] | None:
        """Stop and target of an entry, or None before its first fill."""
        return self._sent.get(entry)

    def _fields(self, entry: Order, type: str, price: float) -> dict[str, Any]:
        return {
            "symbol": entry.symbol,
            "side": SELL if entry.side == BUY else BUY,
            "type": type,
            "limit_price": price if type == "LIMIT" else None,
            "stop_price": price if type == "STOP" else None,
            "time_in_force": "GTC",
            "arrival_price": price,
            "decision": entry.decision,
            "purpose": "stop" if type == "STOP" else "target",
            "oco": f"bracket {entry.id}",
        }

    def _on_fill(self, event: Event) -> None:
        id = event.payload["parent"] or event.payload["order"]
        protected = self._entries.get(id)
        if protected and self._exchange.orders[protected].open:
            self._exchange.cancel(protected, f"its {event.payload['purpose']} has filled", "position_closed")
        if id not in self._asked:
            return
        order = self._exchange.orders[id]
        held = self._held.get(order.symbol, 0) * order.sign
        quantity = min(event.payload["quantity"], held)
        if quantity <= 0:  # it only closed what was held on the other side: there is nothing to protect
            return
        if id in self._sent and all(protective.open for protective in self._sent[id]):
            for protective in self._sent[id]:
                protective.quantity += quantity
                self._exchange.changes.note(protective.id)
            return
        entry, (stop_price, target_price) = order, self._asked[id]
        stop = self._exchange.new_order(quantity=quantity, **self._fields(entry, "STOP", stop_price))
        self._exchange.submit(stop)
        target = self._exchange.new_order(quantity=quantity, **self._fields(entry, "LIMIT", target_price))
        self._exchange.submit(target)
        self._sent[id] = (stop, target)
        self._entries[stop.id] = self._entries[target.id] = id

    def _on_position(self, event: Event) -> None:
        self._held[event.payload["symbol"]] = event.payload["quantity"]
        if event.payload["quantity"]:
            return
        for order in self._exchange.of():
            if order.symbol != event.payload["symbol"] or not order.open:  # an entry takes its children with it
                continue
            if order.id in self._entries or (order.id in self._sent and order.filled):
                self._exchange.cancel(order.id, "the position is closed", "position_closed")

"""The simulated exchange: what becomes of an order after it is sent.

An order arrives after 100 to 300 ms and then follows these rules:

- **Quote.** Bid and ask are what one contract would get: the last price minus and plus its slippage (`costs.py`). The
  last price is that of the last closed bar, or what `last` says if the exchange is given a finer source. Before the
  first bar of a session has closed there is no price of the day: market orders wait and take that bar's open.
- **Market** orders trade at once what the book holds (`costs.depth`) and the rest in parts, 100 to 300 ms apart. Each
  part slips by its own size and by what the same side has taken out of the book before: the book recovers within a
  minute, evenly.
- **TWAP and VWAP** orders lay out their slices when they arrive, or at the first price if there is none yet.
- **Limit** orders that can trade on arrival do, never beyond their limit. Resting ones fill when a bar trades *through*
  the limit by at least a tick, since a touch need not reach the end of the queue; they get the limit, or the open if
  the session opens beyond it.
- **Stop** orders trigger on touch and then are market orders, filled at the worse of stop and open, with slippage.
- When one bar touches stop and target, the stop comes first: five-minute bars do not say which it was, so assume the
  worse.
- All resting orders together get at most 10 % of a bar's volume.
- An order that arrived more than a second after a bar opened sees only that bar's close: its high and low may be older.
- `stop`, `target`, `exit` and `liquidation` orders only ever make a position smaller.
- DAY orders expire at the session's close; IOC and FOK live for one instant.
- What an order of a pair has closed, the other need not close: its quantity shrinks, and a stop or target grows with
  its entry. No event says so; at any fill an order's quantity is the `filled` and `remaining` of ORDER_FILLED together.

What cannot be an order at all raises `BadInput` and leaves no trace. What could be, but is refused (market closed,
limits, margin, system stopped), becomes a REJECTED order with a code and a reason.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from grandmodel_sim.clock import Clock
from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.events import ORDER_CANCELLED, ORDER_FILLED, ORDER_SUBMITTED, Event, EventBus
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.instruments import INSTRUMENTS, instrument
from grandmodel_sim.randomness import stream
from grandmodel_sim.trading import costs, matching, schedule
from grandmodel_sim.trading.agenda import NEVER, Agenda
from grandmodel_sim.trading.book import Book
from grandmodel_sim.trading.changes import Changes
from grandmodel_sim.trading.gateway import Gateway, OrderLimits
from grandmodel_sim.trading.hours import session_at
from grandmodel_sim.trading.orders import (
    ACKNOWLEDGED,
    BUY,
    CANCELLED,
    CLOSING,
    EXPIRED,
    FILLED,
    PARENTS,
    PARTIALLY_FILLED,
    REJECTED,
    SELL,
    SUBMITTED,
    Order,
    check,
)
from grandmodel_sim.trading.portfolio import Portfolio

__all__ = ["NEVER", "Exchange", "OrderLimits"]

SOURCE = "exchange"
LATENCY_MS = (100, 300)

#: What ORDER_SUBMITTED says of an order, besides its id as `order`.
_ANNOUNCED = (
    "symbol", "side", "quantity", "type", "limit_price", "stop_price", "time_in_force", "purpose", "arrival_price",
    "decision", "parent", "oco",
)  # fmt: skip

#: What a sender may say of an order besides its terms.
_DETAILS = ("arrival_price", "decision", "purpose", "oco")

#: An emergency liquidation sends again what has not traded after the first of these, and gives up after the second.
LIQUIDATION_WAIT_MS, LIQUIDATION_LIMIT_MS = 3000, 5000


class Exchange:
    """Takes orders, fills them against the bars, and tells the bus.

    Args:
        seed: of the latencies.
        clock: the world's.
        bus: where ORDER_SUBMITTED, ORDER_FILLED and ORDER_CANCELLED go. A rejection or an expiry is an
            ORDER_CANCELLED whose `state` says so.
        bars: symbol → its closed 5-minute bars, oldest first.
        portfolio: whose position and margin are checked; it is read, never changed.
        last: symbol → the last traded price, if there is a finer source than the closed bars.
        slippage: the coefficients.
        holidays: whether the exchange is closed on its holidays.

    Attributes:
        orders: all orders so far by id, oldest first.
        changes: the ids of the orders as they last changed: in state, in what is filled, in quantity.
    """

    def __init__(
        self,
        seed: int,
        clock: Clock,
        bus: EventBus,
        bars: Callable[[str], Sequence[Bar]],
        portfolio: Portfolio,
        last: Callable[[str], float] | None = None,
        slippage: costs.Slippage | None = None,
        holidays: bool = False,
    ) -> None:
        self._clock, self._bus, self._portfolio, self._holidays = clock, bus, portfolio, holidays
        self._random = stream(seed, "exchange", "latency")
        self._agenda = Agenda(clock)
        self._book = Book(clock, bars, last, slippage)
        self._gateway = Gateway(portfolio)
        self.orders: dict[str, Order] = {}
        self.changes = Changes()
        self._ids = 0
        self._resting: dict[str, list[Order]] = {symbol: [] for symbol in INSTRUMENTS}
        self._unbegun: dict[str, list[Order]] = {
            symbol: [] for symbol in INSTRUMENTS
        }  # schedules that wait for a price
        self._triggered: set[str] = set()  # stops that have become market orders; asked, never iterated
        self._busy: set[str] = set()  # orders with an entry in the agenda that will trade them; asked, never iterated
        self._seen: dict[str, int] = {}  # symbol → close of the newest bar that was worked through
        self._children: dict[str, list[str]] = {}
        bus.subscribe(ORDER_FILLED, self._on_fill)

    # --- a part of the world ---

    def next_ms(self) -> int:
        """When something is due: an arrival, a part of an order, a slice, the end of the day."""
        return self._agenda.next_ms()

    def step(self) -> None:
        """Do all that is due now."""
        self._agenda.step()

    # --- reading ---

    @property
    def now_ms(self) -> int:
        """The current virtual instant in milliseconds."""
        return self._clock.ms

    def bars(self, symbol: str) -> Sequence[Bar]:
        """The closed 5-minute bars of an instrument, oldest first."""
        return self._book.bars(symbol)

    @property
    def open(self) -> bool:
        """Whether the market is open at this instant."""
        return self.session() is not None

    def session(self) -> tuple[int, int] | None:
        """Opening and closing instant of the session under way, or None while the market is closed."""
        return session_at(self._clock.ms, self._holidays)

    def last(self, symbol: str) -> float:
        """The last price, in points.

        Raises:
            BadInput: for an unknown symbol.
        """
        return self._book.last(symbol)

    def quote(self, symbol: str) -> tuple[float, float, float]:
        """Bid, ask and last price, in points: what one contract would get now.

        Raises:
            BadInput: for an unknown symbol.
        """
        return self._book.quote(symbol)

    def depth(self, symbol: str) -> int:
        """Contracts that would trade at this instant.

        Raises:
            BadInput: for an unknown symbol.
        """
        return self._book.depth(symbol)

    def slippage(self, symbol: str, side: str, contracts: int, before: float = 0.0) -> int:
        """Ticks between the last price and what this many contracts would get now; `before` as in `Book.slippage`.

        Raises:
            BadInput: for an unknown symbol.
        """
        return self._book.slippage(symbol, side, contracts, before=before)

    @property
    def limits(self) -> OrderLimits:
        """What is refused for its size; may be changed."""
        return self._gateway.limits

    @property
    def halted(self) -> str:
        """Why no new position may be opened; empty while trading is allowed."""
        return self._gateway.halted

    @property
    def stress(self) -> float:
        """Multiplier of slippage and divisor of depth, from 1; raised while the market is under stress."""
        return self._book.stress

    @stress.setter
    def stress(self, value: float) -> None:
        if not 1 <= value < 1000:
            raise BadInput("stress", value, "give a multiplier from 1")
        self._book.stress = value

    def of(self, *states: str) -> list[Order]:
        """The orders in these states, oldest first; all that can still be filled if none is named."""
        return [order for order in self.orders.values() if (order.state in states if states else order.open)]

    # --- acting ---

    def new_order(
        self,
        symbol: str,
        side: str,
        quantity: int,
        type: str = "MARKET",
        limit_price: float | None = None,
        stop_price: float | None = None,
        time_in_force: str = "DAY",
        **details: Any,
    ) -> Order:
        """A checked order with the next id, not sent yet.

        Args:
            symbol: as in `Order`, like all its terms.
            side: as in `Order`.
            quantity: as in `Order`.
            type: as in `Order`.
            limit_price: as in `Order`.
            stop_price: as in `Order`.
            time_in_force: as in `Order`.
            details: `arrival_price`, `decision`, `purpose` or `oco`, as in `Order`.

        Raises:
            BadInput: for anything that cannot be an order; no id is used up.
        """
        for name in details:
            if name not in _DETAILS:
                raise BadInput("details", name, f"besides its terms an order takes {', '.join(_DETAILS)}")
        order = Order(
            f"O-{self._ids + 1:06d}", symbol, side, quantity, type, self._clock.ms, limit_price, stop_price,
            time_in_force, **details,
        )  # fmt: skip
        check(order)
        order.arrival_price = order.arrival_price or self.last(symbol)
        self._ids += 1
        return order

    def submit(self, order: Order) -> None:
        """Send an order. It is SUBMITTED or REJECTED when this returns, and ACKNOWLEDGED after its latency.

        Raises:
            BadInput: for what cannot be an order, and for an id that was used before; nothing has changed then.
        """
        check(order)
        if order.id in self.orders:
            raise BadInput("order", order.id, "this id was sent before; ask new_order() for the next one")
        self.orders[order.id] = order
        waiting = [other for other in self.of() if other is not order]
        refusal = self._gateway.refusal(order, self.open, self.last(order.symbol), waiting)
        if refusal:
            self._end(order, REJECTED, *refusal)
            return
        self._send(order)

    def cancel(self, id: str, reason: str = "cancelled on request", code: str = "requested") -> None:
        """Cancel what is left of an order, its children included.

        Raises:
            NotFound: for an unknown id.
            BadInput: if the order is in a final state.
        """
        if not isinstance(id, str) or id not in self.orders:
            raise NotFound(f"no order {id!r}")
        order = self.orders[id]
        if not order.open:
            raise BadInput("order", id, f"it is {order.state} and can no longer be cancelled")
        self._end(order, CANCELLED, code, reason)

    def halt(self, reason: str) -> None:
        """Refuse everything that could open a position, until `resume`. Open orders stay, unless they are cancelled."""
        self._gateway.halted = reason or "halted"

    def resume(self) -> None:
        """Take orders again."""
        self._gateway.halted = ""

    def liquidate(self, symbol: str | None = None, reason: str = "liquidation") -> list[Order]:
        """Cancel open orders and close positions at any price: of one instrument, or of all.

        What has not traded after 3 s is sent again; after 5 s it is given up, and the cancelled order says so. While
        there is no price (the market is closed, or its first bar has not closed yet) the orders wait for the first one.

        Returns:
            The orders sent.

        Raises:
            BadInput: for an unknown symbol.
        """
        symbols = [instrument(symbol).symbol] if symbol is not None else list(INSTRUMENTS)
        for order in self.of():
            if order.symbol in symbols and order.open:  # a parent's end may have closed it meanwhile
                self._end(order, CANCELLED, "liquidation", reason)
        sent = []
        for each in symbols:
            held = self._portfolio.quantity(each)
            if held:
                sent.append(self._liquidation(each, held, reason, self._clock.ms))
        return sent

    # --- on the way in ---

    def _send(self, order: Order) -> None:
        self._move(order, SUBMITTED)
        payload = order.payload()
        self._bus.publish(ORDER_SUBMITTED, SOURCE, order=order.id, **{name: payload[name] for name in _ANNOUNCED})
        self._agenda.after(self._latency(), partial(self._arrive, order))

    def _arrive(self, order: Order) -> None:
        if order.state != SUBMITTED:  # cancelled on the way
            return
        self._move(order, ACKNOWLEDGED)
        order.acknowledged, order.market_price = self._clock.ms, self.last(order.symbol)
        session = self.session()
        if session is None and order.time_in_force != "GTC":
            self._end(order, EXPIRED, "session_end", "the session closed while the order was on its way")
            return
        if session and order.time_in_force == "DAY" and not order.parent:
            self._agenda.at(session[1], partial(self._expire, order))
        priced = self._book.priced(order.symbol, session)
        if order.type in PARENTS:
            if priced or order.type == "ICEBERG":  # whose limit may rest in the book at any time
                self._begin(order)
            else:
                self._unbegun[order.symbol].append(order)
            return
        self._resting[order.symbol].append(order)
        if priced:
            self._try(order)
        elif order.time_in_force in ("IOC", "FOK"):
            self._end(order, CANCELLED, "no_price", "the session's first bar has not closed: there is no price yet")

    def _expire(self, order: Order) -> None:
        if order.open:
            self._end(order, EXPIRED, "session_end", f"a DAY order: {order.remaining} contracts left at the close")

    # --- trading between bars ---

    def _try(self, order: Order) -> None:
        """Trade now what can be traded at the quote."""
        last, tick = self.last(order.symbol), instrument(order.symbol).tick
        if order.type == "STOP" and order.id not in self._triggered:
            if not matching.touched(order, last, last):
                return
            self._triggered.add(order.id)
        quantity = min(self._allowed(order), self.depth(order.symbol))
        if not order.open:  # it had nothing left to close
            return
        limited = order.limit_price is not None
        one, all = (
            tick * self._book.slippage(order.symbol, order.side, contracts, limited)
            for contracts in (1, max(1, quantity))
        )
        price = matching.at_quote(order, last, one, all)
        if price is None:
            quantity = 0
        if order.time_in_force == "FOK" and quantity < order.remaining:
            self._end(order, CANCELLED, "fill_or_kill", f"only {quantity} of {order.remaining} contracts could trade")
            return
        if quantity and price is not None:
            self._book.take(order.symbol, order.side, quantity)
            self._fill(order, quantity, price)
        if order.open and order.time_in_force == "IOC":
            self._end(order, CANCELLED, "immediate_or_cancel", f"{order.remaining} contracts could not trade at once")
        elif order.open and quantity and not limited:
            self._later(order)

    def _later(self, order: Order) -> None:
        """Try again after a latency."""
        if order.id in self._busy:
            return
        self._busy.add(order.id)

        def again() -> None:
            self._busy.discard(order.id)
            if order.open and self.open:
                self._try(order)

        self._agenda.after(self._latency(), again)

    # --- trading within a bar ---

    def on_bar(self, symbol: str, bar: Bar) -> None:
        """Work the resting orders through a bar that has just closed. A bar that was worked through is ignored."""
        if bar.time <= self._seen.get(symbol, 0):
            return
        self._seen[symbol] = bar.time
        self._resting[symbol] = [order for order in self._resting[symbol] if order.open]
        available = int(bar.volume * costs.PARTICIPATION)
        # Stops before targets, and each in the order in which they were sent.
        for order in sorted(self._resting[symbol], key=lambda order: order.type != "STOP"):
            if order.open and available and order.id not in self._busy:
                available -= self._work(order, bar, available)
        waiting, self._unbegun[symbol] = self._unbegun[symbol], []
        for order in waiting:
            if order.open:
                self._begin(order)

    def _work(self, order: Order, bar: Bar, available: int) -> int:
        """Fill a resting order within a bar; returns the contracts that traded."""
        tick = instrument(order.symbol).tick
        price = matching.within_bar(order, bar, tick, order.id in self._triggered)
        if price is None:
            return 0
        if order.type == "STOP":
            self._triggered.add(order.id)
        quantity = min(self._allowed(order), available)
        if not order.open or not quantity:
            return 0
        if order.limit_price is None:  # a resting limit order gives to the book and takes nothing from it
            price += order.sign * tick * self._book.slippage(order.symbol, order.side, quantity)
            self._book.take(order.symbol, order.side, quantity)
        self._fill(order, quantity, price)
        if order.open and order.limit_price is None:
            self._later(order)
        return quantity

    # --- parents and children ---

    def _begin(self, parent: Order) -> None:
        """Lay out the slices of a parent order that has just arrived."""
        self._children[parent.id] = []
        if parent.type == "ICEBERG":
            self._child(parent, min(parent.remaining, schedule.iceberg_display(parent.quantity)))
            return
        slices = schedule.twap(parent.quantity) if parent.type == "TWAP" else schedule.vwap(
            parent.quantity, self._clock.ms
        )  # fmt: skip
        for part in slices:
            self._agenda.after(part.after_ms, partial(self._child, parent, part.quantity))

    def _child(self, parent: Order, quantity: int) -> None:
        if not parent.open:
            return
        stopped = self._gateway.stopped(parent)
        if stopped:
            self._end(parent, CANCELLED, *stopped)
            return
        family = self._children[parent.id]
        child = Order(
            f"{parent.id}-{len(family) + 1:02d}",
            parent.symbol,
            parent.side,
            quantity,
            "MARKET" if parent.limit_price is None else "LIMIT",
            self._clock.ms,
            parent.limit_price,
            time_in_force=parent.time_in_force,
            arrival_price=parent.arrival_price,
            decision=parent.decision,
            purpose=parent.purpose,
            parent=parent.id,
        )
        family.append(child.id)
        self.orders[child.id] = child
        self._send(child)

    # --- fills and ends ---

    def _fill(self, order: Order, quantity: int, price: float) -> None:
        contract = instrument(order.symbol)
        price = contract.round(price)
        fees = costs.commission(quantity, contract.commission)
        slipped = round((price - order.arrival_price) * order.sign, 6)
        parent = self.orders.get(order.parent)
        for each in (order, parent):
            if each is None:
                continue
            cost = each.average_price * each.filled + price * quantity
            each.filled += quantity
            each.average_price = round(cost / each.filled, 6)
            self._move(each, FILLED if each.filled == each.quantity else PARTIALLY_FILLED)
        self._bus.publish(
            ORDER_FILLED,
            SOURCE,
            order=order.id,
            symbol=order.symbol,
            side=order.side,
            quantity=quantity,
            price=price,
            fees=fees,
            state=order.state,
            filled=order.filled,
            remaining=order.remaining,
            average_price=order.average_price,
            slippage_points=slipped,
            purpose=order.purpose,
            decision=order.decision,
            parent=order.parent,
        )

    def _on_fill(self, event: Event) -> None:
        """What a fill means for other orders: one cancels the other, and an iceberg shows its next part."""
        order, quantity = self.orders[event.payload["order"]], event.payload["quantity"]
        for other in self.of() if order.oco else ():
            if other.oco == order.oco and other is not order:
                if other.remaining <= quantity:
                    self._end(other, CANCELLED, "oco", f"its counterpart {order.id} filled")
                else:
                    other.quantity -= quantity  # what this order has closed, the other need not close any more
                    self.changes.note(other.id)
        parent = self.orders.get(order.parent)
        if parent is not None and parent.open and parent.type == "ICEBERG" and not order.open:
            part = min(parent.remaining, schedule.iceberg_display(parent.quantity))
            self._agenda.after(schedule.REFRESH_MS, partial(self._child, parent, part))

    def _allowed(self, order: Order) -> int:
        """Contracts that the order may still trade; a closing order with nothing to close ends."""
        if order.purpose not in CLOSING:
            return order.remaining
        held = self._portfolio.quantity(order.symbol)
        closable = max(0, -order.sign * held)
        if not closable:
            self._end(order, CANCELLED, "nothing_to_close", "the position is closed already")
        return min(order.remaining, closable)

    def _move(self, order: Order, state: str) -> None:
        order.move_to(state)
        self.changes.note(order.id)

    def _end(self, order: Order, state: str, code: str, reason: str) -> None:
        self._move(order, state)
        order.code, order.reason = code, reason
        self._bus.publish(
            ORDER_CANCELLED,
            SOURCE,
            order=order.id,
            symbol=order.symbol,
            side=order.side,
            state=state,
            code=code,
            reason=reason,
            filled=order.filled,
            remaining=order.remaining,
            purpose=order.purpose,
            decision=order.decision,
            parent=order.parent,
        )
        for id in self._children.get(order.id, ()):
            if self.orders[id].open:
                self._end(self.orders[id], CANCELLED, code, reason)

    # --- liquidation ---

    def _liquidation(self, symbol: str, held: int, reason: str, began: int) -> Order:
        # GTC: sent in the last second of a session, it must not expire and leave the position to the night.
        order = self.new_order(symbol, SELL if held > 0 else BUY, abs(held), time_in_force="GTC", purpose="liquidation")
        self.submit(order)
        if self._book.priced(symbol, self.session()):
            wait = LIQUIDATION_WAIT_MS if self._clock.ms == began else LIQUIDATION_LIMIT_MS - LIQUIDATION_WAIT_MS
            self._agenda.after(wait, partial(self._unsold, order, reason, began))
        return order

    def _unsold(self, order: Order, reason: str, began: int) -> None:
        if not order.open or not self.open:  # closed meanwhile: it waits for the next session's first price
            return
        waited = self._clock.ms - began
        if waited >= LIQUIDATION_LIMIT_MS:
            self._end(
                order, CANCELLED, "liquidation_failed", f"{order.remaining} contracts could not be closed within 5 s"
            )
            return
        self._end(order, CANCELLED, "liquidation_again", "no complete fill within 3 s; sent again")
        held = self._portfolio.quantity(order.symbol)
        if held:
            self._liquidation(order.symbol, held, reason, began)

    def _latency(self) -> int:
        return self._random.randint(*LATENCY_MS)

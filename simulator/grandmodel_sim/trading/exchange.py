"""The simulated exchange: what becomes of an order after it is sent.

An order arrives after 100 to 300 ms and then follows these rules:

- **Quote.** Bid and ask are what one contract would get: the last price minus and plus its slippage (`costs.py`). The
  last price is that of the last closed bar, or what `last` says if the exchange is given a finer source. Before the
  first bar of a session has closed there is no price of the day: market orders wait and take that bar's open.
- **Market** orders trade at once what the book holds (`costs.depth`) and the rest in parts, 100 to 300 ms apart. Each
  part slips by its own size and by what the same side has taken out of the book before: the book recovers within a
  minute, evenly.
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

What cannot be an order at all raises `BadInput` and leaves no trace. What could be, but is refused (market closed,
limits, margin, system stopped), becomes a REJECTED order with a code and a reason.
"""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from grandmodel_sim.clock import Clock
from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.events import ORDER_CANCELLED, ORDER_FILLED, ORDER_SUBMITTED, Event, EventBus
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS
from grandmodel_sim.market.instruments import INSTRUMENTS, instrument
from grandmodel_sim.randomness import stream
from grandmodel_sim.trading import costs, schedule
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
from grandmodel_sim.trading.portfolio import GRACE_MS, Portfolio

SOURCE = "exchange"
LATENCY_MS = (100, 300)
NEVER = 2**62

#: What ORDER_SUBMITTED says of an order, besides its id as `order`.
_ANNOUNCED = (
    "symbol", "side", "quantity", "type", "limit_price", "stop_price", "time_in_force", "purpose", "arrival_price",
    "decision", "parent", "oco",
)  # fmt: skip

#: An emergency liquidation sends again what has not traded after the first of these, and gives up after the second.
LIQUIDATION_WAIT_MS, LIQUIDATION_LIMIT_MS = 3000, 5000


@dataclass(slots=True)
class OrderLimits:
    """What the exchange's gateway refuses (`src/components/live_execution_handler.py`).

    Attributes:
        order_size: contracts in one order.
        position_size: contracts of one instrument, open orders of the same side included.
        leverage: gross notional over equity that a new order may lead to.
    """

    order_size: int = 10
    position_size: int = 50
    leverage: float = 4.0


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
        limits: what is refused for its size.
        stress: multiplier of slippage and divisor of depth, from 1; raised while the market is under stress.
        halted: why no new position may be opened; empty while trading is allowed.
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
        self._clock, self._bus, self._bars, self._portfolio, self._last = clock, bus, bars, portfolio, last
        self._random = stream(seed, "exchange", "latency")
        self._slippage = slippage or costs.Slippage()
        self._holidays = holidays
        self.orders: dict[str, Order] = {}
        self.limits = OrderLimits()
        self.stress = 1.0
        self.halted = ""
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []  # a heap of (instant, number, what to do)
        self._entries = 0
        self._ids = 0
        self._resting: dict[str, list[Order]] = {symbol: [] for symbol in INSTRUMENTS}
        self._triggered: set[str] = set()  # stops that have become market orders; asked, never iterated
        self._busy: set[str] = set()  # orders with an entry in the agenda that will trade them; asked, never iterated
        self._seen: dict[str, int] = {}  # symbol → close of the newest bar that was worked through
        self._children: dict[str, list[str]] = {}
        self._taken: dict[tuple[str, str], list[tuple[int, int]]] = {}  # (symbol, side) → (instant, contracts)
        bus.subscribe(ORDER_FILLED, self._on_fill)

    # --- a part of the world ---

    def next_ms(self) -> int:
        """When something is due: an arrival, a part of an order, a slice, the end of the day."""
        return self._agenda[0][0] if self._agenda else NEVER

    def step(self) -> None:
        """Do all that is due now."""
        while self._agenda and self._agenda[0][0] <= self._clock.ms:
            heapq.heappop(self._agenda)[2]()

    # --- reading ---

    @property
    def now_ms(self) -> int:
        """The current virtual instant in milliseconds."""
        return self._clock.ms

    def bars(self, symbol: str) -> Sequence[Bar]:
        """The closed 5-minute bars of an instrument, oldest first."""
        return self._bars(instrument(symbol).symbol)

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
        symbol = instrument(symbol).symbol
        return self._last(symbol) if self._last else self._bars(symbol)[-1].close

    def quote(self, symbol: str) -> tuple[float, float, float]:
        """Bid, ask and last price, in points: what one contract would get now.

        Raises:
            BadInput: for an unknown symbol.
        """
        last, tick = self.last(symbol), instrument(symbol).tick
        return last - self.slippage(symbol, SELL, 1) * tick, last + self.slippage(symbol, BUY, 1) * tick, last

    def slippage(self, symbol: str, side: str, contracts: int, limit: bool = False, before: float = 0.0) -> int:
        """Ticks between the last price and what this many contracts would get at this instant.

        Args:
            symbol: ES or NQ.
            side: BUY or SELL.
            contracts: that trade at once.
            limit: whether the order names a limit.
            before: contracts that are assumed to be missing from the book besides those that are.
        """
        bars = self._bars(symbol)
        volume, size = bars[-1].volume, contracts + before + self._missing(symbol, side)
        return self._slippage.ticks(
            size,
            instrument(symbol).tick,
            regime=costs.volatility_regime(bars),
            liquidity=costs.liquidity(self._clock.ms),
            participation=min(1.0, size / volume) if volume else 1.0,
            stress=self.stress,
            limit=limit,
        )

    def depth(self, symbol: str) -> int:
        """Contracts that would trade at this instant."""
        return costs.depth(self._bars(symbol)[-1].volume, self.stress)

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
        """A checked order with the next id, not sent yet. `details` are further fields of `Order`, such as `decision`.

        Raises:
            BadInput: for anything that cannot be an order; no id is used up.
        """
        known = {field.name for field in fields(Order)}
        for name in details:
            if name not in known:
                raise BadInput("details", name, f"an order has {', '.join(sorted(known))}")
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
        refusal = self._refusal(order)
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
        if id not in self.orders:
            raise NotFound(f"no order {id!r}")
        order = self.orders[id]
        if not order.open:
            raise BadInput("order", id, f"it is {order.state} and can no longer be cancelled")
        self._end(order, CANCELLED, code, reason)

    def halt(self, reason: str) -> None:
        """Refuse everything that could open a position, until `resume`. Open orders stay, unless they are cancelled."""
        self.halted = reason or "halted"

    def resume(self) -> None:
        """Take orders again."""
        self.halted = ""

    def liquidate(self, symbol: str | None = None, reason: str = "liquidation") -> list[Order]:
        """Cancel open orders and close positions at any price: of one instrument, or of all.

        What has not traded after 3 s is sent again; after 5 s it is given up, and the cancelled order says so. While
        the market is closed the orders wait for its next opening.

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

    def _refusal(self, order: Order) -> tuple[str, str] | None:
        """Code and reason if this order must not go in now."""
        closing = order.purpose in CLOSING
        if self.halted and not closing:
            return "system_stopped", f"trading is stopped: {self.halted}"
        if not self.open and order.time_in_force != "GTC":
            return "market_closed", "the session is 09:30 to 16:00 in New York; a GTC order would wait for it"
        if closing:
            return None
        limits, symbol = self.limits, order.symbol
        if order.quantity > limits.order_size:
            return "order_size", f"{order.quantity} contracts; one order may have {limits.order_size}"
        position = self._portfolio.quantity(symbol)
        waiting = sum(
            other.remaining
            for other in self.of()
            if other.symbol == symbol and other.sign == order.sign and other.purpose not in CLOSING
            and not other.parent and other is not order
        )  # fmt: skip
        after = abs(position + order.sign * (order.quantity + waiting))
        if after > limits.position_size and after > abs(position):
            return (
                "position_size",
                f"it could lead to {after} contracts of {symbol}; {limits.position_size} are allowed",
            )
        if after > abs(position):
            return self._unaffordable(symbol, after)
        return None

    def _unaffordable(self, symbol: str, contracts: int) -> tuple[str, str] | None:
        """Code and reason if the portfolio could not carry this many contracts of an instrument."""
        margin, notional = self._portfolio.if_held(symbol, contracts, self.last(symbol))
        equity = self._portfolio.equity
        if margin > equity:
            return "margin", f"it could need {margin:,.0f} dollars of margin; equity is {equity:,.0f}"
        if notional > self.limits.leverage * equity:
            return "leverage", (
                f"it could lead to {notional:,.0f} dollars of notional on {equity:,.0f} of equity; "
                f"{self.limits.leverage:g} times is allowed"
            )
        return None

    def _send(self, order: Order) -> None:
        order.move_to(SUBMITTED)
        payload = order.payload()
        self._bus.publish(ORDER_SUBMITTED, SOURCE, order=order.id, **{name: payload[name] for name in _ANNOUNCED})
        self._after(self._latency(), lambda: self._arrive(order))

    def _arrive(self, order: Order) -> None:
        if order.state != SUBMITTED:  # cancelled on the way
            return
        order.move_to(ACKNOWLEDGED)
        order.acknowledged, order.market_price = self._clock.ms, self.last(order.symbol)
        session = self.session()
        if session is None and order.time_in_force != "GTC":
            self._end(order, EXPIRED, "session_end", "the session closed while the order was on its way")
            return
        if session and order.time_in_force == "DAY" and not order.parent:
            self._at(session[1], lambda: self._expire(order))
        if order.type in PARENTS:
            self._begin(order)
            return
        self._resting[order.symbol].append(order)
        if self._priced(order.symbol):
            self._try(order)
        elif order.time_in_force in ("IOC", "FOK"):
            self._end(order, CANCELLED, "no_price", "the session's first bar has not closed: there is no price yet")

    def _expire(self, order: Order) -> None:
        if order.open:
            self._end(order, EXPIRED, "session_end", f"a DAY order: {order.remaining} contracts left at the close")

    # --- trading between bars ---

    def _try(self, order: Order) -> None:
        """Trade now what can be traded at the quote."""
        if not order.open:
            return
        last, tick = self.last(order.symbol), instrument(order.symbol).tick
        if order.type == "STOP" and order.id not in self._triggered:
            assert order.stop_price is not None
            if (last - order.stop_price) * order.sign < 0:
                return
            self._triggered.add(order.id)
        quantity = min(self._allowed(order), self.depth(order.symbol))
        if not order.open:  # it had nothing left to close
            return
        limited = order.limit_price is not None
        price = last + order.sign * tick * self.slippage(order.symbol, order.side, max(quantity, 1), limited)
        if limited:
            assert order.limit_price is not None
            nearest = last + order.sign * tick * self.slippage(order.symbol, order.side, 1, limit=True)
            if (order.limit_price - nearest) * order.sign < 0:  # not even one contract can trade within the limit
                quantity = 0
            elif (order.limit_price - price) * order.sign < 0:
                price = order.limit_price
        if order.time_in_force == "FOK" and quantity < order.remaining:
            self._end(order, CANCELLED, "fill_or_kill", f"only {quantity} of {order.remaining} contracts could trade")
            return
        if quantity:
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

        self._after(self._latency(), again)

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

    def _work(self, order: Order, bar: Bar, available: int) -> int:
        """Fill a resting order within a bar; returns the contracts that traded."""
        late = order.acknowledged > bar.time - BAR_MS + GRACE_MS
        opened, high, low = (bar.close,) * 3 if late else (bar.open, bar.high, bar.low)
        tick, buying = instrument(order.symbol).tick, order.side == BUY
        if order.limit_price is not None:
            limit = order.limit_price
            through = low <= limit - tick if buying else high >= limit + tick
            if not through:
                return 0
            price = min(limit, opened) if buying else max(limit, opened)
            quantity = min(self._allowed(order), available)
        else:
            base = opened
            if order.type == "STOP" and order.id not in self._triggered:
                assert order.stop_price is not None
                if not (high >= order.stop_price if buying else low <= order.stop_price):
                    return 0
                self._triggered.add(order.id)
                base = max(order.stop_price, opened) if buying else min(order.stop_price, opened)
            quantity = min(self._allowed(order), available)
            price = base + order.sign * tick * self.slippage(order.symbol, order.side, max(quantity, 1))
        if not order.open or not quantity:
            return 0
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
            self._after(part.after_ms, partial(self._child, parent, part.quantity))

    def _child(self, parent: Order, quantity: int) -> None:
        if not parent.open:
            return
        if self.halted and parent.purpose not in CLOSING:
            self._end(parent, CANCELLED, "system_stopped", f"trading is stopped: {self.halted}")
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
            each.move_to(FILLED if each.filled == each.quantity else PARTIALLY_FILLED)
        if order.limit_price is None:  # a resting limit order gives to the book and takes nothing from it
            taken = self._taken.setdefault((order.symbol, order.side), [])
            taken[:] = [(when, size) for when, size in taken if self._clock.ms - when < costs.RECOVERY_MS]
            taken.append((self._clock.ms, quantity))
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
        parent = self.orders.get(order.parent)
        if parent is not None and parent.open and parent.type == "ICEBERG" and not order.open:
            part = min(parent.remaining, schedule.iceberg_display(parent.quantity))
            self._after(schedule.REFRESH_MS, partial(self._child, parent, part))

    def _allowed(self, order: Order) -> int:
        """Contracts that the order may still trade; a closing order with nothing to close ends."""
        if order.purpose not in CLOSING:
            return order.remaining
        held = self._portfolio.quantity(order.symbol)
        closable = max(0, -order.sign * held)
        if not closable:
            self._end(order, CANCELLED, "nothing_to_close", "the position is closed already")
        return min(order.remaining, closable)

    def _end(self, order: Order, state: str, code: str, reason: str) -> None:
        order.move_to(state)
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
        order = self.new_order(
            symbol, SELL if held > 0 else BUY, abs(held), time_in_force="DAY" if self.open else "GTC",
            purpose="liquidation",
        )  # fmt: skip
        self.submit(order)
        if self.open:
            wait = LIQUIDATION_WAIT_MS if self._clock.ms == began else LIQUIDATION_LIMIT_MS - LIQUIDATION_WAIT_MS
            self._after(wait, lambda: self._unsold(order, reason, began))
        return order

    def _unsold(self, order: Order, reason: str, began: int) -> None:
        if not order.open:
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

    # --- time and price ---

    def _at(self, ms: int, act: Callable[[], None]) -> None:
        self._entries += 1
        heapq.heappush(self._agenda, (ms, self._entries, act))

    def _after(self, ms: int, act: Callable[[], None]) -> None:
        self._at(self._clock.ms + ms, act)

    def _latency(self) -> int:
        return self._random.randint(*LATENCY_MS)

    def _priced(self, symbol: str) -> bool:
        """Whether there is a price of the session under way."""
        session = self.session()
        return session is not None and (self._last is not None or self._bars(symbol)[-1].time > session[0])

    def _missing(self, symbol: str, side: str) -> float:
        """Contracts of this side of the book that our own trades have taken and that have not grown back."""
        taken = self._taken.get((symbol, side), [])
        return round(math.fsum(costs.still_missing(contracts, self._clock.ms - when) for when, contracts in taken), 6)

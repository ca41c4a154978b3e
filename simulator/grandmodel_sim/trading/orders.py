"""Orders and the states that they pass through."""

from dataclasses import dataclass
from typing import Any

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.instruments import instrument

PENDING, SUBMITTED, ACKNOWLEDGED, PARTIALLY_FILLED = "PENDING", "SUBMITTED", "ACKNOWLEDGED", "PARTIALLY_FILLED"
FILLED, CANCELLED, REJECTED, EXPIRED = "FILLED", "CANCELLED", "REJECTED", "EXPIRED"

#: state → the states that may follow. The last four are final.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    PENDING: (SUBMITTED, REJECTED, CANCELLED),
    SUBMITTED: (ACKNOWLEDGED, REJECTED, CANCELLED),
    ACKNOWLEDGED: (PARTIALLY_FILLED, FILLED, CANCELLED, REJECTED, EXPIRED),
    PARTIALLY_FILLED: (PARTIALLY_FILLED, FILLED, CANCELLED, EXPIRED),
    FILLED: (),
    CANCELLED: (),
    REJECTED: (),
    EXPIRED: (),
}
FINAL = tuple(state for state, following in TRANSITIONS.items() if not following)

BUY, SELL = "BUY", "SELL"

#: Beyond these it is no order but a slip of the hand; far above them a number could not even be written down.
LARGEST_QUANTITY, LARGEST_PRICE = 1_000_000, 10_000_000
ORDER_TYPES = ("MARKET", "LIMIT", "STOP", "TWAP", "VWAP", "ICEBERG")
TIME_IN_FORCE = ("DAY", "GTC", "IOC", "FOK")

#: Why an order was rejected, cancelled or expired: `Order.code` and the `code` of ORDER_CANCELLED.
CODES = {
    "market_closed": "rejected: the market is closed, and only a GTC order may wait for it",
    "order_size": "rejected: more contracts than one order may have",
    "position_size": "rejected: the position could become larger than allowed",
    "margin": "rejected: the margin that it could need exceeds equity",
    "leverage": "rejected: the notional that it could lead to is too many times equity",
    "system_stopped": "rejected or cancelled: trading is stopped, only closing orders are taken",
    "requested": "cancelled by who sent it",
    "immediate_or_cancel": "cancelled: an IOC order could not trade wholly at once",
    "fill_or_kill": "cancelled: a FOK order could not trade wholly at once, so it did not trade at all",
    "no_price": "cancelled: an IOC or FOK order before the session's first bar had closed",
    "oco": "cancelled: its counterpart of the same group filled",
    "position_closed": "cancelled: the position that it belongs to is closed",
    "nothing_to_close": "cancelled: it may only close, and nothing is held",
    "liquidation": "cancelled: everything is being closed",
    "liquidation_again": "cancelled: a liquidation without a complete fill within 3 s, sent again",
    "liquidation_failed": "cancelled: a liquidation without a complete fill within 5 s, given up",
    "session_end": "expired: a DAY order at the session's close",
}

#: Types that send children over time.
PARENTS = ("TWAP", "VWAP", "ICEBERG")

#: Purposes that may only make a position smaller.
CLOSING = ("stop", "target", "exit", "liquidation")
PURPOSES = ("entry", "manual", *CLOSING)


@dataclass(slots=True)
class Order:
    """An order and how far it has come.

    Attributes:
        id: `O-000001`, counted per world.
        symbol: ES or NQ.
        side: BUY or SELL.
        quantity: contracts, above 0.
        type: one of `ORDER_TYPES`. TWAP, VWAP and ICEBERG are parent orders that send children.
        created: virtual milliseconds.
        limit_price: points, in whole ticks; None where the type needs none.
        stop_price: points, in whole ticks; None where the type needs none.
        time_in_force: one of `TIME_IN_FORCE`.
        state: one of `TRANSITIONS`.
        filled: contracts so far.
        average_price: of what is filled, in points; 0 before the first fill.
        arrival_price: the last price when the decision fell, against which slippage and shortfall are measured.
        decision: id of the `Decision` behind it; empty for an order of a person or of a stop.
        purpose: `entry`, `stop`, `target`, `exit`, `liquidation` or `manual`.
        parent: id of the parent order, or empty.
        reason: why it was rejected, cancelled or expired, in words.
        code: the same for programs, such as `market_closed`; empty while there is no reason.
        oco: name of its group, of which one cancels the other; empty for an order that stands alone.
        acknowledged: when it reached the exchange, in virtual milliseconds; 0 before.
        market_price: the last price at that instant, in points; 0 before.
    """

    id: str
    symbol: str
    side: str
    quantity: int
    type: str
    created: int
    limit_price: float | None = None
    stop_price: float | None = None
    time_in_force: str = "DAY"
    state: str = PENDING
    filled: int = 0
    average_price: float = 0.0
    arrival_price: float = 0.0
    decision: str = ""
    purpose: str = "manual"
    parent: str = ""
    reason: str = ""
    code: str = ""
    oco: str = ""
    acknowledged: int = 0
    market_price: float = 0.0

    @property
    def sign(self) -> int:
        """+1 for a purchase, −1 for a sale."""
        return 1 if self.side == BUY else -1

    @property
    def remaining(self) -> int:
        """Contracts still to be filled."""
        return self.quantity - self.filled

    @property
    def open(self) -> bool:
        """Whether it can still be filled."""
        return self.state not in FINAL

    def payload(self) -> dict[str, Any]:
        """The order as JSON-able values."""
        return {name: getattr(self, name) for name in self.__slots__}

    def move_to(self, state: str) -> None:
        """Pass into the next state.

        Raises:
            BadInput: for a state that may not follow; the order is left as it was.
        """
        following = TRANSITIONS[self.state]
        if state not in following:
            accepted = f"it may become {', '.join(following)}" if following else "it is final"
            raise BadInput("state", state, f"order {self.id} is {self.state}: {accepted}")
        self.state = state


def check(order: Order) -> None:
    """Whether an exchange could make sense of this order at all, whatever the market does.

    Raises:
        BadInput: naming the field, what came and what is accepted.
    """
    tick = instrument(order.symbol).tick
    _one_of("side", order.side, (BUY, SELL))
    _one_of("type", order.type, ORDER_TYPES)
    _one_of("time_in_force", order.time_in_force, TIME_IN_FORCE)
    _one_of("purpose", order.purpose, PURPOSES)
    whole = isinstance(order.quantity, int) and not isinstance(order.quantity, bool)
    if not whole or not 1 <= order.quantity <= LARGEST_QUANTITY:
        accepted = f"give a whole number of contracts from 1 to {LARGEST_QUANTITY:,}; the side says which way"
        raise BadInput("quantity", order.quantity, accepted)
    if order.time_in_force in ("IOC", "FOK") and order.type not in ("MARKET", "LIMIT"):
        raise BadInput("time_in_force", order.time_in_force, f"a {order.type} order takes DAY or GTC")
    _price("limit_price", order.limit_price, order.type, ("LIMIT",), ("LIMIT", "ICEBERG"), tick)
    _price("stop_price", order.stop_price, order.type, ("STOP",), ("STOP",), tick)


def _one_of(argument: str, came: object, accepted: tuple[str, ...]) -> None:
    if came not in accepted:
        raise BadInput(argument, came, f"accepted are {', '.join(accepted)}")


def _price(
    argument: str, price: float | None, type: str, needed: tuple[str, ...], allowed: tuple[str, ...], tick: float
) -> None:
    if price is None:
        if type in needed:
            raise BadInput(argument, None, f"a {type} order needs it, in points")
        return
    if type not in allowed:
        raise BadInput(argument, price, f"a {type} order has none; leave it out")
    number = isinstance(price, int | float) and not isinstance(price, bool)
    if not number or not 0 < price <= LARGEST_PRICE or price % tick:
        raise BadInput(argument, price, f"give points above 0, up to {LARGEST_PRICE:,}, in whole ticks of {tick}")

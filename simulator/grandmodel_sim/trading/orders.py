"""Orders and the states that they pass through."""

from dataclasses import dataclass
from typing import Any

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
ORDER_TYPES = ("MARKET", "LIMIT", "STOP", "TWAP", "VWAP", "ICEBERG")
TIME_IN_FORCE = ("DAY", "GTC", "IOC", "FOK")


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
        limit_price, stop_price: points, in whole ticks; None where the type needs none.
        time_in_force: one of `TIME_IN_FORCE`.
        state: one of `TRANSITIONS`.
        filled: contracts so far.
        average_price: of what is filled, in points; 0 before the first fill.
        arrival_price: the last price when the decision fell, against which slippage and shortfall are measured.
        decision: id of the `Decision` behind it; empty for an order of a person or of a stop.
        purpose: `entry`, `stop`, `target`, `exit`, `liquidation` or `manual`.
        parent: id of the parent order, or empty.
        reason: why it was rejected, cancelled or expired, in words.
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

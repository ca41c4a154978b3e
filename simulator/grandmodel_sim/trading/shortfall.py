"""Implementation shortfall: what carrying out a decision cost, against a paper trade at the decision's price.

After A. Perold, "The implementation shortfall: paper versus reality", Journal of Portfolio Management 14, 1988. The
cost, in dollars, positive = lost, has four parts:

| Part | From … to | On |
| --- | --- | --- |
| delay | the price when the decision fell → the price when the order reached the exchange | filled |
| slippage | that price → the prices of the fills | filled |
| missed | the price when the decision fell → the price at the end | not filled |
| fees | commission | filled |

A stop or a target has no decision price of its own: it is measured against its level, without delay, and what it does
not fill is not missed, since its counterpart or somebody else has closed the position.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.trading.orders import Order
from grandmodel_sim.trading.portfolio import Fill


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What an order cost against the paper trade.

    Attributes:
        order: its id.
        symbol: of the order.
        side: of the order.
        quantity: contracts that were wanted.
        filled: contracts that traded.
        decision_price: the last price when the decision fell, in points.
        average_price: of the fills, in points; 0 without any.
        end_price: against which the unfilled part is measured, in points.
        delay: dollars, positive = lost, as the next three.
        slippage: dollars.
        missed: dollars.
        fees: dollars.
        total: their sum.
        bps: the sum in basis points of the paper trade's value.
    """

    order: str
    symbol: str
    side: str
    quantity: int
    filled: int
    decision_price: float
    average_price: float
    end_price: float
    delay: float
    slippage: float
    missed: float
    fees: float
    total: float
    bps: float

    def __str__(self) -> str:
        return (
            f"{self.order} {self.side} {self.filled}/{self.quantity} {self.symbol}: shortfall {self.total:,.2f} "
            f"dollars ({self.bps:.2f} bps; positive = lost): delay {self.delay:,.2f}, slippage {self.slippage:,.2f}, "
            f"missed {self.missed:,.2f}, fees {self.fees:,.2f}"
        )

    def payload(self) -> dict[str, Any]:
        """As JSON-able values."""
        return {name: getattr(self, name) for name in self.__slots__}


def implementation_shortfall(
    id: str, orders: Mapping[str, Order], fills: Iterable[Fill], end_price: float
) -> Shortfall:
    """The shortfall of one order; that of a parent counts its children's fills.

    Args:
        id: of the order.
        orders: all orders of the exchange.
        fills: all fills of the portfolio.
        end_price: of the instrument when the account is drawn up, in points.

    Raises:
        NotFound: for an unknown order.
        BadInput: for an end price that is not above 0.
    """
    if id not in orders:
        raise NotFound(f"no order {id!r}")
    if not (isinstance(end_price, int | float) and 0 < end_price < 1e9):
        raise BadInput("end_price", end_price, "give points above 0")
    order = orders[id]
    mine = [fill for fill in fills if fill.order == id or orders[fill.order].parent == id]
    value = instrument(order.symbol).point_value
    filled = sum(fill.quantity for fill in mine)
    protective = order.purpose in ("stop", "target")
    arrived = order.arrival_price if protective else order.market_price or order.arrival_price
    delay = order.sign * (arrived - order.arrival_price) * filled * value
    slippage = sum(order.sign * (fill.price - arrived) * fill.quantity * value for fill in mine)
    missed = order.sign * (end_price - order.arrival_price) * (0 if protective else order.quantity - filled) * value
    fees = sum(fill.fees for fill in mine)
    delay, slippage, missed, fees = (round(part, 2) + 0.0 for part in (delay, slippage, missed, fees))  # no -0.0
    total = delay + slippage + missed + fees
    paper = order.arrival_price * order.quantity * value
    return Shortfall(
        order=id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.quantity,
        filled=filled,
        decision_price=order.arrival_price,
        average_price=round(sum(fill.price * fill.quantity for fill in mine) / filled, 6) if filled else 0.0,
        end_price=end_price,
        delay=delay,
        slippage=slippage,
        missed=missed,
        fees=fees,
        total=round(total, 2),
        bps=round(total / paper * 10_000, 6),
    )

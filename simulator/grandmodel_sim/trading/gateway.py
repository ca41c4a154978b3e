"""What is refused before it reaches the market: orders while it is closed or trading is stopped, and too large ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from grandmodel_sim.trading.orders import CLOSING, Order
from grandmodel_sim.trading.portfolio import Portfolio


@dataclass(slots=True)
class OrderLimits:
    """What is too large (`src/components/live_execution_handler.py`).

    Attributes:
        order_size: contracts in one order.
        position_size: contracts of one instrument, open orders of the same side included.
        leverage: gross notional over equity that a new order may lead to.
    """

    order_size: int = 10
    position_size: int = 50
    leverage: float = 4.0


class Gateway:
    """Checks orders against the state of the system and of the account. Orders that only close pass its limits.

    Args:
        portfolio: whose position and margin are checked; read, never changed.

    Attributes:
        limits: what is refused for its size.
        halted: why no new position may be opened; empty while trading is allowed.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio
        self.limits = OrderLimits()
        self.halted = ""

    def stopped(self, order: Order) -> tuple[str, str] | None:
        """Code and reason if trading is stopped for this order."""
        if self.halted and order.purpose not in CLOSING:
            return "system_stopped", f"trading is stopped: {self.halted}"
        return None

    def refusal(self, order: Order, market_open: bool, last: float, waiting: Iterable[Order]) -> tuple[str, str] | None:
        """Code (see `orders.CODES`) and reason if this order must not go in now.

        Args:
            order: the order.
            market_open: whether the market is open.
            last: price of its instrument, in points.
            waiting: all other open orders.
        """
        stopped = self.stopped(order)
        if stopped:
            return stopped
        if not market_open and order.time_in_force != "GTC":
            return "market_closed", "the session is 09:30 to 16:00 in New York; a GTC order would wait for it"
        if order.purpose in CLOSING:
            return None
        limits, symbol = self.limits, order.symbol
        if order.quantity > limits.order_size:
            return "order_size", f"{order.quantity} contracts; one order may have {limits.order_size}"
        held = self._portfolio.quantity(symbol)
        # A child is part of its parent, which is counted.
        same = (o for o in waiting if (o.symbol, o.sign) == (symbol, order.sign) and not o.parent)
        coming = sum(other.remaining for other in same if other.purpose not in CLOSING)
        after = abs(held + order.sign * (order.quantity + coming))
        if after <= abs(held):
            return None
        if after > limits.position_size:
            return (
                "position_size",
                f"it could lead to {after} contracts; {limits.position_size} of {symbol} are allowed",
            )
        return self._unaffordable(symbol, after, last)

    def _unaffordable(self, symbol: str, contracts: int, last: float) -> tuple[str, str] | None:
        """Code and reason if the account could not carry this many contracts of an instrument."""
        margin, notional = self._portfolio.if_held(symbol, contracts, last)
        equity, leverage = self._portfolio.equity, self.limits.leverage
        if margin > equity:
            return "margin", f"it could need {margin:,.0f} dollars of margin; equity is {equity:,.0f}"
        if notional > leverage * equity:
            return "leverage", (
                f"it could lead to {notional:,.0f} dollars of notional on {equity:,.0f} of equity; "
                f"{leverage:g} times is allowed"
            )
        return None

"""At which price an order trades: the exchange's rules on prices, without its bookkeeping."""

from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS
from grandmodel_sim.trading.orders import BUY, Order
from grandmodel_sim.trading.portfolio import GRACE_MS


def seen(order: Order, bar: Bar) -> tuple[float, float, float]:
    """Open, high and low of a bar as far as an order was there to see them.

    Of a bar that was under way when the order arrived only the close is sure to be later than the order.
    """
    late = order.acknowledged > bar.time - BAR_MS + GRACE_MS
    return (bar.close, bar.close, bar.close) if late else (bar.open, bar.high, bar.low)


def touched(order: Order, high: float, low: float) -> bool:
    """Whether prices up to `high` and down to `low` trigger a stop: a touch is enough."""
    assert order.stop_price is not None
    return high >= order.stop_price if order.side == BUY else low <= order.stop_price


def worse(order: Order, price: float, other: float) -> float:
    """The price that is worse for the order: the higher one for a purchase."""
    return max(price, other) if order.side == BUY else min(price, other)


def within_bar(order: Order, bar: Bar, tick: float, triggered: bool) -> float | None:
    """The price, before slippage, at which a resting order trades within a bar; None if it does not.

    Args:
        order: a market, limit or stop order.
        bar: the bar.
        tick: of the instrument, in points.
        triggered: whether a stop has become a market order before.
    """
    opened, high, low = seen(order, bar)
    if order.limit_price is not None:
        limit = order.limit_price
        through = low <= limit - tick if order.side == BUY else high >= limit + tick
        if not through:
            return None
        return min(limit, opened) if order.side == BUY else max(limit, opened)
    if order.type == "STOP" and not triggered:
        assert order.stop_price is not None
        return worse(order, order.stop_price, opened) if touched(order, high, low) else None
    return opened


def at_quote(order: Order, last: float, one: float, all: float) -> float | None:
    """The price at which an order trades at once; None if its limit does not allow it.

    Args:
        order: a market, limit or triggered stop order.
        last: the last price, in points.
        one: points that one contract would lose against it.
        all: points that all contracts together would lose against it, each.
    """
    price = last + order.sign * all
    if order.limit_price is None:
        return price
    if (order.limit_price - last) * order.sign < one:  # not even one contract can trade within the limit
        return None
    return order.limit_price if worse(order, price, order.limit_price) == price else price

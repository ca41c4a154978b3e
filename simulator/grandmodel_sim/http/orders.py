"""Routes about orders, fills, positions and closed trades."""

from typing import Any

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import NotFound
from grandmodel_sim.http.common import LIMIT, NEXT_SINCE, SINCE, SYMBOL, TIME
from grandmodel_sim.http.pages import Page, number_of, page_of
from grandmodel_sim.http.route import Call, Example, Route, body, path, query
from grandmodel_sim.http.schema import Schema, integer, many, number, optional, record, text
from grandmodel_sim.trading.orders import BUY, LARGEST_QUANTITY, ORDER_TYPES, SELL, TIME_IN_FORCE, TRANSITIONS, Order
from grandmodel_sim.trading.portfolio import Fill
from grandmodel_sim.trading.position import Position, Trade
from grandmodel_sim.world import World

SIDE = text("the side", (BUY, SELL))
POINTS = "index points"
DOLLARS = "dollars"

ORDER: dict[str, Schema] = {
    "id": text(),
    "time": TIME,
    "symbol": text(),
    "side": SIDE,
    "quantity": integer("contracts"),
    "type": text(choices=ORDER_TYPES),
    "limit_price": optional(number(POINTS)),
    "stop_price": optional(number(POINTS)),
    "time_in_force": text(choices=TIME_IN_FORCE),
    "state": text(choices=tuple(TRANSITIONS)),
    "filled": integer("contracts so far"),
    "remaining": integer("contracts still to be filled"),
    "average_price": number("of what is filled, index points; 0 before"),
    "arrival_price": number("the last price when the order was made, index points"),
    "purpose": text("entry, stop, target, exit, liquidation or manual"),
    "decision": text("the decision behind it; empty for a person's"),
    "parent": text("the order that it is a part of, or empty"),
    "code": text("why it ended, for programs; empty while it is open or filled"),
    "reason": text("the same in words"),
}

POSITION: dict[str, Schema] = {
    "symbol": text(),
    "quantity": integer("contracts, negative for short"),
    "average_price": number(POINTS),
    "mark": number("last price, index points"),
    "notional": number("dollars at the mark, negative for short"),
    "unrealised": number("dollars, before fees"),
    "realised": number("dollars since the start, before fees"),
    "fees": number("dollars since the start"),
    "entry_time": optional(TIME),
    "decision": text("behind the entry; empty for a person's"),
}

FILL: dict[str, Schema] = {
    "id": text("its cursor"),
    "timestamp": TIME,
    "order": text(),
    "symbol": text(),
    "side": SIDE,
    "quantity": integer("contracts"),
    "price": number(POINTS),
    "fees": number(DOLLARS),
    "slippage": number("index points lost against the price at which the decision fell; negative for a gain"),
    "decision": text("behind the order, or empty"),
    "purpose": text("of the order"),
}

TRADE: dict[str, Schema] = {
    "id": text("its cursor"),
    "symbol": text(),
    "side": text(choices=("LONG", "SHORT")),
    "quantity": integer("contracts"),
    "entry_time": TIME,
    "exit_time": TIME,
    "entry_price": number("average, index points"),
    "exit_price": number("average, index points"),
    "gross": number("dollars before fees"),
    "fees": number(DOLLARS),
    "pnl": number("dollars after fees"),
    "decision": text("behind the entry, or empty"),
    "purpose": text("of the order that closed it"),
    "mae": number("maximum adverse excursion, dollars"),
    "mfe": number("maximum favourable excursion, dollars"),
}


def shown_order(order: Order) -> dict[str, Any]:
    """An order as the API gives it."""
    values = {**order.payload(), "time": stamp(order.created), "remaining": order.remaining if order.open else 0}
    return {name: values[name] for name in ORDER}


def shown_position(position: Position) -> dict[str, Any]:
    """A position as the API gives it."""
    entered = stamp(position.entry_time) if position.quantity else None
    values = {name: getattr(position, name) for name in POSITION}
    return {**values, "entry_time": entered}


def shown_fill(fill: Fill) -> dict[str, Any]:
    """A fill as the API gives it."""
    values = {**fill.payload(), "timestamp": stamp(fill.time)}
    return {name: values[name] for name in FILL}


def shown_trade(trade: Trade) -> dict[str, Any]:
    """A closed trade as the API gives it."""
    values = {**trade.payload(), "entry_time": stamp(trade.entry_time), "exit_time": stamp(trade.exit_time)}
    return {name: values[name] for name in TRADE}


def _order(world: World, id: str) -> Order:
    try:
        return world.trading.exchange.orders[id]
    except KeyError:
        raise NotFound(f"no order {id!r}") from None


def orders(world: World, call: Call) -> Page:
    status, exchange = call["status"], world.trading.exchange

    def wanted(order: Order) -> bool:
        return status in (None, order.state) or (status == "open" and order.open)

    found = ((place, exchange.orders[id]) for place, id in exchange.changes)
    return page_of("orders", "OC", found, call, shown_order, wanted)


def order(world: World, call: Call) -> dict[str, Any]:
    return shown_order(_order(world, call["id"]))


def submit(world: World, call: Call) -> dict[str, Any]:
    id = world.submit_order(**call.values)
    return shown_order(_order(world, id))


def cancel(world: World, call: Call) -> dict[str, Any]:
    world.cancel_order(call["id"])
    return shown_order(_order(world, call["id"]))


def fills(world: World, call: Call) -> Page:
    found = ((number_of(fill.id), fill) for fill in world.trading.portfolio.fills)
    return page_of("trades", "F", found, call, shown_fill, lambda fill: call["symbol"] in (None, fill.symbol))


def closed(world: World, call: Call) -> Page:
    found = ((number_of(trade.id), trade) for trade in world.trading.portfolio.trades)
    return page_of("trades", "T", found, call, shown_trade, lambda trade: call["symbol"] in (None, trade.symbol))


def positions(world: World, call: Call) -> dict[str, Any]:
    portfolio = world.trading.portfolio
    held = [shown_position(position) for position in portfolio.positions.values() if position.quantity]
    return {
        "positions": held,
        "equity": portfolio.equity,
        "cash": portfolio.cash,
        "unrealised": portfolio.unrealised,
        "realised": portfolio.realised,
        "fees": portfolio.fees,
    }


def close(world: World, call: Call) -> dict[str, Any]:
    return {"orders": world.close_positions(call["symbol"])}


_PAGE = (query("since", SINCE), query("limit", LIMIT, 50))

ROUTES = (
    Route(
        "GET",
        "/api/v1/orders",
        "Orders",
        orders,
        role="viewer",
        tag="Trading",
        notes=(
            "In the order in which they last changed: in state, in what is filled, in quantity. With `since`, an order "
            "that has changed comes again, as it stands now."
        ),
        parameters=(query("status", text("only in this state; `open`: not final", ("open", *TRANSITIONS))), *_PAGE),
        returns=record(orders=many(record(**ORDER)), next_since=NEXT_SINCE),
        example=Example("/api/v1/orders?limit=1"),
    ),
    Route(
        "POST",
        "/api/v1/orders",
        "Send an order",
        submit,
        role="trader",
        rate="orders",
        status=201,
        tag="Trading",
        notes=(
            "What cannot be an order is answered with 422. What could be one but is refused (market closed, a limit, "
            "margin, an emergency stop) is taken, gets an id, and has the state REJECTED with a code and a reason. "
            "A market order trades 100 to 300 ms of virtual time later."
        ),
        parameters=(
            body("symbol", SYMBOL, required=True),
            body("side", SIDE, required=True),
            body("quantity", integer("contracts", minimum=1, maximum=LARGEST_QUANTITY), required=True),
            body("type", text("how it trades", ORDER_TYPES), "MARKET"),
            body("limit_price", optional(number("index points, whole ticks; for LIMIT and ICEBERG"))),
            body("stop_price", optional(number("index points, whole ticks; for STOP"))),
            body("time_in_force", text("how long it lives", TIME_IN_FORCE), "DAY"),
        ),
        returns=record(**ORDER),
        example=Example("/api/v1/orders", {"symbol": "ES", "side": "BUY", "quantity": 1}),
    ),
    Route(
        "GET",
        "/api/v1/orders/{id}",
        "One order",
        order,
        role="viewer",
        tag="Trading",
        parameters=(path("id", text("such as O-000001")),),
        returns=record(**ORDER),
        example=Example("/api/v1/orders/O-000001"),
    ),
    Route(
        "DELETE",
        "/api/v1/orders/{id}",
        "Cancel what is left of an order",
        cancel,
        role="trader",
        rate="orders",
        tag="Trading",
        notes="409 if it is in a final state.",
        parameters=(path("id", text("such as O-000001")),),
        returns=record(**ORDER),
        example=Example("/api/v1/orders/O-000001"),
    ),
    Route(
        "GET",
        "/api/v1/trades",
        "Fills: every execution",
        fills,
        role="viewer",
        tag="Trading",
        parameters=(query("symbol", SYMBOL), *_PAGE),
        returns=record(trades=many(record(**FILL)), next_since=NEXT_SINCE),
        example=Example("/api/v1/trades?limit=1"),
    ),
    Route(
        "GET",
        "/api/v1/trades/closed",
        "Closed trades: from flat to flat",
        closed,
        role="viewer",
        tag="Trading",
        parameters=(query("symbol", SYMBOL), *_PAGE),
        returns=record(trades=many(record(**TRADE)), next_since=NEXT_SINCE),
        example=Example("/api/v1/trades/closed?limit=1"),
    ),
    Route(
        "GET",
        "/api/v1/positions",
        "Open positions and the account",
        positions,
        role="viewer",
        tag="Trading",
        returns=record(
            positions=many(record(**POSITION)),
            equity=number("dollars: cash plus unrealised"),
            cash=number(DOLLARS),
            unrealised=number("dollars, before fees"),
            realised=number("dollars, before fees"),
            fees=number(DOLLARS),
        ),
        example=Example("/api/v1/positions"),
    ),
    Route(
        "POST",
        "/api/v1/positions/close",
        "Close a position, or all of them, at the market",
        close,
        role="trader",
        rate="orders",
        tag="Trading",
        parameters=(body("symbol", SYMBOL),),
        returns=record(orders=many(text(), "ids of the orders that were sent")),
        example=Example("/api/v1/positions/close", {}),
    ),
)

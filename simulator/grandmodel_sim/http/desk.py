"""The trading desk's own routes: all that its screen shows in one answer, and the steps in which its time goes by.

A program asks for orders, decisions and limits one by one. A screen that is drawn anew after every bar would ask nine
times, and would spend the rate limit of the person who sits at it.
"""

from collections.abc import Callable
from typing import Any

from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.clock import stamp
from grandmodel_sim.events import EXECUTE_TRADE
from grandmodel_sim.http.ratelimit import UNLIMITED
from grandmodel_sim.http.route import Call, Example, Route, body, query
from grandmodel_sim.http.schema import anything, integer, many, mapping, number, optional, record, text
from grandmodel_sim.http.simulator import CLOCK, clock
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION, SESSION_MS, session_of
from grandmodel_sim.trading.orders import Order
from grandmodel_sim.trading.system import TradingSystem
from grandmodel_sim.world import World

NEWEST = 40  # decisions, orders, trades and alerts that the screen has room for
HALF_HOUR_MS = 6 * BAR_MS

#: limit → what is measured against it now, in the limit's unit; limits that no figure stands against are left out.
_USED: dict[str, Callable[[TradingSystem], float]] = {
    "max_contracts": lambda system: max((abs(p.quantity) for p in system.portfolio.positions.values()), default=0),
    "max_leverage": lambda system: system.portfolio.exposure().leverage,
    "var_95": lambda system: round(system.risk.var(0.95) / system.portfolio.equity, 6),
    "daily_loss": lambda system: system.portfolio.daily_loss,
    "drawdown_half": lambda system: system.risk.breakers.drawdown,
    "drawdown_quarter": lambda system: system.risk.breakers.drawdown,
    "drawdown_stop": lambda system: system.risk.breakers.drawdown,
}


def desk(world: World, call: Call) -> dict[str, Any]:
    system, count = world.trading, call["bars"]
    return {
        "clock": stamp(world.now_ms),
        "system": {"status": system.state, "reason": system.exchange.halted},
        "figures": _figures(world),
        "bars": {
            symbol: [[b.time, b.open, b.high, b.low, b.close, b.volume] for b in world.bars(symbol, count)]
            for symbol in world.pipeline.feeds
        },
        "positions": [
            {**position.payload(), "last": system.exchange.last(position.symbol)}
            for position in system.portfolio.positions.values()
        ],
        "orders": [_order(order) for order in list(system.exchange.orders.values())[: -NEWEST - 1 : -1]],
        "decisions": [_decision(decision) for decision in system.decisions[: -NEWEST - 1 : -1]],
        "limits": [
            {
                "name": limit.name,
                "title": limit.meaning.rstrip("."),
                "value": limit.value,
                "used": _USED[limit.name](system) if limit.name in _USED else None,
                "unit": "ratio" if limit.unit == "times" else limit.unit,
            }
            for limit in system.limits
        ],
        "alerts": [alert.payload() for alert in list(system.alerts)[: -NEWEST - 1 : -1]],
        "fills": [fill.payload() for fill in system.portfolio.fills[: -NEWEST - 1 : -1]],
        "trades": [
            {**trade.payload(), "time": stamp(trade.exit_time)} for trade in system.portfolio.trades[: -NEWEST - 1 : -1]
        ],
    }


def _figures(world: World) -> list[dict[str, Any]]:
    system = world.trading
    portfolio, score = system.portfolio, system.risk.score
    exposure = portfolio.exposure()
    rows: list[tuple[str, str, float | None, str]] = [
        ("equity", "Equity", portfolio.equity, "dollars"),
        ("daily_pnl", "Profit today", portfolio.daily_pnl, "dollars"),
        ("drawdown", "Below the peak", portfolio.drawdown, "fraction"),
        ("exposure", "Exposure, gross", exposure.gross, "dollars"),
        ("leverage", "Leverage", exposure.leverage, "ratio"),
        ("var_95", "VaR 95 %, 1 day", system.risk.var(0.95), "dollars"),
        ("risk_score", "Risk score, 0 to 1", score.score if score else None, "score"),
    ]
    return [{"name": name, "title": title, "value": value, "unit": unit} for name, title, value, unit in rows]


def _order(order: Order) -> dict[str, Any]:
    price = {"LIMIT": order.limit_price, "STOP": order.stop_price}.get(order.type)
    return {**order.payload(), "time": stamp(order.created), "price": price, "open": order.open}


def _decision(decision: Decision) -> dict[str, Any]:
    return {**decision.payload(), "time": stamp(decision.time)}


def step(world: World, call: Call) -> dict[str, Any]:
    before = len(world.events)
    to = call["to"]
    if to == "trade":
        _until_trade(world)
    else:
        world.advance((_target(world, to) - world.now_ms) / 1000)
    return {**clock(world, call), "new_events": len(world.events) - before}


def _target(world: World, to: str) -> int:
    """The instant of the next bar, half hour, or close of a session."""
    due = world.pipeline.next_ms()
    if to == "bar":
        return due
    if to == "half_hour":
        return due + -due % HALF_HOUR_MS  # sessions open on the half hour, so half hours of the clock are those of bars
    _, after_opening = session_of(due)
    return due + SESSION_MS - after_opening


def _until_trade(world: World) -> None:
    """Bar after bar until an agent trades, at most a session's worth."""
    for _ in range(BARS_PER_SESSION):
        before = len(world.events)
        world.advance((world.pipeline.next_ms() - world.now_ms) / 1000)
        if any(event.type == EXECUTE_TRADE for event in world.events[before:]):
            world.advance(1)  # the exchange answers within 300 ms
            return


ROUTES = (
    Route(
        "GET",
        "/simulator/desk",
        "All that the trading desk shows",
        desk,
        role="viewer",
        rate=UNLIMITED,
        tag="Simulation",
        notes="The newest entries of each list, newest first. Bars are `[time in ms, open, high, low, close, volume]`.",
        parameters=(query("bars", integer("5-minute bars of each instrument", minimum=1, maximum=400), default=78),),
        returns=record(
            clock=text("virtual time, UTC, ISO 8601"),
            system=record(status=text("as in /api/v1/system/status"), reason=text("why trading is stopped, or empty")),
            figures=many(
                record(name=text(), title=text("for people"), value=optional(number()), unit=text("of the value"))
            ),
            bars=mapping(many(many(number())), "symbol → bars, oldest first"),
            positions=many(anything("as in /api/v1/positions, with the last price")),
            orders=many(anything("as in /api/v1/orders")),
            decisions=many(anything("as in /api/v1/decisions")),
            limits=many(
                record(
                    name=text(),
                    title=text("what it limits"),
                    value=number("where it stands"),
                    used=optional(number("what is measured against it now, in its unit")),
                    unit=text("contracts, fraction or ratio"),
                )
            ),
            alerts=many(anything("as in /api/v1/alerts")),
            fills=many(anything("executions, newest first; `time` in ms")),
            trades=many(anything("closed round trips")),
        ),
        example=Example("/simulator/desk?bars=1"),
    ),
    Route(
        "POST",
        "/simulator/desk/step",
        "Let time go by to the next thing of interest",
        step,
        role="viewer",
        rate=UNLIMITED,
        tag="Simulation",
        notes="`trade` stops after the next entry of an agent, at the latest after 78 bars.",
        parameters=(body("to", text("what to go on to", ("bar", "half_hour", "trade", "close")), default="bar"),),
        returns=record(**CLOCK["properties"], new_events=integer("that this added to the log")),
        example=Example("/simulator/desk/step", {"to": "bar"}),
    ),
)

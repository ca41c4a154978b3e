"""Routes about what happened: bars and events."""

from typing import Any

from grandmodel_sim.clock import stamp
from grandmodel_sim.events import EVENT_TYPES
from grandmodel_sim.http.common import LIMIT, NEXT_SINCE, SINCE, SYMBOL, TIME, TIMEFRAME
from grandmodel_sim.http.pages import Page, page_of
from grandmodel_sim.http.route import Call, Example, Route, query
from grandmodel_sim.http.schema import anything, integer, many, number, optional, record, text
from grandmodel_sim.market.bars import Bar, merge
from grandmodel_sim.world import World


def bars(world: World, call: Call) -> dict[str, Any]:
    limit, symbol = call["limit"], call["symbol"]
    found = world.bars(symbol, limit) if call["timeframe"] == "5m" else _half_hours(world.bars(symbol))[-limit:]
    return {"symbol": symbol, "timeframe": call["timeframe"], "bars": [_bar(bar) for bar in found]}


def _half_hours(bars: list[Bar]) -> list[Bar]:
    # A session begins with a half hour, so bars that close on the half hour end one.
    whole, part = [], []
    for bar in bars:
        part.append(bar)
        if bar.time % 1_800_000 == 0:
            whole.append(merge(part))
            part = []
    return whole


def _bar(bar: Bar) -> dict[str, Any]:
    values = {name: getattr(bar, name) for name in ("open", "high", "low", "close", "volume")}
    return {"time": stamp(bar.time), **values}


def events(world: World, call: Call) -> Page:
    found = ((event.id, event) for event in world.events)
    return page_of("events", "E", found, call, _event, lambda event: call["type"] in (None, event.type))


def _event(event: Any) -> dict[str, Any]:
    cause = None if event.cause is None else f"E-{event.cause:06d}"
    return {"id": f"E-{event.id:06d}", **event.as_json(), "cause": cause}


ROUTES = (
    Route(
        "GET",
        "/api/v1/bars",
        "Bars of an instrument, oldest first",
        bars,
        role="viewer",
        tag="Market",
        parameters=(
            query("symbol", SYMBOL, "ES"),
            query("timeframe", TIMEFRAME, "5m"),
            query("limit", LIMIT, 78),
        ),
        returns=record(
            symbol=text(),
            timeframe=text(),
            bars=many(
                record(
                    time=text("when the bar closed, UTC"),
                    open=number("index points"),
                    high=number("index points"),
                    low=number("index points"),
                    close=number("index points"),
                    volume=integer("contracts"),
                )
            ),
        ),
        example=Example("/api/v1/bars?symbol=ES&timeframe=30m&limit=2"),
    ),
    Route(
        "GET",
        "/api/v1/events",
        "The event log",
        events,
        role="viewer",
        tag="Market",
        parameters=(
            query("since", SINCE),
            query("type", text("only events of this type", EVENT_TYPES)),
            query("limit", LIMIT, 100),
        ),
        returns=record(
            events=many(
                record(
                    id=text("its cursor"),
                    time=TIME,
                    type=text(),
                    source=text("the component that published it"),
                    payload=anything("depends on the type"),
                    cause=optional(text("the event whose subscriber published it")),
                )
            ),
            next_since=NEXT_SINCE,
        ),
        example=Example("/api/v1/events?type=NEW_30MIN_BAR&limit=1"),
    ),
)

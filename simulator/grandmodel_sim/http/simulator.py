"""Routes that only a simulation can have: its clock, and letting time go by."""

from datetime import datetime
from typing import Any

from grandmodel_sim.clock import stamp, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.http.message import HttpError
from grandmodel_sim.http.ratelimit import UNLIMITED
from grandmodel_sim.http.route import Call, Example, Route, body
from grandmodel_sim.http.schema import integer, number, record, text
from grandmodel_sim.world import LONGEST_ADVANCE, World

CLOCK = record(
    now=text("virtual time, UTC, ISO 8601"),
    now_ms=integer("the same in milliseconds since 1970"),
    seed=integer("of the world"),
    market=text("regular session", ("open", "closed")),
    next_bar=text("when the next 5-minute bar closes"),
    events=integer("in the log so far"),
)


def clock(world: World, call: Call) -> dict[str, Any]:
    return {
        "now": stamp(world.now_ms),
        "now_ms": world.now_ms,
        "seed": world.seed,
        "market": "open" if world.trading.exchange.open else "closed",
        "next_bar": stamp(world.pipeline.next_ms()),
        "events": len(world.events),
    }


def advance(world: World, call: Call) -> dict[str, Any]:
    given = [name for name in ("seconds", "bars", "until") if call[name] is not None]
    if len(given) != 1:
        message = f"give exactly one of seconds, bars and until; got {', '.join(given) or 'none'}"
        raise HttpError(422, "invalid_value", message, given[0] if given else "seconds")
    before = len(world.events)
    if call["seconds"] is not None:
        world.advance(call["seconds"])
    elif call["bars"] is not None:
        for _ in range(call["bars"]):
            world.advance((world.pipeline.next_ms() - world.now_ms) / 1000)
    else:
        world.advance((_instant(call["until"], world.now_ms) - world.now_ms) / 1000)
    return {**clock(world, call), "new_events": len(world.events) - before}


def _instant(text: str, now: int) -> int:
    last = now + LONGEST_ADVANCE * 1000
    accepted = f"give a time with its zone from {stamp(now)} to {stamp(last)}, such as {stamp(now + 3_600_000)}"
    try:
        moment = to_ms(datetime.fromisoformat(text))
    except (ValueError, TypeError, OverflowError):  # no time, one without a zone, one before the year 1 in UTC
        raise BadInput("until", text, accepted) from None
    if not now <= moment <= last:
        raise BadInput("until", text, accepted)
    return moment


ROUTES = (
    Route(
        "GET",
        "/simulator/clock",
        "What time it is in the world",
        clock,
        role="",
        rate=UNLIMITED,
        tag="Simulation",
        returns=CLOCK,
        example=Example("/simulator/clock"),
    ),
    Route(
        "POST",
        "/simulator/advance",
        "Let virtual time go by",
        advance,
        role="",
        rate=UNLIMITED,
        tag="Simulation",
        notes="Give one of the three. `bars` stops when that many 5-minute bars have closed.",
        parameters=(
            body("seconds", number("virtual seconds", minimum=0, maximum=LONGEST_ADVANCE)),
            body("bars", integer("5-minute bars", minimum=1, maximum=1_000)),
            body("until", text("an instant, ISO 8601 with its zone")),
        ),
        returns=record(**CLOCK["properties"], new_events=integer("that this added to the log")),
        example=Example("/simulator/advance", {"bars": 1}),
    ),
)

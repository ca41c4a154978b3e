"""Routes about what the agents decided, and why."""

from typing import Any

from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import NotFound
from grandmodel_sim.http.common import LIMIT, NEXT_SINCE, SINCE, SYMBOL, TIME, TIMEFRAME
from grandmodel_sim.http.pages import Page, number_of, page_of
from grandmodel_sim.http.route import Call, Example, Route, path, query
from grandmodel_sim.http.schema import anything, boolean, many, mapping, number, record, text
from grandmodel_sim.world import World

AGENTS = ("strategic", "tactical", "risk", "execution")
MINUTES = {"5m": 5, "30m": 30}

_FIELDS = {
    "id": text("its cursor"),
    "time": TIME,
    "agent": text(choices=AGENTS),
    "symbol": text("ES or NQ"),
    "timeframe": text("of the matrix that it rests on", ("5m", "30m")),
    "action": text("bullish, neutral, bearish; long, hold, short; approve, reduce, reject; or an execution tactic"),
    "confidence": number("0 to 1"),
    "acts": boolean("whether something follows from it"),
    "threshold": number("what the confidence was measured against, 0 to 1"),
    "reasoning": text("one sentence for a person"),
    "inputs": mapping(anything(), "the named values that it rests on"),
    "weights": mapping(number(), "how much each voter counted"),
    "votes": mapping(anything(), "voter → its action, confidence, probabilities"),
    "vetoes": many(text(), "why it does not act"),
    "basis": many(text(), "the decisions that it rests on"),
}


def shown(decision: Decision) -> dict[str, Any]:
    """A decision as the API gives it."""
    return {**decision.payload(), "time": stamp(decision.time), "timeframe": f"{decision.timeframe}m"}


def decisions(world: World, call: Call) -> Page:
    minutes = MINUTES.get(call["timeframe"])

    def wanted(decision: Decision) -> bool:
        return (
            call["symbol"] in (None, decision.symbol)
            and call["agent"] in (None, decision.agent)
            and minutes in (None, decision.timeframe)
            and call["acts"] in (None, decision.acts)
        )

    found = ((number_of(decision.id), decision) for decision in world.trading.decisions)
    return page_of("decisions", "D", found, call, shown, wanted)


def decision(world: World, call: Call) -> dict[str, Any]:
    found = next((one for one in world.trading.decisions if one.id == call["id"]), None)
    if found is None:
        raise NotFound(f"no decision {call['id']!r}; there are {len(world.trading.decisions)}, from D-000001 on")
    followed = [one.id for one in world.trading.decisions if found.id in one.basis]
    orders = [order.id for order in world.trading.exchange.orders.values() if order.decision == found.id]
    return {**shown(found), "followed_by": followed, "orders": orders}


ROUTES = (
    Route(
        "GET",
        "/api/v1/decisions",
        "Decisions of the agents, with their reasons",
        decisions,
        role="viewer",
        tag="Decisions",
        notes="The agents decide on 5-minute and 30-minute matrices; there is no other timeframe.",
        parameters=(
            query("symbol", SYMBOL),
            query("agent", text("only of this agent", AGENTS)),
            query("timeframe", TIMEFRAME),
            query("acts", boolean("only those that acted, or only those that did not")),
            query("since", SINCE),
            query("limit", LIMIT, 20),
        ),
        returns=record(decisions=many(record(**_FIELDS)), next_since=NEXT_SINCE),
        example=Example("/api/v1/decisions?agent=tactical&acts=true&limit=1"),
    ),
    Route(
        "GET",
        "/api/v1/decisions/{id}",
        "One decision, and what followed from it",
        decision,
        role="viewer",
        tag="Decisions",
        parameters=(path("id", text("such as D-000001")),),
        returns=record(
            **_FIELDS,
            followed_by=many(text(), "the decisions that rest on it"),
            orders=many(text(), "the orders that it led to"),
        ),
        example=Example("/api/v1/decisions/D-000001"),
    ),
)

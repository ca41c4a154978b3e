"""Routes about alerts."""

from typing import Any

from grandmodel_sim.http.common import BY, LIMIT, NEXT_SINCE, SINCE, TIME
from grandmodel_sim.http.pages import Page, page_of
from grandmodel_sim.http.route import Call, Example, Route, body, path, query
from grandmodel_sim.http.schema import Schema, integer, many, optional, record, text
from grandmodel_sim.trading.alerts import RESOLVED, SEVERITIES, STATES, Alert
from grandmodel_sim.world import World

ALERT: dict[str, Schema] = {
    "id": text(),
    "time": TIME,
    "type": text(
        "RISK_BREACH, RISK_SCORE, EMERGENCY_STOP, LIQUIDATION_FAILED, CORRELATION_SHOCK, MARKET_STRESS, "
        "ORDER_REJECTED, DATA_GAP"
    ),
    "severity": text(choices=SEVERITIES),
    "message": text("one sentence with the figures"),
    "symbol": text("ES or NQ; empty for the whole portfolio"),
    "subject": text("the rule or code, where a type has several"),
    "event": text("the event that raised it"),
    "state": text(choices=STATES),
    "occurrences": integer("how often its cause has come since it was raised"),
    "acknowledged_by": text("empty before"),
    "acknowledged_at": optional(TIME),
    "resolved_at": optional(TIME),
}


def alerts(world: World, call: Call) -> Page:
    state, found = call["state"], world.trading.alerts.by_change()

    def wanted(alert: Alert) -> bool:
        return state in (None, alert.state) or (state == "open" and alert.state != RESOLVED)

    return page_of("alerts", "AC", found, call, Alert.payload, wanted)


def acknowledge(world: World, call: Call) -> dict[str, Any]:
    world.acknowledge_alert(call["id"], call["by"] or call.principal.name)
    return world.trading.alerts.get(call["id"]).payload()


ROUTES = (
    Route(
        "GET",
        "/api/v1/alerts",
        "Alerts",
        alerts,
        role="viewer",
        tag="Alerts",
        notes=(
            "An alert that is not resolved is raised only once; its cause coming again counts up `occurrences`. The "
            "list is in the order in which alerts were last raised, acknowledged or resolved: with `since`, one that "
            "has changed comes again."
        ),
        parameters=(
            query("state", text("only in this state; `open`: not resolved", ("open", *STATES))),
            query("since", SINCE),
            query("limit", LIMIT, 50),
        ),
        returns=record(alerts=many(record(**ALERT)), next_since=NEXT_SINCE),
        example=Example("/api/v1/alerts?state=open"),
    ),
    Route(
        "POST",
        "/api/v1/alerts/{id}/acknowledge",
        "Say that you take care of an alert",
        acknowledge,
        role="trader",
        tag="Alerts",
        notes="409 unless it is active. It stays open until its cause is gone.",
        parameters=(path("id", text("such as A-000001")), body("by", BY)),
        returns=record(**ALERT),
        example=Example("/api/v1/alerts/A-999999/acknowledge", {"by": "Ada"}),
    ),
)

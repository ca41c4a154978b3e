"""Routes about risk: figures, limits, thresholds."""

from collections.abc import Iterable
from typing import Any

from grandmodel_sim.agents.limits import Limit
from grandmodel_sim.errors import NotFound
from grandmodel_sim.http.common import BY
from grandmodel_sim.http.route import Call, Example, Route, body, path
from grandmodel_sim.http.schema import Schema, many, mapping, number, record, text
from grandmodel_sim.world import World

LIMIT_FIELDS: dict[str, Schema] = {
    "name": text(),
    "value": number("where it stands, in its unit"),
    "low": number("the least that it may be set to"),
    "high": number("the most"),
    "unit": text("contracts, fraction (of equity), or times (equity)"),
    "meaning": text("one sentence"),
}

METRICS: dict[str, Schema] = {
    "equity": number("dollars"),
    "var_95": number("dollars, positive is a loss: what the positions lose on at most one day in twenty"),
    "var_99": number("dollars, positive is a loss"),
    "var_horizon_days": number("trading days"),
    "var_method": text("how VaR was estimated"),
    "exposure": number("gross: dollars of notional, long plus short"),
    "net_exposure": number("dollars of notional, long minus short"),
    "leverage": number("gross exposure over equity"),
    "margin": number("dollars that the positions need"),
    "margin_use": number("margin over equity"),
    "drawdown": number("of the account: below the highest equity so far, a fraction of it"),
    "max_drawdown": number("the deepest drawdown so far, a fraction"),
    "drawdown_since_reset": number(
        "as the limits measure it, and with them `size_factor` and RISK_UPDATE: its peak begins anew when an emergency "
        "stop is reset"
    ),
    "daily_loss": number("since the last session's close, a fraction of the equity then; 0 on a day in profit"),
    "risk_score": number("of the risk agent, 0 to 1"),
    "risk_action": text("what the score asks for", ("none", "alert", "reduce", "emergency")),
    "risk_parts": mapping(number(), "part of the score → 0 to 1"),
    "size_factor": number("what `drawdown_since_reset` leaves of a position's size: 1, 0.5, 0.25 or 0"),
    "leverage_factor": number("what a correlation shock leaves of the leverage: 1 or 0.5"),
    "market_stress": number("0 to 1"),
    "correlation": number("of the returns of ES and NQ, −1 to 1"),
}


def metrics(world: World, call: Call) -> dict[str, Any]:
    system = world.trading
    portfolio, risk = system.portfolio, system.risk
    exposure, score = portfolio.exposure(), risk.score
    return {
        "equity": portfolio.equity,
        "var_95": risk.var(0.95),
        "var_99": risk.var(0.99),
        "var_horizon_days": 1,
        "var_method": "parametric (normal), from the positions and the instruments' daily volatility",
        "exposure": exposure.gross,
        "net_exposure": exposure.net,
        "leverage": exposure.leverage,
        "margin": exposure.margin,
        "margin_use": exposure.margin_use,
        "drawdown": portfolio.drawdown,
        "max_drawdown": portfolio.max_drawdown,
        "drawdown_since_reset": risk.breakers.drawdown,
        "daily_loss": portfolio.daily_loss,
        "risk_score": score.score,
        "risk_action": score.action,
        "risk_parts": dict(score.parts),
        "size_factor": risk.breakers.size_factor,
        "leverage_factor": risk.leverage_factor,
        "market_stress": risk.state.market_stress_level,
        "correlation": system.market.correlation.mean,
    }


def shown(limit: Limit) -> dict[str, Any]:
    """A limit as the API gives it."""
    return {name: getattr(limit, name) for name in LIMIT_FIELDS}


def limits(world: World, call: Call) -> dict[str, Any]:
    system = world.trading
    return {"limits": [shown(limit) for limit in system.limits], "thresholds": system.thresholds()}


def _known(name: str, kind: str, names: Iterable[str]) -> None:
    if name not in (known := list(names)):
        raise NotFound(f"no {kind} {name!r}; there are {', '.join(known)}")


def set_limit(world: World, call: Call) -> dict[str, Any]:
    _known(call["name"], "limit", world.trading.limits.values())
    world.set_limit(call["name"], call["value"])
    return shown(world.trading.limits.get(call["name"]))


def set_threshold(world: World, call: Call) -> dict[str, Any]:
    _known(call["name"], "threshold", world.trading.thresholds())
    world.set_threshold(call["name"], call["value"])
    return {"name": call["name"], "value": world.trading.thresholds()[call["name"]]}


def reset_leverage(world: World, call: Call) -> dict[str, Any]:
    world.reset_leverage(call["by"] or call.principal.name)
    return {"leverage_factor": world.trading.risk.leverage_factor}


ROUTES = (
    Route(
        "GET",
        "/api/v1/risk/metrics",
        "Risk of the portfolio now",
        metrics,
        role="viewer",
        rate="metrics",
        tag="Risk",
        returns=record(**METRICS),
        example=Example("/api/v1/risk/metrics"),
    ),
    Route(
        "GET",
        "/api/v1/risk/limits",
        "Limits and thresholds in force",
        limits,
        role="viewer",
        tag="Risk",
        returns=record(
            limits=many(record(**LIMIT_FIELDS)),
            thresholds=mapping(number("0 to 1"), "the confidences and scores that decisions are measured against"),
        ),
        example=Example("/api/v1/risk/limits"),
    ),
    Route(
        "PUT",
        "/api/v1/risk/limits/{name}",
        "Set a limit",
        set_limit,
        role="operator",
        rate="control",
        tag="Risk",
        parameters=(
            path("name", text("of the limit")),
            body("value", number("in the limit's unit, within its range"), required=True),
        ),
        returns=record(**LIMIT_FIELDS),
        example=Example("/api/v1/risk/limits/max_contracts", {"value": 3}),
    ),
    Route(
        "PUT",
        "/api/v1/risk/thresholds/{name}",
        "Set a threshold of the agents",
        set_threshold,
        role="operator",
        rate="control",
        tag="Risk",
        parameters=(
            path("name", text("of the threshold")),
            body("value", number("0 to 1", minimum=0, maximum=1), required=True),
        ),
        returns=record(name=text(), value=number("0 to 1")),
        example=Example("/api/v1/risk/thresholds/tactical", {"value": 0.7}),
    ),
    Route(
        "POST",
        "/api/v1/risk/leverage/reset",
        "After a correlation shock, allow the whole leverage again",
        reset_leverage,
        role="operator",
        rate="control",
        tag="Risk",
        notes="409 unless leverage is reduced.",
        parameters=(body("by", BY),),
        returns=record(leverage_factor=number("1: the whole leverage")),
        example=Example("/api/v1/risk/leverage/reset", {"by": "Ada"}),
    ),
)

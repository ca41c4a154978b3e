"""Routes that start and stop trading."""

from typing import Any

from grandmodel_sim.http.common import BY
from grandmodel_sim.http.route import Call, Example, Route, body
from grandmodel_sim.http.schema import many, record, text
from grandmodel_sim.world import World

STATE = {"status": text("state of the trading system", ("ON", "OFF", "EMERGENCY_STOP")), "reason": text("or empty")}


def _state(world: World) -> dict[str, Any]:
    return {"status": world.trading.state, "reason": world.trading.exchange.halted}


def stop_all(world: World, call: Call) -> dict[str, Any]:
    world.emergency_stop(call["reason"], call["by"] or call.principal.name)
    closing = [order.id for order in world.trading.exchange.of() if order.purpose == "liquidation"]
    return {**_state(world), "orders": closing}


def reset(world: World, call: Call) -> dict[str, Any]:
    world.reset_emergency_stop(call["by"] or call.principal.name)
    return _state(world)


def start(world: World, call: Call) -> dict[str, Any]:
    world.start_trading()
    return _state(world)


def stop(world: World, call: Call) -> dict[str, Any]:
    world.stop_trading()
    return _state(world)


ROUTES = (
    Route(
        "POST",
        "/api/v1/system/start",
        "Let the agents open positions",
        start,
        role="operator",
        rate="control",
        tag="System",
        notes="409 unless trading is OFF; an emergency stop is not started but reset.",
        returns=record(**STATE),
        example=Example("/api/v1/system/start", {}),
    ),
    Route(
        "POST",
        "/api/v1/system/stop",
        "Let the agents open nothing more",
        stop,
        role="operator",
        rate="control",
        tag="System",
        notes="Positions stay, with their stops and targets. 409 unless trading is ON.",
        returns=record(**STATE),
        example=Example("/api/v1/system/stop", {}),
    ),
    Route(
        "POST",
        "/api/v1/system/emergency-stop",
        "Stop everything",
        stop_all,
        role="trader",
        rate="emergency",
        tag="System",
        notes=(
            "All open orders are cancelled, all positions closed at the market, and nothing is traded until a person "
            "resets it. 409 if it is stopped already."
        ),
        parameters=(body("reason", text("why, in words", minLength=1, maxLength=200), required=True), body("by", BY)),
        returns=record(**STATE, orders=many(text(), "ids of the orders that close the positions")),
        example=Example("/api/v1/system/emergency-stop", {"reason": "Rehearsal", "by": "Ada"}),
    ),
    Route(
        "POST",
        "/api/v1/system/emergency-stop/reset",
        "Lift the emergency stop",
        reset,
        role="operator",
        rate="control",
        tag="System",
        notes="Drawdown counts from the equity of now. 409 unless the system is stopped.",
        parameters=(body("by", BY),),
        returns=record(**STATE),
        example=Example("/api/v1/system/emergency-stop/reset", {"by": "Ada"}),
    ),
)

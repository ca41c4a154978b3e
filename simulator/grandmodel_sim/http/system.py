"""Routes about the system as a whole: health, status, agents."""

from typing import Any

from grandmodel_sim.clock import START, stamp, to_ms
from grandmodel_sim.http.message import HttpError
from grandmodel_sim.http.route import Call, Example, Route
from grandmodel_sim.http.schema import integer, many, mapping, number, optional, record, text
from grandmodel_sim.world import World

VERSION = "2.1.0"  # of the GrandModel that is simulated; its images carry the same

#: agent → the deployment in which it runs.
AGENTS = {
    "strategic": "strategic-marl",
    "tactical": "tactical-marl",
    "risk": "risk-management",
    "execution": "execution-engine",
}


def ready_pods(world: World, deployment: str) -> int:
    """How many pods of a deployment answer just now."""
    return sum(pod.is_ready(world.now_ms) for pod in world.cluster.pods_of(deployment))


def require_gateway(world: World) -> None:
    """Raise unless a pod of the gateway is there to answer.

    Raises:
        HttpError: 503.
    """
    if not ready_pods(world, "api-gateway"):
        message = "no pod of api-gateway is ready; look at `kubectl get pods -n grandmodel`"
        raise HttpError(503, "unavailable", message, headers={"Retry-After": "5"})


def health(world: World, call: Call) -> dict[str, Any]:
    components = {name: "up" if ready_pods(world, name) else "down" for name in sorted(world.cluster.deployments)}
    status = "healthy" if all(state == "up" for state in components.values()) else "degraded"
    return {"status": status, "version": VERSION, "time": stamp(world.now_ms), "components": components}


def status(world: World, call: Call) -> dict[str, Any]:
    portfolio = world.trading.portfolio
    return {
        "status": world.trading.state,
        "active_agents": sum(ready_pods(world, deployment) > 0 for deployment in AGENTS.values()),
        "positions": {symbol: held.quantity for symbol, held in portfolio.positions.items() if held.quantity},
        "equity": portfolio.equity,
        "open_alerts": len(world.trading.alerts.open()),
        "market": "open" if world.trading.exchange.open else "closed",
        "time": stamp(world.now_ms),
        "uptime_seconds": (world.now_ms - to_ms(START)) / 1000,
        "version": VERSION,
    }


def agents(world: World, call: Call) -> dict[str, Any]:
    listed = []
    for agent, deployment in AGENTS.items():
        ready = ready_pods(world, deployment)
        listed.append(
            {
                "agent": agent,
                "deployment": deployment,
                "status": "up" if ready else "down",
                "ready_pods": ready,
                "pods": world.cluster.deployment(deployment).replicas,
                "decisions": len(own := [one.id for one in world.trading.decisions if one.agent == agent]),
                "last_decision": own[-1] if own else None,
            }
        )
    return {"agents": listed}


ROUTES = (
    Route(
        "GET",
        "/health",
        "Whether the system is there",
        health,
        role="",
        rate="health",
        tag="System",
        returns=record(
            status=text("`healthy`, or `degraded` if a part is down", ("healthy", "degraded")),
            version=text("of GrandModel"),
            time=text("virtual time, UTC, ISO 8601"),
            components=mapping(text(choices=("up", "down")), "deployment → whether one of its pods is ready"),
        ),
        example=Example("/health"),
    ),
    Route(
        "GET",
        "/api/v1/system/status",
        "State of the trading system",
        status,
        role="viewer",
        rate="status",
        tag="System",
        returns=record(
            status=text("OFF, STARTING, ON, STOPPING, EMERGENCY_STOP or MAINTENANCE; here it is never between two"),
            active_agents=integer("of the four agents, those with a ready pod"),
            positions=mapping(integer(), "symbol → contracts, negative for short; flat symbols are left out"),
            equity=number("dollars"),
            open_alerts=integer("alerts that are not resolved"),
            market=text("regular session, 09:30 to 16:00 in New York", ("open", "closed")),
            time=text("virtual time, UTC, ISO 8601"),
            uptime_seconds=number("virtual seconds since the world began"),
            version=text("of GrandModel"),
        ),
        example=Example("/api/v1/system/status"),
    ),
    Route(
        "GET",
        "/api/v1/agents/status",
        "The four agents and the pods that they run in",
        agents,
        role="viewer",
        rate="status",
        tag="System",
        returns=record(
            agents=many(
                record(
                    agent=text(),
                    deployment=text("its deployment in the cluster"),
                    status=text(choices=("up", "down")),
                    ready_pods=integer(),
                    pods=integer("as many as the deployment wants"),
                    decisions=integer("so far"),
                    last_decision=optional(text("id of its last decision")),
                )
            )
        ),
        example=Example("/api/v1/agents/status"),
    ),
)

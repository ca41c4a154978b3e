"""The route table: what every route promises, and what each does to a world in which trading has gone on."""

from typing import Any

import pytest
from grandmodel_sim import World
from grandmodel_sim.http import GRANDMODEL, ROLES, Request, Response, handle
from grandmodel_sim.http.auth import Principal
from grandmodel_sim.http.ratelimit import PER_MINUTE, UNLIMITED
from grandmodel_sim.http.route import Route
from grandmodel_sim.http.schema import problem
from grandmodel_sim.trading import metrics

SEED, DAYS = 7, 4


def ask(world: World, method: str, target: str, body: Any = "", role: str = "operator") -> Response:
    """An answer; the rate limits, which test_app.py looks at, are off."""
    return handle(world, Request.of(method, target, body=body), Principal(role, role, limited=False))


def get(world: World, target: str) -> Any:
    answer = ask(world, "GET", target, role="viewer")
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.fixture(scope="module")
def traded() -> World:
    """A world after four days. Tests of this module only read it."""
    world = World(SEED)
    world.advance(DAYS * 86_400)
    assert world.trading.portfolio.trades and not world.bus.failures
    return world


@pytest.fixture
def world() -> World:
    """A world in its first hour, to act on."""
    world = World(SEED)
    world.advance(40 * 60)
    return world


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", GRANDMODEL, ids=named)
def test_every_route_s_example_is_answered_as_its_schema_says(traded: World, route: Route) -> None:
    assert route.example is not None
    world = traded if route.method == "GET" else World(SEED)
    body = "" if route.example.body is None else dict(route.example.body)
    answer = ask(world, route.method, route.example.path, body, role="admin")
    if answer.status == route.status:
        assert problem(route.returns, answer.json(), "answer") is None
    else:  # an example may show a typical refusal
        assert 400 <= answer.status < 500
        assert set(answer.json()["error"]) <= {"code", "message", "argument"}


def test_the_table_is_consistent() -> None:
    seen = set()
    for route in GRANDMODEL:
        assert (route.method, route.path) not in seen
        seen.add((route.method, route.path))
        assert route.role in ("", *ROLES)
        assert route.rate in (*PER_MINUTE, UNLIMITED)
        assert route.tag and route.summary and not route.summary.endswith(".")
        in_path = [step[1:-1] for step in route.path.split("/") if step.startswith("{")]
        assert in_path == [one.name for one in route.parameters if one.where == "path"]
        if route.method != "GET":
            assert route.role not in ("viewer",) or route.path.startswith("/simulator/")


@pytest.mark.parametrize("route", [route for route in GRANDMODEL if route.role], ids=named)
def test_every_role_below_is_refused(traded: World, route: Route) -> None:
    assert route.example is not None
    before = traded.digest()
    for role in ROLES[: ROLES.index(route.role)]:
        refused = ask(traded, route.method, route.example.path, route.example.body or "", role=role)
        assert (refused.status, refused.json()["error"]["code"]) == (403, "forbidden")
    assert ask(traded, route.method, route.example.path, route.example.body or "", role="").status == 401
    assert traded.digest() == before


@pytest.mark.parametrize("route", [route for route in GRANDMODEL if route.method == "GET"], ids=named)
def test_reading_leaves_the_world_alone(traded: World, route: Route) -> None:
    assert route.example is not None
    before = traded.snapshot()
    ask(traded, "GET", route.example.path)
    assert traded.snapshot() == before


def test_decisions_are_filtered_and_say_what_followed(traded: World) -> None:
    all_of_them = get(traded, "/api/v1/decisions?since=&limit=500")["decisions"]
    assert [one["id"] for one in all_of_them] == [one.id for one in traded.trading.decisions]
    acted = get(traded, "/api/v1/decisions?agent=tactical&acts=true&limit=500")["decisions"]
    assert acted and all(one["agent"] == "tactical" and one["acts"] for one in acted)
    vetoed = get(traded, "/api/v1/decisions?timeframe=30m&acts=false&limit=500")["decisions"]
    assert vetoed and all(one["timeframe"] == "30m" and one["vetoes"] for one in vetoed)
    assert {one["symbol"] for one in get(traded, "/api/v1/decisions?symbol=NQ&limit=500")["decisions"]} == {"NQ"}
    traded_on = next(fill for fill in traded.trading.portfolio.fills if fill.purpose == "entry")
    one = get(traded, f"/api/v1/decisions/{traded_on.decision}")
    assert traded_on.order in one["orders"]
    assert all(one["id"] in get(traded, f"/api/v1/decisions/{id}")["basis"] for id in one["followed_by"])
    assert ask(traded, "GET", "/api/v1/decisions/D-999999").status == 404


def test_fills_and_closed_trades_are_the_portfolio_s(traded: World) -> None:
    portfolio = traded.trading.portfolio
    fills = get(traded, "/api/v1/trades?since=")
    assert [(f["id"], f["price"], f["quantity"], f["fees"]) for f in fills["trades"]] == [
        (f.id, f.price, f.quantity, f.fees) for f in portfolio.fills
    ]
    assert fills["next_since"] == portfolio.fills[-1].id
    last = get(traded, f"/api/v1/trades?since={portfolio.fills[-2].id}")["trades"]
    assert [fill["id"] for fill in last] == [portfolio.fills[-1].id]
    trades = get(traded, "/api/v1/trades/closed")["trades"]
    assert round(sum(trade["pnl"] for trade in trades), 2) == round(sum(t.pnl for t in portfolio.trades), 2)


def test_an_order_is_sent_filled_and_cancelled(world: World) -> None:
    market = ask(world, "POST", "/api/v1/orders", {"symbol": "ES", "side": "BUY", "quantity": 2})
    assert (market.status, market.json()["state"]) == (201, "SUBMITTED")
    world.advance(1)
    filled = get(world, f"/api/v1/orders/{market.json()['id']}")
    assert (filled["state"], filled["filled"], filled["remaining"]) == ("FILLED", 2, 0)
    assert get(world, "/api/v1/system/status")["positions"]["ES"] == 2
    low = round(world.bars("ES", 1)[0].close * 0.9)
    limit = {"symbol": "ES", "side": "BUY", "quantity": 1, "type": "LIMIT", "limit_price": low}
    resting = ask(world, "POST", "/api/v1/orders", limit).json()["id"]
    world.advance(1)
    assert resting in [order["id"] for order in get(world, "/api/v1/orders?status=open")["orders"]]
    assert ask(world, "DELETE", f"/api/v1/orders/{resting}").json()["state"] == "CANCELLED"
    again = ask(world, "DELETE", f"/api/v1/orders/{resting}")
    assert (again.status, again.json()["error"]["code"]) == (409, "conflict")
    assert ask(world, "DELETE", "/api/v1/orders/O-999999").status == 404
    closing = ask(world, "POST", "/api/v1/positions/close", {"symbol": "ES"}).json()["orders"]
    world.advance(1)
    assert len(closing) == 1 and "ES" not in get(world, "/api/v1/system/status")["positions"]


@pytest.mark.parametrize(
    ("body", "status", "argument"),
    [
        ({"side": "BUY", "quantity": 1}, 400, "symbol"),
        ({"symbol": "CL", "side": "BUY", "quantity": 1}, 422, "symbol"),
        ({"symbol": "ES", "side": "buy", "quantity": 1}, 422, "side"),
        ({"symbol": "ES", "side": "BUY", "quantity": -1}, 422, "quantity"),
        ({"symbol": "ES", "side": "BUY", "quantity": 0.5}, 422, "quantity"),
        ({"symbol": "ES", "side": "BUY", "quantity": "1"}, 422, "quantity"),
        ({"symbol": "ES", "side": "BUY", "quantity": 1, "type": "LIMIT"}, 422, "limit_price"),
        ({"symbol": "ES", "side": "BUY", "quantity": 1, "type": "LIMIT", "limit_price": 6000.1}, 422, "limit_price"),
        ({"symbol": "ES", "side": "BUY", "quantity": 1, "stop_price": 6000}, 422, "stop_price"),
        ({"symbol": "ES", "side": "BUY", "quantity": 1, "time_in_force": "GTD"}, 422, "time_in_force"),
        ({"symbol": "ES", "side": "BUY", "quantity": 10**4200}, 422, "quantity"),
        ({"symbol": "ES", "side": "BUY", "quantity": 1e300}, 422, "quantity"),
        ({"symbol": "ES", "side": "BUY", "quantity": 1, "type": "LIMIT", "limit_price": 10**400}, 422, "limit_price"),
        ({"symbol": "ES", "side": "SELL", "quantity": 1, "type": "STOP", "stop_price": -(10**400)}, 422, "stop_price"),
    ],
)
def test_what_cannot_be_an_order_changes_nothing(world: World, body: Any, status: int, argument: str) -> None:
    before = world.snapshot()
    refused = ask(world, "POST", "/api/v1/orders", body)
    assert (refused.status, refused.json()["error"]["argument"]) == (status, argument)
    assert world.snapshot() == before


def test_what_is_refused_is_an_order_with_a_reason_and_an_alert(world: World) -> None:
    huge = ask(world, "POST", "/api/v1/orders", {"symbol": "ES", "side": "BUY", "quantity": 49})
    order = huge.json()
    assert (huge.status, order["state"], order["code"]) == (201, "REJECTED", "order_size")
    (alert,) = [one for one in get(world, "/api/v1/alerts?state=active")["alerts"] if one["type"] == "ORDER_REJECTED"]
    assert order["id"] in alert["message"]
    taken = ask(world, "POST", f"/api/v1/alerts/{alert['id']}/acknowledge", {})
    assert (taken.json()["state"], taken.json()["acknowledged_by"]) == ("acknowledged", "operator")
    assert ask(world, "POST", f"/api/v1/alerts/{alert['id']}/acknowledge", {"by": "Ada"}).status == 409
    assert ask(world, "POST", "/api/v1/alerts/A-999999/acknowledge", {"by": "Ada"}).status == 404
    assert ask(world, "POST", f"/api/v1/alerts/{alert['id']}/acknowledge", {"by": ""}).status == 422


def test_the_emergency_stop_and_its_way_back(world: World) -> None:
    ask(world, "POST", "/api/v1/orders", {"symbol": "NQ", "side": "SELL", "quantity": 1})
    world.advance(1)
    stopped = ask(world, "POST", "/api/v1/system/emergency-stop", {"reason": "Rehearsal", "by": "Ada"}, role="trader")
    assert (stopped.status, stopped.json()["status"], len(stopped.json()["orders"])) == (200, "EMERGENCY_STOP", 1)
    assert ask(world, "POST", "/api/v1/system/emergency-stop", {"reason": "Again"}).status == 409
    world.advance(10)
    assert get(world, "/api/v1/positions")["positions"] == []
    order = {"symbol": "ES", "side": "BUY", "quantity": 1}
    assert ask(world, "POST", "/api/v1/orders", order).json()["code"] == "system_stopped"
    assert ask(world, "POST", "/api/v1/system/start").status == 409
    assert ask(world, "POST", "/api/v1/system/emergency-stop/reset", {}).json()["status"] == "ON"
    assert ask(world, "POST", "/api/v1/system/emergency-stop/reset", {}).status == 409
    assert "EMERGENCY_STOP" not in [alert["type"] for alert in get(world, "/api/v1/alerts?state=open")["alerts"]]
    again = World.from_snapshot(world.snapshot())
    assert again.digest() == world.digest()


def test_after_a_reset_drawdown_is_shown_twice(world: World) -> None:
    """The account's own, and the one that limits and position sizes follow."""
    portfolio, breakers = world.trading.portfolio, world.trading.risk.breakers
    ask(world, "POST", "/api/v1/orders", {"symbol": "NQ", "side": "BUY", "quantity": 5})
    world.advance(1)
    world.stress(300, gap=-0.02)
    world.advance(600)
    shown = get(world, "/api/v1/risk/metrics")
    assert shown["drawdown"] > 0.01 and shown["drawdown_since_reset"] > 0.01
    if world.trading.state == "ON":
        world.emergency_stop("Rehearsal")
        world.advance(300)
    world.reset_emergency_stop("Ada")
    shown = get(world, "/api/v1/risk/metrics")
    assert (shown["drawdown"], shown["drawdown_since_reset"]) == (portfolio.drawdown, breakers.drawdown)
    assert shown["drawdown"] > 0.01 and shown["drawdown_since_reset"] == 0 and shown["size_factor"] == 1
    used = {row["name"]: row["used"] for row in get(world, "/simulator/desk")["limits"]}
    assert used["drawdown_half"] == used["drawdown_quarter"] == used["drawdown_stop"] == 0


def test_trading_is_stopped_and_started(world: World) -> None:
    assert ask(world, "POST", "/api/v1/system/start").status == 409
    assert ask(world, "POST", "/api/v1/system/stop").json()["status"] == "OFF"
    assert get(world, "/api/v1/system/status")["status"] == "OFF"
    assert ask(world, "POST", "/api/v1/system/start").json()["status"] == "ON"
    assert ask(world, "POST", "/api/v1/risk/leverage/reset", {"by": "Ada"}).status == 409


def test_limits_and_thresholds_are_set_within_their_range(world: World) -> None:
    set_ = ask(world, "PUT", "/api/v1/risk/limits/max_contracts", {"value": 3})
    assert (set_.status, set_.json()["value"]) == (200, 3)
    assert world.trading.limits["max_contracts"] == 3
    limits = get(world, "/api/v1/risk/limits")
    assert {limit["name"]: limit["value"] for limit in limits["limits"]} == world.trading.limits.values()
    for name, value in (("max_contracts", 0), ("max_contracts", 2.5), ("max_leverage", "4"), ("var_95", 2)):
        assert ask(world, "PUT", f"/api/v1/risk/limits/{name}", {"value": value}).status == 422
    assert ask(world, "PUT", "/api/v1/risk/limits/luck", {"value": 1}).status == 404
    assert ask(world, "PUT", "/api/v1/risk/thresholds/tactical", {"value": 0.8}).json() == {
        "name": "tactical",
        "value": 0.8,
    }
    assert ask(world, "PUT", "/api/v1/risk/thresholds/luck", {"value": 0.8}).status == 404
    assert ask(world, "PUT", "/api/v1/risk/thresholds/tactical", {"value": 1.1}).status == 422


def test_performance_of_the_newest_session_and_of_all(traded: World) -> None:
    portfolio = traded.trading.portfolio
    whole, day = (get(traded, f"/api/v1/performance?period={period}") for period in ("all", "1d"))
    assert whole["pnl"] == round(portfolio.equity_curve[-1][1] - portfolio.capital, 2)
    assert whole["total_return"] == pytest.approx(whole["pnl"] / portfolio.capital, abs=1e-8)
    assert whole["returns"] == len(portfolio.equity_curve) == DAYS * 78
    assert whole["closed_trades"] == len(portfolio.trades)
    assert whole["max_drawdown"] == pytest.approx(portfolio.max_drawdown, abs=1e-6)
    assert whole["win_rate"] == pytest.approx(sum(t.pnl > 0 for t in portfolio.trades) / len(portfolio.trades))
    assert "standard error" in whole["notes"]["sharpe_ratio"]
    before = portfolio.equity_curve[-79][1]
    assert day["returns"] == 78 and day["pnl"] == round(portfolio.equity_curve[-1][1] - before, 2)
    assert day["daily_return"] == day["total_return"] == whole["daily_return"]
    assert get(traded, "/api/v1/performance?period=5d")["returns"] == DAYS * 78
    assert get(traded, "/api/v1/performance?period=20d")["start"] == whole["start"]


@pytest.mark.parametrize("by", ["agent", "symbol", "synergy", "hour", "exit"])
def test_every_breakdown_adds_up_to_the_account_s_profit(traded: World, by: str) -> None:
    portfolio, found = traded.trading.portfolio, get(traded, f"/api/v1/performance/attribution?by={by}")
    assert found["total"] == round(portfolio.equity - portfolio.capital, 2)
    assert round(sum(part["pnl"] for part in found["parts"]), 2) == found["total"]


def test_a_world_without_a_single_bar_has_no_performance() -> None:
    found = get(World(SEED), "/api/v1/performance")
    assert (found["returns"], found["sharpe_ratio"], found["win_rate"], found["pnl"]) == (0, None, None, 0)
    assert "there are 0" in found["notes"]["sharpe_ratio"]
    var = get(World(SEED), "/api/v1/risk/var?method=historical")
    assert var["value_at_risk"]["value"] is None


def test_value_at_risk_by_three_methods(traded: World, world: World) -> None:
    returns, equity = traded.trading.portfolio.returns(), traded.trading.portfolio.equity
    historical = get(traded, "/api/v1/risk/var?method=historical&confidence=0.99")
    assert historical["value_at_risk"]["value"] == round(metrics.historical_var(returns, 0.99) * equity, 2)
    assert historical["expected_shortfall"]["value"] >= historical["value_at_risk"]["value"]
    assert (historical["value_at_risk"]["unit"], historical["value_at_risk"]["sign"]) == ("dollars", "positive = loss")
    ask(world, "POST", "/api/v1/orders", {"symbol": "ES", "side": "BUY", "quantity": 3})
    world.advance(1)
    positions = get(world, "/api/v1/risk/var")
    assert positions["value_at_risk"]["value"] == get(world, "/api/v1/risk/metrics")["var_95"] > 0
    # For a normal distribution ES is the density at z over the tail's share, 2.0627 standard deviations, and VaR is z.
    ratio = positions["expected_shortfall"]["value"] / positions["value_at_risk"]["value"]
    assert ratio == pytest.approx(2.0627 / 1.6449, abs=1e-3)
    assert ask(world, "GET", "/api/v1/risk/var?confidence=0.9").status == 422
    parametric = get(traded, "/api/v1/risk/var?method=parametric")
    assert parametric["value_at_risk"]["horizon"] == "1 bar of 5 minutes"


def test_the_status_counts_what_is_open(world: World) -> None:
    status = get(world, "/api/v1/system/status")
    assert status["equity"] == world.trading.portfolio.equity
    assert status["open_alerts"] == len(world.trading.alerts.open())
    world.scale("tactical-marl", 0)
    assert get(world, "/api/v1/system/status")["active_agents"] == 3
    agents = {row["agent"]: row for row in get(world, "/api/v1/agents/status")["agents"]}
    assert (agents["tactical"]["status"], agents["risk"]["status"]) == ("down", "up")
    assert sum(row["decisions"] for row in agents.values()) == len(world.trading.decisions)
    assert get(world, "/health")["status"] == "degraded"

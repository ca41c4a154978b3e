"""The client: what it sends, what it makes of the answers, and over which way."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from grandmodel_sim import World
from grandmodel_sim.http import DEMO_KEYS, Request, Response, handle
from grandmodel_sim.trading import api_errors
from grandmodel_sim.trading.client import (
    AuthenticationError,
    InvalidRequest,
    NotFoundError,
    PermissionDenied,
    RateLimited,
    ServiceUnavailable,
    TradingClient,
    TradingError,
)

FACADE = ("src/trading/__init__.py", "src/trading/trading_client.py")


@pytest.fixture
def world() -> World:
    return World(7)


@pytest.fixture
def client(world: World) -> TradingClient:
    return TradingClient(api_key=DEMO_KEYS["viewer"], world=world)


class Answers:
    """A transport that answers what it was given and remembers what it was asked."""

    def __init__(self, *answers: Response) -> None:
        self.answers, self.asked = list(answers), list[Request]()

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers.pop(0)


def test_it_talks_to_the_world_that_it_is_given(world: World, client: TradingClient) -> None:
    world.advance(600)
    assert client.get_system_status()["time"] == "2025-07-14T13:40:00Z"
    assert [bar["close"] for bar in client.get_bars("NQ", limit=3)] == [bar.close for bar in world.bars("NQ", 3)]


def test_by_default_it_talks_to_the_world_of_the_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "_current", None)
    client = TradingClient(api_key=DEMO_KEYS["viewer"])
    World(5).make_current()
    World.current().advance(300)
    assert client.get_system_status()["time"] == "2025-07-14T13:35:00Z"


def test_the_key_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.delenv("GRANDMODEL_API_KEY", raising=False)
    with pytest.raises(AuthenticationError, match="set GRANDMODEL_API_KEY"):
        TradingClient(world=world)
    with pytest.raises(AuthenticationError, match="there is none"):
        TradingClient(api_key="", world=world)
    monkeypatch.setenv("GRANDMODEL_API_KEY", DEMO_KEYS["viewer"])
    client = TradingClient(world=world)
    assert client.get_system_status()["status"]
    assert DEMO_KEYS["viewer"] not in repr(client)


def test_a_placeholder_is_not_a_key(world: World) -> None:
    with pytest.raises(AuthenticationError, match="this API key is not known") as caught:
        TradingClient(api_key="your_api_key", world=world).get_system_status()
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")


def test_one_hour_is_no_timeframe(client: TradingClient) -> None:
    with pytest.raises(InvalidRequest, match="timeframe: got '1h'; give one of 5m, 30m") as caught:
        client.get_bars(timeframe="1h")
    assert (caught.value.status, caught.value.argument) == (422, "timeframe")
    assert isinstance(caught.value, ValueError)


def test_too_many_requests_say_how_long_to_wait(world: World, client: TradingClient) -> None:
    with pytest.raises(RateLimited) as caught:
        for _ in range(31):
            client.get_system_status()
    assert caught.value.retry_after == 60
    world.advance(caught.value.retry_after)
    assert client.get_system_status()


def test_pages_carry_their_cursor(world: World, client: TradingClient) -> None:
    world.advance(900)
    seen = client.get_events(limit=5, since="")
    seen_ids = [event["id"] for event in seen]
    rest = client.get_events(since=seen.next_since)
    assert seen_ids + [event["id"] for event in rest] == [f"E-{event.id:06d}" for event in world.events]
    nothing = client.get_events(since=rest.next_since)
    assert (nothing, nothing.next_since) == ([], rest.next_since)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, AuthenticationError),
        (403, PermissionDenied),
        (404, NotFoundError),
        (405, InvalidRequest),
        (409, InvalidRequest),
        (422, InvalidRequest),
        (429, RateLimited),
        (500, ServiceUnavailable),
        (503, ServiceUnavailable),
    ],
)
@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "[]", '{"error": {"code": "x", "message": "why"}}'])
def test_every_answer_of_400_and_above_is_an_error_of_ours(status: int, kind: type[TradingError], body: str) -> None:
    client = TradingClient("k", transport=Answers(Response(status, {}, body)))
    with pytest.raises(kind) as caught:
        client.request("GET", "/x")
    assert caught.value.status == status
    assert str(caught.value) == f"GET /x: {'why' if 'why' in body else f'status {status}'}"


def test_what_is_no_json_is_no_answer() -> None:
    client = TradingClient("k", transport=Answers(Response(200, {}, "<html>")))
    with pytest.raises(ServiceUnavailable, match="the answer is not JSON"):
        client.get_system_status()


def test_a_request_carries_key_query_and_body() -> None:
    transport = Answers(Response(200, {}, "{}"))
    TradingClient("secret", transport=transport).request("POST", "/x", {"a": "b c", "n": None}, {"seconds": 1})
    (asked,) = transport.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/x", (("a", "b c"),))
    assert asked.headers["authorization"] == "Bearer secret"
    assert (asked.headers["content-type"], json.loads(asked.body)) == ("application/json", {"seconds": 1})


def test_numbers_of_other_libraries_are_sent_as_numbers(world: World) -> None:
    import numpy as np

    world.advance(600)
    trader = TradingClient(api_key=DEMO_KEYS["trader"], world=world)
    last = world.trading.exchange.last("ES")
    order = trader.submit_order("ES", "BUY", np.int64(2), "LIMIT", limit_price=np.float32(last - 50))
    assert (order["quantity"], order["limit_price"]) == (2, last - 50)
    assert len(trader.get_bars(limit=np.int64(3))) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [{1}, object(), float("nan"), float("-inf"), 10**5000, b"2", 1j, [..., 1]],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_carry_is_named_and_not_sent(value: Any) -> None:
    transport = Answers()
    with pytest.raises(InvalidRequest, match=r"^quantity: ") as caught:
        TradingClient("k", transport=transport).submit_order("ES", "BUY", value)
    assert (caught.value.argument, caught.value.status, transport.asked) == ("quantity", 0, [])


def test_text_that_no_address_can_hold_is_refused_like_any_other(client: TradingClient) -> None:
    with pytest.raises(InvalidRequest, match="symbol: got"):
        client.get_bars("\ud800")
    with pytest.raises(NotFoundError):
        client.get_order("\ud800")


@pytest.fixture
def server(world: World) -> Iterator[str]:
    """The application behind a real socket."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            answer = handle(world, Request.of(self.command, self.path, dict(self.headers), body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body.encode())))
            self.end_headers()
            self.wfile.write(answer.body.encode())

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_the_same_client_works_over_a_network(server: str, world: World) -> None:
    client = TradingClient(DEMO_KEYS["viewer"], base_url=server)
    assert client.request("POST", "/simulator/advance", body={"bars": 1})["now"] == "2025-07-14T13:35:00Z"
    assert client.get_bars(limit=1)[0]["close"] == world.bars("ES", 1)[0].close
    with pytest.raises(InvalidRequest, match="give one of ES, NQ"):
        client.get_bars("CL")


def test_nobody_at_the_address() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as unused:
        address = f"http://127.0.0.1:{unused.server_port}"
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        TradingClient("k", base_url=address).get_system_status()
    with pytest.raises(InvalidRequest, match="begins with http"):
        TradingClient("k", base_url="localhost:8000")


def test_the_tree_of_errors_is_the_one_that_is_drawn() -> None:
    drawn = (api_errors.__doc__ or "").split("TradingError\n")[1]
    names = [line.split()[1] for line in drawn.splitlines() if line.startswith(("├", "└"))]
    assert names == [kind.__name__ for kind in TradingError.__subclasses__()]


def test_the_workspace_s_facade_offers_client_and_errors(checkout: Path) -> None:
    from grandmodel_sim.grading import grade

    checks = """
from grandmodel_sim.grading import check
@check("read", points=1, step="one")
def read(run):
    run.expect(run["status"]["status"] == "ON", expected="ON", found=run["status"])
    run.expect(run["refused"] == "timeframe", expected="timeframe", found=run["refused"])
"""
    answer = """
from src.trading.trading_client import InvalidRequest, TradingClient
client = TradingClient()
status = client.get_system_status()
try:
    client.get_bars(timeframe="1h")
except InvalidRequest as error:
    refused = error.argument
"""
    files = {name: checkout.joinpath(name).read_bytes() for name in ("src/__init__.py", *FACADE)}
    report = grade("7.1", answer, checks, files=files)
    assert report["passed"], report
    facade = files["src/trading/trading_client.py"].decode()
    assert all(f'"{kind.__name__}"' in facade for kind in (TradingClient, TradingError, *TradingError.__subclasses__()))


def test_a_morning_of_the_lab() -> None:
    """What Lab 7.1 calls, in its order, on a world in which trading has gone on."""
    world = World(7)
    world.advance(4 * 86_400)
    client = TradingClient(api_key=DEMO_KEYS["viewer"], world=world)
    status = client.get_system_status()
    assert (status["status"], status["active_agents"]) == ("ON", 4)
    for decision in client.get_agent_decisions(timeframe="30m"):
        assert f"{decision['agent']} {decision['action']} {decision['confidence']:.2f} {decision['reasoning']}"
    with pytest.raises(InvalidRequest, match="timeframe: got '1h'; give one of 5m, 30m"):
        client.get_agent_decisions(timeframe="1h")
    risk = client.get_risk_metrics()
    assert risk["var_95"] >= 0 and risk["var_horizon_days"] == 1 and "parametric" in risk["var_method"]
    assert f"{risk['max_drawdown']:.4f} {risk['exposure']:.2f}"
    performance = client.get_performance_metrics(period="1d")
    assert f"{performance['daily_return']:.4f} {performance['sharpe_ratio']:.2f}"
    assert "standard error" in performance["notes"]["sharpe_ratio"]
    seen = client.get_recent_trades(limit=5)
    assert [trade["id"] for trade in seen] == [fill.id for fill in world.trading.portfolio.fills[-5:]]
    assert set(seen[0]) >= {"timestamp", "symbol", "side", "quantity", "price"}
    assert client.get_recent_trades(since=seen.next_since) == []
    for alert in client.get_active_alerts():
        assert f"{alert['type']} - {alert['message']}"


def test_who_trades_needs_another_key_than_who_looks(world: World, client: TradingClient) -> None:
    world.advance(600)
    with pytest.raises(PermissionDenied, match="this needs the role trader; the key has the role viewer"):
        client.submit_order("ES", "BUY", 1)
    trader = TradingClient(api_key=DEMO_KEYS["trader"], world=world)
    order = trader.submit_order("ES", "BUY", 2)
    world.advance(1)
    assert client.get_order(order["id"])["state"] == "FILLED"
    assert [(position["symbol"], position["quantity"]) for position in client.get_positions()] == [("ES", 2)]
    assert client.get_account()["fees"] == 5.0
    assert len(trader.close_positions()) == 1
    world.advance(1)
    assert client.get_positions() == []
    assert [trade["quantity"] for trade in client.get_closed_trades()] == [2]
    resting = trader.submit_order("ES", "BUY", 1, "LIMIT", limit_price=5000.0)
    assert trader.cancel_order(resting["id"])["state"] == "CANCELLED"
    assert [one["id"] for one in client.get_orders("CANCELLED")] == [resting["id"]]
    with pytest.raises(InvalidRequest) as caught:
        trader.cancel_order(resting["id"])
    assert caught.value.status == 409
    with pytest.raises(NotFoundError):
        trader.cancel_order("O-999999/../x")
    with pytest.raises(PermissionDenied):
        trader.set_limit("max_contracts", 3)


def test_an_operator_rehearses_the_emergency_stop(world: World) -> None:
    world.advance(600)
    client = TradingClient(api_key=DEMO_KEYS["operator"], world=world)
    assert client.set_limit("max_contracts", 3)["value"] == client.get_limits()["max_contracts"]["value"] == 3
    assert client.set_threshold("tactical", 0.7)["value"] == client.get_thresholds()["tactical"] == 0.7
    with pytest.raises(NotFoundError, match="no limit 'luck'"):
        client.set_limit("luck", 1)
    assert client.emergency_stop("Rehearsal", by="Ada")["status"] == "EMERGENCY_STOP"
    (alert,) = client.get_active_alerts()
    assert client.acknowledge_alert(alert["id"], by="Ada")["acknowledged_by"] == "Ada"
    assert client.get_active_alerts() == [] and len(client.get_alerts("open")) == 1
    assert client.submit_order("ES", "BUY", 1)["code"] == "system_stopped"
    assert client.reset_emergency_stop(by="Ada")["status"] == "ON"
    assert client.stop_trading()["status"] == "OFF" and client.start_trading()["status"] == "ON"
    with pytest.raises(InvalidRequest):
        client.reset_leverage()
    assert client.get_health()["status"] == "healthy"
    assert [row["agent"] for row in client.get_agents_status()] == ["strategic", "tactical", "risk", "execution"]
    assert client.get_var(0.99, "historical")["value_at_risk"]["unit"] == "dollars"
    assert len(client.get_equity_curve()) == 2
    assert client.get_attribution("symbol")["total"] == 0

"""The application as a whole: who is answered how, whatever the route."""

import json
from typing import Any

import pytest
from grandmodel_sim import World
from grandmodel_sim.http import DEMO_KEYS, Request, Response, handle


def ask(world: World, method: str, target: str, body: Any = "", role: str = "viewer", **headers: str) -> Response:
    if role:
        headers["Authorization"] = f"Bearer {DEMO_KEYS[role]}"
    return handle(world, Request.of(method, target, {k.replace("_", "-"): v for k, v in headers.items()}, body))


@pytest.fixture
def world() -> World:
    return World(7)


def error(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]
    return found


def test_health_and_the_simulator_s_routes_need_no_key(world: World) -> None:
    assert ask(world, "GET", "/health", role="").status == 200
    assert ask(world, "GET", "/simulator/clock", role="").json()["now"] == "2025-07-14T13:30:00Z"
    answer = ask(world, "POST", "/simulator/advance", {"bars": 1}, role="")
    assert answer.json()["now"] == "2025-07-14T13:35:00Z"
    assert world.now_ms == answer.json()["now_ms"]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer", 401),
        ("Bearer your_api_key", 401),
        ("Basic dXNlcjpwYXNz", 401),
        (f"Bearer {DEMO_KEYS['viewer']}", 200),
        (f"bearer {DEMO_KEYS['admin']}", 200),
    ],
)
def test_a_key_is_needed_and_must_be_known(world: World, header: str, status: int) -> None:
    answer = handle(world, Request.of("GET", "/api/v1/system/status", {"Authorization": header}))
    assert answer.status == status
    if status == 401:
        assert answer.header("www-authenticate").startswith("Bearer")
        assert error(answer)["code"] == "unauthorized"


def test_unknown_paths_and_methods(world: World) -> None:
    assert ask(world, "GET", "/api/v1/nothing").status == 404
    assert ask(world, "GET", "/health/").status == 404
    refused = ask(world, "DELETE", "/api/v1/bars")
    assert (refused.status, refused.header("Allow")) == (405, "GET, HEAD, OPTIONS")
    options = ask(world, "OPTIONS", "/simulator/advance")
    assert (options.status, options.header("Allow"), options.body) == (204, "OPTIONS, POST", "")


def test_head_is_get_without_its_body(world: World) -> None:
    get, head = ask(world, "GET", "/simulator/clock"), ask(world, "HEAD", "/simulator/clock")
    assert (head.status, head.headers, head.body) == (200, get.headers, "")
    assert ask(world, "HEAD", "/api/v1/bars?limit=0").status == 422


@pytest.mark.parametrize(
    ("target", "status", "argument", "message"),
    [
        ("/api/v1/bars?symbol=CL", 422, "symbol", "symbol: got 'CL'; give one of ES, NQ"),
        ("/api/v1/bars?timeframe=1h", 422, "timeframe", "timeframe: got '1h'; give one of 5m, 30m"),
        ("/api/v1/bars?limit=0", 422, "limit", "limit: got 0; give a whole number from 1 to 500"),
        ("/api/v1/bars?limit=ten", 422, "limit", "limit: got 'ten'; give a whole number from 1 to 500"),
        ("/api/v1/bars?limit=nan", 422, "limit", "limit: got 'nan'; give a whole number from 1 to 500"),
        ("/api/v1/bars?limit=1_0", 422, "limit", "limit: got '1_0'; give a whole number from 1 to 500"),
        ("/api/v1/bars?limit=٣", 422, "limit", "limit: got '٣'; give a whole number from 1 to 500"),
        ("/api/v1/bars?limit=+5", 422, "limit", "limit: got ' 5'; give a whole number from 1 to 500"),
        (f"/api/v1/bars?limit={'9' * 9}", 422, "limit", "limit: got 999999999; give a whole number from 1 to 500"),
        ("/api/v1/bars?symbl=ES", 400, "symbl", "symbl is not known in the query; known: symbol, timeframe, limit"),
        ("/api/v1/events?since=E-²", 422, "since", "since: got 'E-²'; give the next_since of an answer of this list"),
        (
            "/api/v1/events?since=yesterday",
            422,
            "since",
            "since: got 'yesterday'; give the next_since of an answer of this list",
        ),
    ],
)
def test_a_bad_parameter_is_named(world: World, target: str, status: int, argument: str, message: str) -> None:
    answer = ask(world, "GET", target)
    assert (answer.status, error(answer)["argument"], error(answer)["message"]) == (status, argument, message)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("{", 400, "not JSON"),
        ("[1]", 400, "must be a JSON object, not list"),
        ("[" * 90_000, 400, "not JSON"),
        ('{"seconds": ' + "9" * 90_000 + "}", 400, "not JSON"),
        ('{"seconds": 1e400}', 422, "give a number from 0"),
        ('{"seconds": NaN}', 400, "NaN is no JSON number"),
        ("", 422, "give exactly one of seconds, bars and until; got none"),
        ({"seconds": 1, "bars": 1}, 422, "got seconds, bars"),
        ({"seconds": -1}, 422, "seconds: got -1; give a number from 0"),
        ({"seconds": "60"}, 422, "seconds: got '60'"),
        ({"bars": True}, 422, "bars: got True"),
        ({"bars": 1.5}, 422, "bars: got 1.5"),
        ({"until": "2025-07-14T20:00:00"}, 422, "give a time with its zone"),
        ({"until": "soon"}, 422, "until: got 'soon'"),
        (
            {"until": "2020-01-01T00:00:00Z"},
            422,
            "until: got '2020-01-01T00:00:00Z'; give a time with its zone from 2025-07-14T13:30:00Z to",
        ),
        ({"until": "2035-01-01T00:00:00Z"}, 422, "until: got '2035-01-01T00:00:00Z'; give a time with its zone"),
        ({"until": "0001-01-01T00:00:00+23:59"}, 422, "until: got"),
        ({"seconds": 10**400}, 422, "seconds: got 1000000"),
        ({"hours": 1}, 400, "hours is not known in the body"),
        (" " * 10 + "x" * 100_001, 413, "the limit"),
    ],
)
def test_a_bad_body_changes_nothing(world: World, body: Any, status: int, words: str) -> None:
    before = world.digest(), world.now_ms
    answer = ask(world, "POST", "/simulator/advance", body)
    assert answer.status == status
    assert words in error(answer)["message"]
    assert (world.digest(), world.now_ms) == before


def test_a_body_of_another_kind_or_where_none_belongs_is_refused(world: World) -> None:
    assert ask(world, "POST", "/simulator/advance", "bars=1", content_type="text/plain").status == 415
    assert ask(world, "GET", "/health", {"a": 1}).status == 400
    assert ask(world, "POST", "/simulator/advance", '{"bars": 2.0}').status == 200


def test_time_goes_by_until_an_instant(world: World) -> None:
    answer = ask(world, "POST", "/simulator/advance", {"until": "2025-07-14T10:00:00-04:00"})
    assert answer.json()["now"] == "2025-07-14T14:00:00Z"


def test_requests_are_counted_in_virtual_time(world: World) -> None:
    for left in range(29, -1, -1):
        answer = ask(world, "GET", "/api/v1/system/status")
        assert answer.header("X-RateLimit-Remaining") == str(left)
    refused = ask(world, "GET", "/api/v1/system/status")
    assert (refused.status, refused.header("Retry-After"), error(refused)["code"]) == (429, "60", "rate_limited")
    assert ask(world, "GET", "/api/v1/bars").status == 200  # another kind of route
    assert ask(world, "GET", "/api/v1/system/status", role="trader").status == 200  # another client
    world.advance(59.999)
    assert ask(world, "GET", "/api/v1/system/status").header("Retry-After") == "1"
    world.advance(0.001)
    assert ask(world, "GET", "/api/v1/system/status").status == 200


def test_a_burst_is_refused_even_below_the_limit_of_a_minute(world: World) -> None:
    answers = [ask(world, "GET", "/api/v1/bars?limit=1").status for _ in range(51)]
    assert answers == [200] * 50 + [429]
    world.advance(10)
    assert ask(world, "GET", "/api/v1/bars?limit=1").status == 200


def test_a_rewind_gives_back_the_requests_that_it_undoes(world: World) -> None:
    start = world.now
    world.advance(600)
    for _ in range(10):
        assert ask(world, "GET", "/health").status == 200
    assert ask(world, "GET", "/health").status == 429
    world.rewind(start)
    assert ask(world, "GET", "/health").status == 200


def test_without_a_gateway_nothing_is_answered_but_the_simulator_s_own_routes(world: World) -> None:
    world.scale("api-gateway", 0)
    refused = ask(world, "GET", "/api/v1/system/status")
    assert (refused.status, error(refused)["code"]) == (503, "unavailable")
    assert ask(world, "GET", "/simulator/clock").status == 200
    world.scale("api-gateway", 1)
    world.advance(10)
    assert ask(world, "GET", "/api/v1/system/status").status == 200


def test_reading_changes_nothing(world: World) -> None:
    world.advance(1800)
    before = json.dumps(world.snapshot())
    for target in ("/health", "/api/v1/system/status", "/api/v1/agents/status", "/api/v1/bars", "/api/v1/events"):
        assert ask(world, "GET", target).status == 200
    assert json.dumps(world.snapshot()) == before


def test_events_are_paged_without_gaps_and_without_doubles(world: World) -> None:
    world.advance(3600)
    seen: list[str] = []
    since = ""
    while True:
        page = ask(world, "GET", f"/api/v1/events?limit=7&since={since}").json()
        if not page["events"]:
            break
        seen += [event["id"] for event in page["events"]]
        since = page["next_since"]
    assert seen == [f"E-{event.id:06d}" for event in world.events]
    assert page["next_since"] == since
    world.advance(300)
    fresh = ask(world, "GET", f"/api/v1/events?since={since}").json()["events"]
    assert [event["id"] for event in fresh] == [f"E-{event.id:06d}" for event in world.events[len(seen) :]]


def test_half_hour_bars_are_those_of_the_event_log(world: World) -> None:
    world.advance(3 * 3600)
    bars = ask(world, "GET", "/api/v1/bars?symbol=NQ&timeframe=30m&limit=6").json()["bars"]
    logged = [event for event in world.events.of("NEW_30MIN_BAR") if event.payload["symbol"] == "NQ"]
    assert [(bar["open"], bar["high"], bar["low"], bar["close"], bar["volume"]) for bar in bars] == [
        tuple(event.payload[name] for name in ("open", "high", "low", "close", "volume")) for event in logged
    ]

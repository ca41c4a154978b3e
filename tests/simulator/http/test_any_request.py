"""Whatever is sent, the application answers, and what it refuses changes nothing."""

import json
from typing import Any

from grandmodel_sim import World
from grandmodel_sim.http import GRANDMODEL, Request, handle
from grandmodel_sim.http.auth import Principal
from hypothesis import given, settings
from hypothesis import strategies as st

ASKER = Principal("fuzz", "admin", limited=False)
WORLD = World(7)
WORLD.advance(2400)

names = st.sampled_from([*sorted({one.name for route in GRANDMODEL for one in route.parameters}), "x", ""])
odd_text = st.text(max_size=12) | st.sampled_from(
    ["ES", "5m", "1h", "-1", "0", "1e400", "nan", "true", "D-000001", "A-1"]
)
values = st.none() | st.booleans() | st.integers() | st.floats() | odd_text | st.lists(st.integers(), max_size=2)
paths = st.sampled_from([route.path for route in GRANDMODEL]) | st.text(max_size=20).map(lambda text: f"/{text}")
methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"])
bodies = st.dictionaries(names, values, max_size=4).map(json.dumps) | st.text(max_size=30)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(methods, paths, odd_text, st.lists(st.tuples(names, odd_text), max_size=3), bodies)
def test_every_request_is_answered(method: str, path: str, id: str, query: Any, body: str) -> None:
    target = path.replace("{id}", id).replace("{name}", id)
    # Time must stand still here, and a body of the right form is an act: only requests that are refused are looked at.
    request = Request(method, target, tuple(query), {"content-type": "application/json"}, body)
    if (method, path) in ACTS_WITHOUT_BODY or path.startswith("/simulator"):
        request = Request("GET", target, tuple(query), {}, "")
    before = len(WORLD.events), WORLD.now_ms, len(WORLD._journal)
    answer = handle(WORLD, request, ASKER)
    assert answer.status in {200, 201, 204, 400, 404, 405, 409, 413, 415, 422}
    if answer.body:
        value = answer.json()
        assert ("error" in value) == (answer.status >= 400)
    if answer.status >= 400 or request.method in ("GET", "HEAD", "OPTIONS"):
        assert (len(WORLD.events), WORLD.now_ms, len(WORLD._journal)) == before


#: Requests that act whatever their body says.
ACTS_WITHOUT_BODY = {
    (route.method, route.path)
    for route in GRANDMODEL
    if route.method != "GET" and not any(one.required for one in route.parameters if one.where == "body")
}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=12))
def test_pages_of_any_size_make_up_the_whole_list(sizes: list[int]) -> None:
    since, seen = "", list[str]()
    for size in sizes:
        asked = Request.of("GET", f"/api/v1/events?since={since}&limit={size}")
        page = handle(WORLD, asked, ASKER).json()
        seen += [event["id"] for event in page["events"]]
        since = page["next_since"]
    whole = [f"E-{event.id:06d}" for event in WORLD.events]
    assert seen == whole[: sum(sizes)]

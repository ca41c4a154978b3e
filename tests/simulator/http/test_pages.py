"""Cursors: a client that polls misses nothing and sees nothing twice, whatever changes between its requests."""

from typing import Any

import pytest
from grandmodel_sim import World
from grandmodel_sim.http import Request, Response, handle
from grandmodel_sim.http.auth import Principal
from grandmodel_sim.trading.changes import Changes
from hypothesis import given, settings
from hypothesis import strategies as st

ASKER = Principal("poll", "operator", limited=False)
LISTS = {
    "/api/v1/decisions": "decisions",
    "/api/v1/trades": "trades",
    "/api/v1/trades/closed": "trades",
    "/api/v1/orders": "orders",
    "/api/v1/alerts": "alerts",
    "/api/v1/events": "events",
}


def ask(world: World, target: str) -> Response:
    return handle(world, Request.of("GET", target), ASKER)


def poll(world: World, target: str, since: str, name: str) -> tuple[list[dict[str, Any]], str]:
    """All pages after a cursor, of two entries each, and the cursor of the last."""
    seen: list[dict[str, Any]] = []
    while True:
        answer = ask(world, f"{target}{'&' if '?' in target else '?'}since={since}&limit=2")
        assert answer.status == 200, answer.body
        page = answer.json()
        since = page["next_since"]
        if not page[name]:
            return seen, since
        seen += page[name]


@pytest.fixture
def world() -> World:
    world = World(7)
    world.advance(600)
    return world


@pytest.fixture(scope="module")
def traded() -> World:
    """A world after two days, with entries in every list. Tests of this module only read it."""
    world = World(7)
    world.advance(600)
    world.submit_order("ES", "BUY", 400)
    world.advance(2 * 86_400)
    for path, name in LISTS.items():
        assert ask(world, path).json()[name], path
    return world


def test_children_of_an_order_do_not_stop_its_list(world: World) -> None:
    parent = world.submit_order("ES", "BUY", 5, "TWAP")
    seen, since = poll(world, "/api/v1/orders", "", "orders")
    assert [order["id"] for order in seen] == [parent]
    after = world.submit_order("NQ", "BUY", 1, "LIMIT", limit_price=5000.0)
    world.advance(400)
    found, since = poll(world, "/api/v1/orders", since, "orders")
    ids = [order["id"] for order in found]
    assert len(ids) == len(set(ids)) and set(ids) == set(world.trading.exchange.orders)
    assert after in ids and f"{parent}-01" in ids and f"{parent}-05" in ids
    assert poll(world, "/api/v1/orders", since, "orders") == ([], since)


def test_an_old_order_that_fills_later_comes(world: World) -> None:
    last = world.trading.exchange.last("ES")
    resting = world.submit_order("ES", "BUY", 1, "LIMIT", limit_price=last - 3, time_in_force="GTC")
    world.submit_order("NQ", "BUY", 1)
    world.advance(1)
    filled, since = poll(world, "/api/v1/orders?status=FILLED", "", "orders")
    assert [order["symbol"] for order in filled] == ["NQ"]
    world.advance(86_400)
    assert world.trading.exchange.orders[resting].state == "FILLED"
    filled, _ = poll(world, "/api/v1/orders?status=FILLED", since, "orders")
    ids = [order["id"] for order in filled]
    assert resting in ids and len(ids) == len(set(ids))


def test_an_order_comes_again_when_its_other_half_makes_it_smaller(world: World) -> None:
    exchange, last = world.trading.exchange, world.trading.exchange.last("ES")
    first, second = (
        exchange.new_order("ES", "BUY", 3, "LIMIT", limit_price=price, oco="pair") for price in (last - 50, last - 60)
    )
    exchange.submit(first)
    exchange.submit(second)
    world.advance(1)
    _, since = poll(world, "/api/v1/orders", "", "orders")
    exchange._fill(first, 1, last - 50)
    found, _ = poll(world, "/api/v1/orders", since, "orders")
    assert [(order["id"], order["remaining"]) for order in found] == [(first.id, 2), (second.id, 2)]


def test_a_stop_comes_again_when_its_entry_grows(world: World) -> None:
    exchange, last = world.trading.exchange, world.trading.exchange.last("ES")
    entry = exchange.new_order("ES", "BUY", 4, "LIMIT", limit_price=last - 50, time_in_force="GTC")
    exchange.submit(entry)
    world.trading.brackets.protect(entry.id, last - 90, last + 90)
    world.advance(1)
    exchange._fill(entry, 1, last - 50)
    stop, target = (order.id for order in world.trading.brackets.of(entry.id) or ())
    world.advance(1)
    _, since = poll(world, "/api/v1/orders", "", "orders")
    exchange._fill(entry, 2, last - 50)
    found, _ = poll(world, "/api/v1/orders", since, "orders")
    assert {order["id"]: order["quantity"] for order in found} == {entry.id: 4, stop: 3, target: 3}


def test_a_resolved_alert_comes_though_it_is_older_than_the_cursor(world: World) -> None:
    for symbol in ("ES", "NQ"):
        world.submit_order(symbol, "BUY", 400)
    active, since_active = poll(world, "/api/v1/alerts?state=active", "", "alerts")
    assert [alert["symbol"] for alert in active] == ["ES", "NQ"]
    world.submit_order("NQ", "BUY", 1)
    resolved, since = poll(world, "/api/v1/alerts?state=resolved", "", "alerts")
    assert [alert["symbol"] for alert in resolved] == ["NQ"]
    world.submit_order("ES", "BUY", 400)  # once more: it counts up, and comes to nobody again
    assert poll(world, "/api/v1/alerts?state=active", since_active, "alerts") == ([], since_active)
    world.submit_order("ES", "BUY", 1)
    resolved, _ = poll(world, "/api/v1/alerts?state=resolved", since, "alerts")
    assert [(alert["symbol"], alert["occurrences"]) for alert in resolved] == [("ES", 2)]


def test_an_acknowledged_alert_comes_again_as_it_stands(world: World) -> None:
    world.submit_order("ES", "BUY", 400)
    (alert,), since = poll(world, "/api/v1/alerts", "", "alerts")
    world.acknowledge_alert(alert["id"], "Ada")
    (again,), _ = poll(world, "/api/v1/alerts", since, "alerts")
    assert (again["id"], again["state"]) == (alert["id"], "acknowledged")


@pytest.mark.parametrize("path", LISTS)
def test_cursors_of_other_lists_are_refused(traded: World, path: str) -> None:
    cursors = {other: ask(traded, f"{other}?limit=1").json()["next_since"] for other in LISTS}
    assert len({cursor.partition("-")[0] for cursor in cursors.values()}) == len(LISTS)
    for other, cursor in cursors.items():
        answer = ask(traded, f"{path}?since={cursor}")
        assert answer.status == (200 if other == path else 422), other
        if other != path:
            assert "give the next_since of an answer of this list" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_ahead_of_its_list_is_refused(traded: World, path: str) -> None:
    kind, _, last = ask(traded, f"{path}?limit=1").json()["next_since"].partition("-")
    assert ask(traded, f"{path}?since={kind}-{int(last):06d}").json()[LISTS[path]] == []
    answer = ask(traded, f"{path}?since={kind}-{int(last) + 1:06d}")
    assert (answer.status, answer.json()["error"]["argument"]) == (422, "since")
    assert f"ahead of the list, which ends at {kind}-{last}" in answer.json()["error"]["message"]


def test_after_a_rewind_an_old_cursor_is_refused(world: World) -> None:
    world.advance(1)
    before = world.now
    world.advance(1)
    world.submit_order("ES", "BUY", 1)
    world.advance(1)
    _, since = poll(world, "/api/v1/trades", "", "trades")
    assert since == "F-000001"
    world.rewind(before)
    answer = ask(world, f"/api/v1/trades?since={since}")
    assert (answer.status, "which is empty" in answer.json()["error"]["message"]) == (422, True)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=4), max_size=8))
def test_places_tell_what_has_changed_since(rounds: list[list[str]]) -> None:
    changes, last = Changes(), 0
    for changed in rounds:
        for id in changed:
            changes.note(id)
        news = [(place, id) for place, id in changes if place > last]
        newest_last = list(dict.fromkeys(reversed(changed)))[::-1]
        assert [id for _, id in news] == newest_last
        assert [place for place, _ in changes] == sorted(place for place, _ in changes)
        last = max([last, *(place for place, _ in news)])

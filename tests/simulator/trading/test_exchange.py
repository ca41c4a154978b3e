"""The exchange: what becomes of each kind of order, and what it refuses."""

from itertools import pairwise

import pytest
from grandmodel_sim import BadInput, NotFound
from grandmodel_sim.clock import from_ms
from grandmodel_sim.trading.exchange import NEVER, Exchange
from grandmodel_sim.trading.orders import CODES, FINAL, TRANSITIONS, Order
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.trading.floor import BAR, CLOSE, OPEN, Floor

TICK = 0.25


def test_a_market_order_passes_through_its_states_and_costs_the_spread() -> None:
    floor = Floor()
    order = floor.exchange.new_order("ES", "BUY", 1)
    assert (order.id, order.state, order.arrival_price) == ("O-000001", "PENDING", 6000.0)
    floor.exchange.submit(order)
    assert order.state == "SUBMITTED"
    floor.wait(99)
    assert order.state == "SUBMITTED"  # nothing arrives within 100 ms
    floor.wait(201)
    assert (order.state, order.filled, order.average_price) == ("FILLED", 1, 6000.25)
    assert OPEN + BAR + 100 <= order.acknowledged <= OPEN + BAR + 300
    assert floor.exchange.quote("ES") == (5999.75, 6000.25, 6000.0)
    assert floor.types() == ["ORDER_SUBMITTED", "ORDER_FILLED", "POSITION_UPDATE"]
    submitted, filled, position = floor.bus.log
    assert submitted.payload["order"] == filled.payload["order"] == "O-000001"
    assert submitted.payload["type"] == "MARKET"
    assert (filled.payload["price"], filled.payload["fees"], filled.payload["slippage_points"]) == (6000.25, 2.5, 0.25)
    assert position.cause == filled.id
    assert (position.payload["quantity"], position.payload["average_price"]) == (1, 6000.25)


def test_a_state_that_may_not_follow_is_refused() -> None:
    order = Order("O-1", "ES", "BUY", 1, "MARKET", OPEN)
    with pytest.raises(BadInput, match="it may become SUBMITTED, REJECTED, CANCELLED"):
        order.move_to("FILLED")
    assert order.state == "PENDING"
    order.move_to("REJECTED")
    with pytest.raises(BadInput, match="it is final"):
        order.move_to("SUBMITTED")


@pytest.mark.parametrize(
    ("fields", "argument"),
    [
        ({"symbol": "CL"}, "symbol"),
        ({"side": "LONG"}, "side"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -2}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": 10**7}, "quantity"),
        ({"quantity": 10**5000}, "quantity"),
        ({"type": "LIMIT", "limit_price": 10**400}, "limit_price"),
        ({"type": "STOP", "stop_price": 1e300}, "stop_price"),
        ({"type": "STOP_LIMIT"}, "type"),
        ({"time_in_force": "GTD"}, "time_in_force"),
        ({"type": "STOP", "stop_price": 5990.0, "time_in_force": "IOC"}, "time_in_force"),
        ({"type": "LIMIT"}, "limit_price"),
        ({"type": "LIMIT", "limit_price": 6000.1}, "limit_price"),
        ({"type": "LIMIT", "limit_price": float("nan")}, "limit_price"),
        ({"type": "LIMIT", "limit_price": -6000.0}, "limit_price"),
        ({"limit_price": 6000.0}, "limit_price"),
        ({"type": "STOP"}, "stop_price"),
        ({"type": "LIMIT", "limit_price": 6000.0, "stop_price": 5990.0}, "stop_price"),
        ({"purpose": "fun"}, "purpose"),
        ({"colour": "red"}, "details"),
        ({"state": "FILLED"}, "details"),
    ],
)
def test_what_cannot_be_an_order_leaves_no_trace(fields: dict[str, object], argument: str) -> None:
    floor = Floor()
    with pytest.raises(BadInput) as caught:
        floor.exchange.new_order(**{"symbol": "ES", "side": "BUY", "quantity": 1, **fields})
    assert caught.value.argument == argument
    assert floor.exchange.orders == {}
    assert len(floor.bus.log) == 0
    assert floor.exchange.new_order("ES", "BUY", 1).id == "O-000001"  # no id was used up


def test_an_order_is_sent_once() -> None:
    floor = Floor()
    order = floor.send("ES", "BUY", 1)
    with pytest.raises(BadInput, match="sent before"):
        floor.exchange.submit(order)
    assert floor.portfolio.quantity("ES") == 1


# --- refusals ---


def refused(floor: Floor, *args: object, **fields: object) -> Order:
    order = floor.exchange.new_order(*args, **fields)
    floor.exchange.submit(order)
    assert (order.state, order.filled) == ("REJECTED", 0)
    event = floor.bus.log[-1]
    assert (event.type, event.payload["state"], event.payload["code"]) == ("ORDER_CANCELLED", "REJECTED", order.code)
    floor.wait(1000)
    assert floor.portfolio.fills == []
    return order


def test_a_closed_market_refuses_day_orders_and_keeps_gtc_orders_for_the_opening() -> None:
    floor = Floor()
    floor.clock.move_to(CLOSE)
    assert not floor.exchange.open
    assert refused(floor, "ES", "BUY", 1).code == "market_closed"
    order = floor.send("ES", "BUY", 1, time_in_force="GTC")
    assert order.state == "ACKNOWLEDGED"
    floor.clock.move_to(OPEN + 86_400_000)
    floor.wait(60_000)
    assert order.state == "ACKNOWLEDGED"  # there is no price of the day before the first bar
    floor.bar(6010.0, 6012.0, 6009.0, 6011.0)
    assert (order.state, order.average_price) == ("FILLED", 6010.25)


def test_the_weekend_is_closed_and_the_session_follows_daylight_saving() -> None:
    floor = Floor()
    floor.clock.move_to(OPEN + 5 * 86_400_000)  # Saturday
    assert not floor.exchange.open
    winter = Floor()
    winter.clock.move_to(OPEN + 7 * 18 * 86_400_000)  # 17 November: 13:30 UTC is an hour before the opening
    assert from_ms(winter.clock.ms).month == 11
    assert not winter.exchange.open
    winter.clock.move_to(winter.clock.ms + 3_600_000)
    assert winter.exchange.open


def test_size_limits_count_what_is_under_way() -> None:
    floor = Floor()
    assert refused(floor, "ES", "BUY", 11).code == "order_size"
    floor.exchange.limits.position_size = 8
    floor.send("ES", "BUY", 5, "LIMIT", limit_price=5990.0)
    assert refused(floor, "ES", "BUY", 4).code == "position_size"
    assert floor.send("ES", "SELL", 5).state == "FILLED"  # the other side is not added


def test_margin_and_leverage() -> None:
    poor = Floor(capital=30_000.0)
    order = refused(poor, "ES", "BUY", 3)
    assert order.code == "margin"
    assert order.reason == "it could need 39,000 dollars of margin; equity is 30,000"
    geared = Floor(capital=500_000.0)
    assert refused(geared, "ES", "BUY", 7).code == "leverage"  # 2.1 million on half a million
    assert geared.send("ES", "BUY", 6).state == "FILLED"


def test_a_stopped_system_closes_and_never_opens() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 2)
    floor.exchange.halt("the drill")
    order = floor.exchange.new_order("ES", "SELL", 1)
    floor.exchange.submit(order)
    assert (order.state, order.code, order.reason) == ("REJECTED", "system_stopped", "trading is stopped: the drill")
    assert floor.send("ES", "SELL", 1, purpose="exit").state == "FILLED"
    floor.exchange.resume()
    assert floor.send("ES", "BUY", 1).state == "FILLED"


# --- limits ---


def test_a_limit_order_fills_when_a_bar_trades_through_it_and_not_on_a_touch() -> None:
    floor = Floor()
    order = floor.send("ES", "BUY", 2, "LIMIT", limit_price=5995.0)
    floor.bar(6000.0, 6001.0, 5995.0, 5998.0)
    assert order.state == "ACKNOWLEDGED"
    floor.bar(5998.0, 5999.0, 5994.75, 5997.0)
    assert (order.state, order.average_price) == ("FILLED", 5995.0)


def test_a_limit_order_gets_the_open_if_the_bar_opens_beyond_it() -> None:
    floor = Floor()
    order = floor.send("ES", "SELL", 1, "LIMIT", limit_price=6005.0)
    floor.bar(6008.0, 6010.0, 6007.0, 6009.0)
    assert order.average_price == 6008.0


def test_a_limit_order_that_can_trade_on_arrival_does_and_never_beyond_its_limit() -> None:
    floor = Floor()
    assert floor.send("ES", "BUY", 1, "LIMIT", limit_price=6010.0).average_price == 6000.25
    crossed = floor.send("ES", "BUY", 1, "LIMIT", limit_price=6000.0)  # the last price, but below the ask
    assert crossed.state == "ACKNOWLEDGED"
    floor = Floor()
    floor.exchange.stress = 8.0
    wide = floor.send("ES", "BUY", 1, "LIMIT", limit_price=6000.5)
    assert wide.state == "ACKNOWLEDGED"
    assert floor.exchange.quote("ES")[1] == 6001.25
    near = floor.send("ES", "BUY", 1, "LIMIT", limit_price=6000.75)
    assert (near.state, near.average_price) == ("FILLED", 6000.75)  # a market order would have paid 6001.25


def test_immediate_or_cancel_and_fill_or_kill() -> None:
    floor = Floor(volume=3000)  # three contracts trade at once
    assert floor.exchange.depth("ES") == 3
    order = floor.send("ES", "BUY", 5, time_in_force="IOC")
    assert (order.state, order.filled, order.code) == ("CANCELLED", 3, "immediate_or_cancel")
    order = floor.send("ES", "BUY", 5, time_in_force="FOK")
    assert (order.state, order.filled, order.code) == ("CANCELLED", 0, "fill_or_kill")
    assert floor.send("ES", "BUY", 3, time_in_force="FOK").state == "FILLED"
    order = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5990.0, time_in_force="IOC")
    assert (order.state, order.filled) == ("CANCELLED", 0)


# --- partial fills ---


def test_a_large_order_fills_in_parts_each_dearer_than_the_one_before() -> None:
    floor = Floor(volume=3000)
    order = floor.send("ES", "BUY", 10, wait=0)
    floor.wait(floor.exchange.next_ms() - floor.clock.ms)
    assert (order.state, order.filled) == ("PARTIALLY_FILLED", 3)
    floor.wait(2000)
    prices = [fill.price for fill in floor.portfolio.fills]
    assert [fill.quantity for fill in floor.portfolio.fills] == [3, 3, 3, 1]
    assert prices == sorted(prices) and prices[0] < prices[-1]
    assert order.state == "FILLED"
    assert order.average_price == pytest.approx(sum(f.price * f.quantity for f in floor.portfolio.fills) / 10, abs=1e-6)


def test_the_book_recovers_within_a_minute() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 8)
    last, tick = 6000.0, 0.25
    assert floor.exchange.quote("ES") == (last - tick, last + 2 * tick, last)  # only the side that was taken is thin
    floor.wait(60_000)
    assert floor.exchange.quote("ES") == (last - tick, last + tick, last)


def test_all_resting_orders_together_get_a_tenth_of_a_bar() -> None:
    floor = Floor()
    first = floor.send("ES", "BUY", 5, "LIMIT", limit_price=5990.0)
    second = floor.send("ES", "BUY", 5, "LIMIT", limit_price=5990.0)
    floor.bar(5995.0, 5996.0, 5980.0, 5985.0, volume=70)
    assert (first.filled, second.filled) == (5, 2)
    floor.bar(5985.0, 5986.0, 5980.0, 5985.0, volume=70)
    assert second.state == "FILLED"


def test_nothing_trades_without_volume() -> None:
    floor = Floor()
    floor.bar(6000.0, 6000.0, 6000.0, 6000.0, volume=0)
    order = floor.send("ES", "BUY", 1)
    stop = floor.send("ES", "SELL", 1, "STOP", stop_price=5990.0)
    floor.bar(6000.0, 6000.0, 5980.0, 5985.0, volume=0)
    assert (order.state, stop.state) == ("ACKNOWLEDGED", "ACKNOWLEDGED")
    floor.bar(5985.0, 5990.0, 5984.0, 5985.0, volume=9000)
    assert (order.state, order.average_price) == ("FILLED", 5985.25)


# --- stops ---


def test_a_stop_triggers_on_touch_and_slips() -> None:
    floor = Floor()
    order = floor.send("ES", "SELL", 1, "STOP", stop_price=5995.0)
    floor.bar(6000.0, 6001.0, 5995.25, 5998.0)
    assert order.state == "ACKNOWLEDGED"
    floor.bar(5998.0, 5999.0, 5995.0, 5997.0)
    assert order.state == "FILLED"
    assert order.average_price == 5994.75 or order.average_price < 5995.0


def test_a_stop_behind_a_gap_gets_the_open() -> None:
    floor = Floor()
    order = floor.send("ES", "BUY", 1, "STOP", stop_price=6005.0)
    floor.bar(6020.0, 6021.0, 6019.0, 6020.0)
    assert order.average_price >= 6020.25


def test_a_stop_on_the_wrong_side_triggers_on_arrival() -> None:
    floor = Floor()
    order = floor.send("ES", "SELL", 1, "STOP", stop_price=6001.0)
    assert (order.state, order.average_price) == ("FILLED", 5999.75)


def test_an_order_that_came_within_a_bar_sees_only_its_close() -> None:
    floor = Floor()
    floor.wait(60_000)
    stop = floor.send("ES", "SELL", 1, "STOP", stop_price=5995.0)
    limit = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5996.0)
    floor.bar(6000.0, 6001.0, 5990.0, 5999.0)  # the low may be older than the orders
    assert (stop.state, limit.state) == ("ACKNOWLEDGED", "ACKNOWLEDGED")
    floor.bar(5999.0, 6001.0, 5990.0, 5999.0)
    assert (stop.state, limit.state) == ("FILLED", "FILLED")


def test_a_bar_is_worked_through_once() -> None:
    floor = Floor()
    order = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5995.0)
    floor.bar(6000.0, 6001.0, 5999.0, 6000.0)
    floor.exchange.on_bar("ES", floor.bars["ES"][-1].__class__(floor.clock.ms, 6000.0, 6000.0, 5900.0, 5950.0, 9000))
    assert order.state == "ACKNOWLEDGED"


# --- brackets ---


def protected(quantity: int = 2) -> tuple[Floor, Order, Order]:
    floor = Floor()
    entry = floor.exchange.new_order("ES", "BUY", quantity, purpose="entry", decision="D-000001")
    floor.exchange.submit(entry)
    floor.brackets.protect(entry.id, 5990.0, 6015.0)
    floor.wait(700)
    pair = floor.brackets.of(entry.id)
    assert pair is not None
    return floor, *pair


def test_the_bracket_follows_the_entry_and_the_stop_cancels_the_target() -> None:
    floor, stop, target = protected()
    assert (stop.quantity, stop.side, stop.purpose, stop.decision) == (2, "SELL", "stop", "D-000001")
    assert (stop.state, target.state) == ("ACKNOWLEDGED", "ACKNOWLEDGED")
    events = floor.bar(6000.0, 6001.0, 5990.0, 5992.0)
    assert (stop.state, target.state, target.code) == ("FILLED", "CANCELLED", "oco")
    assert [event.type for event in events] == ["ORDER_FILLED", "ORDER_CANCELLED", "POSITION_UPDATE", "TRADE_CLOSED"]
    (trade,) = floor.portfolio.trades
    assert (trade.side, trade.quantity, trade.purpose, trade.decision) == ("LONG", 2, "stop", "D-000001")
    assert trade.pnl == round((trade.exit_price - trade.entry_price) * 2 * 50 - 10, 2)


def test_the_target_cancels_the_stop() -> None:
    floor, stop, target = protected()
    floor.bar(6000.0, 6015.25, 5999.0, 6014.0)
    assert (stop.state, target.state, target.average_price) == ("CANCELLED", "FILLED", 6015.0)


def test_when_one_bar_touches_both_the_stop_comes_first() -> None:
    floor, stop, target = protected()
    floor.bar(6000.0, 6020.0, 5980.0, 6010.0)
    assert (stop.state, target.state) == ("FILLED", "CANCELLED")


def test_a_partly_filled_target_leaves_a_smaller_stop() -> None:
    floor, stop, target = protected(5)
    floor.bar(6000.0, 6020.0, 5995.0, 6018.0, volume=30)  # three contracts
    assert (target.filled, stop.quantity, stop.state) == (3, 2, "ACKNOWLEDGED")
    floor.bar(6018.0, 6019.0, 5980.0, 5985.0)
    assert (stop.state, target.state) == ("FILLED", "CANCELLED")
    assert floor.portfolio.quantity("ES") == 0


def test_a_bracket_ends_with_the_position() -> None:
    floor, stop, target = protected()
    floor.send("ES", "SELL", 2)
    assert {stop.code, target.code} == {"position_closed"}
    assert floor.exchange.of() == []


def test_a_stop_never_turns_a_position_around() -> None:
    floor, stop, _ = protected(5)
    floor.send("ES", "SELL", 3)
    floor.bar(6000.0, 6000.0, 5980.0, 5985.0)
    assert (stop.filled, floor.portfolio.quantity("ES")) == (2, 0)


def test_a_bracket_grows_with_a_partly_filled_entry_and_outlives_the_day() -> None:
    floor = Floor(volume=2000)
    entry = floor.exchange.new_order("ES", "SELL", 5, purpose="entry")
    floor.exchange.submit(entry)
    floor.brackets.protect(entry.id, 6010.0, 5985.0)
    floor.wait(3000)
    pair = floor.brackets.of(entry.id)
    assert pair is not None
    assert [order.quantity for order in pair] == [5, 5]
    floor.clock.move_to(CLOSE)
    floor.exchange.step()
    assert [order.state for order in pair] == ["ACKNOWLEDGED", "ACKNOWLEDGED"]


def test_a_stop_ends_an_entry_that_is_still_being_worked() -> None:
    floor = Floor()
    entry = floor.exchange.new_order("ES", "BUY", 10, "VWAP", purpose="entry")
    floor.exchange.submit(entry)
    floor.brackets.protect(entry.id, 5990.0, 6030.0)
    floor.wait(1000)
    assert floor.portfolio.quantity("ES") == 2
    floor.bar(6000.0, 6001.0, 5985.0, 5986.0)
    assert (entry.state, entry.code, entry.filled) == ("CANCELLED", "position_closed", 2)
    floor.wait(1_800_000)
    assert (floor.portfolio.quantity("ES"), floor.exchange.of()) == (0, [])


def test_a_person_who_closes_ends_the_entry_too() -> None:
    floor = Floor()
    entry = floor.exchange.new_order("ES", "BUY", 10, "VWAP", purpose="entry")
    floor.exchange.submit(entry)
    floor.brackets.protect(entry.id, 5990.0, 6030.0)
    floor.wait(1000)
    floor.send("ES", "SELL", 2, purpose="exit")
    assert (entry.state, floor.portfolio.quantity("ES")) == ("CANCELLED", 0)
    assert floor.exchange.of() == []


def test_stress_is_checked() -> None:
    floor = Floor()
    for value in (0.5, float("nan"), float("inf")):
        with pytest.raises(BadInput, match="stress"):
            floor.exchange.stress = value
    assert floor.exchange.stress == 1.0


def test_a_bracket_is_checked() -> None:
    floor = Floor()
    entry = floor.send("ES", "BUY", 1)
    for stop, target in ((6010.0, 5990.0), (5990.1, 6010.0), (5990.0, -1.0)):
        with pytest.raises(BadInput):
            floor.brackets.protect(entry.id, stop, target)
    with pytest.raises(NotFound):
        floor.brackets.protect("O-999999", 5990.0, 6010.0)
    assert floor.exchange.new_order("ES", "BUY", 1).id == "O-000002"


# --- the end of an order ---


def test_day_orders_expire_at_the_close_and_gtc_orders_do_not() -> None:
    floor = Floor()
    day = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5900.0)
    gtc = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5900.0, time_in_force="GTC")
    floor.wait(CLOSE - floor.clock.ms - 1)
    assert day.state == "ACKNOWLEDGED"
    floor.wait(1)
    assert (day.state, day.code, gtc.state) == ("EXPIRED", "session_end", "ACKNOWLEDGED")


def test_an_order_that_the_close_overtakes_expires() -> None:
    floor = Floor()
    floor.clock.move_to(CLOSE - 50)
    order = floor.send("ES", "BUY", 1)
    assert (order.state, order.filled) == ("EXPIRED", 0)


def test_cancelling() -> None:
    floor = Floor()
    order = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5900.0)
    floor.exchange.cancel(order.id, "no longer wanted")
    assert (order.state, order.reason) == ("CANCELLED", "no longer wanted")
    with pytest.raises(BadInput, match="CANCELLED and can no longer"):
        floor.exchange.cancel(order.id)
    with pytest.raises(NotFound):
        floor.exchange.cancel("O-000009")
    flying = floor.send("ES", "BUY", 1, wait=0)
    floor.exchange.cancel(flying.id)
    floor.wait(5000)
    assert (flying.state, flying.filled) == ("CANCELLED", 0)


# --- parents ---


def test_twap_sends_equal_parts_at_equal_distances() -> None:
    floor = Floor()
    parent = floor.send("ES", "BUY", 7, "TWAP", decision="D-000004")
    floor.wait(1_800_000)
    children = [order for order in floor.exchange.orders.values() if order.parent == parent.id]
    assert [child.quantity for child in children] == [2, 2, 1, 1, 1]
    gaps = {later.created - earlier.created for earlier, later in pairwise(children)}
    assert gaps == {60_000}
    assert (parent.state, parent.filled) == ("FILLED", 7)
    assert children[0].id == "O-000001-01"
    assert floor.portfolio.quantity("ES") == 7  # each contract is booked once
    assert {child.decision for child in children} == {"D-000004"}


def test_vwap_follows_the_volume_of_the_day() -> None:
    floor = Floor()
    parent = floor.send("ES", "BUY", 10, "VWAP")
    for _ in range(6):
        floor.bar(6000.0, 6001.0, 5999.0, 6000.0)
    children = [order for order in floor.exchange.orders.values() if order.parent == parent.id]
    assert [child.quantity for child in children] == [2, 2, 2, 2, 1, 1]  # the day begins busy and calms down
    assert parent.state == "FILLED"


def test_an_iceberg_shows_its_next_part_when_the_last_one_is_gone() -> None:
    floor = Floor()
    parent = floor.send("ES", "SELL", 10, "ICEBERG", limit_price=6005.0)
    children = lambda: [o for o in floor.exchange.orders.values() if o.parent == parent.id]  # noqa: E731
    floor.wait(1000)
    assert [child.quantity for child in children()] == [2]
    floor.bar(6000.0, 6006.0, 5999.0, 6005.5)
    floor.wait(9000)
    assert len(children()) == 1
    floor.wait(45_000)
    assert [child.state for child in children()] == ["FILLED", "FILLED", "FILLED", "FILLED", "FILLED"]
    assert {child.average_price for child in children()} == {6005.0, 6005.25}
    assert (parent.state, parent.filled) == ("FILLED", 10)


def test_a_parent_takes_its_children_with_it() -> None:
    floor = Floor()
    parent = floor.send("ES", "SELL", 10, "ICEBERG", limit_price=6005.0, wait=1000)
    floor.exchange.cancel(parent.id)
    assert [order.state for order in floor.exchange.orders.values()] == ["CANCELLED", "CANCELLED"]
    twap = floor.send("ES", "BUY", 5, "TWAP")
    floor.wait(60_000)
    floor.exchange.halt("the drill")
    floor.wait(300_000)
    assert (twap.state, twap.code) == ("CANCELLED", "system_stopped")
    assert twap.filled == 2


# --- liquidation ---


def test_liquidation_cancels_and_closes_within_seconds() -> None:
    floor, stop, target = protected(5)
    floor.bars["NQ"].append(floor.bars["NQ"][-1].__class__(OPEN + BAR, 20_000.0, 20_001.0, 19_999.0, 20_000.0, 9000))
    assert floor.send("NQ", "SELL", 2).state == "FILLED"
    waiting = floor.send("ES", "BUY", 1, "LIMIT", limit_price=5900.0)
    floor.exchange.halt("emergency")
    sent = floor.exchange.liquidate(reason="emergency")
    assert {stop.state, target.state, waiting.state} == {"CANCELLED"}
    floor.wait(5000)
    assert [order.state for order in sent] == ["FILLED", "FILLED"]
    assert (floor.portfolio.quantity("ES"), floor.portfolio.quantity("NQ")) == (0, 0)
    assert {trade.purpose for trade in floor.portfolio.trades} == {"liquidation"}
    assert floor.exchange.liquidate() == []


def test_liquidation_tries_again_after_three_seconds_and_gives_up_after_five() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 2)
    floor.bar(6000.0, 6000.0, 6000.0, 6000.0, volume=0)
    (first,) = floor.exchange.liquidate("ES")
    floor.wait(2999)
    assert first.state == "ACKNOWLEDGED"
    floor.wait(1)
    assert first.code == "liquidation_again"
    floor.wait(2000)
    second = list(floor.exchange.orders.values())[-1]
    assert (second.state, second.code) == ("CANCELLED", "liquidation_failed")
    assert floor.portfolio.quantity("ES") == 2


def test_liquidation_of_a_closed_market_waits_for_the_opening() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 2)
    floor.wait(CLOSE - floor.clock.ms)
    (order,) = floor.exchange.liquidate()
    floor.clock.move_to(OPEN + 86_400_000)
    floor.exchange.step()
    assert order.open
    floor.bar(5950.0, 5952.0, 5940.0, 5951.0)
    assert order.state == "FILLED"
    assert order.average_price < 5950.0


def test_liquidation_before_the_first_bar_waits_for_its_price() -> None:
    floor = Floor(fresh=True)
    floor.portfolio.on_fill(Order("O-1", "ES", "BUY", 2, "MARKET", OPEN), 2, 6000.0, 5.0, OPEN)
    (order,) = floor.exchange.liquidate("ES")
    floor.wait(60_000)
    assert order.state == "ACKNOWLEDGED"  # neither cancelled nor given up: there is no price to trade at
    floor.bar(6030.0, 6031.0, 6029.0, 6030.0)
    assert order.state == "FILLED"


def test_liquidation_in_the_last_moment_of_a_session_goes_on_in_the_next() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 2)
    floor.wait(CLOSE - 50 - floor.clock.ms)
    (order,) = floor.exchange.liquidate()
    floor.wait(3_600_000)
    assert order.state == "ACKNOWLEDGED"  # it arrived after the close
    floor.clock.move_to(OPEN + 86_400_000)
    floor.bar(5950.0, 5952.0, 5940.0, 5951.0)
    assert (order.state, floor.portfolio.quantity("ES")) == ("FILLED", 0)


@pytest.mark.parametrize("type", ["TWAP", "VWAP"])
def test_a_schedule_sent_in_the_night_begins_at_the_first_price(type: str) -> None:
    floor = Floor()
    floor.wait(CLOSE - floor.clock.ms + 3_600_000)
    order = floor.send("ES", "BUY", 5, type, time_in_force="GTC")
    assert floor.exchange.of() == [order]
    floor.clock.move_to(OPEN + 86_400_000)
    floor.bar(6000.0, 6001.0, 5999.0, 6000.0)
    floor.wait(1000)
    assert 1 <= order.filled < 5
    floor.wait(1_800_000)
    assert order.state == "FILLED"
    assert len({fill.time for fill in floor.portfolio.fills}) >= 3


# --- before the first bar ---


def test_before_the_first_bar_there_is_no_price_of_the_day() -> None:
    floor = Floor(fresh=True)
    market = floor.send("ES", "BUY", 1)
    at_once = floor.send("ES", "BUY", 1, time_in_force="IOC")
    assert (market.state, at_once.state, at_once.code) == ("ACKNOWLEDGED", "CANCELLED", "no_price")
    floor.bar(6030.0, 6031.0, 6029.0, 6030.0)
    assert market.average_price == 6030.25 or market.average_price > 6030.0


def test_a_finer_price_source_is_used_if_there_is_one() -> None:
    floor = Floor(fresh=True)
    exchange = Exchange(1, floor.clock, floor.bus, lambda s: floor.bars[s], floor.portfolio, last=lambda s: 6100.0)
    order = exchange.new_order("ES", "BUY", 1)
    exchange.submit(order)
    floor.clock.move_to(exchange.next_ms())
    exchange.step()
    assert order.average_price == 6100.25


# --- properties ---

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["MARKET", "LIMIT", "STOP", "TWAP", "ICEBERG", "liquidate", "bar", "cancel"]),
        st.sampled_from(["BUY", "SELL"]),
        st.integers(1, 8),
        st.integers(-40, 40),
        st.sampled_from([0, 40, 3000, 9000]),
    ),
    max_size=25,
)


def play(seed: int, actions: list[tuple[str, str, int, int, int]]) -> Floor:
    floor = Floor(seed)
    seen: dict[str, str] = {}
    for what, side, quantity, ticks, volume in actions:
        last = floor.exchange.last("ES")
        price = last + ticks * TICK
        if what == "bar":
            floor.bar(last, max(last, price) + 0.5, min(last, price) - 0.5, price, volume)
        elif what == "liquidate":
            floor.exchange.liquidate()
            floor.wait(200)
        elif what == "cancel":
            for order in floor.exchange.of()[:1]:
                floor.exchange.cancel(order.id)
        else:
            fields = {"LIMIT": {"limit_price": price}, "STOP": {"stop_price": price}}.get(what, {})
            floor.send("ES", side, quantity, what, **fields)
        for order in floor.exchange.orders.values():
            state = seen.get(order.id, "PENDING")
            assert state == order.state or state not in FINAL
            assert 0 <= order.filled <= order.quantity
            assert (order.filled == order.quantity) == (order.state == "FILLED")
            assert bool(order.code) == (order.state in ("CANCELLED", "REJECTED", "EXPIRED"))
            assert not order.code or order.code in CODES
            seen[order.id] = order.state
    return floor


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 99), ACTIONS)
def test_whatever_is_sent_every_order_stays_within_its_rules(
    seed: int, actions: list[tuple[str, str, int, int, int]]
) -> None:
    floor = play(seed, actions)
    booked = sum(fill.quantity if fill.side == "BUY" else -fill.quantity for fill in floor.portfolio.fills)
    assert booked == floor.portfolio.quantity("ES")
    children_and_singles = [o for o in floor.exchange.orders.values() if o.type not in ("TWAP", "VWAP", "ICEBERG")]
    assert sum(o.filled for o in children_and_singles) == sum(fill.quantity for fill in floor.portfolio.fills)
    assert play(seed, actions).bus.digest() == floor.bus.digest()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["MARKET", "TWAP", "ICEBERG", "close", "bar", "bar"]),
            st.sampled_from([1, -1]),
            st.integers(1, 9),
            st.integers(-60, 60),
        ),
        max_size=25,
    )
)
def test_stops_and_targets_never_outlive_their_position_nor_turn_it_around(
    actions: list[tuple[str, int, int, int]],
) -> None:
    floor = Floor(3)
    for what, sign, quantity, ticks in actions:
        last = floor.exchange.last("ES")
        if what == "bar":
            price = last + ticks * TICK
            floor.bar(last, max(last, price) + 2, min(last, price) - 2, price)
        elif what == "close":
            held = floor.portfolio.quantity("ES")
            if held:
                floor.send("ES", "SELL" if held > 0 else "BUY", abs(held), purpose="exit", wait=2000)
        else:
            order = floor.exchange.new_order("ES", "BUY" if sign > 0 else "SELL", quantity, what, purpose="entry")
            floor.exchange.submit(order)
            if order.open:
                floor.brackets.protect(order.id, last - 8 * sign, last + 12 * sign)
            floor.wait(2000)
    held = 0
    for event in floor.bus.log.of("ORDER_FILLED"):
        signed = event.payload["quantity"] * (1 if event.payload["side"] == "BUY" else -1)
        if event.payload["purpose"] in ("stop", "target", "exit"):
            assert held * signed < 0 and abs(signed) <= abs(held)  # smaller, or flat
        held += signed
    protective = [order for order in floor.exchange.of() if order.purpose in ("stop", "target")]
    if held == 0:
        assert protective == []


def test_an_entry_that_only_closes_the_other_side_is_not_protected() -> None:
    floor = Floor()
    for side, stop, target in (("BUY", 5990.0, 6020.0), ("SELL", 6010.0, 5980.0)):
        entry = floor.exchange.new_order("ES", side, 2, purpose="entry")
        floor.exchange.submit(entry)
        floor.brackets.protect(entry.id, stop, target)
        floor.wait(1000)
    assert (floor.portfolio.quantity("ES"), floor.exchange.of()) == (0, [])


def test_nothing_is_due_on_a_quiet_exchange() -> None:
    assert Floor().exchange.next_ms() == NEVER
    assert set(TRANSITIONS) >= {state for following in TRANSITIONS.values() for state in following}

"""The exchange gives nothing away: on a market in which nothing can be predicted, trading loses what it costs."""

import math
import random
from datetime import date

from grandmodel_sim.market import ES, Market
from grandmodel_sim.trading.shortfall import implementation_shortfall

from tests.simulator.trading.floor import Floor

SESSIONS = 60


def trade_blindly(seed: int) -> tuple[list[float], list[float]]:
    """Profits after fees of entries at random with a stop at 16 points and a target at 24, and what each trade cost."""
    market, draw, floor = (
        Market(seed, ES, date(2025, 7, 14), structure=0.0),
        random.Random(seed),
        Floor(seed, fresh=True),
    )
    floor.bars["ES"].clear()
    for _ in range(SESSIONS):
        for bar in market.session():
            while floor.exchange.next_ms() < bar.time:
                floor.clock.move_to(max(floor.clock.ms, floor.exchange.next_ms()))
                floor.exchange.step()
            floor.clock.move_to(bar.time)
            floor.bars["ES"].append(bar)
            floor.exchange.on_bar("ES", bar)
            floor.portfolio.on_bar("ES", bar)
            floor.exchange.step()
            if floor.exchange.open and not floor.portfolio.quantity("ES") and draw.random() < 0.3:
                sign = draw.choice((1, -1))
                order = floor.exchange.new_order("ES", "BUY" if sign > 0 else "SELL", 1, purpose="entry")
                floor.exchange.submit(order)
                floor.brackets.protect(order.id, bar.close - 16 * sign, bar.close + 24 * sign)
    assert floor.bus.failures == []
    pnls = [trade.pnl for trade in floor.portfolio.trades]
    costs = [
        implementation_shortfall(order.id, floor.exchange.orders, floor.portfolio.fills, 1.0).total
        for order in floor.exchange.orders.values()
        if order.filled
    ]
    return pnls, costs


def test_blind_trading_loses_its_costs_and_no_more() -> None:
    pnls: list[float] = []
    cost = 0.0
    for seed in range(4):
        found, costs = trade_blindly(seed)
        pnls += found
        cost += sum(costs)
    count = len(pnls)
    mean, cost = sum(pnls) / count, cost / count
    error = math.sqrt(sum((pnl - mean) ** 2 for pnl in pnls)) / count
    assert count > 1000
    assert cost > 2 * (2.5 + 12.5)  # at least commission and a tick each way
    assert abs(mean + cost) < 3 * error

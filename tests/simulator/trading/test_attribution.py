"""Breakdowns of the profit add up to the cent, and the shortfall of an order to what it lost against paper."""

from types import MappingProxyType

import pytest
from grandmodel_sim import BadInput, NotFound
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.trading.attribution import (
    attribution,
    by_agent,
    by_exit,
    by_hour,
    by_symbol,
    by_synergy,
    synergy_types,
)
from grandmodel_sim.trading.performance import performance
from grandmodel_sim.trading.position import Trade
from grandmodel_sim.trading.shortfall import implementation_shortfall
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.trading.floor import BAR, OPEN, Floor


def trade(pnl: float, decision: str = "D-000002", side: str = "LONG", symbol: str = "ES", **more: object) -> Trade:
    fields = {"entry_time": OPEN, "exit_time": OPEN + BAR, "purpose": "target", **more}
    return Trade(
        "T-000001", symbol, side, 1, 6000.0, 6001.0, gross=pnl, fees=0.0, pnl=pnl, decision=decision, mae=0.0, mfe=0.0,
        **fields,
    )  # fmt: skip


def decided(
    id: str, agent: str, votes: dict[str, tuple[str, float]], weights: dict[str, float], *basis: str
) -> Decision:
    return Decision(
        id, OPEN, agent, "ES", 5, "long", 0.8, True, 0.65, "because.", weights=MappingProxyType(weights),
        votes=MappingProxyType({who: {"action": action, "confidence": c} for who, (action, c) in votes.items()}),
        basis=basis,
    )  # fmt: skip


STRATEGIC = decided("D-000001", "strategic", {"mlmi_expert": ("bullish", 0.9), "nwrqk_expert": ("bearish", 0.5)}, {})
TACTICAL = decided(
    "D-000002",
    "tactical",
    {"fvg_agent": ("long", 0.8), "momentum_agent": ("long", 0.4), "entry_opt_agent": ("hold", 0.9)},
    {"fvg_agent": 0.5, "momentum_agent": 0.5, "entry_opt_agent": 0.2},
    "D-000001",
)


def test_voters_for_the_trade_share_it_by_weight_and_confidence() -> None:
    found = by_agent([trade(600.0)], [STRATEGIC, TACTICAL])
    # Half of it to the strategic vote, which only mlmi_expert cast for it; the tactical half 0.4 to 0.2.
    assert {part.key: part.pnl for part in found.parts} == {
        "mlmi_expert": 300.0,
        "fvg_agent": 200.0,
        "momentum_agent": 100.0,
    }
    assert [part.key for part in found.parts] == ["mlmi_expert", "fvg_agent", "momentum_agent"]
    assert found.total == 600.0
    short = by_agent([trade(-600.0, side="SHORT")], [STRATEGIC, TACTICAL])
    assert short["nwrqk_expert"].pnl == -300.0  # the bear
    assert short["tactical"].pnl == -300.0  # nobody there voted for it: the group decided


def test_a_trade_without_a_decision_is_a_persons() -> None:
    assert by_agent([trade(5.0, decision="")], [])["person"].pnl == 5.0
    assert by_synergy([trade(5.0, decision="")], {})["person"].pnl == 5.0
    assert by_agent([trade(5.0, decision="D-000009")], [])["unknown decision"].pnl == 5.0
    with pytest.raises(KeyError):
        by_symbol([trade(5.0)])["NQ"]


def test_other_breakdowns() -> None:
    trades = [
        trade(100.0),
        trade(-40.0, symbol="NQ", entry_time=OPEN + 40 * BAR, purpose="stop", decision="D-000003"),
        trade(7.0, entry_time=OPEN + 6 * BAR),
    ]
    assert {part.key: (part.pnl, part.trades) for part in by_symbol(trades).parts} == {
        "ES": (107.0, 2),
        "NQ": (-40.0, 1),
    }
    assert {part.key: part.pnl for part in by_exit(trades).parts} == {"target": 107.0, "stop": -40.0}
    assert {part.key: part.pnl for part in by_hour(trades).parts} == {"09:00": 100.0, "10:00": 7.0, "12:00": -40.0}
    types = {"D-000002": "TYPE_1"}
    assert {part.key: part.pnl for part in by_synergy(trades, types).parts} == {"TYPE_1": 107.0, "no synergy": -40.0}
    assert str(by_symbol(trades)).splitlines() == [
        "profit after fees by symbol",
        "ES            107.00 dollars, trades: 2",
        "NQ            -40.00 dollars, trades: 1",
        "total          67.00 dollars",
    ]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.integers(-(10**7), 10**7),
            st.sampled_from(["LONG", "SHORT"]),
            st.sampled_from(["", "D-000001", "D-000002"]),
        ),
        max_size=30,
    )
)
def test_breakdowns_add_up_to_the_cent(given: list[tuple[int, str, str]]) -> None:
    trades = [trade(cents / 100, decision, side) for cents, side, decision in given]
    for found in (by_agent(trades, [STRATEGIC, TACTICAL]), by_hour(trades), by_symbol(trades)):
        assert sum(round(part.pnl * 100) for part in found.parts) == sum(cents for cents, _, _ in given)
        assert round(found.total * 100) == sum(cents for cents, _, _ in given)


def test_what_is_open_has_a_part_of_its_own() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 2)
    floor.send("ES", "SELL", 1, decision="D-000002")
    floor.bar(6000.0, 6010.0, 5999.0, 6009.0)
    floor.send("ES", "SELL", 3)
    floor.bar(6009.0, 6010.0, 6000.0, 6001.0)
    floor.bus.publish("TACTICAL_DECISION", "tactical_marl", id="D-000002", synergy_type="TYPE_3")
    floor.bus.publish("TACTICAL_DECISION", "tactical_marl", id="D-000005", synergy_type=None)
    types = synergy_types(floor.bus.log)
    assert types == {"D-000002": "TYPE_3"}
    found = attribution(floor.portfolio, [STRATEGIC, TACTICAL], types)
    assert set(found) == {"agent", "symbol", "synergy", "hour", "exit"}
    for each in found.values():
        assert each.total == round(floor.portfolio.equity - floor.portfolio.capital, 2)
        assert round(sum(part.pnl for part in each.parts), 2) == each.total
        assert each["open positions"].trades == 0
        assert each.payload()[0].keys() == {"key", "pnl", "trades"}


# --- implementation shortfall ---


def test_the_shortfall_of_a_market_order() -> None:
    floor = Floor()
    order = floor.exchange.new_order("ES", "BUY", 2, arrival_price=5998.0)  # the decision fell at 5998
    floor.exchange.submit(order)
    floor.wait(300)
    found = implementation_shortfall(order.id, floor.exchange.orders, floor.portfolio.fills, 6003.0)
    assert (found.delay, found.slippage, found.missed, found.fees) == (200.0, 25.0, 0.0, 5.0)
    assert found.total == 230.0
    assert found.bps == pytest.approx(230 / (2 * 5998 * 50) * 1e4, abs=1e-6)
    assert str(found).startswith("O-000001 BUY 2/2 ES: shortfall 230.00 dollars (3.83 bps; positive = lost)")
    # Against a paper account that bought two at 5998 and is valued at the same end.
    paper, real = 2 * (6003.0 - 5998.0) * 50, 2 * (6003.0 - 6000.25) * 50 - 5
    assert found.total == paper - real


def test_what_did_not_trade_was_missed() -> None:
    floor = Floor()
    order = floor.send("ES", "SELL", 4, "LIMIT", limit_price=6005.0)
    floor.exchange.cancel(order.id)
    found = implementation_shortfall(order.id, floor.exchange.orders, floor.portfolio.fills, 5990.0)
    assert (found.filled, found.missed, found.total, found.average_price) == (0, 2000.0, 2000.0, 0.0)
    refused = floor.exchange.new_order("ES", "BUY", 11)
    floor.exchange.submit(refused)
    never = implementation_shortfall(refused.id, floor.exchange.orders, floor.portfolio.fills, 6000.0)
    assert (never.delay, never.total) == (0.0, 0.0)


def test_a_parent_counts_its_childrens_fills() -> None:
    floor = Floor()
    parent = floor.send("ES", "BUY", 5, "TWAP")
    floor.bar(6000.0, 6002.0, 5999.0, 6002.0)
    found = implementation_shortfall(parent.id, floor.exchange.orders, floor.portfolio.fills, 6002.0)
    assert (found.filled, found.fees) == (5, 12.5)
    assert found.slippage == pytest.approx((parent.average_price - 6000.0) * 5 * 50, abs=0.01)


def test_stop_and_target_are_measured_against_their_levels() -> None:
    floor = Floor()
    entry = floor.exchange.new_order("ES", "BUY", 2, purpose="entry")
    floor.exchange.submit(entry)
    floor.brackets.protect(entry.id, 5990.0, 6020.0)
    floor.wait(700)
    floor.bar(5999.0, 6000.0, 5985.0, 5988.0)
    pair = floor.brackets.of(entry.id)
    assert pair is not None
    stop, target = (
        implementation_shortfall(order.id, floor.exchange.orders, floor.portfolio.fills, 5988.0) for order in pair
    )
    assert (stop.filled, stop.delay, stop.missed) == (2, 0.0, 0.0)
    assert stop.slippage == (5990.0 - pair[0].average_price) * 2 * 50 > 0
    assert (target.filled, target.missed, target.total) == (0, 0.0, 0.0)


def test_shortfall_errors() -> None:
    floor = Floor()
    with pytest.raises(NotFound):
        implementation_shortfall("O-000001", floor.exchange.orders, [], 6000.0)
    order = floor.send("ES", "BUY", 1)
    with pytest.raises(BadInput):
        implementation_shortfall(order.id, floor.exchange.orders, floor.portfolio.fills, float("nan"))


# --- all figures at once ---


def test_performance_of_a_floor() -> None:
    floor = Floor()
    floor.send("ES", "BUY", 2)
    for close in (6005.0, 6001.0, 6008.0):
        floor.bar(close - 1, close + 1, close - 2, close)
    floor.send("ES", "SELL", 2)
    floor.bar(6008.0, 6009.0, 6007.0, 6008.0)
    figures = performance(floor.portfolio)
    assert figures["profit"] == round(floor.portfolio.equity - floor.portfolio.capital, 2)
    assert figures["total_return"] == pytest.approx(figures["profit"] / floor.portfolio.capital)
    assert figures["max_drawdown"] == pytest.approx(floor.portfolio.max_drawdown, abs=1e-6)
    assert figures["win_rate"] == 1.0
    assert not figures["profit_factor"].known
    assert "standard error" in figures["sharpe"].note
    late = performance(floor.portfolio, since_ms=floor.portfolio.equity_curve[-2][0])
    assert late["profit"].horizon == "1 x 5 minutes"
    assert not late["sharpe"].known
    assert performance(Floor(fresh=True).portfolio)["profit"] == 0.0


def test_a_ruined_account_still_has_a_report() -> None:
    floor = Floor(capital=70_000.0)
    floor.exchange.limits.leverage = 100.0
    floor.send("ES", "BUY", 5)
    floor.bar(6000.0, 6000.0, 5600.0, 5600.0)
    floor.bar(5600.0, 5700.0, 5600.0, 5700.0)
    assert floor.portfolio.equity < 0
    assert performance(floor.portfolio)["max_drawdown"] > 1

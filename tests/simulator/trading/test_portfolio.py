"""The portfolio: average prices, profits, round trips, the equity curve, and an oracle that replays the fills."""

from fractions import Fraction

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.trading.orders import Order
from grandmodel_sim.trading.portfolio import Portfolio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.trading.floor import BAR, OPEN, Floor

DAY = 86_400_000


def fill(
    portfolio: Portfolio, side: str, quantity: int, price: float, time: int = OPEN, symbol: str = "ES", **fields: str
) -> list[object]:
    order = Order(f"O-{len(portfolio.fills) + 1}", symbol, side, quantity, "MARKET", time, **fields)
    return list(portfolio.on_fill(order, quantity, price, 2.5 * quantity, time))


def bar(number: int, close: float, high: float | None = None, low: float | None = None) -> Bar:
    return Bar(OPEN + number * BAR, close, high or close, low or close, close, 9000)


def test_buying_costs_fees_and_no_cash() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 2, 6000.0)
    assert (portfolio.cash, portfolio.equity, portfolio.fees) == (999_995.0, 999_995.0, 5.0)
    portfolio.mark("ES", 6010.0)
    assert (portfolio.cash, portfolio.unrealised, portfolio.equity) == (999_995.0, 1000.0, 1_000_995.0)


def test_closing_a_part_leaves_the_average_price() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 1, 6000.0)
    fill(portfolio, "BUY", 2, 6001.0)
    position = portfolio.positions["ES"]
    assert position.average_price == 6000.666667
    assert fill(portfolio, "SELL", 1, 6002.0) == []
    assert (position.quantity, position.average_price, position.realised) == (2, 6000.666667, 66.67)
    (trade,) = fill(portfolio, "SELL", 2, 6002.0)
    assert trade.gross == 200.0  # exactly 100 + 2 · 50: the rounding of the first part does not remain
    assert (trade.entry_price, trade.exit_price, trade.quantity, trade.fees) == (6000.666667, 6002.0, 3, 15.0)
    assert (trade.pnl, portfolio.equity, portfolio.cash) == (185.0, 1_000_185.0, 1_000_185.0)
    assert (position.quantity, position.average_price, position.unrealised) == (0, 0.0, 0.0)


def test_a_short_position_gains_when_price_falls() -> None:
    portfolio = Portfolio()
    fill(portfolio, "SELL", 2, 20_000.0, symbol="NQ")
    portfolio.mark("NQ", 19_990.0)
    assert portfolio.unrealised == 400.0
    (trade,) = fill(portfolio, "BUY", 2, 19_995.0, symbol="NQ")
    assert (trade.side, trade.gross) == ("SHORT", 200.0)


def test_a_reversal_closes_one_trip_and_begins_another() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 2, 6000.0, decision="D-000001")
    (trade,) = fill(portfolio, "SELL", 5, 6004.0, OPEN + 60_000, decision="D-000002")
    position = portfolio.positions["ES"]
    assert (trade.pnl, trade.fees, trade.decision) == (390.0, 10.0, "D-000001")
    assert (position.quantity, position.average_price, position.decision) == (-3, 6004.0, "D-000002")
    assert position.entry_time == OPEN + 60_000
    assert portfolio.fees == 17.5


def test_excursions_are_the_worst_and_best_of_the_trip() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 1, 6000.0, OPEN + 200)
    portfolio.on_bar("ES", bar(1, 6001.0, high=6008.0, low=5993.0))
    portfolio.on_bar("ES", bar(2, 6002.0, high=6005.0, low=5999.0))
    (trade,) = fill(portfolio, "SELL", 1, 6003.0, OPEN + 2 * BAR)
    assert (trade.mae, trade.mfe) == (350.0, 400.0)


def test_a_bar_that_was_under_way_counts_only_with_its_close() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 1, 6000.0, OPEN + 120_000)
    portfolio.on_bar("ES", bar(1, 6001.0, high=6008.0, low=5993.0))
    assert (portfolio.positions["ES"].mae, portfolio.positions["ES"].mfe) == (0.0, 50.0)


def test_bars_of_one_instant_make_one_point_and_no_peak_in_between() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 1, 6000.0)
    fill(portfolio, "SELL", 1, 20_000.0, symbol="NQ")
    portfolio.on_bar("ES", bar(1, 6100.0))  # +5000
    portfolio.on_bar("NQ", bar(1, 20_200.0))  # -4000
    assert portfolio.equity_curve == [(OPEN + BAR, 1_000_995.0)]
    assert portfolio.peak == 1_000_995.0  # not 1,004,995, which the account never was worth
    portfolio.on_bar("ES", bar(2, 6080.0))
    assert portfolio.drawdown == portfolio.max_drawdown == round(1000 / 1_000_995, 6)
    portfolio.on_bar("NQ", bar(2, 20_000.0))
    assert (portfolio.drawdown, portfolio.max_drawdown) == (0.0, 0.0)
    with pytest.raises(BadInput, match="bar"):
        portfolio.on_bar("ES", bar(1, 6100.0))


def test_days_begin_with_the_equity_of_the_last_close() -> None:
    portfolio = Portfolio()
    portfolio.on_bar("ES", bar(1, 6000.0))
    fill(portfolio, "BUY", 1, 6000.0, OPEN + BAR)
    portfolio.on_bar("ES", bar(2, 5990.0))
    assert (portfolio.daily_pnl, portfolio.daily_loss) == (-502.5, 0.000503)
    tomorrow = Bar(OPEN + DAY + BAR, 6010.0, 6010.0, 6010.0, 6010.0, 9000)
    fill(portfolio, "BUY", 1, 5995.0, OPEN + DAY + 100)  # before the new day's first bar: it belongs to the new day
    portfolio.on_bar("ES", tomorrow)
    assert portfolio.days == [("2025-07-14", -502.5), ("2025-07-15", 1747.5)]
    assert portfolio.daily_loss == 0.0
    assert sum(pnl for _, pnl in portfolio.days) == portfolio.equity - portfolio.capital


def test_exposure() -> None:
    portfolio = Portfolio(500_000.0)
    fill(portfolio, "BUY", 2, 6000.0)
    fill(portfolio, "SELL", 1, 20_000.0, symbol="NQ")
    exposure = portfolio.exposure()
    assert (exposure.gross, exposure.net) == (1_000_000.0, 200_000.0)
    assert dict(exposure.by_symbol) == {"ES": 600_000.0, "NQ": -400_000.0}
    assert exposure.leverage == round(1_000_000 / 499_992.5, 6)
    assert (exposure.margin, exposure.margin_use) == (45_000.0, round(45_000 / 499_992.5, 6))
    assert portfolio.if_held("ES", 5, 6000.0) == (5 * 13_000.0 + 19_000.0, 1_900_000.0)


def test_a_ruined_account_has_figures_too() -> None:
    portfolio = Portfolio(10_000.0)
    fill(portfolio, "BUY", 1, 6000.0)
    portfolio.on_bar("ES", bar(1, 5000.0))
    assert portfolio.equity < 0
    assert portfolio.exposure().leverage == 1e6
    assert portfolio.max_drawdown > 1


def test_bad_input_changes_nothing() -> None:
    portfolio = Portfolio()
    fill(portfolio, "BUY", 1, 6000.0)
    before = portfolio.payload()
    for quantity, price, fees in ((0, 6000.0, 0.0), (1, 6000.1, 0.0), (1, float("nan"), 0.0), (1, 6000.0, -1.0)):
        with pytest.raises(BadInput):
            portfolio.on_fill(Order("O", "ES", "BUY", 1, "MARKET", OPEN), quantity, price, fees, OPEN)
    with pytest.raises(BadInput):
        portfolio.on_fill(Order("O", "CL", "BUY", 1, "MARKET", OPEN), 1, 70.0, 0.0, OPEN)
    for price in (float("nan"), 0.0, -5.0):
        with pytest.raises(BadInput):
            portfolio.mark("ES", price)
    for capital in (0.0, -1.0, float("inf"), True):
        with pytest.raises(BadInput):
            Portfolio(capital)
    assert portfolio.payload() == before
    assert len(portfolio.fills) == 1


# --- the oracle: money from the fills alone, in exact fractions ---

FILLS = st.lists(
    st.tuples(
        st.sampled_from(["ES", "NQ"]), st.sampled_from(["BUY", "SELL"]), st.integers(1, 7), st.integers(20_000, 28_000)
    ),
    max_size=40,
)


def replay(portfolio: Portfolio) -> tuple[Fraction, dict[str, int]]:
    """Equity and holdings as a bookkeeper finds them who has nothing but the list of fills and the last prices."""
    equity, held = Fraction(portfolio.capital), {"ES": 0, "NQ": 0}
    for done in portfolio.fills:
        sign = 1 if done.side == "BUY" else -1
        equity -= Fraction(done.price) * sign * done.quantity * Fraction(instrument(done.symbol).point_value)
        equity -= Fraction(done.fees)
        held[done.symbol] += sign * done.quantity
    for symbol, quantity in held.items():
        if quantity:
            equity += quantity * Fraction(portfolio.positions[symbol].mark) * Fraction(instrument(symbol).point_value)
    return equity, held


@settings(max_examples=150, deadline=None, derandomize=True)
@given(FILLS)
def test_equity_is_what_a_bookkeeper_finds_in_the_fills(fills: list[tuple[str, str, int, int]]) -> None:
    portfolio = Portfolio()
    for number, (symbol, side, quantity, ticks) in enumerate(fills):
        fill(portfolio, side, quantity, ticks * 0.25, OPEN + number, symbol)
        assert portfolio.equity == pytest.approx(portfolio.cash + portfolio.unrealised, abs=0.005)
        equity, held = replay(portfolio)
        assert portfolio.equity == equity
        assert {s: portfolio.quantity(s) for s in held} == held
        open_trips = sum(p._trip.realised - p._trip.fees for p in portfolio.positions.values())
        closed = sum(trade.pnl for trade in portfolio.trades)
        assert portfolio.cash == pytest.approx(portfolio.capital + closed + open_trips, abs=0.005)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(23_900, 24_100)), min_size=2, max_size=6), st.randoms())
def test_the_order_of_partial_fills_does_not_matter(parts: list[tuple[int, int]], random: object) -> None:
    def traded(order: list[tuple[int, int]]) -> tuple[float, float, int]:
        portfolio = Portfolio()
        fill(portfolio, "BUY", sum(quantity for quantity, _ in order), 6000.0)
        for quantity, ticks in order:
            fill(portfolio, "SELL", quantity, ticks * 0.25)
        return portfolio.equity, portfolio.trades[0].pnl, portfolio.trades[0].quantity

    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert traded(parts) == traded(shuffled)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(FILLS)
def test_round_trips_account_for_every_contract_and_dollar_once_flat(fills: list[tuple[str, str, int, int]]) -> None:
    portfolio = Portfolio()
    for symbol, side, quantity, ticks in fills:
        fill(portfolio, side, quantity, ticks * 0.25, symbol=symbol)
    for symbol in ("ES", "NQ"):
        held = portfolio.quantity(symbol)
        if held:
            fill(portfolio, "SELL" if held > 0 else "BUY", abs(held), 6000.0, symbol=symbol)
    assert sum(2 * trade.quantity for trade in portfolio.trades) == sum(done.quantity for done in portfolio.fills)
    assert round(sum(trade.pnl for trade in portfolio.trades), 2) == round(portfolio.equity - portfolio.capital, 2)
    assert round(sum(trade.fees for trade in portfolio.trades), 2) == portfolio.fees
    assert all(trade.mae >= 0 and trade.mfe >= 0 for trade in portfolio.trades)


def test_a_day_on_the_floor_leaves_books_that_agree() -> None:
    floor = Floor(5)
    for number in range(20):
        floor.send("ES", "BUY" if number % 3 else "SELL", 1 + number % 4)
        price = 6000.0 + (number * 7 % 11)
        floor.bar(price, price + 2, price - 2, price + 1)
    assert replay(floor.portfolio)[0] == floor.portfolio.equity
    updates = floor.bus.log.of("POSITION_UPDATE")
    assert updates[-1].payload["quantity"] == floor.portfolio.quantity("ES")
    assert len(floor.bus.log.of("TRADE_CLOSED")) == len(floor.portfolio.trades) > 0
    assert repr(floor.portfolio).startswith("<Portfolio ")
    assert len(floor.portfolio.returns()) == len(floor.portfolio.equity_curve)

"""The portfolio: cash, positions, fills, closed trades and the equity curve.

ES and NQ are futures. Buying one costs no cash: profits and losses go into cash when a position is closed, and stand
as unrealised until then. So `equity = cash + Σ unrealised` at every instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS
from grandmodel_sim.market.instruments import INSTRUMENTS, instrument
from grandmodel_sim.trading.orders import Order
from grandmodel_sim.trading.position import Position, Trade

START_CAPITAL = 1_000_000.0  # dollars: five contracts of ES, about 312,500 each, stay below a leverage of 2

#: Dollars of margin per contract. GrandModel's own figures, undated and only illustrative: exchanges change theirs.
MARGIN: Mapping[str, float] = MappingProxyType({"ES": 13_000.0, "NQ": 19_000.0})


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution.

    Attributes:
        id: `F-000001`, counted per portfolio.
        time: virtual milliseconds.
        order: id of the order.
        symbol: as the order's.
        side: as the order's.
        quantity: contracts.
        price: points.
        fees: dollars.
        slippage: points lost against the price at which the decision fell, negative for a gain.
        decision: id of the decision behind the order.
        purpose: of the order.
    """

    id: str
    time: int
    order: str
    symbol: str
    side: str
    quantity: int
    price: float
    fees: float
    slippage: float
    decision: str
    purpose: str

    def payload(self) -> dict[str, Any]:
        """As JSON-able values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much is at stake.

    Attributes:
        gross: dollars of notional, long plus short.
        net: dollars of notional, long minus short.
        leverage: gross over equity.
        margin: dollars that the positions need.
        margin_use: margin over equity; above 1 the positions are not covered.
        by_symbol: signed notional of each instrument that is held, in dollars.
    """

    gross: float
    net: float
    leverage: float
    margin: float
    margin_use: float
    by_symbol: Mapping[str, float]


#: A position or an order that begins this soon after a bar's open has seen the whole bar.
GRACE_MS = 1000


class Portfolio:
    """An account and everything that happened in it.

    Args:
        capital: dollars at the start, above 0.

    Attributes:
        capital: dollars at the start.
        cash: dollars: capital plus realised profit less fees.
        positions: symbol → position, for each instrument that was ever traded; a flat one stays with quantity 0.
        fills: all executions, oldest first.
        trades: all closed round trips, oldest first.
        equity_curve: (instant, equity) at the close of each 5-minute bar, oldest first.
        peak: the highest equity of the curve, in dollars.
        max_drawdown: the deepest fall below a peak so far, a fraction from 0.

    Raises:
        BadInput: for a capital that is not above 0.
    """

    def __init__(self, capital: float = START_CAPITAL) -> None:
        if isinstance(capital, bool) or not isinstance(capital, int | float) or not 0 < capital < 1e12:
            raise BadInput("capital", capital, "give dollars above 0")
        self.capital = round(float(capital), 2)
        self.positions: dict[str, Position] = {}
        self.fills: list[Fill] = []
        self.trades: list[Trade] = []
        self.equity_curve: list[tuple[int, float]] = []
        self.peak = self.capital
        self.max_drawdown = 0.0
        self._before = (self.peak, 0.0)  # peak and max_drawdown before the newest point of the curve
        self._day = ""
        self._day_start = self.capital
        self._days: list[tuple[str, float]] = []

    def __repr__(self) -> str:
        held = ", ".join(f"{p.symbol} {p.quantity:+d}" for p in self.positions.values() if p.quantity) or "flat"
        return f"<Portfolio {self.equity:,.2f} dollars, {held}, {len(self.trades)} closed trades>"

    # --- figures ---

    @property
    def realised(self) -> float:
        """Dollars of all closed parts, before fees."""
        return round(sum(position.realised for position in self.positions.values()), 2)

    @property
    def fees(self) -> float:
        """Dollars paid so far."""
        return round(sum(position.fees for position in self.positions.values()), 2)

    @property
    def cash(self) -> float:
        """Dollars: capital plus realised profit less fees."""
        return round(self.capital + self.realised - self.fees, 2)

    @property
    def unrealised(self) -> float:
        """Dollars that closing everything at the marks would add, before fees."""
        return round(sum(position.unrealised for position in self.positions.values()), 2)

    @property
    def equity(self) -> float:
        """Dollars: cash plus unrealised profit."""
        return round(self.cash + self.unrealised, 2)

    @property
    def drawdown(self) -> float:
        """How far equity is below its peak now, as a fraction of the peak: 0 at the peak, 0.1 for 10 % below."""
        peak = max(self.peak, self.equity)
        return round((peak - self.equity) / peak, 6)

    @property
    def daily_pnl(self) -> float:
        """Dollars since the last session's close, after fees."""
        return round(self.equity - self._day_start, 2)

    @property
    def daily_loss(self) -> float:
        """What was lost since the last session's close, as a fraction of the equity then; 0 on a day in profit."""
        return round(max(0.0, -self.daily_pnl) / self._day_start, 6) if self._day_start > 0 else 0.0

    @property
    def days(self) -> list[tuple[str, float]]:
        """(day, dollars gained after fees) of each session seen, the one under way included."""
        return [*self._days, *([(self._day, self.daily_pnl)] if self._day else [])]

    def quantity(self, symbol: str) -> int:
        """Contracts held, negative for a short position, 0 for none.

        Raises:
            BadInput: for an unknown symbol.
        """
        symbol = instrument(symbol).symbol
        return self.positions[symbol].quantity if symbol in self.positions else 0

    def exposure(self) -> Exposure:
        """What is at stake at the marks."""
        by_symbol = {symbol: position.notional for symbol, position in self.positions.items() if position.quantity}
        gross, net = sum(abs(value) for value in by_symbol.values()), sum(by_symbol.values())
        margin = sum(abs(position.quantity) * MARGIN[symbol] for symbol, position in self.positions.items())
        equity = self.equity
        return Exposure(
            gross=round(gross, 2),
            net=round(net, 2),
            leverage=_over(gross, equity),
            margin=round(margin, 2),
            margin_use=_over(margin, equity),
            by_symbol=MappingProxyType(by_symbol),
        )

    def if_held(self, symbol: str, contracts: int, price: float) -> tuple[float, float]:
        """Margin and gross notional, in dollars, if `contracts` of one instrument were held and the others as now.

        Raises:
            BadInput: for an unknown symbol.
        """
        contract = instrument(symbol)
        others = [position for position in self.positions.values() if position.symbol != contract.symbol]
        margin = contracts * MARGIN[contract.symbol] + sum(abs(p.quantity) * MARGIN[p.symbol] for p in others)
        return margin, contracts * price * contract.point_value + sum(abs(p.notional) for p in others)

    # --- what happens ---

    def on_fill(self, order: Order, quantity: int, price: float, fees: float, time: int) -> list[Trade]:
        """Book an execution; returns the round trips that it completes (one at most, also in a reversal).

        A fill that is larger than the opposite position closes it and opens one on the other side; fees are shared by
        contracts.

        Raises:
            BadInput: for an unknown symbol, a quantity below 1, or a price or fees that are no numbers from 0.
        """
        contract = instrument(order.symbol)
        if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
            raise BadInput("quantity", quantity, "give a whole number of contracts from 1")
        if not (isinstance(price, int | float) and 0 < price < 1e9) or price % contract.tick:
            raise BadInput("price", price, f"give points above 0 in whole ticks of {contract.tick}")
        if not (isinstance(fees, int | float) and 0 <= fees < 1e9):
            raise BadInput("fees", fees, "give dollars from 0")
        position = self.positions.setdefault(contract.symbol, Position(contract.symbol))
        self.fills.append(
            Fill(
                f"F-{len(self.fills) + 1:06d}", time, order.id, contract.symbol, order.side, quantity, price,
                round(fees, 2), round((price - order.arrival_price) * order.sign, 6), order.decision, order.purpose,
            )
        )  # fmt: skip
        closing = min(quantity, max(0, -order.sign * position.quantity))
        closing_fees = round(fees * closing / quantity, 2)
        closed = []
        if closing:
            id = f"T-{len(self.trades) + 1:06d}"
            trade = position.reduce(closing, price, closing_fees, time, order.purpose, id)
            if trade is not None:
                self.trades.append(trade)
                closed.append(trade)
        if quantity > closing:
            rest = round(fees - closing_fees, 2)
            position.add(order.sign, quantity - closing, price, rest, time, order.decision)
        return closed

    def mark(self, symbol: str, price: float) -> None:
        """Value an instrument at a new price.

        Raises:
            BadInput: for an unknown symbol or a price that is not above 0.
        """
        symbol = instrument(symbol).symbol
        if not (isinstance(price, int | float) and 0 < price < 1e9):
            raise BadInput("price", price, "give points above 0")
        if symbol in self.positions:
            self.positions[symbol].mark = price
            self.positions[symbol].see(price)

    def on_bar(self, symbol: str, bar: Bar) -> None:
        """Value an instrument at a bar's close and set a point of the equity curve; bars of one instant make one point.

        Call it after the exchange has worked its orders through the bar.

        Raises:
            BadInput: as for `mark`, and for a bar older than the curve's end.
        """
        if self.equity_curve and bar.time < self.equity_curve[-1][0]:
            raise BadInput("bar", stamp(bar.time), f"the curve has reached {stamp(self.equity_curve[-1][0])}")
        day = stamp(bar.time)[:10]
        if day != self._day:
            if self._day:
                close = self.equity_curve[-1][1]
                self._days.append((self._day, round(close - self._day_start, 2)))
                self._day_start = close
            self._day = day
        position = self.positions.get(instrument(symbol).symbol)
        # High and low count for a position that was there from the start of the bar; of one that came later it is not
        # known which of them it saw.
        if position is not None and bar.time - position.entry_time >= BAR_MS - GRACE_MS:
            position.see(bar.high)
            position.see(bar.low)
        self.mark(symbol, bar.close)
        equity = self.equity
        if self.equity_curve and self.equity_curve[-1][0] == bar.time:
            self.equity_curve.pop()
        else:
            self._before = self.peak, self.max_drawdown
        self.equity_curve.append((bar.time, equity))
        self.peak = max(self._before[0], equity)
        self.max_drawdown = max(self._before[1], self.drawdown)

    def returns(self) -> list[float]:
        """Simple returns of equity from bar to bar, as fractions; the first is against the capital."""
        values = [self.capital, *(equity for _, equity in self.equity_curve)]
        return [round(new / old - 1, 9) for old, new in pairwise(values)]

    def payload(self) -> dict[str, Any]:
        """The account's state as JSON-able values; equal payloads and equal fills mean equal portfolios."""
        return {
            "capital": self.capital,
            "cash": self.cash,
            "equity": self.equity,
            "realised": self.realised,
            "unrealised": self.unrealised,
            "fees": self.fees,
            "peak": self.peak,
            "drawdown": self.drawdown,
            "max_drawdown": self.max_drawdown,
            "daily_pnl": self.daily_pnl,
            "positions": [self.positions[symbol].payload() for symbol in INSTRUMENTS if symbol in self.positions],
            "fills": len(self.fills),
            "trades": len(self.trades),
        }


def _over(value: float, equity: float) -> float:
    """`value` as a multiple of equity; infinite would not be JSON, so an account without equity gives 1e6."""
    return round(value / equity, 6) if equity > 0 else (0.0 if value == 0 else 1e6)

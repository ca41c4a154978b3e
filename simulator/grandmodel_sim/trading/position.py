"""One instrument's position by average cost, and the round trips that it makes."""

from dataclasses import dataclass, field
from typing import Any

from grandmodel_sim.market.instruments import instrument

LONG, SHORT = "LONG", "SHORT"


@dataclass(frozen=True, slots=True)
class Trade:
    """A closed round trip: from flat to flat, or to the other side.

    Attributes:
        id: `T-000001`, counted per portfolio.
        symbol: ES or NQ.
        side: LONG or SHORT.
        quantity: contracts bought in all (sold, for a short one).
        entry_price: average of the entries, in points.
        exit_price: average of the exits, in points.
        entry_time: of the first fill, in virtual milliseconds.
        exit_time: of the last fill.
        gross: dollars before fees.
        fees: dollars, entries and exits.
        pnl: dollars after fees, `gross − fees`.
        decision: id of the decision behind the first fill; empty if a person traded.
        purpose: of the order that closed it: `stop`, `target`, `exit`, `liquidation`, `manual`; `entry` for a reversal.
        mae: maximum adverse excursion, dollars from 0: how far it was under water, before fees.
        mfe: maximum favourable excursion, dollars from 0: how much it was ahead, before fees.
    """

    id: str
    symbol: str
    side: str
    quantity: int
    entry_price: float
    exit_price: float
    entry_time: int
    exit_time: int
    gross: float
    fees: float
    pnl: float
    decision: str
    purpose: str
    mae: float
    mfe: float

    def payload(self) -> dict[str, Any]:
        """As JSON-able values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class _Trip:
    """The sums of one round trip, in points times contracts (exact) and in dollars."""

    entered: int = 0  # contracts
    paid: float = 0.0  # entries
    received: float = 0.0  # exits
    flow: float = 0.0  # sales less purchases
    realised: float = 0.0  # dollars, rounded to cents part by part
    fees: float = 0.0  # dollars

    def profit(self, value: float) -> float:
        """Points times contracts gained if what is held is worth `value`."""
        return self.flow + value


@dataclass(slots=True)
class Position:
    """What is held of one instrument.

    The profit so far of the trip under way is known exactly: what was taken in by sales, less what was paid for
    purchases, plus what is held at its mark. Prices are whole ticks, so these sums have no rounding error. Realised
    profit is rounded to cents when a part is closed, unrealised is the rest; their sum stays exact, whatever the order
    of partial fills.

    Attributes:
        symbol: ES or NQ.
        quantity: contracts, negative for a short position.
        average_price: of the entries of what is held, in points; 0 when flat. Closing a part leaves it as it is.
        mark: last price, in points.
        realised: dollars of all closed parts since the start, before fees.
        fees: dollars since the start.
        entry_time: of the trip under way, virtual milliseconds; 0 when flat.
        decision: behind the first fill of the trip under way.
        mae: of the trip under way, dollars; see `Trade`.
        mfe: of the trip under way, dollars; see `Trade`.
    """

    symbol: str
    quantity: int = 0
    average_price: float = 0.0
    mark: float = 0.0
    realised: float = 0.0
    fees: float = 0.0
    entry_time: int = 0
    decision: str = ""
    mae: float = 0.0
    mfe: float = 0.0
    _trip: _Trip = field(default_factory=_Trip)

    @property
    def point_value(self) -> float:
        """Dollars per point and contract."""
        return instrument(self.symbol).point_value

    @property
    def unrealised(self) -> float:
        """Dollars that closing at the mark would add, before fees."""
        return round(self._trip.profit(self.mark * self.quantity) * self.point_value - self._trip.realised, 2)

    @property
    def notional(self) -> float:
        """Dollars of the position's value at the mark, negative for a short one."""
        return round(self.quantity * self.mark * self.point_value, 2)

    def see(self, price: float) -> None:
        """Take note of a price that the position went through, for MAE and MFE."""
        if self.quantity:
            profit = round(self._trip.profit(price * self.quantity) * self.point_value, 2)
            self.mae, self.mfe = max(self.mae, -profit), max(self.mfe, profit)

    def add(self, sign: int, quantity: int, price: float, fees: float, time: int, decision: str) -> None:
        """Open a position, or make it larger."""
        trip = self._trip
        if not self.quantity:
            self._trip = trip = _Trip()
            self.entry_time, self.decision, self.mae, self.mfe = time, decision, 0.0, 0.0
        held = abs(self.quantity)
        self.average_price = round((self.average_price * held + price * quantity) / (held + quantity), 6)
        self.quantity += sign * quantity
        trip.entered += quantity
        trip.paid += price * quantity
        trip.flow -= sign * price * quantity
        self._charge(fees, price)

    def reduce(self, quantity: int, price: float, fees: float, time: int, purpose: str, id: str) -> Trade | None:
        """Close a part or all; returns the round trip that this completes."""
        trip, sign = self._trip, 1 if self.quantity > 0 else -1
        self.see(price)
        gain = round((price - self.average_price) * sign * quantity * self.point_value, 2)
        self.quantity -= sign * quantity
        trip.received += price * quantity
        trip.flow += sign * price * quantity
        if not self.quantity:  # the last part brings what rounding the others left
            gain = round(trip.flow * self.point_value - trip.realised, 2)
        trip.realised = round(trip.realised + gain, 2)
        self.realised = round(self.realised + gain, 2)
        self._charge(fees, price)
        if self.quantity:
            return None
        trade = Trade(
            id=id,
            symbol=self.symbol,
            side=LONG if sign > 0 else SHORT,
            quantity=trip.entered,
            entry_price=round(trip.paid / trip.entered, 6),
            exit_price=round(trip.received / trip.entered, 6),
            entry_time=self.entry_time,
            exit_time=time,
            gross=trip.realised,
            fees=trip.fees,
            pnl=round(trip.realised - trip.fees, 2),
            decision=self.decision,
            purpose=purpose,
            mae=self.mae,
            mfe=self.mfe,
        )
        self._trip = _Trip()
        self.average_price, self.entry_time, self.decision, self.mae, self.mfe = 0.0, 0, "", 0.0, 0.0
        return trade

    def payload(self) -> dict[str, Any]:
        """As JSON-able values, the payload of POSITION_UPDATE."""
        return {
            "symbol": self.symbol,
            "quantity": self.quantity,
            "average_price": self.average_price,
            "mark": self.mark,
            "unrealised": self.unrealised,
            "realised": self.realised,
            "fees": self.fees,
            "notional": self.notional,
            "entry_time": self.entry_time,
            "decision": self.decision,
            "mae": self.mae,
            "mfe": self.mfe,
        }

    def _charge(self, fees: float, price: float) -> None:
        self.mark = price
        self.fees = round(self.fees + fees, 2)
        self._trip.fees = round(self._trip.fees + fees, 2)

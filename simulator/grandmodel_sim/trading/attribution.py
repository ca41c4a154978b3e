"""Where the money came from: profit by agent, by instrument, by synergy type, by hour, by the way out.

Every breakdown is exact: it is counted in cents, and its parts add up to the account's profit after fees, what is still
open included. A breakdown describes; it does not prove that a part caused its profit, and of few trades it says little.

**By agent.** A trade rests on a chain of decisions: the tactical one that its order names, and what that one rests on.
Each decision with votes gets an equal part of the trade's profit. Within a decision, the voters who voted for the
trade's direction share that part by weight · confidence; those who voted otherwise get nothing of it, neither gain nor
loss. Where nobody voted, the deciding agent gets the part. A trade without a decision was a person's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.clock import from_ms
from grandmodel_sim.events import TACTICAL_DECISION, Event
from grandmodel_sim.market.calendar import eastern_offset
from grandmodel_sim.trading.portfolio import Portfolio
from grandmodel_sim.trading.position import LONG, Trade
from grandmodel_sim.trading.schedule import apportion

PERSON = "person"
OPEN = "open positions"
NONE = "no synergy"

#: An action of a voter → the direction of a trade that it speaks for.
DIRECTION = {"long": 1, "bullish": 1, "short": -1, "bearish": -1}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a breakdown.

    Attributes:
        key: whose: `fvg_agent`, `ES`, `TYPE_1`, `09:00`, …
        pnl: dollars after fees.
        trades: closed trades that it had a part in.
    """

    key: str
    pnl: float
    trades: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """A breakdown of the profit.

    Attributes:
        by: of what kind: `agent`, `symbol`, `synergy`, `hour`, `exit`.
        total: dollars after fees; the sum of the parts, to the cent.
        parts: the largest profit first; of equal ones by key.
    """

    by: str
    total: float
    parts: tuple[Part, ...]

    def __getitem__(self, key: str) -> Part:
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)

    def __str__(self) -> str:
        width = max([len("total"), *(len(part.key) for part in self.parts)])
        rows = [f"{part.key:<{width}} {part.pnl:>14,.2f} dollars, trades: {part.trades}" for part in self.parts]
        return "\n".join([f"profit after fees by {self.by}", *rows, f"{'total':<{width}} {self.total:>14,.2f} dollars"])

    def payload(self) -> list[dict[str, float | int | str]]:
        """The parts as JSON-able values."""
        return [{"key": part.key, "pnl": part.pnl, "trades": part.trades} for part in self.parts]


def by_agent(trades: Iterable[Trade], decisions: Iterable[Decision]) -> Attribution:
    """Profit by the agents that voted for each trade; see the module's text for the rule."""
    known = {decision.id: decision for decision in decisions}
    return _breakdown("agent", trades, lambda trade: _voters(trade, known))


def by_symbol(trades: Iterable[Trade]) -> Attribution:
    """Profit by instrument."""
    return _breakdown("symbol", trades, lambda trade: {trade.symbol: 1.0})


def by_exit(trades: Iterable[Trade]) -> Attribution:
    """Profit by what closed the trade: stop, target, exit, liquidation, a person, or a reversal (`entry`)."""
    return _breakdown("exit", trades, lambda trade: {trade.purpose: 1.0})


def by_hour(trades: Iterable[Trade]) -> Attribution:
    """Profit by the hour, in New York, in which the trade was entered: `09:00` is from 09:00 to 09:59."""

    def hour(trade: Trade) -> dict[str, float]:
        moment = from_ms(trade.entry_time)
        local = moment + eastern_offset((moment - timedelta(hours=5)).date())
        return {f"{local.hour:02d}:00": 1.0}

    return _breakdown("hour", trades, hour)


def by_synergy(trades: Iterable[Trade], types: Mapping[str, str]) -> Attribution:
    """Profit by the type of the synergy that woke the agents.

    Args:
        trades: closed ones.
        types: decision id → synergy type; see `synergy_types`.
    """

    def type(trade: Trade) -> dict[str, float]:
        return {types.get(trade.decision, NONE) if trade.decision else PERSON: 1.0}

    return _breakdown("synergy", trades, type)


def synergy_types(events: Iterable[Event]) -> dict[str, str]:
    """Decision id → synergy type, from the TACTICAL_DECISION events of a log."""
    return {
        event.payload["id"]: event.payload["synergy_type"]
        for event in events
        if event.type == TACTICAL_DECISION and event.payload.get("synergy_type")
    }


def attribution(
    portfolio: Portfolio, decisions: Sequence[Decision] = (), types: Mapping[str, str] | None = None
) -> dict[str, Attribution]:
    """All breakdowns of a portfolio. Each adds up to equity less capital: what is open has a part of its own."""
    trades = portfolio.trades
    profit = round(portfolio.equity - portfolio.capital, 2)
    found = (
        by_agent(trades, decisions),
        by_symbol(trades),
        by_synergy(trades, types or {}),
        by_hour(trades),
        by_exit(trades),
    )
    return {each.by: _with_open(each, profit) for each in found}


def _with_open(closed: Attribution, profit: float) -> Attribution:
    rest = _cents(profit) - _cents(closed.total)
    if not rest:
        return closed
    return Attribution(closed.by, profit, (*closed.parts, Part(OPEN, rest / 100, 0)))


def _voters(trade: Trade, known: Mapping[str, Decision]) -> dict[str, float]:
    """Agent → share of a trade, by the votes in all decisions behind it."""
    if not trade.decision:
        return {PERSON: 1.0}
    direction = 1 if trade.side == LONG else -1
    shares: dict[str, float] = {}
    chain = _chain(trade.decision, known)
    for decision in chain:
        for voter, share in _shares(decision, direction).items():
            shares[voter] = round(shares.get(voter, 0.0) + share, 9)
    return shares or {"unknown decision": 1.0}


def _chain(id: str, known: Mapping[str, Decision]) -> list[Decision]:
    """The decision with this id and those that it rests on, each once, the newest first."""
    found: dict[str, Decision] = {}
    waiting = [id]
    while waiting:
        each = waiting.pop(0)
        if each in known and each not in found:
            found[each] = known[each]
            waiting.extend(known[each].basis)
    return list(found.values())


def _shares(decision: Decision, direction: int) -> dict[str, float]:
    """Agent → share of one decision; the shares add up to 1."""
    weighed = {
        voter: decision.weights.get(voter, 1.0) * float(vote.get("confidence", 1.0))
        for voter, vote in decision.votes.items()
        if DIRECTION.get(str(vote.get("action"))) == direction
    }
    total = sum(weighed.values())
    if total <= 0:
        return {decision.agent: 1.0}
    return {voter: weight / total for voter, weight in weighed.items()}


def _breakdown(by: str, trades: Iterable[Trade], shares: Callable[[Trade], dict[str, float]]) -> Attribution:
    cents: dict[str, int] = {}
    counts: dict[str, int] = {}
    total = 0
    for trade in trades:
        pnl = _cents(trade.pnl)
        total += pnl
        found = shares(trade)
        sign = 1 if pnl >= 0 else -1
        for key, part in zip(found, apportion(abs(pnl), list(found.values())), strict=True):
            cents[key] = cents.get(key, 0) + sign * part
            counts[key] = counts.get(key, 0) + 1
    keys = sorted(cents, key=lambda key: (-cents[key], key))
    return Attribution(by, total / 100, tuple(Part(key, cents[key] / 100, counts[key]) for key in keys))


def _cents(dollars: float) -> int:
    return round(dollars * 100)

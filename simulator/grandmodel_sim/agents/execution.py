"""The execution agent: how an approved trade is sent to the market.

It looks at fifteen numbers and compares four tactics by what they are expected to cost, in ticks per contract:

| Tactic | What it sends | Takes |
| --- | --- | --- |
| `immediate` | one market order | an instant |
| `iceberg` | a fifth at a time, ten seconds apart | under two minutes |
| `twap` | equal parts, a minute apart | 5 minutes |
| `vwap` | parts by the volume that the hour lets expect | 30 minutes |

    cost = slippage of the parts + impact + risk of waiting

Slippage is the exchange's own. Impact is σ·√(Q/V)·(1 − e^(−τ/τ₀)) for the time τ that the order takes. The risk of
waiting is the standard deviation of the price that an evenly worked order gets, σ·√(τ/3) (Almgren and Chriss, "Optimal
execution of portfolio transactions", Journal of Risk 3, 2001), times the urgency and a small aversion to risk.

The rules before the comparison: one contract cannot be cut; the more urgent the trade, the less time it may take; and
it must be over before the session is.

Source: `src/execution/agents/` (the fifteen numbers, the tactics; its fifth, STEALTH, has no rule of its own and is
left out) and the execution PRD (the impact formula; τ₀ 600 s there, 300 s in the code). There the choice is a
network's, and 500 µs for a decision is an in-process target, while an order takes 100 to 300 ms to arrive.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.trading import schedule
from grandmodel_sim.trading.costs import RECOVERY_MS
from grandmodel_sim.trading.exchange import Exchange
from grandmodel_sim.trading.orders import BUY, SELL, Order
from grandmodel_sim.trading.portfolio import Portfolio

IMMEDIATE, ICEBERG, TWAP, VWAP = "immediate", "iceberg", "twap", "vwap"
TACTICS = (IMMEDIATE, ICEBERG, TWAP, VWAP)
ORDER_TYPE = {IMMEDIATE: "MARKET", ICEBERG: "ICEBERG", TWAP: "TWAP", VWAP: "VWAP"}

#: The fifteen numbers, in GrandModel's order.
CONTEXT = (
    "direction",  # +1 long, −1 short
    "confidence",  # of the decision that is carried out, 0..1
    "synergy_strength",  # mean strength of its three signals, 0..1
    "urgency",  # 0..1, see urgency()
    "spread_bps",  # ask − bid, basis points of the last price
    "depth",  # contracts that trade at one instant
    "volume_intensity",  # volume of the last bar over the mean of a session
    "volatility_1min",  # standard deviation of a minute's move, basis points
    "position",  # contracts held, negative when short
    "margin_use",  # margin over equity
    "unrealised_pnl",  # of the position, dollars
    "var_use",  # one-day VaR over its limit
    "max_position",  # contracts of one instrument that the exchange takes
    "seconds_since_signal",
    "session_fraction",  # 0 at the opening, 1 at the close
)

TAU_0 = 600.0  # seconds in which the impact of an order builds up
RISK_AVERSION = 0.01  # ticks of certain cost that one tick of standard deviation is worth. An assumption.
HALF_LIFE = 300.0  # seconds in which a signal loses half of its urgency. An assumption: one bar.
RANGE_OF_SIGMA = math.sqrt(8 / math.pi)  # mean range of a Brownian motion, in standard deviations of its move (Feller)

#: Urgency from which a trade may take no longer than so many milliseconds.
PATIENCE = ((0.9, 0), (0.8, 120_000), (0.5, schedule.TWAP_MS), (0.0, schedule.VWAP_MS))


def expected_impact(sigma: float, quantity: float, volume: float, seconds: float, tau_0: float = TAU_0) -> float:
    """What an order is expected to move the price against itself: σ·√(Q/V)·(1 − e^(−τ/τ₀)).

    Args:
        sigma: standard deviation of the price over the time that the order takes; the result has its unit.
        quantity: Q, contracts of the order.
        volume: V, contracts that the market trades in that time.
        seconds: τ, how long the order takes.
        tau_0: seconds in which its pressure builds up.

    Raises:
        BadInput: for negative numbers, or a volume or τ₀ that is not above 0.
    """
    for argument, value in (("sigma", sigma), ("quantity", quantity), ("seconds", seconds)):
        if not value >= 0:
            raise BadInput(argument, value, "give a number from 0")
    for argument, value in (("volume", volume), ("tau_0", tau_0)):
        if not value > 0:
            raise BadInput(argument, value, "give a number above 0")
    return round(sigma * math.sqrt(quantity / volume) * (1 - math.exp(-seconds / tau_0)), 6)


def urgency(confidence: float, seconds: float) -> float:
    """0..1: the confidence, halved for every five minutes since the signal: what fades is traded while it lasts."""
    return round(min(1.0, max(0.0, confidence)) * math.pow(0.5, max(0.0, seconds) / HALF_LIFE), 6)


def five_minute_sigma(bars: Sequence[Bar], count: int = 12) -> float:
    """Standard deviation of a 5-minute move, in points, from the mean range of the last `count` bars."""
    last = bars[-count:]
    return round(sum(bar.high - bar.low for bar in last) / len(last) / RANGE_OF_SIGMA, 6) if last else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a tactic would cost.

    Attributes:
        tactic: one of `TACTICS`.
        takes_ms: from the first part to the last.
        slippage: ticks per contract that the book costs.
        impact: ticks per contract that its own weight costs.
        waiting: ticks per contract that the delay puts at risk.
        against: why it cannot be chosen; empty if it can.
    """

    tactic: str
    takes_ms: int
    slippage: float
    impact: float
    waiting: float
    against: str = ""

    @property
    def ticks(self) -> float:
        """The expected cost, in ticks per contract."""
        return round(self.slippage + self.impact + self.waiting, 6)

    def payload(self) -> dict[str, Any]:
        """As an entry of `Decision.votes`."""
        return {
            "action": "ruled out" if self.against else "possible",
            "cost_ticks": self.ticks,
            "slippage_ticks": self.slippage,
            "impact_ticks": self.impact,
            "waiting_ticks": self.waiting,
            "seconds": self.takes_ms // 1000,
            "why": self.against,
        }


class ExecutionAgent:
    """Chooses the tactic and writes the order.

    Args:
        exchange: asked for quotes and costs.
        portfolio: read, never changed.
    """

    name = "execution"
    timeframe = 5

    def __init__(self, exchange: Exchange, portfolio: Portfolio) -> None:
        self._exchange, self._portfolio = exchange, portfolio

    def context(
        self,
        symbol: str,
        direction: int,
        confidence: float,
        *,
        synergy_strength: float = 1.0,
        seconds_since_signal: float = 0.0,
        var_use: float = 0.0,
    ) -> dict[str, float]:
        """The fifteen numbers at this instant, by name.

        Raises:
            BadInput: for an unknown symbol or a direction other than 1 and −1.
        """
        symbol = instrument(symbol).symbol
        if direction not in (1, -1):
            raise BadInput("direction", direction, "give 1 (long) or -1 (short)")
        now, bars = self._exchange.now_ms, self._exchange.bars(symbol)
        bid, ask, last = self._exchange.quote(symbol)
        session = self._exchange.session()
        recent = bars[-BARS_PER_SESSION:]
        mean_volume = sum(bar.volume for bar in recent) / len(recent)
        held = self._portfolio.positions.get(symbol)
        values: dict[str, float] = {
            "direction": direction,
            "confidence": confidence,
            "synergy_strength": synergy_strength,
            "urgency": urgency(confidence, seconds_since_signal),
            "spread_bps": (ask - bid) / last * 10_000,
            "depth": self._exchange.depth(symbol),
            "volume_intensity": bars[-1].volume / mean_volume if mean_volume else 0.0,
            "volatility_1min": five_minute_sigma(bars) / math.sqrt(5) / last * 10_000,
            "position": held.quantity if held else 0,
            "margin_use": self._portfolio.exposure().margin_use,
            "unrealised_pnl": held.unrealised if held else 0.0,
            "var_use": var_use,
            "max_position": self._exchange.limits.position_size,
            "seconds_since_signal": seconds_since_signal,
            "session_fraction": (now - session[0]) / (session[1] - session[0]) if session else 1.0,
        }
        return {name: round(values[name], 6) for name in CONTEXT}

    def estimates(self, symbol: str, side: str, contracts: int, urgency: float) -> dict[str, Estimate]:
        """What each tactic would cost now, and which of them are possible."""
        now = self._exchange.now_ms
        session = self._exchange.session()
        left = session[1] - now if session else 0
        patience = next(longest for above, longest in PATIENCE if urgency >= above)
        found = {}
        for tactic in TACTICS:
            parts = self._parts(tactic, contracts, now, symbol)
            takes = parts[-1].after_ms
            against = ""
            if tactic != IMMEDIATE:
                if contracts == 1:
                    against = "one contract cannot be cut"
                elif self._allotted(tactic, takes) > patience:
                    against = f"urgency {urgency:.2f} allows {patience // 1000} s"
                elif takes >= left:
                    against = f"the session ends in {left // 1000} s"
            found[tactic] = self._estimate(tactic, symbol, side, contracts, parts, urgency, against)
        return found

    def plan(
        self,
        trade: Decision,
        direction: int,
        contracts: int,
        *,
        behind: str = "",
        synergy_strength: float = 1.0,
        seconds_since_signal: float = 0.0,
        var_use: float = 0.0,
    ) -> tuple[Decision, Order | None]:
        """How to carry out an approved trade.

        Args:
            trade: the decision that approved it; its confidence and symbol are used.
            direction: +1 long, −1 short.
            contracts: how many.
            behind: id of the decision that the order is to name; by default that of `trade`.
            synergy_strength: for the context.
            seconds_since_signal: for the context.
            var_use: for the context.

        Returns:
            The decision, whose `votes` hold every tactic's expected cost, and the order, not sent yet; None if nothing
            can be sent now.
        """
        symbol = trade.symbol
        context = self.context(
            symbol,
            direction,
            trade.confidence,
            synergy_strength=synergy_strength,
            seconds_since_signal=seconds_since_signal,
            var_use=var_use,
        )
        side = BUY if direction > 0 else SELL
        vetoes = self._vetoes(contracts)
        estimates = self.estimates(symbol, side, max(1, contracts), context["urgency"])
        possible = [estimate for estimate in estimates.values() if not estimate.against]
        best = min(possible, key=lambda estimate: (estimate.ticks, TACTICS.index(estimate.tactic)))
        order = None
        if not vetoes:
            order = self._exchange.new_order(
                symbol, side, contracts, ORDER_TYPE[best.tactic], decision=behind or trade.id, purpose="entry"
            )
        decision = Decision(
            id="",
            time=self._exchange.now_ms,
            agent=self.name,
            symbol=symbol,
            timeframe=self.timeframe,
            action=best.tactic,
            confidence=trade.confidence,
            acts=not vetoes,
            threshold=0.0,
            reasoning=_sentence(best, estimates, side, contracts, symbol, vetoes),
            inputs={**context, "contracts": contracts, "expected_cost_ticks": best.ticks},
            votes={tactic: estimate.payload() for tactic, estimate in estimates.items()},
            vetoes=vetoes,
            basis=(trade.id,) if trade.id else (),
        )
        return decision, order

    def _vetoes(self, contracts: int) -> tuple[str, ...]:
        found = []
        if self._exchange.halted:
            found.append(f"trading is stopped: {self._exchange.halted}")
        if not self._exchange.open:
            found.append("the market is closed")
        if contracts < 1:
            found.append(f"{contracts} contracts are nothing to trade")
        return tuple(found)

    @staticmethod
    def _allotted(tactic: str, takes: int) -> int:
        """The time that a tactic asks for, whatever the number of its parts."""
        return {IMMEDIATE: 0, TWAP: schedule.TWAP_MS, VWAP: schedule.VWAP_MS}.get(tactic, takes)

    def _parts(self, tactic: str, contracts: int, now: int, symbol: str) -> list[schedule.Slice]:
        if tactic == TWAP:
            return schedule.twap(contracts)
        if tactic == VWAP:
            return schedule.vwap(contracts, now)
        if tactic == ICEBERG:
            size, pause = schedule.iceberg_display(contracts), schedule.REFRESH_MS
        else:
            size, pause = max(1, self._exchange.depth(symbol)), 0
        whole, rest = divmod(contracts, size)
        sizes = [size] * whole + ([rest] if rest else [])
        return [schedule.Slice(number * pause, part) for number, part in enumerate(sizes)]

    def _estimate(
        self,
        tactic: str,
        symbol: str,
        side: str,
        contracts: int,
        parts: list[schedule.Slice],
        urgency: float,
        against: str,
    ) -> Estimate:
        slipped = 0.0
        for number, part in enumerate(parts):
            before = sum(
                earlier.quantity * max(0, RECOVERY_MS - (part.after_ms - earlier.after_ms)) / RECOVERY_MS
                for earlier in parts[:number]
            )
            slipped += part.quantity * self._exchange.slippage(symbol, side, part.quantity, before=round(before, 6))
        takes, bars, tick = parts[-1].after_ms, self._exchange.bars(symbol), instrument(symbol).tick
        sigma = five_minute_sigma(bars) * math.sqrt(takes / BAR_MS) / tick
        volume = bars[-1].volume * takes / BAR_MS
        impact = expected_impact(sigma, contracts, volume, takes / 1000) if volume else 0.0
        waiting = RISK_AVERSION * urgency * sigma / math.sqrt(3)
        return Estimate(tactic, takes, round(slipped / contracts, 6), impact, round(waiting, 6), against)


def _sentence(
    best: Estimate,
    estimates: Mapping[str, Estimate],
    side: str,
    contracts: int,
    symbol: str,
    vetoes: tuple[str, ...],
) -> str:
    if vetoes:
        return f"sends nothing: {'; '.join(vetoes)}."
    others = [
        f"{tactic} {'is ruled out, ' + estimate.against if estimate.against else f'{estimate.ticks:.2f}'}"
        for tactic, estimate in estimates.items()
        if tactic != best.tactic
    ]
    return (
        f"{side} {contracts} {symbol} by {best.tactic}: expected cost {best.ticks:.2f} ticks per contract "
        f"(slippage {best.slippage:.2f}, impact {best.impact:.2f}, waiting {best.waiting:.2f}); {'; '.join(others)}."
    )

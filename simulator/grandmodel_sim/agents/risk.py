"""The risk agent: it asks its sub-agents, and it has rules that no vote can overrule.

`review` answers a tactical decision with approve, reduce or reject; `update` looks at the whole portfolio at every bar.
If anything in a review fails, the answer is no (fail safe), and `failed` says what happened.

Source: `src/risk/`; `grandmodel_sim.agents.sub_agents` has the four that vote.
"""

import math
from collections.abc import Callable, Mapping
from itertools import combinations

from grandmodel_sim.agents.base import NONE
from grandmodel_sim.agents.breakers import Breach, Breakers
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.limits import Limits
from grandmodel_sim.agents.market_state import MarketState
from grandmodel_sim.agents.risk_score import ALERT, EMERGENCY, REDUCE, RiskState, risk_score
from grandmodel_sim.agents.sizing import Sizing, size
from grandmodel_sim.agents.sub_agents import (
    APPROVE,
    REDUCE_SIZE,
    REJECT,
    SUB_AGENTS,
    WEIGHTS,
    Opinion,
    Proposal,
    coordinate,
    wanted_contracts,
)
from grandmodel_sim.agents.tactical import STOP_ATR, TARGET_ATR
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.trading.portfolio import Portfolio

LEVERAGE_AFTER_SHOCK = 0.5


class RiskAgent:
    """Reviews trades and watches the portfolio.

    Args:
        portfolio: read, never changed.
        market: statistics of the market.
        limits: the limits in force.
        thresholds: the monitor's: alert, reduce, emergency → score.
        working: symbol → contracts in orders that enter it and are not filled yet.

    Attributes:
        score: of the last update.
        state: the ten numbers of the last update.
        sizing: of the last review; None before the first.
        leverage_factor: 1, or 0.5 from a correlation shock until a person resets it.
        halted: why no trade may be approved at all, such as an emergency stop; empty while trading is on.
        failed: what went wrong inside the last review, or empty.
    """

    name = "risk"
    timeframe = 5

    def __init__(
        self,
        portfolio: Portfolio,
        market: MarketState,
        limits: Limits,
        thresholds: dict[str, float] | None = None,
        working: Callable[[str], int] = lambda symbol: 0,
    ) -> None:
        self._portfolio, self._market, self._limits = portfolio, market, limits
        self.thresholds = thresholds if thresholds is not None else {ALERT: 0.60, REDUCE: 0.75, EMERGENCY: 0.90}
        self._working = working
        self.breakers = Breakers(portfolio.equity, limits)
        self.state = RiskState()
        self.score = risk_score(self.state, self.thresholds)
        self.sizing: Sizing | None = None
        self.leverage_factor = 1.0
        self.halted = ""
        self.failed = ""

    # --- the whole portfolio ---

    def notionals(self) -> dict[str, float]:
        """Symbol → dollars of its position at its mark, negative when short."""
        return dict(self._portfolio.exposure().by_symbol)

    def var(self, confidence: float = 0.95, days: float = 1.0) -> float:
        """Parametric value at risk of the positions, in dollars; positive is a loss."""
        return self._market.parametric_var(self.notionals(), confidence, days)

    def observe(self, time: int) -> RiskState:
        """The ten numbers now."""
        equity, market, exposure = self._portfolio.equity, self._market, self._portfolio.exposure()
        return RiskState(
            account_equity_normalized=round(equity / self._portfolio.capital, 6),
            open_positions_count=len(exposure.by_symbol),
            volatility_regime=market.volatility_regime(),
            correlation_risk=self._correlation_risk(exposure.by_symbol),
            var_estimate_5pct=round(self.var() / equity, 6) if equity > 0 else 1.0,
            current_drawdown_pct=self.breakers.drawdown,
            margin_usage_pct=exposure.margin_use,
            time_of_day_risk=market.time_of_day_risk(time),
            market_stress_level=market.stress(),
            liquidity_conditions=market.liquidity(),
        )

    def _correlation_risk(self, notionals: Mapping[str, float]) -> float:
        """Mean correlation of the positions' results, 0 at least: a long and a short one of instruments that move
        together are a hedge, not a risk."""
        pairs = [
            self._market.correlation.correlation(one, other) * (1 if notionals[one] * notionals[other] > 0 else -1)
            for one, other in combinations(notionals, 2)
        ]
        return round(max(0.0, math.fsum(pairs) / len(pairs)), 6) if pairs else 0.0

    def update(self, time: int) -> list[Breach]:
        """Look at the portfolio after a bar; returns the breakers that have just tripped."""
        self._market.update()
        breaches = self.breakers.update(time, self._portfolio.equity)
        self.state = self.observe(time)
        self.score = risk_score(self.state, self.thresholds)
        return breaches

    # --- one trade ---

    def review(self, decision: Decision, symbol: str, direction: int, atr: float) -> Decision:
        """Approve, reduce or reject a trade.

        Args:
            decision: the tactical decision behind it.
            symbol: ES or NQ.
            direction: +1 long, −1 short.
            atr: average true range, in points.

        Returns:
            A decision whose `inputs` hold `contracts`, `stop_distance` and `target_distance` (points). Its confidence
            is the share of the sub-agents' weights behind the action; 1 where no vote but a rule made the action: a
            veto, or the number of contracts that the caps leave, which turns an approval into a smaller trade or none.
        """
        self.failed = ""
        try:
            return self._review(decision, symbol, direction, atr)
        except Exception as error:  # a risk check that cannot be made is a no
            self.failed = f"{type(error).__name__}: {error}"
            return self._answer(decision, symbol, REJECT, 1.0, (f"the risk check failed: {self.failed}",))

    def _review(self, decision: Decision, symbol: str, direction: int, atr: float) -> Decision:
        if direction not in (-1, 1):
            raise BadInput("direction", direction, "give 1 (long) or -1 (short)")
        self._market.update()
        vetoes = self._rules(symbol)
        if vetoes:
            return self._answer(decision, symbol, REJECT, 1.0, tuple(vetoes))
        trade = self._proposal(decision, symbol, direction, atr)
        opinions = tuple(ask(trade) for ask in SUB_AGENTS)
        action, contracts, share = coordinate(opinions)
        wanted = wanted_contracts(decision.confidence, trade.maximum)
        caps = {"confidence": wanted, "coordinator": contracts, **trade.sizing.caps, "var_95": self._var_cap(trade)}
        contracts = min(caps.values())
        binding = min(caps, key=lambda name: caps[name])
        factor = self.breakers.size_factor
        if factor < 1:
            contracts, binding = math.floor(contracts * factor), f"a drawdown of {self.breakers.drawdown:.1%}"
        vetoes = []
        if action == REJECT:
            vetoes = [f"{opinion.agent}: {opinion.why}" for opinion in opinions if opinion.action == REJECT]
        elif contracts < 1:
            vetoes = [f"no contract is left: {binding} allows 0"]
        final = REJECT if vetoes else APPROVE if contracts >= wanted else REDUCE_SIZE
        share = share if final == action else 1.0
        stop_atr, target_atr = opinions[1].details["stop_atr"], opinions[1].details["target_atr"]
        sizing = trade.sizing
        inputs = {
            **trade.state.values(),
            "risk_score": trade.score.score,
            "wanted_contracts": wanted,
            "contracts": 0 if vetoes else contracts,
            "stop_distance": round(stop_atr * atr, 6),
            "target_distance": round(target_atr * atr, 6),
            "kelly_fraction": sizing.kelly,
            "win_probability": sizing.win_probability,
            "odds": sizing.odds,
            "size_factor": factor,
            **{f"cap_{name}": value for name, value in caps.items()},
        }
        return self._answer(decision, symbol, final, share, tuple(vetoes), inputs, opinions, binding)

    def _rules(self, symbol: str) -> list[str]:
        """What forbids any entry, whatever the sub-agents say."""
        found = [self.halted] if self.halted else []
        limits, breakers = self._limits, self.breakers
        if not breakers.entries_allowed:
            found.append(
                f"the session has lost {breakers.worst_daily_loss:.1%} at its worst, "
                f"the daily limit is {limits['daily_loss']:.1%}; entries stop until the next session"
            )
        if breakers.size_factor == 0:
            found.append(f"drawdown {breakers.drawdown:.1%} has reached the limit of {limits['drawdown_stop']:.1%}")
        held = self._portfolio.quantity(symbol)
        if held:
            side = "long" if held > 0 else "short"
            found.append(f"already {side} {abs(held)} {symbol}; one trade at a time in an instrument")
        elif self._working(symbol):
            found.append(f"an entry of {self._working(symbol)} {symbol} is still being worked")
        return found

    def _proposal(self, decision: Decision, symbol: str, direction: int, atr: float) -> Proposal:
        limits, contract = self._limits, instrument(symbol)
        equity, gross = self._portfolio.equity, self._portfolio.exposure().gross
        state = self.observe(self._market.time)
        price = self._market.price(symbol)
        results = [trade.pnl > 0 for trade in self._portfolio.trades if trade.decision]  # people's trades say nothing
        leverage = limits["max_leverage"] * self.leverage_factor
        sizing = size(
            equity=equity,
            stop_distance=STOP_ATR * atr,
            target_distance=TARGET_ATR * atr,
            point_value=contract.point_value,
            price=price,
            gross_notional=gross,
            wins=sum(results),
            trades=len(results),
            risk_per_trade=limits["risk_per_trade"],
            kelly_cap=limits["kelly_cap"],
            max_contracts=int(min(limits["max_contracts"], limits["max_order_size"], limits["max_position"])),
            max_leverage=leverage,
        )
        self.sizing = sizing
        return Proposal(
            symbol=symbol,
            direction=direction,
            confidence=decision.confidence,
            atr=atr,
            price=price,
            state=state,
            score=risk_score(state, self.thresholds),
            sizing=sizing,
            maximum=int(limits["max_contracts"]),
            room=leverage * equity - gross,
            sigma=self._market.daily_sigma(symbol),
        )

    def _var_cap(self, trade: Proposal) -> int:
        """The most contracts, up to the largest position, with which the portfolio's VaR stays within its limit."""
        contracts = trade.maximum
        allowed = self._limits["var_95"] * self._portfolio.equity
        each = trade.direction * trade.price * instrument(trade.symbol).point_value
        while contracts > 0:
            after = self.notionals()
            after[trade.symbol] = after.get(trade.symbol, 0.0) + contracts * each
            if self._market.parametric_var(after) <= allowed:
                break
            contracts -= 1
        return contracts

    def _answer(
        self,
        decision: Decision,
        symbol: str,
        action: str,
        share: float,
        vetoes: tuple[str, ...],
        inputs: Mapping[str, float] = NONE,
        opinions: tuple[Opinion, ...] = (),
        binding: str = "",
    ) -> Decision:
        if vetoes:
            reasoning = f"reject the {decision.action} of {symbol}: {'; '.join(vetoes)}."
        else:
            said = ", ".join(f"{opinion.agent} {opinion.contracts}" for opinion in opinions)
            size = f"{inputs['contracts']:.0f} of {inputs['wanted_contracts']:.0f} contracts"
            limited = f"; {binding} allows no more" if action == REDUCE_SIZE else ""
            reasoning = (
                f"{action} the {decision.action} of {symbol} with {size}: {said}{limited}; "
                f"risk score {inputs['risk_score']:.2f}."
            )
        return Decision(
            id="",
            time=decision.time,
            agent=self.name,
            symbol=symbol,
            timeframe=self.timeframe,
            action=action,
            confidence=share,
            acts=not vetoes,
            threshold=0.0,
            reasoning=reasoning,
            inputs=dict(inputs),
            weights=dict(WEIGHTS) if opinions else {},
            votes={opinion.agent: opinion.payload() for opinion in opinions},
            vetoes=vetoes,
            basis=(decision.id,) if decision.id else (),
        )

"""The four sub-agents of the risk agent, and the coordinator that makes one answer of theirs.

They are those of `src/risk/agents/`: π1 `position_sizing` ({1..5} contracts), π2 `stop_target` (two multipliers of the
ATR), π3 `risk_monitor` (none, alert, reduce, emergency), π4 `portfolio_optimizer` (five portfolio weights). The
coordinator averages the contracts that they ask for, the monitor counting one and a half times, and takes a weighted
vote on whether to trade at all (`src/risk/marl/agent_coordinator.py`). There they are networks; here each is a few
lines of rules on the same ten numbers.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.agents.risk_score import EMERGENCY, REDUCE, RiskScore, RiskState
from grandmodel_sim.agents.sizing import Sizing
from grandmodel_sim.agents.tactical import STOP_ATR, TARGET_ATR
from grandmodel_sim.market.instruments import instrument

APPROVE, REDUCE_SIZE, REJECT = "approve", "reduce", "reject"

#: The coordinator's weights.
WEIGHTS = {"position_sizing": 1.0, "stop_target": 1.0, "risk_monitor": 1.5, "portfolio_optimizer": 1.0}

STRESSED = 0.7  # a market stress above it tightens stop and target
TARGET_DAILY_SIGMA = 0.01  # the portfolio optimiser aims at a daily move of one percent (an assumption)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a sub-agent says of a proposed trade.

    Attributes:
        agent: which one.
        action: approve, reduce or reject.
        contracts: how many it would trade.
        details: its own output: multipliers, score, portfolio weights.
        why: in words.
    """

    agent: str
    action: str
    contracts: int
    details: Mapping[str, float]
    why: str

    def payload(self) -> dict[str, Any]:
        """As an entry of `Decision.votes`."""
        return {"action": self.action, "contracts": self.contracts, "details": dict(self.details), "why": self.why}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A trade that the tactical agent wants, with all that the sub-agents look at.

    Attributes:
        symbol: ES or NQ.
        direction: +1 or −1.
        confidence: of the tactical decision.
        atr: points.
        price: points.
        state: the ten numbers.
        score: what the monitor made of them.
        sizing: the caps at the stop and target of the tactical agent.
        maximum: the largest position that the limits allow at all.
        room: dollars of notional that volatility targeting leaves.
        sigma: one-day σ of the instrument, as a fraction.
    """

    symbol: str
    direction: int
    confidence: float
    atr: float
    price: float
    state: RiskState
    score: RiskScore
    sizing: Sizing
    maximum: int
    room: float
    sigma: float


def position_sizing(trade: Proposal) -> Opinion:
    """π1: 1..5 contracts, more the surer the tactical agent is, never more than the caps allow."""
    wanted = wanted_contracts(trade.confidence, trade.maximum)
    contracts = min(wanted, trade.sizing.contracts)
    action = REJECT if contracts == 0 else REDUCE_SIZE if contracts < wanted else APPROVE
    why = f"{wanted} for a confidence of {trade.confidence:.2f}, {trade.sizing.binding} allows {trade.sizing.contracts}"
    return Opinion("position_sizing", action, contracts, {"wanted": wanted, "kelly": trade.sizing.kelly}, why)


def stop_target(trade: Proposal) -> Opinion:
    """π2: stop and target in ATRs, within 0.5..3.0: 2 and 3, or 1.5 and 2.25 while the market is under stress."""
    stressed = trade.state.market_stress_level > STRESSED
    factor = 0.75 if stressed else 1.0
    details = {"stop_atr": STOP_ATR * factor, "target_atr": TARGET_ATR * factor}
    why = f"stop {details['stop_atr']:g} ATR, target {details['target_atr']:g} ATR"
    return Opinion("stop_target", APPROVE, trade.maximum, details, why + (" under stress" if stressed else ""))


def risk_monitor(trade: Proposal) -> Opinion:
    """π3: nothing or an alert leave the size, reduce halves it, emergency forbids the trade."""
    score = trade.score
    details = {"score": score.score, **{f"part_{name}": value for name, value in score.parts.items()}}
    why = f"score {score.score:.2f}: {score.action}"
    if score.high:
        why += f", high {' '.join(score.high)}"
    if score.action == EMERGENCY:
        return Opinion("risk_monitor", REJECT, 0, details, why)
    if score.action == REDUCE:
        return Opinion("risk_monitor", REDUCE_SIZE, max(1, trade.maximum // 2), details, why)
    return Opinion("risk_monitor", APPROVE, trade.maximum, details, why)


def portfolio_optimizer(trade: Proposal) -> Opinion:
    """π4: five portfolio weights by volatility targeting; what equity may still take decides.

    GrandModel's five classes are kept, and three of them are 0: the simulator trades index futures only.
    """
    equity = round(min(1.0, TARGET_DAILY_SIGMA / trade.sigma), 6) if trade.sigma > 0 else 1.0
    weights = {
        "equity": equity,
        "fixed_income": 0.0,
        "commodity": 0.0,
        "cash": round(1 - equity, 6),
        "alternative": 0.0,
    }
    contracts = max(0, math.floor(trade.room * equity / (trade.price * instrument(trade.symbol).point_value) + 1e-9))
    contracts = min(contracts, trade.maximum)
    action = REJECT if contracts == 0 else REDUCE_SIZE if contracts < trade.maximum else APPROVE
    why = f"daily σ {trade.sigma:.2%} leaves equity a weight of {equity:.2f}, room for {contracts}"
    return Opinion("portfolio_optimizer", action, contracts, weights, why)


SUB_AGENTS: tuple[Callable[[Proposal], Opinion], ...] = (
    position_sizing,
    stop_target,
    risk_monitor,
    portfolio_optimizer,
)


def wanted_contracts(confidence: float, maximum: int, threshold: float = 0.65) -> int:
    """1 contract at the threshold, `maximum` from a confidence of 0.85 on, evenly in between."""
    share = (confidence - threshold) / (0.85 - threshold)
    return max(1, min(maximum, 1 + math.floor(share * (maximum - 1) + 1e-9)))


def coordinate(opinions: tuple[Opinion, ...]) -> tuple[str, int, float]:
    """The sub-agents' common answer: action, contracts, and the share of the vote that the action has.

    Contracts are the weighted average, rounded down; the action is the one with most weight, of equal ones the more
    cautious; an emergency of the monitor cannot be outvoted.
    """
    total = math.fsum(WEIGHTS[opinion.agent] for opinion in opinions)
    contracts = math.fsum(WEIGHTS[opinion.agent] * opinion.contracts for opinion in opinions) / total
    votes = dict.fromkeys((REJECT, REDUCE_SIZE, APPROVE), 0.0)
    for opinion in opinions:
        votes[opinion.action] += WEIGHTS[opinion.agent] / total
    action = max(votes, key=lambda name: votes[name])
    if any(opinion.agent == "risk_monitor" and opinion.action == REJECT for opinion in opinions):
        action = REJECT
    return action, math.floor(contracts + 1e-9), round(votes[action], 6)

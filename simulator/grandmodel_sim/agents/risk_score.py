"""The risk monitor's score: seven parts, weighed, from 0 (calm) to 1.

Weights, norms and thresholds are those of GrandModel's risk monitor (`src/risk/agents/`). Three or more high parts
raise the score by a tenth each beyond two, and ask for a reduction at least: there they stop everything, which with two
instruments that always move together would end every volatile morning in an emergency.
"""

import math
from dataclasses import dataclass, fields

from grandmodel_sim.agents.voter import clip

WEIGHTS = {
    "var": 0.25,
    "leverage": 0.20,
    "correlation": 0.15,
    "drawdown": 0.15,
    "liquidity": 0.10,
    "stress": 0.10,
    "volatility": 0.05,
}
#: A part is its value over this norm, cut to 0..1: it is full at a VaR of 5 % of equity, at 80 % of margin used, …
NORMS = {"var": 0.05, "leverage": 0.80, "correlation": 0.80, "drawdown": 0.15}

HIGH = 0.7  # a part above it is high
CONVERGENT = 3  # so many high parts are a convergence

NONE, ALERT, REDUCE, EMERGENCY = "none", "alert", "reduce", "emergency"
THRESHOLDS = {ALERT: 0.60, REDUCE: 0.75, EMERGENCY: 0.90}


@dataclass(frozen=True, slots=True)
class RiskState:
    """What the risk agents see: the ten numbers of `src/environment/risk_env.py`.

    Attributes:
        account_equity_normalized: equity over start capital.
        open_positions_count: instruments held.
        volatility_regime: 0..1; half at the instruments' long-run volatility.
        correlation_risk: mean pairwise correlation of the positions' results; 0 with fewer than two, or where one
            hedges the other.
        var_estimate_5pct: one-day parametric VaR at 95 %, as a positive fraction of equity.
        current_drawdown_pct: loss from the peak, as a positive fraction.
        margin_usage_pct: margin over equity, as a fraction.
        time_of_day_risk: 0..1, high at the session's open and close.
        market_stress_level: 0..1, how far the last half hour's volatility exceeds that of two sessions.
        liquidity_conditions: 0..1, volume of the last half hour over its mean; 1 is good.
    """

    account_equity_normalized: float = 1.0
    open_positions_count: int = 0
    volatility_regime: float = 0.0
    correlation_risk: float = 0.0
    var_estimate_5pct: float = 0.0
    current_drawdown_pct: float = 0.0
    margin_usage_pct: float = 0.0
    time_of_day_risk: float = 0.0
    market_stress_level: float = 0.0
    liquidity_conditions: float = 1.0

    def values(self) -> dict[str, float]:
        """Name → value."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class RiskScore:
    """A risk score and what it is made of.

    Attributes:
        score: 0..1.
        parts: name → 0..1, before the weights.
        high: the parts above 0.7.
        action: `none`, `alert`, `reduce` or `emergency`.
    """

    score: float
    parts: dict[str, float]
    high: tuple[str, ...]
    action: str


def risk_score(state: RiskState, thresholds: dict[str, float] | None = None) -> RiskScore:
    """Score a state.

    Args:
        state: the ten numbers.
        thresholds: action → score from which it is taken; by default 0.60, 0.75 and 0.90.
    """
    raw = {
        "var": state.var_estimate_5pct / NORMS["var"],
        "leverage": state.margin_usage_pct / NORMS["leverage"],
        "correlation": state.correlation_risk / NORMS["correlation"],
        "drawdown": state.current_drawdown_pct / NORMS["drawdown"],
        "liquidity": 1.0 - state.liquidity_conditions,
        "stress": state.market_stress_level,
        "volatility": state.volatility_regime,
    }
    parts = {name: round(clip(value, 0.0, 1.0), 6) for name, value in raw.items()}
    high = tuple(name for name, value in parts.items() if value > HIGH)
    score = math.fsum(WEIGHTS[name] * value for name, value in parts.items())
    score = round(min(1.0, score * (1.0 + 0.1 * max(0, len(high) - 2))), 6)
    action = NONE
    for name, threshold in (thresholds or THRESHOLDS).items():
        if score >= threshold:
            action = name
    if len(high) >= CONVERGENT and action in (NONE, ALERT):
        action = REDUCE
    return RiskScore(score, parts, high, action)

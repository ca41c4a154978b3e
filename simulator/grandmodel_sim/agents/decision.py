"""What an agent decided, and why: the record that Module 7 teaches to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one agent, or of a group of agents that voted.

    Attributes:
        id: `D-000001`, counted per world.
        time: virtual milliseconds since the epoch.
        agent: who decided: `strategic`, `mlmi_expert`, `tactical`, `fvg_agent`, `risk`, `execution`, …
        symbol: ES or NQ; empty for a decision on the whole portfolio.
        timeframe: 30 for strategic, 5 for the others, in minutes.
        action: in the agent's own words: `bullish`, `neutral`, `bearish`; `long`, `hold`, `short`; `approve`, `reduce`,
            `reject`; `twap`, …
        confidence: 0..1.
        acts: whether something follows from it. False below the threshold or after a veto.
        threshold: what the confidence was measured against, 0..1.
        inputs: the named values that it rests on, after normalisation.
        weights: how much each voter or input counted.
        votes: voter → its action, confidence and probabilities; empty for a single agent.
        vetoes: reasons in words why it does not act, each naming the rule and the figures; empty if it acts.
        reasoning: one sentence that says all this to a person.
        basis: ids of the decisions that it rests on: a tactical decision names the strategic one, a risk decision the
            tactical one.
    """

    id: str
    time: int
    agent: str
    symbol: str
    timeframe: int
    action: str
    confidence: float
    acts: bool
    threshold: float
    reasoning: str
    inputs: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    votes: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    vetoes: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The decision as the payload of an event and the body of an API answer: JSON-able, without its time."""
        return {
            "id": self.id,
            "agent": self.agent,
            "symbol": self.symbol,
            "timeframe": self.timeframe,
            "action": self.action,
            "confidence": self.confidence,
            "acts": self.acts,
            "threshold": self.threshold,
            "reasoning": self.reasoning,
            "inputs": dict(self.inputs),
            "weights": dict(self.weights),
            "votes": {voter: dict(vote) for voter, vote in self.votes.items()},
            "vetoes": list(self.vetoes),
            "basis": list(self.basis),
        }

"""Voters: agents that answer with a probability for each of three actions.

In GrandModel these are small neural networks (48×13 or 60×7 numbers → 256 → 128 → 64 → 3). Here a voter is a linear
softmax on a few named columns: the same shape of answer, and every decision can be checked with a pocket calculator.
The docs of GrandModel call three probabilities a "superposition"; they are an ordinary categorical distribution.
"""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.agents.base import Agent, View
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.errors import BadInput


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Probabilities in proportion to e^logit, rounded to 6 decimals, so that they are the same on every platform.

    Raises:
        BadInput: if a logit is not a finite number.
    """
    for logit in logits:
        if not math.isfinite(logit):
            raise BadInput("logits", list(logits), "give finite numbers")
    highest = max(logits)  # e^(logit − highest) cannot overflow
    powers = [math.exp(logit - highest) for logit in logits]
    total = math.fsum(powers)
    return tuple(round(power / total, 6) for power in powers)


def entropy(probabilities: Sequence[float]) -> float:
    """−Σ p ln p, in nats: 0 for a certain answer, ln 3 = 1.0986 for three equal ones."""
    return round(-math.fsum(p * math.log(p) for p in probabilities if p > 0), 6) + 0.0


def clip(value: float, low: float = -1.0, high: float = 1.0) -> float:
    """The nearest value within low..high."""
    return min(high, max(low, value))


@dataclass(frozen=True, slots=True)
class Vote:
    """One voter's answer.

    Attributes:
        voter: who.
        action: the most probable action.
        confidence: its probability.
        probabilities: action → probability; they sum to 1 but for rounding.
        inputs: the named values that it rests on.
    """

    voter: str
    action: str
    confidence: float
    probabilities: Mapping[str, float]
    inputs: Mapping[str, float]

    def payload(self) -> dict[str, Any]:
        """As an entry of `Decision.votes`."""
        return {
            "action": self.action,
            "confidence": self.confidence,
            "probabilities": dict(self.probabilities),
            "inputs": dict(self.inputs),
        }


class Voter(Agent):
    """An agent whose answer is a softmax over three actions. Write `logits`, and name its columns.

    Attributes:
        actions: the three actions: upward, none, downward. Address them by name: parts of GrandModel count them
            [buy, hold, sell] and others [bearish, neutral, bullish], which turns a reward's sign around.
        columns: the columns of the matrix of its timeframe whose newest values `logits` gets.
    """

    actions: tuple[str, str, str] = ("long", "hold", "short")
    columns: tuple[str, ...] = ()

    def inputs(self, view: View) -> dict[str, float]:
        """The named values that `logits` gets: the newest row's `columns`. Override it to look further back."""
        return view.matrix(self.timeframe).newest(self.columns)

    @abstractmethod
    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """How much speaks for each of the three actions; any finite numbers, only their differences count."""

    def vote(self, view: View) -> Vote:
        """Its probabilities for what the view shows."""
        inputs = self.inputs(view)
        probabilities = dict(zip(self.actions, softmax(self.logits(inputs)), strict=True))
        action = strongest(probabilities)
        rounded = {name: round(value, 6) for name, value in inputs.items()}
        return Vote(self.name, action, probabilities[action], probabilities, rounded)

    def decide(self, view: View) -> Decision:
        """Its vote as a decision. Nothing follows from a single vote in GrandModel."""
        vote = self.vote(view)
        values = ", ".join(f"{name} {value:.2f}" for name, value in vote.inputs.items())
        reasoning = f"{self.name} says {vote.action} with probability {vote.confidence:.2f}, from {values}."
        return self.decision(
            view, vote.action, vote.confidence, reasoning, inputs=vote.inputs, votes={self.name: vote.payload()}
        )


def strongest(scores: Mapping[str, float]) -> str:
    """The action with the highest score; of equal ones the first."""
    return max(scores, key=lambda action: scores[action])


def sided(score: float, idle: float) -> tuple[float, float, float]:
    """Logits from a signed score: `score` for upward, `idle` for none, `-score` for downward."""
    return score, idle, -score

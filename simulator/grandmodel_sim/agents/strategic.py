"""The strategic agent: three experts on the 30-minute matrix, a gating network and a weighted vote.

Actions are [bullish, neutral, bearish], addressed by name. It decides at every 30-minute bar, and again when a
synergy wakes it; only then can something follow, because the synergy detector is GrandModel's gate.

Source: `src/agents/strategic_marl_component.py`, `*_strategic_agent.py`, `gating_network.py`,
`components/decision_aggregator.py`. The real experts are networks; see `grandmodel_sim.agents.voter`.
"""

import math
from collections.abc import Mapping, Sequence

from grandmodel_sim.agents.base import CONTEXT, Agent, View, told_apart
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.voter import Vote, Voter, clip, entropy, sided, softmax, strongest
from grandmodel_sim.errors import BadInput

ACTIONS = ("bullish", "neutral", "bearish")
DIRECTION = {"bullish": 1, "neutral": 0, "bearish": -1}

#: The experts' fixed weights and the threshold of `components/decision_aggregator.py`.
WEIGHTS = {"mlmi_expert": 0.40, "nwrqk_expert": 0.35, "regime_expert": 0.25}
THRESHOLD = 0.65

VOLATILE, TRENDING, RANGING = "volatile", "trending", "ranging"


class MlmiExpert(Voter):
    """Reads momentum: the k-nearest-neighbour vote of MLMI and its crossing."""

    name = "mlmi_expert"
    timeframe = 30
    actions = ("bullish", "neutral", "bearish")
    columns = ("mlmi_value", "mlmi_signal")

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """Score 2 · value + 0.8 · signal; neutral stands at 0.2."""
        return sided(2.0 * inputs["mlmi_value"] + 0.8 * inputs["mlmi_signal"], 0.2)


class NwrqkExpert(Voter):
    """Reads the trend: the slope of the kernel regression, and how far price has run from it."""

    name = "nwrqk_expert"
    timeframe = 30
    actions = ("bullish", "neutral", "bearish")
    columns = ("nwrqk_slope", "nwrqk_value")

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """Score 3 · slope + 0.5 · value; neutral stands at 0.2. The value is positive while price lies below the
        estimate, so it is pulled up a little."""
        return sided(3.0 * inputs["nwrqk_slope"] + 0.5 * inputs["nwrqk_value"], 0.2)


class RegimeExpert(Voter):
    """Reads the kind of market: it leans with the slow trend, and towards neutral when the market has changed.

    `mmd_1`, `volatility` and `volume_profile` come from the matrix; the direction comes from `momentum_20` and
    `momentum_50` of the context, since none of its columns has one.
    """

    name = "regime_expert"
    timeframe = 30
    actions = ("bullish", "neutral", "bearish")
    columns = ("mmd_1", "volatility", "volume_profile")

    def inputs(self, view: View) -> dict[str, float]:
        """Its three columns, and the two momenta of the context, in per cent."""
        momenta = {name: view.context.get(name, 0.0) for name in ("momentum_20", "momentum_50")}
        return {**super().inputs(view), **momenta}

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """Score 2 · clip(mean of the momenta / 2, −1, 1); neutral stands at 0.2 + 0.8 · |mmd_1|, at most 1."""
        score = 2.0 * clip((inputs["momentum_20"] + inputs["momentum_50"]) / 4.0)
        return sided(score, 0.2 + 0.8 * min(1.0, abs(inputs["mmd_1"])))


#: Weights of the gating network: expert → how its logit rises with each of the six context numbers. Momentum and
#: trend speak for those who read them, a changed and volatile market for the expert on regimes.
GATE: dict[str, dict[str, float]] = {
    "mlmi_expert": {"momentum_20": 0.4, "momentum_50": 0.1, "volume_ratio": 0.2},
    "nwrqk_expert": {"price_trend": 0.6, "momentum_50": 0.2},
    "regime_expert": {"volatility_30": 0.6, "mmd_score": 0.5},
}


def gate(context: Mapping[str, float], experts: Sequence[str] = tuple(WEIGHTS)) -> dict[str, float]:
    """How far to trust each expert in this market: softmax weights from the size of the six context numbers."""
    logits = [
        math.fsum(factor * abs(context.get(name, 0.0)) for name, factor in GATE.get(expert, {}).items())
        for expert in experts
    ]
    return dict(zip(experts, softmax([clip(logit, -4.0, 4.0) for logit in logits]), strict=True))


def gate_confidence(weights: Sequence[float]) -> float:
    """1 − H(w) / ln n: 0 when all experts weigh the same, 1 when one has all the weight.

    Examples:
        >>> gate_confidence([0.34, 0.34, 0.32])  # a nearly uniform gate, as it is before training
        0.000366
    """
    if len(weights) < 2:
        return 1.0
    return round(clip(1.0 - entropy(weights) / math.log(len(weights)), 0.0, 1.0), 6)


def regime(view: View) -> str:
    """The regime rule: volatile, trending or ranging.

    Volatile if the standard deviation of the `volatility` column exceeds 0.05, trending if `momentum_20` of the
    context is beyond 1 per cent, else ranging. GrandModel addresses the columns by number and reads `mmd_2` where its
    authors meant momentum.
    """
    column = view.strategic.column("volatility")
    mean = math.fsum(column) / len(column)
    if math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column)) > 0.05:
        return VOLATILE
    return TRENDING if abs(view.context.get("momentum_20", 0.0)) > 1.0 else RANGING


class Strategic(Agent):
    """Weighs the experts' probabilities and acts if the winner exceeds the threshold.

    Args:
        experts: the voters; by default the three of GrandModel.
        weights: expert → weight, positive; they are scaled to sum to 1.
        threshold: a confidence above it acts, 0..1.
        aggregation: `simple` (p = Σ wᵢ·pᵢ, confidence = max p) or `product`, the rule of the real component:
            p = Σ gᵢ·cᵢ·pᵢ / Σ gᵢ·cᵢ with the gate's weights g and the experts' confidences c, and
            confidence = max p × gate confidence. A gate that has learnt nothing weighs all experts alike, so its
            confidence is near 0 and the product rule never trades. Try it.

    Raises:
        BadInput: for weights that do not fit the experts, or another aggregation.
    """

    name = "strategic"
    timeframe = 30

    def __init__(
        self,
        experts: Sequence[Voter] | None = None,
        weights: Mapping[str, float] | None = None,
        threshold: float = THRESHOLD,
        aggregation: str = "simple",
    ) -> None:
        self.experts = tuple(experts) if experts is not None else (MlmiExpert(), NwrqkExpert(), RegimeExpert())
        weights = WEIGHTS if weights is None else weights
        names = [expert.name for expert in self.experts]
        if not names or sorted(weights) != sorted(names) or not all(weights[name] > 0 for name in names):
            raise BadInput("weights", dict(weights), f"give one positive weight for each of {', '.join(names)}")
        if aggregation not in ("simple", "product"):
            raise BadInput("aggregation", aggregation, "give 'simple' or 'product'")
        if not 0 <= threshold <= 1:
            raise BadInput("threshold", threshold, "give a number from 0 to 1")
        total = math.fsum(weights.values())
        self.weights = {name: round(weights[name] / total, 6) for name in names}
        self.threshold = threshold
        self.aggregation = aggregation

    def decide(self, view: View) -> Decision:
        """Ask the experts, weigh their answers, and say what follows."""
        votes = [expert.vote(view) for expert in self.experts]
        gates = gate(view.context, [vote.voter for vote in votes])
        sure = gate_confidence(list(gates.values()))
        scores, weights = self._scores(votes, gates)
        action = strongest(scores)
        confidence = scores[action]
        if self.aggregation == "product":
            confidence = round(confidence * sure, 6)
        kind = regime(view)
        vetoes = self._vetoes(view, action, confidence)
        parts = ", ".join(
            f"{vote.voter} {vote.action} {vote.confidence:.2f} × {weights[vote.voter]:.2f}" for vote in votes
        )
        said = told_apart(confidence, self.threshold)
        what = f"{action} with confidence {said} (threshold {self.threshold:g}) in a {kind} market: {parts}"
        inputs = {f"p_{name}": scores[name] for name in ACTIONS}
        inputs |= {f"gate_{name}": value for name, value in gates.items()}
        inputs |= {"gate_confidence": sure, "entropy": entropy(list(scores.values()))}
        inputs |= {name: view.context.get(name, 0.0) for name in CONTEXT}
        return self.decision(
            view,
            action,
            confidence,
            f"{what}." if not vetoes else f"{what}; it does not act: {'; '.join(vetoes)}.",
            threshold=self.threshold,
            acts=not vetoes,
            inputs=inputs,
            weights=weights,
            votes={vote.voter: vote.payload() for vote in votes},
            vetoes=vetoes,
        )

    def _scores(self, votes: Sequence[Vote], gates: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """The group's probability of each action, and the weight that each expert had."""
        if self.aggregation == "simple":
            weights: Mapping[str, float] = self.weights
        else:
            trust = {vote.voter: gates[vote.voter] * vote.confidence for vote in votes}
            total = math.fsum(trust.values())
            weights = {name: round(value / total, 6) for name, value in trust.items()}
        scores = {
            action: round(math.fsum(weights[vote.voter] * vote.probabilities[action] for vote in votes), 6)
            for action in ACTIONS
        }
        return scores, dict(weights)

    def _vetoes(self, view: View, action: str, confidence: float) -> tuple[str, ...]:
        found = []
        if action == "neutral":
            found.append("the answer is neutral, there is nothing to do")
        elif confidence <= self.threshold:
            found.append(f"confidence {told_apart(confidence, self.threshold)} is not above {self.threshold:g}")
        if view.synergy is None:
            found.append("no synergy has been detected, so the gate is closed")
        return tuple(found)

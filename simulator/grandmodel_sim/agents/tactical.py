"""The tactical agent: three agents on the 5-minute matrix, weighed by the type of the synergy that woke them.

Actions are [long, hold, short]. Score of an action = Σ weight · confidence over the agents that chose it.

Source: `src/tactical/aggregator.py` (weights, 0.65, the veto at 0.95, the alignment bonus), `src/tactical/
controller.py` (stop 2 ATR, target 3 ATR). Its own quantity rule, int(min(confidence / 0.8, 1.5)), gives 0 contracts
below 0.8 and never more than 1; here the risk agent sizes.
"""

import math
from collections.abc import Mapping, Sequence

from grandmodel_sim.agents.base import Agent, View, told_apart
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.strategic import DIRECTION as STRATEGIC_DIRECTION
from grandmodel_sim.agents.voter import Vote, Voter, clip, sided, strongest
from grandmodel_sim.errors import BadInput

ACTIONS = ("long", "hold", "short")
DIRECTION = {"long": 1, "hold": 0, "short": -1}

AGENTS = ("fvg_agent", "momentum_agent", "entry_opt_agent")

#: Synergy type → the agents' weights, in the order of `AGENTS`. MANUAL is for a decision that nobody's synergy woke.
WEIGHTS: dict[str, tuple[float, float, float]] = {
    "TYPE_1": (0.50, 0.30, 0.20),
    "TYPE_2": (0.40, 0.40, 0.20),
    "TYPE_3": (0.30, 0.50, 0.20),
    "TYPE_4": (0.35, 0.35, 0.30),
    "MANUAL": (0.33, 0.33, 0.34),
}
THRESHOLD = 0.65
COUNTER_THRESHOLD = 0.95  # a decision against the synergy's direction needs this much
STOP_ATR = 2.0
TARGET_ATR = 3.0


class FvgAgent(Voter):
    """Reads fair value gaps: a young open gap pulls in its direction, one that is being filled less."""

    name = "fvg_agent"
    columns = ("fvg_bullish_active", "fvg_bearish_active", "fvg_age", "fvg_mitigation_signal")

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """Score (bullish − bearish) · (1.2 + 1.2 · fvg_age); hold stands at 0.2 + 0.6 · mitigation. fvg_age is 1 for
        a gap of this bar and falls to 0."""
        side = inputs["fvg_bullish_active"] - inputs["fvg_bearish_active"]
        return sided(side * (1.2 + 1.2 * inputs["fvg_age"]), 0.2 + 0.6 * abs(inputs["fvg_mitigation_signal"]))


class MomentumAgent(Voter):
    """Reads the last five bars' move, and believes it more when volume comes with it."""

    name = "momentum_agent"
    columns = ("price_momentum_5", "volume_ratio")

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """Score 30 · momentum · (1 + 0.5 · volume_ratio), at most 2.5; hold stands at 0.2."""
        busy = 1.0 + 0.5 * clip(inputs["volume_ratio"])
        return sided(clip(30.0 * inputs["price_momentum_5"] * busy, -2.5, 2.5), 0.2)


class EntryOptAgent(Voter):
    """Asks whether this is a good moment to enter: close to the gap that it trades, on volume."""

    name = "entry_opt_agent"
    columns = ("fvg_nearest_level", "fvg_bullish_active", "fvg_bearish_active", "price_momentum_5", "volume_ratio")

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        """Score side · 1.8 · nearness + 12 · momentum, with side from the open gaps and nearness
        1 − 4 · |level|; hold stands at 0.4 − 0.3 · volume_ratio."""
        side = inputs["fvg_bullish_active"] - inputs["fvg_bearish_active"]
        near = clip(1.0 - 4.0 * abs(inputs["fvg_nearest_level"]), 0.0, 1.0)
        score = clip(1.8 * side * near + 12.0 * inputs["price_momentum_5"], -2.5, 2.5)
        return sided(score, 0.4 - 0.3 * clip(inputs["volume_ratio"]))


def combine(votes: Sequence[Vote], weights: Mapping[str, float]) -> dict[str, float]:
    """Score of each action: Σ weight · confidence of the agents that chose it.

    Two agents of TYPE_1 that agree with 0.8 while the third holds reach 0.50·0.8 + 0.30·0.8 = 0.64: no trade.
    """
    return {
        action: round(math.fsum(weights[vote.voter] * vote.confidence for vote in votes if vote.action == action), 6)
        for action in ACTIONS
    }


def alignment_bonus(score: float) -> float:
    """What is added to the confidence of a decision in the synergy's direction: min(0.1, (1 − score) / 2).

    It comes after the decision to act, so it never makes a trade; it only makes one larger.
    """
    return round(min(0.1, (1.0 - score) / 2.0), 6)


class Tactical(Agent):
    """Decides whether a synergy is traded, in which direction, and where stop and target lie.

    Args:
        agents: three voters; by default GrandModel's.
        threshold: the best score must reach it, 0..1.
        counter_threshold: what a decision against the synergy must reach.

    Raises:
        BadInput: for a number of agents other than three or a threshold outside 0..1.
    """

    name = "tactical"
    timeframe = 5

    def __init__(
        self,
        agents: Sequence[Voter] | None = None,
        threshold: float = THRESHOLD,
        counter_threshold: float = COUNTER_THRESHOLD,
    ) -> None:
        self.agents = tuple(agents) if agents is not None else (FvgAgent(), MomentumAgent(), EntryOptAgent())
        if len(self.agents) != len(AGENTS):
            raise BadInput("agents", [agent.name for agent in self.agents], "give three, for the three weights")
        for argument, value in (("threshold", threshold), ("counter_threshold", counter_threshold)):
            if not 0 <= value <= 1:
                raise BadInput(argument, value, "give a number from 0 to 1")
        self.threshold = threshold
        self.counter_threshold = counter_threshold

    def weights(self, synergy_type: str) -> dict[str, float]:
        """The agents' weights for a type of synergy.

        Raises:
            BadInput: for a type that is not in the table.
        """
        if synergy_type not in WEIGHTS:
            raise BadInput("synergy_type", synergy_type, f"the types are {', '.join(WEIGHTS)}")
        return dict(zip((agent.name for agent in self.agents), WEIGHTS[synergy_type], strict=True))

    def decide(self, view: View) -> Decision:
        """Ask the agents, weigh their answers by the synergy's type, apply the vetoes, then the bonus."""
        kind = view.synergy.type if view.synergy else "MANUAL"
        votes = [agent.vote(view) for agent in self.agents]
        weights = self.weights(kind)
        scores = combine(votes, weights)
        action = strongest(scores)
        score = scores[action]
        vetoes = self._vetoes(view, action, score)
        aligned = not vetoes and DIRECTION[action] == view.direction != 0
        bonus = alignment_bonus(score) if aligned else 0.0
        parts = ", ".join(
            f"{vote.voter} {vote.action} {vote.confidence:.2f} × {weights[vote.voter]:.2f}" for vote in votes
        )
        what = (
            f"{action} with score {told_apart(score, self.threshold)} (threshold {self.threshold:g}) on {kind}: {parts}"
        )
        if bonus:
            what += f"; +{bonus:.2f} because it goes with the synergy"
        strategic = view.strategic_decision
        stop, target = round(STOP_ATR * view.atr, 6), round(TARGET_ATR * view.atr, 6)
        return self.decision(
            view,
            action,
            score + bonus,
            f"{what}." if not vetoes else f"{what}; it does not act: {'; '.join(vetoes)}.",
            threshold=self.threshold,
            acts=not vetoes,
            inputs={
                **{f"score_{name}": scores[name] for name in ACTIONS},
                "alignment_bonus": bonus,
                "synergy_direction": view.direction,
                "atr": view.atr,
                "stop_distance": stop,
                "target_distance": target,
            },
            weights=weights,
            votes={vote.voter: vote.payload() for vote in votes},
            vetoes=vetoes,
            basis=(strategic.id,) if strategic and strategic.id else (),
        )

    def _vetoes(self, view: View, action: str, score: float) -> tuple[str, ...]:
        found = []
        if action == "hold":
            found.append("most weight is on hold, there is nothing to do")
        elif score < self.threshold:
            found.append(f"score {told_apart(score, self.threshold)} is below {self.threshold:g}")
        direction = DIRECTION[action]
        counter = view.synergy is not None and direction == -view.direction
        if counter and score < self.counter_threshold:
            found.append(f"{action} goes against the synergy, which needs {self.counter_threshold:g}")
        strategic = view.strategic_decision
        if strategic is not None:
            wanted = STRATEGIC_DIRECTION.get(strategic.action, 0)
            if not strategic.acts:
                found.append(
                    f"the strategic agent does not act ({strategic.action} "
                    f"{told_apart(strategic.confidence, strategic.threshold)}, "
                    f"threshold {strategic.threshold:g})"
                )
            elif direction and wanted != direction:
                found.append(f"the strategic agent is {strategic.action}")
        return tuple(found)

"""The base class of every agent, and what an agent sees.

An agent is a function of what it sees: `decide(view)` gets a `View` and returns a `Decision`, draws nothing at random
and changes nothing. So it can be tried on any moment of history, and the same view always gives the same decision.

Examples:
    >>> from grandmodel_sim.agents.base import Agent
    >>> class Contrarian(Agent):
    ...     name = "contrarian"
    ...
    ...     def decide(self, view):
    ...         move = view.matrix(5).newest(["price_momentum_5"])["price_momentum_5"]
    ...         action = "short" if move > 0 else "long"
    ...         return self.decision(view, action, abs(move), "it bets against the last bars", inputs={"move": move})
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.errors import BadInput
from grandmodel_sim.features.matrix import FeatureMatrix
from grandmodel_sim.features.signals import Synergy

if TYPE_CHECKING:
    from grandmodel_sim.pipeline import Feed

#: The six numbers that the strategic gating network reads.
CONTEXT = ("volatility_30", "volume_ratio", "momentum_20", "momentum_50", "mmd_score", "price_trend")

NONE: Mapping[str, float] = MappingProxyType({})


def told_apart(value: float, limit: float) -> str:
    """A value as text beside the limit that it missed: three digits, or as many as make the two differ.

    Examples:
        >>> told_apart(0.612, 0.65), told_apart(0.649847, 0.65)
        ('0.612', '0.6498')
    """
    digits = 3
    while digits < 6 and value != limit and round(value, digits) == limit:
        digits += 1
    return f"{value:.{digits}f}"


@dataclass(frozen=True, slots=True)
class View:
    """What an agent may look at: one instrument at the close of one bar.

    Attributes:
        symbol: ES or NQ.
        time: that instant, in virtual milliseconds.
        price: the last close, in points.
        strategic: the 30-minute matrix, 48×13.
        tactical: the 5-minute matrix, 60×7.
        context: the six numbers of `CONTEXT`.
        atr: average true range of 14 5-minute bars, in points.
        synergy: the synergy that woke the agent, or None at an ordinary bar.
        position: contracts held, negative when short.
        strategic_decision: what the strategic agent has just decided, for those that come after it.
    """

    symbol: str
    time: int
    price: float
    strategic: FeatureMatrix
    tactical: FeatureMatrix
    context: Mapping[str, float] = field(default_factory=lambda: NONE)
    atr: float = 0.0
    synergy: Synergy | None = None
    position: int = 0
    strategic_decision: Decision | None = None

    @classmethod
    def of(cls, feed: "Feed", time: int, synergy: Synergy | None = None, position: int = 0) -> "View":
        """What there is to see of a feed at `time`, in virtual milliseconds, after its last bar."""
        return cls(
            symbol=feed.symbol,
            time=time,
            price=feed.bars[-1].close,
            strategic=feed.matrix(30),
            tactical=feed.matrix(5),
            context=feed.context(),
            atr=feed.atr,
            synergy=synergy,
            position=position,
        )

    def matrix(self, timeframe: int) -> FeatureMatrix:
        """The feature matrix of 5-minute or of 30-minute bars.

        Raises:
            BadInput: for another timeframe.
        """
        if timeframe == 5:
            return self.tactical
        if timeframe == 30:
            return self.strategic
        raise BadInput("timeframe", timeframe, "give 5 or 30 (minutes)")

    @property
    def direction(self) -> int:
        """+1 or −1, the direction of the synergy; 0 without one."""
        return self.synergy.direction if self.synergy else 0


class Agent(ABC):
    """Something that decides. Give it a `name` and a `timeframe` (5 or 30), and write `decide`."""

    name: str = "agent"
    timeframe: int = 5

    @abstractmethod
    def decide(self, view: View) -> Decision:
        """Decide on what the view shows. The same view must give the same decision."""

    def decision(
        self,
        view: View,
        action: str,
        confidence: float,
        reasoning: str,
        *,
        threshold: float = 0.0,
        acts: bool | None = None,
        inputs: Mapping[str, float] = NONE,
        weights: Mapping[str, float] = NONE,
        votes: Mapping[str, Mapping[str, object]] | None = None,
        vetoes: tuple[str, ...] = (),
        basis: tuple[str, ...] = (),
    ) -> Decision:
        """A decision of this agent, all its numbers rounded to 6 decimals. The world gives it an id when it counts it.

        Args:
            view: what it was made on.
            action: what to do, in the agent's own words.
            confidence: 0..1; what is outside is cut off.
            reasoning: one sentence for a person.
            threshold: what the confidence is measured against.
            acts: by default, whether the confidence reaches the threshold and nothing was vetoed.
            inputs: as in `Decision`.
            weights: as in `Decision`.
            votes: as in `Decision`.
            vetoes: as in `Decision`.
            basis: as in `Decision`.
        """
        confidence = round(min(1.0, max(0.0, confidence)), 6)
        if acts is None:
            acts = confidence >= threshold and not vetoes
        return Decision(
            id="",
            time=view.time,
            agent=self.name,
            symbol=view.symbol,
            timeframe=self.timeframe,
            action=action,
            confidence=confidence,
            acts=acts,
            threshold=threshold,
            reasoning=reasoning,
            inputs={name: round(value, 6) for name, value in inputs.items()},
            weights={name: round(value, 6) for name, value in weights.items()},
            votes=dict(votes or {}),
            vetoes=vetoes,
            basis=basis,
        )

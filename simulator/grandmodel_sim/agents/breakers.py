"""Circuit breakers: losses that shrink positions, stop entries, or stop everything.

Drawdown of 10 % halves positions, 15 % quarters them, 20 % stops everything; a loss of 5 % since the last session's
close, the night's gap included, stops entries until the next session (`config/risk_management_config.yaml`), even if
the loss is made good meanwhile.
"""

from dataclasses import dataclass

from grandmodel_sim.agents.limits import Limits
from grandmodel_sim.clock import from_ms

FALL = 0.05  # such a fall of equity within FALL_OBSERVATIONS marks is an emergency, whatever the drawdown
FALL_OBSERVATIONS = 5


@dataclass(frozen=True, slots=True)
class Breach:
    """A breaker's rule and what it measures.

    Attributes:
        rule: the limit's name, or `equity_fall`.
        value: what was measured, a fraction.
        limit: what it was measured against.
        action: `half`, `quarter`, `no_entries` or `emergency_stop`.
    """

    rule: str
    value: float
    limit: float
    action: str


def drawdown_factor(drawdown: float, limits: Limits) -> float:
    """What is left of a position's size at a drawdown (0..1, positive): 1, 0.5, 0.25 or 0."""
    if drawdown >= limits["drawdown_stop"]:
        return 0.0
    if drawdown >= limits["drawdown_quarter"]:
        return 0.25
    return 0.5 if drawdown >= limits["drawdown_half"] else 1.0


class Breakers:
    """Watches equity. Each breaker reports once when it trips, and again only after its cause was gone.

    Args:
        equity: at the start, in dollars, above 0.
        limits: the limits in force, read at every update.
    """

    def __init__(self, equity: float, limits: Limits) -> None:
        self._limits = limits
        self._peak = equity
        self._closed = equity  # equity at the last mark of the session before
        self._worst = 0.0  # the largest loss of this session so far
        self._last = equity
        self._day = ""
        self._recent: list[float] = [equity]
        self._tripped: set[str] = set()

    @property
    def drawdown(self) -> float:
        """Loss from the peak, as a positive fraction of it. The peak begins anew with `reset`."""
        return round(max(0.0, 1.0 - self._last / self._peak), 6) if self._peak > 0 else 1.0

    @property
    def daily_loss(self) -> float:
        """Loss since the close of the session before, as a positive fraction; 0 after a gain."""
        return round(max(0.0, 1.0 - self._last / self._closed), 6) if self._closed > 0 else 1.0

    @property
    def worst_daily_loss(self) -> float:
        """The largest `daily_loss` at any mark of this session."""
        return self._worst

    @property
    def fall(self) -> float:
        """The fall from the highest of the last five marks, as a positive fraction."""
        highest = max(self._recent)
        return round(max(0.0, 1.0 - self._last / highest), 6) if highest > 0 else 1.0

    @property
    def size_factor(self) -> float:
        """What is left of a position's size: 1, 0.5, 0.25 or 0."""
        return drawdown_factor(self.drawdown, self._limits)

    @property
    def entries_allowed(self) -> bool:
        """False once the session has lost its limit, until the next session or until a person raises the limit."""
        return self.worst_daily_loss < self._limits["daily_loss"]

    def update(self, time: int, equity: float) -> list[Breach]:
        """Take a mark of equity and return the breakers that it tripped."""
        day = from_ms(time).date().isoformat()
        if day != self._day:
            self._day, self._closed, self._worst = day, self._last, 0.0
        self._last = equity
        self._worst = max(self._worst, self.daily_loss)
        self._peak = max(self._peak, equity)
        self._recent = [*self._recent, equity][-FALL_OBSERVATIONS:]
        found = []
        for rule in self.rules():
            if rule.value < rule.limit:
                self._tripped.discard(rule.rule)
            elif rule.rule not in self._tripped:
                self._tripped.add(rule.rule)
                found.append(rule)
        return found

    def rules(self) -> list[Breach]:
        """All breakers with what they measure now, tripped or not."""
        limits = self._limits
        return [
            Breach("drawdown_half", self.drawdown, limits["drawdown_half"], "half"),
            Breach("drawdown_quarter", self.drawdown, limits["drawdown_quarter"], "quarter"),
            Breach("drawdown_stop", self.drawdown, limits["drawdown_stop"], "emergency_stop"),
            Breach("daily_loss", self.daily_loss, limits["daily_loss"], "no_entries"),
            Breach("equity_fall", self.fall, FALL, "emergency_stop"),
        ]

    def reset(self) -> None:
        """After a manual reset drawdown counts from the equity of now, or the same loss would stop it again."""
        self._peak = self._last
        self._recent = [self._last]
        self._tripped.clear()

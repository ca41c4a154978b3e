"""The look at the portfolio after the bars of an instant: risk score, VaR, breakers, stress, correlation shock."""

from typing import TYPE_CHECKING

from grandmodel_sim.agents.risk import LEVERAGE_AFTER_SHOCK
from grandmodel_sim.agents.risk_score import EMERGENCY
from grandmodel_sim.clock import Clock
from grandmodel_sim.events import (
    CORRELATION_SHOCK,
    MARKET_STRESS,
    NEW_5MIN_BAR,
    RISK_BREACH,
    RISK_UPDATE,
    VAR_UPDATE,
    Event,
    EventBus,
)
from grandmodel_sim.trading.agenda import NEVER

if TYPE_CHECKING:
    from grandmodel_sim.trading.system import TradingSystem

SOURCE = "risk_management"
HALF_HOUR_MS = 1_800_000
STRESS_ON, STRESS_OFF = 0.7, 0.5  # market stress begins above the one and ends below the other


class Watch:
    """A part of the world that is due once at every instant at which bars closed, after all of them.

    Attributes:
        stressed: whether the market is under stress, from MARKET_STRESS until it has calmed down.
    """

    def __init__(self, clock: Clock, bus: EventBus, system: "TradingSystem") -> None:
        self._clock, self._bus, self._system = clock, bus, system
        self.stressed = False
        self._due = NEVER
        self._was_emergency = False
        bus.subscribe(NEW_5MIN_BAR, self._on_bar)

    def _on_bar(self, event: Event) -> None:
        self._due = event.time

    def next_ms(self) -> int:
        """The instant of bars that have just closed, else never."""
        return self._due

    def step(self) -> None:
        """Look at the portfolio, and say and do what follows."""
        self._due = NEVER
        breaches = self._system.risk.update(self._clock.ms)
        score, rules = self._system.risk.score, self._system.risk.breakers.rules()
        self._bus.publish(
            RISK_UPDATE,
            SOURCE,
            score=score.score,
            parts=score.parts,
            high=list(score.high),
            action=score.action,
            state=self._system.risk.state.values(),
            equity=self._system.portfolio.equity,
            size_factor=self._system.risk.breakers.size_factor,
            leverage_factor=self._system.risk.leverage_factor,
            entries_allowed=self._system.risk.breakers.entries_allowed,
            **{rule.rule: rule.value for rule in rules},
            limits={rule.rule: rule.limit for rule in rules},
        )
        if self._clock.ms % HALF_HOUR_MS == 0:
            self._publish_var()
        self._watch_market()
        for breach in breaches:
            self._bus.publish(
                RISK_BREACH,
                SOURCE,
                rule=breach.rule,
                value=breach.value,
                limit=breach.limit,
                action=breach.action,
            )
            if breach.action == "emergency_stop":
                self._system.emergency_stop(f"{breach.rule}: {breach.value:.1%} has reached {breach.limit:.1%}", SOURCE)
        emergency = score.action == EMERGENCY
        if emergency and not self._was_emergency:
            self._system.emergency_stop(f"risk score {score.score:.2f}", SOURCE)
        self._was_emergency = emergency

    def _publish_var(self) -> None:
        one_day = {confidence: self._system.risk.var(confidence) for confidence in (0.95, 0.99)}
        self._bus.publish(
            VAR_UPDATE,
            SOURCE,
            var_95=one_day[0.95],
            var_99=one_day[0.99],
            unit="dollars, positive is a loss",
            horizon_days=1,
            method="parametric",
            equity=self._system.portfolio.equity,
            limit=round(self._system.limits["var_95"] * self._system.portfolio.equity, 2),
        )

    def _watch_market(self) -> None:
        level = self._system.risk.state.market_stress_level
        if level > STRESS_ON and not self.stressed:
            self.stressed = True
            self._bus.publish(
                MARKET_STRESS,
                SOURCE,
                level=level,
                threshold=STRESS_ON,
                reason=f"volatility of the last half hour is {1 + 2 * level:.1f} times that of two sessions",
            )
        elif level < STRESS_OFF:
            self.stressed = False
        self._system.exchange.stress = round(1.0 + level, 6) if self.stressed else 1.0
        tracker = self._system.market.correlation
        if tracker.shock and self._system.risk.leverage_factor == 1.0:
            self._system.risk.leverage_factor = LEVERAGE_AFTER_SHOCK
            self._system.use_limits()
            self._bus.publish(
                CORRELATION_SHOCK,
                SOURCE,
                correlation=tracker.mean,
                rise=tracker.rise,
                window_minutes=10,
                leverage_factor=self._system.risk.leverage_factor,
            )

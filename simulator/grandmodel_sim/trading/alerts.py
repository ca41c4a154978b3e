"""Alerts: what a person on duty should know, once, until it is over.

An alert is raised by an event, then acknowledged by a person ("I am on it") and resolved when its cause is gone. While
it is not resolved, the same cause raises no second one: it counts up `occurrences` instead.

- RISK_BREACH, from the event of that name, until RISK_UPDATE says that the value is below its limit again (of the daily
  loss: that entries are allowed again), or a person resets the stop.
- RISK_SCORE, from a RISK_UPDATE whose score asks for an action, until the score asks for none.
- EMERGENCY_STOP, from the event of that name, until a person resets it.
- LIQUIDATION_FAILED, from a liquidation that is given up, until nothing is held in that instrument any more.
- CORRELATION_SHOCK, from the event of that name, until a person resets the leverage.
- MARKET_STRESS, from the event of that name, until RISK_UPDATE says that the stress is below 0.5.
- ORDER_REJECTED, from an ORDER_CANCELLED with the state REJECTED, until an order for the same instrument is accepted.
- DATA_GAP, from a 5-minute bar that comes more than 5 minutes after the one before, until the next bar comes in time.

Alerts follow from the event log and from what persons did, so that a snapshot holds none of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.clock import Clock, stamp
from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.events import (
    CORRELATION_SHOCK,
    EMERGENCY_STOP,
    MARKET_STRESS,
    NEW_5MIN_BAR,
    ORDER_CANCELLED,
    ORDER_SUBMITTED,
    POSITION_UPDATE,
    RISK_BREACH,
    RISK_UPDATE,
    Event,
    EventBus,
)
from grandmodel_sim.market.calendar import BAR_MS, SESSION_MS
from grandmodel_sim.trading.changes import Changes

ACTIVE, ACKNOWLEDGED, RESOLVED = "active", "acknowledged", "resolved"
STATES = (ACTIVE, ACKNOWLEDGED, RESOLVED)
INFO, WARNING, CRITICAL = "info", "warning", "critical"
SEVERITIES = (INFO, WARNING, CRITICAL)

RISK_SCORE, ORDER_REJECTED, DATA_GAP = "RISK_SCORE", "ORDER_REJECTED", "DATA_GAP"
LIQUIDATION_FAILED = "LIQUIDATION_FAILED"
STRESS_OVER = 0.5  # of the risk agent's market_stress_level

LONGEST_NAME = 60  # characters of the name of who acknowledges


@dataclass(slots=True)
class Alert:
    """One alert.

    Attributes:
        id: `A-000001`, counted per world.
        time: when it was raised, virtual milliseconds.
        type: as in the module's list.
        severity: `info`, `warning` or `critical`.
        message: one sentence with the figures.
        symbol: ES or NQ; empty if it concerns the whole portfolio.
        subject: what tells apart two alerts of one type: the rule that was breached, the code of a rejection.
        event: id of the event that raised it, in the log.
        state: `active`, `acknowledged` or `resolved`.
        occurrences: how often its cause has come since it was raised, the first time included.
        acknowledged_by: who; empty before.
        acknowledged_at: when, in virtual milliseconds; None before.
        resolved_at: virtual milliseconds; None before.
    """

    id: str
    time: int
    type: str
    severity: str
    message: str
    symbol: str
    subject: str
    event: int
    state: str = ACTIVE
    occurrences: int = 1
    acknowledged_by: str = ""
    acknowledged_at: int | None = None
    resolved_at: int | None = None

    def payload(self) -> dict[str, Any]:
        """The alert as JSON-able values, times as ISO 8601 text."""
        return {
            "id": self.id,
            "time": stamp(self.time),
            "type": self.type,
            "severity": self.severity,
            "message": self.message,
            "symbol": self.symbol,
            "subject": self.subject,
            "event": f"E-{self.event:06d}",
            "state": self.state,
            "occurrences": self.occurrences,
            "acknowledged_by": self.acknowledged_by,
            "acknowledged_at": None if self.acknowledged_at is None else stamp(self.acknowledged_at),
            "resolved_at": None if self.resolved_at is None else stamp(self.resolved_at),
        }


class Alerts:
    """All alerts of a world, oldest first.

    Args:
        clock: the world's.
        bus: whose events raise and resolve them.

    Attributes:
        changes: the ids of the alerts as they were raised, acknowledged or resolved; counting up is no change.
    """

    def __init__(self, clock: Clock, bus: EventBus) -> None:
        self._clock = clock
        self._all: list[Alert] = []
        self.changes = Changes()
        self._last_bar: dict[str, int] = {}
        for type, callback in self._reactions().items():
            bus.subscribe(type, callback)

    def __iter__(self) -> Iterator[Alert]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        return f"<Alerts: {len(self)}, {len(self.open())} of them open>"

    # --- reading ---

    def get(self, id: str) -> Alert:
        """Look up an alert.

        Raises:
            NotFound: for an unknown id.
        """
        for alert in self._all:
            if alert.id == id:
                return alert
        raise NotFound(f"no alert {id!r}")

    def open(self, type: str | None = None) -> list[Alert]:
        """The alerts that are not resolved, of one type or of all."""
        return [alert for alert in self._all if alert.state != RESOLVED and type in (None, alert.type)]

    def by_change(self) -> list[tuple[int, Alert]]:
        """Each alert with its place in `changes`, the longest unchanged first."""
        by_id = {alert.id: alert for alert in self._all}
        return [(place, by_id[id]) for place, id in self.changes]

    # --- acting ---

    def acknowledge(self, id: str, by: str) -> Alert:
        """Note that a person takes care of an alert.

        Raises:
            NotFound: for an unknown id.
            BadInput: if it is not active any more, or if nobody is named.
        """
        alert = self.get(id)
        if not isinstance(by, str) or not 0 < len(by.strip()) <= LONGEST_NAME:
            raise BadInput("by", by, f"give the name of who acknowledges, at most {LONGEST_NAME} characters")
        if alert.state != ACTIVE:
            raise BadInput("alert", id, f"it is {alert.state}; only an active alert can be acknowledged")
        alert.state, alert.acknowledged_by, alert.acknowledged_at = ACKNOWLEDGED, by.strip(), self._clock.ms
        self.changes.note(alert.id)
        return alert

    def resolve(self, type: str, *, symbol: str | None = None, subject: str | None = None) -> list[Alert]:
        """End the open alerts of a type (of one instrument or subject, if given) because their cause is gone."""
        ended = [
            alert for alert in self.open(type) if symbol in (None, alert.symbol) and subject in (None, alert.subject)
        ]
        for alert in ended:
            alert.state, alert.resolved_at = RESOLVED, self._clock.ms
            self.changes.note(alert.id)
        return ended

    def raise_alert(
        self, event: Event, type: str, severity: str, message: str, *, symbol: str = "", subject: str = ""
    ) -> Alert:
        """A new alert, or the open one of the same type, instrument and subject with one occurrence more."""
        for alert in self.open(type):
            if (alert.symbol, alert.subject) == (symbol, subject):
                alert.occurrences += 1
                return alert
        id = f"A-{len(self._all) + 1:06d}"
        alert = Alert(id, event.time, type, severity, message, symbol, subject, event.id)
        self._all.append(alert)
        self.changes.note(alert.id)
        return alert

    # --- what events do ---

    def _reactions(self) -> Mapping[str, Callable[[Event], None]]:
        return {
            RISK_BREACH: self._on_breach,
            RISK_UPDATE: self._on_risk_update,
            EMERGENCY_STOP: self._on_stop,
            CORRELATION_SHOCK: self._on_shock,
            MARKET_STRESS: self._on_stress,
            ORDER_CANCELLED: self._on_cancelled,
            ORDER_SUBMITTED: self._on_submitted,
            POSITION_UPDATE: self._on_position,
            NEW_5MIN_BAR: self._on_bar,
        }

    def _on_breach(self, event: Event) -> None:
        said = event.payload
        action = str(said["action"])
        severity = CRITICAL if action == "emergency_stop" else WARNING
        rule, follows = str(said["rule"]).replace("_", " "), action.replace("_", " ")
        message = f"{rule}: {said['value']:.1%} has reached {said['limit']:.1%}; what follows: {follows}"
        self.raise_alert(event, RISK_BREACH, severity, message, subject=str(said["rule"]))

    def _on_risk_update(self, event: Event) -> None:
        said = event.payload
        for alert in self.open(RISK_BREACH):
            below = said[alert.subject] < said["limits"][alert.subject]
            if below and (alert.subject != "daily_loss" or said["entries_allowed"]):
                self.resolve(RISK_BREACH, subject=alert.subject)
        if said["state"]["market_stress_level"] < STRESS_OVER:
            self.resolve(MARKET_STRESS)
        self._follow_score(event)

    def _follow_score(self, event: Event) -> None:
        action, high = str(event.payload["action"]), list(event.payload["high"])
        for alert in self.open(RISK_SCORE):
            if alert.subject != action:
                self.resolve(RISK_SCORE, subject=alert.subject)
        if action == "none":
            return
        message = f"The risk score is {event.payload['score']:.2f}: {action}"
        message += f"; high are {', '.join(high)}" if high else ""
        self.raise_alert(event, RISK_SCORE, WARNING if action == "alert" else CRITICAL, message, subject=action)

    def _on_stop(self, event: Event) -> None:
        self.raise_alert(event, EMERGENCY_STOP, CRITICAL, f"All trading is stopped: {event.payload['reason']}")

    def _on_shock(self, event: Event) -> None:
        said = event.payload
        message = (
            f"The correlation of ES and NQ rose by {said['rise']:.2f} within 10 minutes, to {said['correlation']:.2f}; "
            f"leverage is cut to {said['leverage_factor']:.0%} until a person resets it"
        )
        self.raise_alert(event, CORRELATION_SHOCK, CRITICAL, message)

    def _on_stress(self, event: Event) -> None:
        said = event.payload
        message = f"Market stress is {said['level']:.2f}, above {said['threshold']:.2f}: slippage grows, books are thin"
        self.raise_alert(event, MARKET_STRESS, WARNING, message)

    def _on_cancelled(self, event: Event) -> None:
        said = event.payload
        if said.get("code") == "liquidation_failed":
            message = (
                f"{said['remaining']} contracts of {said['symbol']} could not be closed within 5 s; "
                "the position is still open, without stop and target"
            )
            self.raise_alert(event, LIQUIDATION_FAILED, CRITICAL, message, symbol=said["symbol"])
        if said.get("state") != "REJECTED":
            return
        message = f"Order {said['order']} ({said['side']} {said['symbol']}) was rejected: {said['reason']}"
        self.raise_alert(
            event, ORDER_REJECTED, WARNING, message, symbol=said["symbol"], subject=str(said.get("code", ""))
        )

    def _on_submitted(self, event: Event) -> None:
        self.resolve(ORDER_REJECTED, symbol=_symbol(event))

    def _on_position(self, event: Event) -> None:
        if event.payload["quantity"] == 0:
            self.resolve(LIQUIDATION_FAILED, symbol=_symbol(event))

    def _on_bar(self, event: Event) -> None:
        symbol = _symbol(event)
        before, self._last_bar[symbol] = self._last_bar.get(symbol), event.time
        silence = 0 if before is None else event.time - before
        if BAR_MS < silence < SESSION_MS:  # a longer silence is the night
            message = f"{symbol}: {silence // BAR_MS - 1} five-minute bars are missing before {stamp(event.time)}"
            self.raise_alert(event, DATA_GAP, WARNING, message, symbol=symbol)
        else:
            self.resolve(DATA_GAP, symbol=symbol)


def _symbol(event: Event) -> str:
    return str(event.payload.get("symbol", ""))

"""Alerts: raised once, acknowledged by a person, resolved when the cause is gone."""

from typing import Any

import pytest
from grandmodel_sim import BadInput, NotFound
from grandmodel_sim.clock import Clock
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
    EventBus,
)
from grandmodel_sim.trading.alerts import Alerts


class Desk:
    """A bus with a clock, and the alerts that listen to it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.bus = EventBus(self.clock)
        self.alerts = Alerts(self.clock, self.bus)

    def after(self, minutes: float) -> None:
        self.clock.move_to(self.clock.ms + round(minutes * 60_000))

    def say(self, type: str, **payload: Any) -> None:
        self.bus.publish(type, "test", **payload)
        assert not self.bus.failures

    def risk(
        self, action: str = "none", stress: float = 0.0, score: float = 0.2, entries: bool = True, **values: float
    ) -> None:
        limits = {"drawdown_half": 0.1, "drawdown_quarter": 0.15, "drawdown_stop": 0.2, "daily_loss": 0.05}
        high, state = ["var"] if score > 0.5 else [], {"market_stress_level": stress}
        now: dict[str, Any] = {**dict.fromkeys(limits, 0.0), **values}
        now |= {"state": state, "limits": limits, "entries_allowed": entries}
        self.say(RISK_UPDATE, score=score, action=action, high=high, **now)

    def breach(self, rule: str = "drawdown_half", action: str = "half", value: float = 0.1, limit: float = 0.1) -> None:
        self.say(RISK_BREACH, rule=rule, value=value, limit=limit, action=action)

    def rejected(self, symbol: str = "ES", code: str = "order_size", state: str = "REJECTED") -> None:
        reason = "60 contracts; one order may have 10"
        self.say(ORDER_CANCELLED, order="O-000001", symbol=symbol, side="BUY", state=state, code=code, reason=reason)

    @property
    def open(self) -> list[tuple[str, str, str]]:
        return [(alert.type, alert.severity, alert.state) for alert in self.alerts.open()]

    def given_up(self, symbol: str = "ES", remaining: int = 2) -> None:
        self.say(
            ORDER_CANCELLED, order="O-000002", symbol=symbol, side="SELL", state="CANCELLED",
            code="liquidation_failed", reason="2 contracts could not be closed within 5 s", remaining=remaining,
        )  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_one_cause_is_one_alert_until_it_is_resolved(desk: Desk) -> None:
    desk.rejected()
    desk.after(1)
    desk.rejected()
    (alert,) = desk.alerts
    assert (alert.id, alert.occurrences, alert.event, alert.time) == ("A-000001", 2, 0, desk.clock.ms - 60_000)
    assert alert.message == "Order O-000001 (BUY ES) was rejected: 60 contracts; one order may have 10"
    desk.alerts.acknowledge("A-000001", "Ada")
    desk.rejected()
    assert (len(desk.alerts), alert.occurrences) == (1, 3)
    desk.say(ORDER_SUBMITTED, symbol="NQ")
    assert alert.state == "acknowledged"
    desk.say(ORDER_SUBMITTED, symbol="ES")
    assert (alert.state, alert.resolved_at) == ("resolved", desk.clock.ms)
    desk.rejected()
    assert [one.id for one in desk.alerts] == ["A-000001", "A-000002"]


def test_causes_are_told_apart(desk: Desk) -> None:
    desk.rejected("ES", "order_size")
    desk.rejected("ES", "margin")
    desk.rejected("NQ", "margin")
    desk.rejected("NQ", "requested", state="CANCELLED")
    assert [(alert.symbol, alert.subject) for alert in desk.alerts] == [
        ("ES", "order_size"),
        ("ES", "margin"),
        ("NQ", "margin"),
    ]


def test_a_drawdown_is_over_when_it_is_below_its_limit(desk: Desk) -> None:
    desk.breach("drawdown_half", "half", 0.104, 0.1)
    desk.breach("drawdown_quarter", "quarter", 0.151, 0.15)
    assert [alert.message for alert in desk.alerts.open()] == [
        "drawdown half: 10.4% has reached 10.0%; what follows: half",
        "drawdown quarter: 15.1% has reached 15.0%; what follows: quarter",
    ]
    desk.risk(drawdown_half=0.15, drawdown_quarter=0.15)
    assert len(desk.open) == 2
    desk.risk(drawdown_half=0.12, drawdown_quarter=0.12)
    assert [alert.subject for alert in desk.alerts.open()] == ["drawdown_half"]
    desk.risk(drawdown_half=0.09, drawdown_quarter=0.09)
    assert desk.open == []


def test_an_emergency_is_over_when_a_person_says_so(desk: Desk) -> None:
    desk.breach("drawdown_stop", "emergency_stop", 0.2, 0.2)
    desk.say(EMERGENCY_STOP, reason="drawdown_stop: 20.0% has reached 20.0%")
    desk.say(EMERGENCY_STOP, reason="again")
    assert desk.open == [("RISK_BREACH", "critical", "active"), ("EMERGENCY_STOP", "critical", "active")]
    desk.risk(drawdown_stop=0.21)
    assert len(desk.open) == 2
    desk.alerts.resolve("EMERGENCY_STOP")
    assert desk.open == [("RISK_BREACH", "critical", "active")]


def test_a_correlation_shock_is_over_when_a_person_resets_the_leverage(desk: Desk) -> None:
    desk.say(CORRELATION_SHOCK, correlation=0.83, rise=0.61, window_minutes=10, leverage_factor=0.5)
    (alert,) = desk.alerts.open()
    assert (alert.severity, "0.61" in alert.message, "50%" in alert.message) == ("critical", True, True)
    desk.risk()
    assert desk.alerts.open() == [alert]
    assert desk.alerts.resolve("CORRELATION_SHOCK") == [alert]
    assert desk.alerts.open() == []


def test_stress_and_the_risk_score_follow_the_risk_updates(desk: Desk) -> None:
    desk.say(MARKET_STRESS, level=0.82, threshold=0.7)
    desk.risk(stress=0.6)
    assert desk.open == [("MARKET_STRESS", "warning", "active")]
    desk.risk("alert", score=0.61)
    assert desk.open == [("RISK_SCORE", "warning", "active")]
    desk.risk("alert", score=0.66)
    assert desk.alerts.open()[0].occurrences == 2
    desk.risk("reduce", score=0.8)
    assert desk.open == [("RISK_SCORE", "critical", "active")]
    assert desk.alerts.open()[0].message == "The risk score is 0.80: reduce; high are var"
    desk.risk()
    assert desk.open == []


def test_a_gap_in_the_data_is_over_with_the_next_bar_in_time(desk: Desk) -> None:
    for minutes in (0, 5, 5):
        desk.after(minutes)
        desk.say(NEW_5MIN_BAR, symbol="ES")
    assert desk.open == []
    desk.after(20)
    desk.say(NEW_5MIN_BAR, symbol="NQ")
    desk.say(NEW_5MIN_BAR, symbol="ES")
    (alert,) = desk.alerts.open()
    assert alert.message == "ES: 3 five-minute bars are missing before 2025-07-14T14:00:00Z"
    desk.after(5)
    desk.say(NEW_5MIN_BAR, symbol="ES")
    assert desk.open == []
    desk.after(17.5 * 60)
    desk.say(NEW_5MIN_BAR, symbol="ES")  # the night is no gap
    assert desk.open == []


def test_who_acknowledges_must_have_a_name_and_something_to_acknowledge(desk: Desk) -> None:
    desk.rejected()
    with pytest.raises(NotFound, match="A-000009"):
        desk.alerts.acknowledge("A-000009", "Ada")
    for nobody in ("", "  ", "x" * 61, None):
        with pytest.raises(BadInput, match="give the name of who acknowledges"):
            desk.alerts.acknowledge("A-000001", nobody)  # type: ignore[arg-type]
    desk.after(2)
    shown = desk.alerts.acknowledge("A-000001", " Ada ").payload()
    assert (shown["state"], shown["acknowledged_by"], shown["acknowledged_at"], shown["event"]) == (
        "acknowledged",
        "Ada",
        "2025-07-14T13:32:00Z",
        "E-000000",
    )
    with pytest.raises(BadInput, match="it is acknowledged; only an active alert"):
        desk.alerts.acknowledge("A-000001", "Bob")


def test_a_liquidation_that_is_given_up_stays_an_alert_until_nothing_is_held(desk: Desk) -> None:
    desk.given_up()
    assert desk.open == [("LIQUIDATION_FAILED", "critical", "active")]
    (alert,) = desk.alerts.open()
    assert alert.symbol == "ES"
    assert alert.message.startswith("2 contracts of ES could not be closed within 5 s; the position is still open")
    desk.say(POSITION_UPDATE, symbol="NQ", quantity=0)
    desk.say(POSITION_UPDATE, symbol="ES", quantity=1)
    assert len(desk.open) == 1
    desk.say(POSITION_UPDATE, symbol="ES", quantity=0)
    assert desk.open == []


def test_a_days_loss_stays_an_alert_as_long_as_entries_are_stopped(desk: Desk) -> None:
    desk.breach("daily_loss", "no_entries", 0.051, 0.05)
    desk.risk(daily_loss=0.02, entries=False)  # made good, but entries stay stopped until the next session
    assert desk.open == [("RISK_BREACH", "warning", "active")]
    desk.risk(daily_loss=0.0, entries=True)
    assert desk.open == []

"""The event bus: synchronous, in process, with an append-only log.

The names of the types are GrandModel's (`src/core/events.py`). Only those that this release emits are listed here.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, overload

from grandmodel_sim.clock import Clock, stamp

# System
SYSTEM_START = "SYSTEM_START"
COMPONENT_STARTED = "COMPONENT_STARTED"
COMPONENT_STOPPED = "COMPONENT_STOPPED"
SYSTEM_ERROR = "SYSTEM_ERROR"
# Market and analytics
NEW_5MIN_BAR = "NEW_5MIN_BAR"
NEW_30MIN_BAR = "NEW_30MIN_BAR"
INDICATORS_READY = "INDICATORS_READY"
SYNERGY_DETECTED = "SYNERGY_DETECTED"
# Decisions
STRATEGIC_DECISION = "STRATEGIC_DECISION"
TACTICAL_DECISION = "TACTICAL_DECISION"
TRADE_QUALIFIED = "TRADE_QUALIFIED"
TRADE_REJECTED = "TRADE_REJECTED"
EXECUTE_TRADE = "EXECUTE_TRADE"
# Orders and positions
ORDER_SUBMITTED = "ORDER_SUBMITTED"
ORDER_FILLED = "ORDER_FILLED"
ORDER_CANCELLED = "ORDER_CANCELLED"
TRADE_CLOSED = "TRADE_CLOSED"
POSITION_UPDATE = "POSITION_UPDATE"
# Risk
RISK_UPDATE = "RISK_UPDATE"
RISK_BREACH = "RISK_BREACH"
VAR_UPDATE = "VAR_UPDATE"
KELLY_SIZING = "KELLY_SIZING"
MARKET_STRESS = "MARKET_STRESS"
CORRELATION_SHOCK = "CORRELATION_SHOCK"
EMERGENCY_STOP = "EMERGENCY_STOP"

#: Every event type that a world of this release can emit.
EVENT_TYPES = (
    SYSTEM_START,
    COMPONENT_STARTED,
    COMPONENT_STOPPED,
    SYSTEM_ERROR,
    NEW_5MIN_BAR,
    NEW_30MIN_BAR,
    INDICATORS_READY,
    SYNERGY_DETECTED,
    STRATEGIC_DECISION,
    TACTICAL_DECISION,
    TRADE_QUALIFIED,
    TRADE_REJECTED,
    EXECUTE_TRADE,
    ORDER_SUBMITTED,
    ORDER_FILLED,
    ORDER_CANCELLED,
    TRADE_CLOSED,
    POSITION_UPDATE,
    RISK_UPDATE,
    RISK_BREACH,
    VAR_UPDATE,
    KELLY_SIZING,
    MARKET_STRESS,
    CORRELATION_SHOCK,
    EMERGENCY_STOP,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        time: virtual milliseconds since the epoch.
        type: one of `EVENT_TYPES`.
        source: the component that published it.
        payload: JSON-able values, read-only.
        id: its number in the log, from 0.
        cause: id of the event whose subscriber published this one; None for an event that began on its own.
    """

    time: int
    type: str
    source: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    cause: int | None = None

    def __str__(self) -> str:
        values = " ".join(f"{key}={_short(value)}" for key, value in self.payload.items())
        return f"{stamp(self.time)} {self.type:<17} {self.source:<16} {values}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """The event as a plain dictionary, its time as ISO 8601 text."""
        return {"time": stamp(self.time), "type": self.type, "source": self.source, "payload": dict(self.payload)}


def _short(value: Any) -> str:
    """A payload's value for a line of text: what is nested shows its size only."""
    return f"<{len(value)}>" if isinstance(value, list | dict) else str(value)


class EventLog(Sequence[Event]):
    """All events since the start, oldest first. Only the bus can append."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __repr__(self) -> str:
        return f"<EventLog: {len(self)} events>"

    def of(self, *types: str) -> list[Event]:
        """The events of these types, oldest first."""
        return [event for event in self._events if event.type in types]


class EventBus:
    """Publish and subscribe. Subscribers run in the order in which they subscribed, before `publish` returns."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._subscribers: dict[str, list[Callable[[Event], None]]] = {}
        self.log = EventLog()
        #: (event, exception) pairs of subscribers that failed; a failing subscriber never stops the others.
        self.failures: list[tuple[Event, Exception]] = []
        self._hash = hashlib.sha256()
        self._handling: list[int] = []  # ids of the events whose subscribers are running, outermost first

    def subscribe(self, type: str, callback: Callable[[Event], None]) -> None:
        """Call `callback(event)` for every later event of this type.

        Raises:
            ValueError: for a type that no component emits.
        """
        if type not in EVENT_TYPES:
            raise ValueError(f"no component emits {type!r}; the types are {', '.join(EVENT_TYPES)}")
        self._subscribers.setdefault(type, []).append(callback)

    def unsubscribe(self, type: str, callback: Callable[[Event], None]) -> None:
        """Stop calling `callback` for this type; does nothing if it was not subscribed."""
        callbacks = self._subscribers.get(type, [])
        if callback in callbacks:
            callbacks.remove(callback)

    @property
    def busy(self) -> bool:
        """Whether subscribers are running."""
        return bool(self._handling)

    def digest(self) -> str:
        """A hash of all events so far: equal digests mean equal logs."""
        return self._hash.hexdigest()

    def publish(self, type: str, source: str, /, **payload: Any) -> Event:
        """Append an event at the current virtual instant and call its subscribers."""
        cause = self._handling[-1] if self._handling else None
        event = Event(self._clock.ms, type, source, MappingProxyType(payload), len(self.log), cause)
        self.log._events.append(event)
        self._hash.update(f"{event.time}{type}{source}{json.dumps(payload)}".encode())
        callbacks = self._subscribers.get(type)
        if not callbacks:
            return event
        self._handling.append(event.id)
        try:
            for callback in tuple(callbacks):
                try:
                    callback(event)
                except Exception as error:  # as in GrandModel's own bus: one bad subscriber must not stop the system
                    self.failures.append((event, error))
        finally:
            self._handling.pop()
        return event

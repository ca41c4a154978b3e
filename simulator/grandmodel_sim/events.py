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

SYSTEM_START = "SYSTEM_START"
COMPONENT_STARTED = "COMPONENT_STARTED"
COMPONENT_STOPPED = "COMPONENT_STOPPED"
NEW_5MIN_BAR = "NEW_5MIN_BAR"
NEW_30MIN_BAR = "NEW_30MIN_BAR"
INDICATORS_READY = "INDICATORS_READY"

#: Every event type that a world of this release can emit.
EVENT_TYPES = (SYSTEM_START, COMPONENT_STARTED, COMPONENT_STOPPED, NEW_5MIN_BAR, NEW_30MIN_BAR, INDICATORS_READY)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        time: virtual milliseconds since the epoch.
        type: one of `EVENT_TYPES`.
        source: the component that published it.
        payload: JSON-able values, read-only.
    """

    time: int
    type: str
    source: str
    payload: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        values = " ".join(f"{key}={value}" for key, value in self.payload.items())
        return f"{stamp(self.time)} {self.type:<17} {self.source:<16} {values}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """The event as a plain dictionary, its time as ISO 8601 text."""
        return {"time": stamp(self.time), "type": self.type, "source": self.source, "payload": dict(self.payload)}


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

    def digest(self) -> str:
        """A hash of all events so far: equal digests mean equal logs."""
        return self._hash.hexdigest()

    def publish(self, type: str, source: str, **payload: Any) -> Event:
        """Append an event at the current virtual instant and call its subscribers."""
        event = Event(self._clock.ms, type, source, MappingProxyType(payload))
        self.log._events.append(event)
        self._hash.update(f"{event.time}{type}{source}{json.dumps(payload)}".encode())
        for callback in tuple(self._subscribers.get(type, ())):
            try:
                callback(event)
            except Exception as error:  # as in GrandModel's own bus: one bad subscriber must not stop the system
                self.failures.append((event, error))
        return event

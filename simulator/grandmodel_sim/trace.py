"""What led to an event and what followed from it, as text and as a drawing.

Examples:
    >>> from grandmodel_sim import World
    >>> from grandmodel_sim.trace import trace
    >>> world = World(seed=7)
    >>> world.advance(1800)
    >>> print(trace(world.events, world.events.of("NEW_5MIN_BAR")[0]))  # doctest: +ELLIPSIS
    2025-07-14T13:35:00Z NEW_5MIN_BAR ...
    └── 2025-07-14T13:35:00Z INDICATORS_READY ...
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from grandmodel_sim.errors import BadInput
from grandmodel_sim.events import Event, EventLog


@dataclass(slots=True)
class Trace:
    """An event with what its subscribers published, and so on down.

    Attributes:
        event: the event.
        followed: the traces of the events that it caused, oldest first.
    """

    event: Event
    followed: list["Trace"] = field(default_factory=list)

    def __iter__(self) -> Iterator[Event]:
        """This event and all that followed, in the order of the log."""
        yield self.event
        for branch in self.followed:
            yield from branch

    def __str__(self) -> str:
        return "\n".join(self._lines("", ""))

    def _lines(self, first: str, rest: str) -> Iterator[str]:
        yield f"{first}{self.event}"
        for number, branch in enumerate(self.followed, start=1):
            last = number == len(self.followed)
            yield from branch._lines(rest + ("└── " if last else "├── "), rest + ("    " if last else "│   "))

    def svg(self) -> str:
        """The trace as a drawing: a row for each event, indented under its cause."""
        rows: list[tuple[int, Event]] = []

        def walk(trace: Trace, depth: int) -> None:
            rows.append((depth, trace.event))
            for branch in trace.followed:
                walk(branch, depth + 1)

        walk(self, 0)
        height, step, width = 30, 26, 640
        parts: list[str] = []
        at: dict[int, tuple[int, int]] = {}
        for number, (depth, event) in enumerate(rows):
            x, y = 10 + depth * step, 8 + number * height
            at[event.id] = (x, y)
            if depth and event.cause in at:
                cx, cy = at[event.cause]
                parts.append(f'<path d="M{cx + 8} {cy + 22}V{y + 11}H{x}" fill="none" stroke="currentColor"/>')
            symbol = str(event.payload.get("symbol", ""))
            parts.append(
                f'<rect x="{x}" y="{y}" width="9" height="22" fill="currentColor"/>'
                f'<text x="{x + 16}" y="{y + 15}" fill="currentColor">{escape(event.type)}'
                f'<tspan dx="8" opacity="0.75">{escape(event.source)} {escape(symbol)}</tspan></text>'
            )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {len(rows) * height + 12}" role="img" '
            f'font-family="monospace" font-size="13"><title>{escape(self.event.type)} and what followed from it'
            f"</title>{''.join(parts)}</svg>"
        )

    def _repr_html_(self) -> str:
        return self.svg()


def trace(log: EventLog, event: Event) -> Trace:
    """The event and all that followed from it.

    Raises:
        BadInput: if the event is not in this log.
    """
    if not 0 <= event.id < len(log) or log[event.id] is not event:
        raise BadInput("event", str(event), "give an event of this log, such as log.of('SYNERGY_DETECTED')[-1]")
    found = {event.id: Trace(event)}
    # Subscribers run before `publish` returns, so what an event caused follows it without a break.
    for later in log[event.id + 1 :]:
        if later.cause is None or later.cause not in found:
            break
        branch = Trace(later)
        found[later.cause].followed.append(branch)
        found[later.id] = branch
    return found[event.id]


def origin(log: EventLog, event: Event) -> Event:
    """The event that began the chain which led to `event`: a bar, an order's fill, an act of a person."""
    while event.cause is not None:
        event = log[event.cause]
    return event

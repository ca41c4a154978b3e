"""How often a client may ask: so many requests a minute, and not too many at once, counted in virtual time.

The world's clock stands still between a cell and the next, so a client that never lets time go by is refused in the
end, as one that never pauses would be; `Retry-After` says how many seconds of virtual time to wait.
The counts are the gateway's memory, not the world's: they are in no snapshot and in no event log.
"""

from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from grandmodel_sim.http.auth import Principal
from grandmodel_sim.http.message import HttpError
from grandmodel_sim.world import World

MINUTE = 60_000  # ms

#: Requests a minute by the kind of route (`src/security/rate_limiter.py`, `src/api/system_control_api.py`).
PER_MINUTE = {"health": 10, "status": 30, "metrics": 30, "orders": 100, "control": 10, "emergency": 5, "default": 500}

#: The burst guard: requests of one client, whatever the route, in so many ms.
BURST, BURST_MS = 50, 10_000

#: The kinds of route that count apart from each other; `none` is not counted at all.
UNLIMITED = "none"


@dataclass(slots=True)
class _Window:
    """The instants of the requests that still count, oldest first."""

    limit: int
    length: int
    times: deque[int] = field(default_factory=deque)

    def forget(self, now: int) -> None:
        # Instants after `now` are of a time that a rewind has undone.
        while self.times and self.times[-1] > now:
            self.times.pop()
        while self.times and self.times[0] <= now - self.length:
            self.times.popleft()

    @property
    def full(self) -> bool:
        return len(self.times) >= self.limit

    def wait(self, now: int) -> int:
        """Whole seconds until a full window takes another request."""
        return max(1, -(-(self.times[0] + self.length - now) // 1000))


class RateLimiter:
    """The counts of one world's clients."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, principal: Principal, kind: str, now: int) -> dict[str, str]:
        """Count a request; returns the headers that tell the client where it stands.

        Raises:
            HttpError: 429, with Retry-After; the request is then not counted.
        """
        if kind == UNLIMITED or not principal.limited:
            return {}
        minute = self._window(principal.name, kind, PER_MINUTE[kind], MINUTE, now)
        burst = self._window(principal.name, "burst", BURST, BURST_MS, now)
        for window in (minute, burst):
            if window.full:
                raise _refusal(window, now)
        minute.times.append(now)
        burst.times.append(now)
        return _headers(minute, now)

    def _window(self, name: str, kind: str, limit: int, length: int, now: int) -> _Window:
        window = self._windows.setdefault((name, kind), _Window(limit, length))
        window.forget(now)
        return window


def _headers(window: _Window, now: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(window.limit),
        "X-RateLimit-Remaining": str(window.limit - len(window.times)),
        "X-RateLimit-Reset": str(window.wait(now)),
    }


def _refusal(window: _Window, now: int) -> HttpError:
    wait = window.wait(now)
    message = f"{window.limit} requests in {window.length // 1000} s are the limit; wait {wait} s of virtual time"
    return HttpError(429, "rate_limited", message, headers={**_headers(window, now), "Retry-After": str(wait)})


_limiters: WeakKeyDictionary[World, RateLimiter] = WeakKeyDictionary()


def limiter_of(world: World) -> RateLimiter:
    """The gateway's counts for a world."""
    return _limiters.setdefault(world, RateLimiter())

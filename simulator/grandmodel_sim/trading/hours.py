"""The exchange's hours, in virtual milliseconds, and how busy each stretch of the day is."""

from functools import lru_cache

from grandmodel_sim.clock import from_ms, to_ms
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION, SESSION_MS, is_session, session_open

_DAY_MS = 86_400_000


@lru_cache(maxsize=64)
def _session_on(day: int, holidays: bool) -> tuple[int, int] | None:
    """The session of the UTC day with this number since the epoch; New York's session lies within one such day."""
    date = from_ms(day * _DAY_MS).date()
    if not is_session(date, holidays):
        return None
    opened = to_ms(session_open(date))
    return opened, opened + SESSION_MS


def session_at(ms: int, holidays: bool = False) -> tuple[int, int] | None:
    """Opening and closing instant of the session that `ms` lies in, or None while the market is closed.

    At the closing instant itself the market is closed.
    """
    session = _session_on(ms // _DAY_MS, holidays)
    return session if session and session[0] <= ms < session[1] else None


def next_open(ms: int, holidays: bool = False) -> int:
    """When the next session opens after `ms`."""
    day = ms // _DAY_MS
    while True:
        session = _session_on(day, holidays)
        if session and session[0] > ms:
            return session[0]
        day += 1


def slot(ms: int) -> int:
    """Which of the session's 78 five-minute stretches `ms` lies in, from 0; before and after it, the nearest one."""
    session = _session_on(ms // _DAY_MS, False)
    return 0 if session is None else min(max((ms - session[0]) // BAR_MS, 0), BARS_PER_SESSION - 1)


def busyness(slot: int) -> float:
    """Expected volume of a stretch, relative to the day's mean: a U, 1.5 at the open and the close, 0.75 at noon."""
    u = 2 * (slot + 0.5) / BARS_PER_SESSION - 1
    return 0.75 + 0.75 * u * u

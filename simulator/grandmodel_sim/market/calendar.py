"""The regular session, 09:30 to 16:00 in New York, on weekdays. Exchange holidays are not modelled.

The daylight-saving rule is written out because the browser's Python has no time-zone database.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

BAR_MINUTES = 5
BARS_PER_SESSION = 78  # 6.5 hours of 5-minute bars


def _nth_sunday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (n - 1))


def eastern_offset(day: date) -> timedelta:
    """New York's offset from UTC on `day`: −4 h from the second Sunday of March to the first of November, else −5 h."""
    summer = _nth_sunday(day.year, 3, 2) <= day < _nth_sunday(day.year, 11, 1)
    return timedelta(hours=-4 if summer else -5)


def session_open(day: date) -> datetime:
    """The instant, in UTC, at which the regular session of `day` opens."""
    return datetime.combine(day, time(9, 30), tzinfo=UTC) - eastern_offset(day)


def is_session(day: date) -> bool:
    """Whether the exchange is open on `day`."""
    return day.weekday() < 5


def sessions_from(day: date) -> Iterator[date]:
    """All session days from `day` on, endlessly."""
    while True:
        if is_session(day):
            yield day
        day += timedelta(days=1)


def sessions_before(day: date, count: int) -> list[date]:
    """The last `count` session days before `day`, oldest first."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if is_session(day):
            found.append(day)
    return found[::-1]

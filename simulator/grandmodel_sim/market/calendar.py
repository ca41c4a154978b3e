"""The regular session, 09:30 to 16:00 in New York, on weekdays; on request without the exchange's full holidays.

The daylight-saving rule and the holidays are written out as rules because the browser's Python has no time-zone
database. With `holidays=False`, the default, every weekday is a session: the labs' data files are made so. With
`holidays=True` the days on which the New York Stock Exchange stays closed by rule (NYSE Rule 7.2) are left out.

Not modelled: early closes (13:00 on the days around Independence Day, Thanksgiving and Christmas), single closures such
as days of mourning, and the shortened electronic sessions that the futures themselves have on several holidays.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from grandmodel_sim.clock import from_ms, to_ms

BAR_MINUTES = 5
BARS_PER_SESSION = 78  # 6.5 hours of 5-minute bars
BAR_MS = BAR_MINUTES * 60_000
SESSION_MS = BARS_PER_SESSION * BAR_MS

MONDAY, THURSDAY, SUNDAY = 0, 3, 6


def _nth(weekday: int, year: int, month: int, n: int) -> date:
    """The n-th `weekday` (Monday 0 to Sunday 6) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def eastern_offset(day: date) -> timedelta:
    """New York's offset from UTC on `day`: −4 h from the second Sunday of March to the first of November, else −5 h."""
    summer = _nth(SUNDAY, day.year, 3, 2) <= day < _nth(SUNDAY, day.year, 11, 1)
    return timedelta(hours=-4 if summer else -5)


def session_open(day: date) -> datetime:
    """The instant, in UTC, at which the regular session of `day` opens."""
    return datetime.combine(day, time(9, 30), tzinfo=UTC) - eastern_offset(day)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm; Meeus, Astronomical Algorithms)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    offset = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * offset) // 451
    month, day = divmod(h + offset - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def exchange_holidays(year: int) -> dict[date, str]:
    """The full holidays of the New York Stock Exchange in `year` by today's rules: day → name, in order.

    A holiday on a Sunday is kept on Monday, one on a Saturday on Friday; but New Year's Day on a Saturday is not made
    up for, because the Friday before ends the year's accounts. Years before 2022 had no Juneteenth, which this ignores.
    """
    fixed = {
        "New Year's Day": date(year, 1, 1),
        "Juneteenth": date(year, 6, 19),
        "Independence Day": date(year, 7, 4),
        "Christmas Day": date(year, 12, 25),
    }
    days = {
        _nth(MONDAY, year, 1, 3): "Martin Luther King Jr. Day",
        _nth(MONDAY, year, 2, 3): "Presidents' Day",
        easter(year) - timedelta(days=2): "Good Friday",
        date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday()): "Memorial Day",  # the last Monday of May
        _nth(MONDAY, year, 9, 1): "Labor Day",
        _nth(THURSDAY, year, 11, 4): "Thanksgiving Day",
    }
    for name, day in fixed.items():
        shift = {5: -1, 6: 1}.get(day.weekday(), 0)
        kept = day + timedelta(days=shift)
        if kept.year == year:
            days[kept] = name
    return dict(sorted(days.items()))


def is_session(day: date, holidays: bool = False) -> bool:
    """Whether the exchange is open on `day`; with `holidays`, the exchange's full holidays are closed too."""
    return day.weekday() < 5 and not (holidays and day in exchange_holidays(day.year))


def sessions_from(day: date, holidays: bool = False) -> Iterator[date]:
    """All session days from `day` on, endlessly."""
    while True:
        if is_session(day, holidays):
            yield day
        day += timedelta(days=1)


def sessions_before(day: date, count: int, holidays: bool = False) -> list[date]:
    """The last `count` session days before `day`, oldest first."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if is_session(day, holidays):
            found.append(day)
    return found[::-1]


def bar_times(first: date, holidays: bool = False) -> Iterator[tuple[int, int]]:
    """When each 5-minute bar from the session of `first` on closes, in ms, and its number within its session (0–77)."""
    for day in sessions_from(first, holidays):
        opened = to_ms(session_open(day))
        for index in range(BARS_PER_SESSION):
            yield opened + (index + 1) * BAR_MS, index


def bars_between(start: int, end: int, holidays: bool = False) -> int:
    """How many 5-minute bars close after `start` and not after `end` (both ms)."""
    count = 0
    for day in sessions_from(from_ms(start).date() - timedelta(days=1), holidays):
        opened = _open_ms(day)
        if opened >= end:
            return count
        low, high = max(start, opened), min(end, opened + SESSION_MS)
        if low < high:
            count += (high - opened) // BAR_MS - (low - opened) // BAR_MS
    raise AssertionError("sessions follow each other without end")


@lru_cache(maxsize=1024)
def _open_ms(day: date) -> int:
    return to_ms(session_open(day))


@lru_cache(maxsize=1024)
def _midnight_ms(day: date) -> int:
    """When `day` begins in New York. The clocks change at two in the morning: midnight still has the offset of the day
    before."""
    return to_ms(datetime.combine(day, time(0), tzinfo=UTC) - eastern_offset(day - timedelta(days=1)))


def session_of(ms: int) -> tuple[date, int]:
    """The New York day of an instant, and how many milliseconds after that day's opening it lies (negative before)."""
    day = from_ms(ms).date()  # the UTC day; New York's evening belongs to the day before
    if ms < _midnight_ms(day):
        day -= timedelta(days=1)
    return day, ms - _open_ms(day)

"""Sessions and holidays, against days that the exchange published."""

from datetime import date, timedelta
from itertools import islice

import pytest
from grandmodel_sim.clock import from_ms, to_ms
from grandmodel_sim.market import ES, Market
from grandmodel_sim.market.calendar import (
    bar_times,
    bars_between,
    easter,
    exchange_holidays,
    is_session,
    session_of,
    session_open,
    sessions_before,
)
from hypothesis import example, given
from hypothesis import strategies as st

#: The full closures that the New York Stock Exchange announced.
PUBLISHED = {
    2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
    2023: "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25",
    2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
    2025: "01-01 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
    2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_are_those_that_were_published(year: int) -> None:
    assert " ".join(f"{day:%m-%d}" for day in exchange_holidays(year)) == PUBLISHED[year]


def test_easter() -> None:
    assert [easter(year) for year in (1961, 2000, 2019, 2038)] == [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2019, 4, 21),
        date(2038, 4, 25),
    ]


def test_holidays_are_left_out_on_request_only() -> None:
    independence = date(2025, 7, 4)
    assert is_session(independence) and not is_session(independence, holidays=True)
    assert sessions_before(date(2025, 7, 5), 2) == [date(2025, 7, 3), independence]
    assert sessions_before(date(2025, 7, 5), 2, holidays=True) == [date(2025, 7, 2), date(2025, 7, 3)]
    market = Market(1, ES, date(2025, 7, 3), holidays=True)
    market.session()
    assert from_ms(market.session()[0].time).date() == date(2025, 7, 7)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 10**9), st.integers(1, 4 * 86_400_000))
def test_bars_between_two_instants_are_counted_without_making_them(day: date, offset: int, length: int) -> None:
    start = to_ms(session_open(day)) + offset % 86_400_000
    end = start + length
    times = islice(bar_times(day - timedelta(days=1), holidays=True), 10 * 78)
    assert bars_between(start, end, holidays=True) == sum(start < time <= end for time, _ in times)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(-9 * 3_600_000, 14 * 3_600_000))
@example(date(2024, 3, 9), 48_600_000)  # 23:00, in the night in which the clocks go forward
def test_every_instant_belongs_to_a_new_york_day(day: date, since_open: int) -> None:
    assert session_of(to_ms(session_open(day)) + since_open) == (day, since_open)


@pytest.mark.parametrize(("day", "hours"), [(date(2024, 3, 10), 23), (date(2024, 11, 3), 25), (date(2024, 7, 4), 24)])
def test_the_days_on_which_the_clocks_change_are_shorter_and_longer(day: date, hours: int) -> None:
    midnight = to_ms(session_open(day - timedelta(days=1))) + int(14.5 * 3_600_000)
    assert session_of(midnight - 1)[0] == day - timedelta(days=1)
    assert session_of(midnight)[0] == session_of(midnight + hours * 3_600_000 - 1)[0] == day
    assert session_of(midnight + hours * 3_600_000)[0] == day + timedelta(days=1)

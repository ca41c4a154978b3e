"""Longer bars from 5-minute bars: on the session's grid, never across its end, the unfinished last one as asked."""

from dataclasses import replace
from datetime import date

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.clock import stamp
from grandmodel_sim.market import ES, Market, merge, resample
from hypothesis import given, settings
from hypothesis import strategies as st

MARKET = Market(7, ES, date(2025, 10, 31))  # a Friday; on the Sunday New York's clocks change
BARS = MARKET.session() + MARKET.session()


@pytest.mark.parametrize("minutes", [5, 10, 15, 30, 65, 130, 195, 390])
def test_full_sessions_become_whole_bars(minutes: int) -> None:
    six = minutes // 5
    assert resample(BARS, minutes) == [merge(BARS[i : i + six]) for i in range(0, len(BARS), six)]


def test_bars_close_on_the_sessions_grid_in_summer_and_winter() -> None:
    times = [stamp(bar.time) for bar in resample(BARS)]
    assert (times[0], times[12], times[13]) == ("2025-10-31T14:00:00Z", "2025-10-31T20:00:00Z", "2025-11-03T15:00:00Z")


@given(st.integers(0, 156))
@settings(derandomize=True)
def test_an_unfinished_last_bar_is_dropped_kept_or_refused(count: int) -> None:
    bars, whole = BARS[:count], count // 6
    assert resample(bars) == resample(BARS)[:whole]
    rest = [merge(bars[6 * whole :])] if count % 6 else []
    assert resample(bars, partial="keep") == resample(BARS)[:whole] + rest
    if rest:
        with pytest.raises(BadInput, match=r"the 30-minute bar that closes at .* is unfinished"):
            resample(bars, partial="refuse")
    else:
        assert resample(bars, partial="refuse") == resample(BARS)[:whole]


def test_where_bars_are_missing_the_grid_stays() -> None:
    bars = BARS[:3] + BARS[9:]
    made = resample(bars)
    assert [bar.time for bar in made] == [bar.time for bar in resample(BARS)]
    assert made[0] == replace(merge(BARS[:3]), time=BARS[5].time)
    assert made[1] == merge(BARS[9:12])


def test_a_session_that_ends_early_does_not_run_into_the_next_one() -> None:
    made = resample(BARS[:70] + BARS[78:])
    assert [bar.time for bar in made[11:13]] == [BARS[71].time, BARS[83].time]
    assert (made[11].volume, made[12].open) == (merge(BARS[66:70]).volume, BARS[78].open)


@pytest.mark.parametrize(
    ("bars", "options", "message"),
    [
        (BARS[:2] + BARS[1:3], {}, "bar 2 at 2025-10-31T13:40:00Z after one at 2025-10-31T13:40:00Z"),
        (BARS[:2][::-1], {}, "bar 1 at .*sort them by time"),
        ([replace(BARS[0], time=BARS[0].time + 60_000)], {}, "bar 0 at 2025-10-31T13:36:00Z'; bars must close on the"),
        ([replace(BARS[77], time=BARS[77].time + 300_000)], {}, "bars must close on the 5-minute grid"),
        (BARS[:6], {"minutes": 20}, "minutes: got 20; give one of 5, 10, 15, 30"),
        (BARS[:6], {"minutes": True}, "minutes: got True"),
        (BARS[:6], {"partial": "guess"}, "partial: got 'guess'; give one of drop, keep, refuse"),
    ],
)
def test_what_cannot_be_resampled_is_refused(bars, options, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput, match=message):
        resample(bars, **options)

"""Faults on request, and the report that finds each of them and nothing else."""

import math
from collections import Counter
from dataclasses import replace
from datetime import date, datetime

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.clock import from_ms, stamp
from grandmodel_sim.market import ES, NQ, Bar, JointMarket, Market, Stress
from grandmodel_sim.market import faults as made
from grandmodel_sim.market.builder import BarBuilder
from grandmodel_sim.market.csvfile import to_csv
from grandmodel_sim.market.faults import KINDS, Fault, damage, day_first, swap_day_and_month
from grandmodel_sim.market.quality import REMEDIES, Finding, inspect
from grandmodel_sim.market.ticks import ticks
from hypothesis import given, settings
from hypothesis import strategies as st


def sessions(count: int, seed: int = 7, first: date = date(2025, 6, 25)) -> list[Bar]:
    market = Market(seed, ES, first)
    return [bar for _ in range(count) for bar in market.session()]


BARS = sessions(12)  # 25 June to 10 July: with days that have a month and days that do not


def found(findings: list[Finding]) -> list[tuple[int, str, int]]:
    return [(finding.line, finding.kind, finding.rows) for finding in findings]


def recorded(faults: list[Fault]) -> list[tuple[int, str, int]]:
    return [(fault.line, fault.kind, fault.rows) for fault in faults]


@given(st.integers(0, 10**6), st.fixed_dictionaries({kind: st.integers(0, 3) for kind in KINDS[:-1]}), st.booleans())
@settings(max_examples=50, derandomize=True, deadline=None)
def test_every_fault_is_found_where_it_is_and_nothing_else(seed: int, counts: dict[str, int], swap: bool) -> None:
    broken = damage(BARS, seed, **counts, day_month_swap=int(swap))
    done = Counter(fault.kind for fault in broken.faults)
    assert bool(done.pop("day_month_swap", 0)) == swap
    assert done == Counter(counts)
    assert found(inspect(broken.bars)) == found(inspect(broken.csv())) == recorded(broken.faults)


@given(st.integers(0, 10**6), st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.booleans())
@settings(max_examples=25, derandomize=True, deadline=None)
def test_nothing_is_found_in_good_data(seed: int, first: date, holidays: bool) -> None:
    market = Market(seed, NQ, first, holidays=holidays)
    bars = [bar for _ in range(15) for bar in market.session()]
    assert inspect(bars) == inspect(to_csv(bars)) == inspect("\ufeff" + to_csv(bars)) == []  # as Excel writes it


@pytest.mark.parametrize("seed", [3])
def test_nothing_is_found_on_a_year_and_on_stress_days(seed: int) -> None:
    market = JointMarket(seed, date(2024, 7, 1), holidays=True)
    market.stress(Stress.on(date(2024, 8, 5), gap=-0.06, move=-0.05, volatility=5, liquidity=0.05))
    market.stress(Stress.on(date(2025, 4, 7), gap=-0.05, move=0.08, volatility=10, liquidity=0.01))
    bars = [market.step() for _ in range(250 * 78)]
    assert inspect([bar["ES"] for bar in bars]) == inspect([bar["NQ"] for bar in bars]) == []


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.integers(2, 25), st.integers(0, 100))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_swapped_dates_are_told_from_any_stretch_of_sessions(first: date, count: int, offset: int) -> None:
    bars = sessions(count, first=first)[offset % 78 :: 13]  # a few rows of each session will do
    try:
        broken = made.day_month_swap(bars)
    except BadInput:  # no day to swap
        assert all(from_ms(bar.time).day > 12 or from_ms(bar.time).day == from_ms(bar.time).month for bar in bars)
        return
    swaps = [finding for finding in inspect(broken.bars) if finding.kind == "day_month_swap"]
    assert found(swaps) == recorded(broken.faults)


def test_the_swap_is_what_reading_day_first_dates_month_first_gives() -> None:
    def month_first(text: str) -> datetime:
        try:
            return datetime.strptime(text + "+0000", "%m/%d/%Y %H:%M%z")
        except ValueError:  # there is no 13th month: the reader falls back, and says nothing
            return datetime.strptime(text + "+0000", "%d/%m/%Y %H:%M%z")

    times = [line.split(",")[0] for line in day_first(BARS).splitlines()[1:]]
    assert times[0] == "25/06/2025 13:35"
    assert [month_first(text) for text in times] == [from_ms(bar.time) for bar in made.day_month_swap(BARS).bars]
    assert max(from_ms(bar.time).date() for bar in made.day_month_swap(BARS).bars) == date(2025, 10, 7)


@given(st.integers(0, 2 * 10**12))
def test_swapping_twice_changes_nothing(ms: int) -> None:
    assert swap_day_and_month(swap_day_and_month(ms)) == ms


def test_a_day_first_file_is_unreadable_as_one_finding() -> None:
    (finding,) = inspect(day_first(BARS))
    assert (finding.line, finding.kind, finding.rows) == (2, "unreadable", len(BARS))


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_each_kind_has_its_function_on_bars_and_on_text(kind: str) -> None:
    one = getattr(made, kind)
    assert one(BARS, 3) == one(to_csv(BARS), 3) == damage(BARS, 3, **{kind: 1})
    assert [fault.kind for fault in one(BARS, 3, 4).faults] == [kind] * 4
    assert one(BARS, 3) != one(BARS, 4)
    assert sessions(12) == BARS  # what came in is as it was


def test_what_each_fault_does() -> None:
    broken = damage(BARS, 1, gap=1)
    (fault,) = broken.faults
    assert len(broken.bars) == len(BARS) - 3 and BARS[fault.line - 2].time == fault.time
    (fault,) = made.duplicate(BARS, 1).faults
    twice = made.duplicate(BARS, 1).bars
    assert twice[fault.line - 2] == twice[fault.line - 3]
    for kind, check in {
        "zero_volume": lambda bar, before: bar.volume == 0,
        "stale": lambda bar, before: replace(bar, time=0) == replace(before, time=0),
        "not_a_number": lambda bar, before: any(math.isnan(x) for x in (bar.open, bar.high, bar.low, bar.close)),
        "spike": lambda bar, before: bar.high > 1.15 * bar.low,
    }.items():
        broken = damage(BARS, 2, **{kind: 1})
        (fault,) = broken.faults
        place = fault.line - 2
        assert broken.bars[place].time == fault.time == BARS[place].time
        assert check(broken.bars[place], broken.bars[place - 1]) and fault.detail
        assert broken.bars[:place] + broken.bars[place + 1 :] == BARS[:place] + BARS[place + 1 :]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"leak": 1}, "kind: got 'leak'; the faults are gap, spike"),
        ({"gap": -1}, "gap: got -1; give a whole number from 0"),
        ({"gap": 1.0}, "gap: got 1.0"),
        ({"spike": 500}, "counts: got '500 faults'; these 936 bars have room for about"),
        ({"spike": 1, "spike_size": 0.001}, r"spike_size: got 0.001; give a log return from 0\.05"),
        ({"spike": 1, "spike_size": math.nan}, "spike_size: got nan"),
    ],
)
def test_impossible_damage_is_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        damage(BARS, 1, **arguments)


def test_a_swap_that_nobody_could_see_is_refused() -> None:
    with pytest.raises(BadInput, match="give bars that include days from 1 to 12"):
        made.day_month_swap(sessions(3))
    with pytest.raises(BadInput, match="give at least two days"):
        made.day_month_swap(sessions(1, first=date(2025, 7, 10)))
    with pytest.raises(BadInput, match="it lacks timestamp"):
        made.gap("a,b\n1,2\n", 1)


# --- the report on what was not injected ---

HEADER = "timestamp,open,high,low,close,volume\n"
GOOD = [line + "\n" for line in to_csv(BARS[:12]).splitlines()[1:]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (GOOD, []),
        ([], []),
        ([*GOOD[:3], GOOD[4], GOOD[3], *GOOD[5:]], [(5, "gap", 1), (6, "unordered", 1)]),
        ([*GOOD[:3], GOOD[1], *GOOD[3:]], [(5, "duplicate", 1)]),
        ([*GOOD[:3], "2025-06-25T13:52:00Z,1,1,1,1,1\n", *GOOD[3:]], [(5, "off_grid", 1)]),
        (["2025-06-21T13:35:00Z,1,1,1,1,1\n", *GOOD], [(2, "off_grid", 1)]),
        ([*GOOD[:3], GOOD[3].replace(",6", ",cheap6", 1), *GOOD[4:]], [(5, "unreadable", 1), (6, "gap", 1)]),
        ([*GOOD[:3], "2025-06-25T13:50:00Z,5\n", *GOOD[4:]], [(5, "not_a_number", 1)]),
        ([*GOOD[:3], "2025-06-25T13:50:00Z,6000,5000,6000,6000,5\n", *GOOD[4:]], [(5, "contradiction", 1)]),
        ([*GOOD[:3], "2025-06-25T13:50:00Z,6000,inf,6000,6000,5\n", *GOOD[4:]], [(5, "not_a_number", 1)]),
        ([*GOOD[:3], "2025-06-25T13:50:00Z,6000,6001,6000,6000,-5\n", *GOOD[4:]], [(5, "contradiction", 1)]),
    ],
)
def test_other_defects_are_found_too(rows: list[str], expected: list[tuple[int, str, int]]) -> None:
    assert found(inspect(HEADER + "".join(rows))) == expected


def test_missing_sessions_are_a_gap_and_holidays_are_none() -> None:
    bars = sessions(12)
    assert found(inspect(bars[: 3 * 78] + bars[5 * 78 :])) == [(3 * 78 + 2, "gap", 2 * 78)]
    assert stamp(bars[7 * 78].time) == "2025-07-04T13:35:00Z"
    assert inspect(bars[: 7 * 78] + bars[8 * 78 :]) == []


def test_a_bar_filled_in_by_a_builder_is_named() -> None:
    for gaps, kind in (("zero_volume", "zero_volume"), ("forward_fill", "stale")):
        builder = BarBuilder("ES", gaps=gaps)
        bars = [b for bar in BARS[:5] + BARS[7:20] for tick in ticks(bar, ES, 1) for b in builder.add(tick)]
        assert found(inspect(bars)) == [(7, kind, 1), (8, kind, 1)]


def test_a_finding_says_what_to_do() -> None:
    (finding,) = inspect(made.zero_volume(BARS, 1).bars)
    assert str(finding).startswith(f"line {finding.line}: zero_volume: prices up to")
    assert finding.remedy == REMEDIES["zero_volume"] and str(finding).endswith(finding.remedy)
    with pytest.raises(BadInput, match=r"data: got 'CSV text'; its header must have .*; it lacks volume"):
        inspect(HEADER.replace(",volume", ""))


def test_every_kind_of_fault_has_a_remedy() -> None:
    assert set(KINDS) <= set(REMEDIES)

"""Ticks agree with their bar to the last contract, come in bursts, and a bar builder gives the bar back."""

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.market import ES, NQ, Bar, Market
from grandmodel_sim.market.builder import BarBuilder
from grandmodel_sim.market.calendar import BAR_MS
from grandmodel_sim.market.ticks import Tick, ticks
from hypothesis import given, settings
from hypothesis import strategies as st

SESSION = Market(7, ES, date(2025, 7, 14)).session()


@st.composite
def some_bar(draw: st.DrawFn) -> Bar:
    """A bar with any shape, also a flat one, and just enough or plenty of volume."""
    low = draw(st.integers(1, 40_000))
    inside = st.integers(low, low + draw(st.integers(0, 30)))
    opened, closed, top, bottom = (draw(inside) for _ in range(4))
    levels = [opened, max(opened, closed, top), min(opened, closed, bottom), closed]
    time = draw(st.sampled_from(SESSION)).time
    return Bar(time, *(level * 0.25 for level in levels), volume=draw(st.integers(4, 3_000)))


@given(some_bar(), st.integers(0, 10**6))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_ticks_agree_with_their_bar_and_give_it_back(bar: Bar, seed: int) -> None:
    prints = ticks(bar, ES, seed)
    assert (prints[0].price, prints[-1].price) == (bar.open, bar.close)
    assert (max(t.price for t in prints), min(t.price for t in prints)) == (bar.high, bar.low)
    assert sum(t.volume for t in prints) == bar.volume and all(t.volume >= 1 for t in prints)
    assert all(bar.time - BAR_MS <= a.time <= b.time < bar.time for a, b in pairwise([prints[0], *prints]))
    assert all((t.price / 0.25).is_integer() for t in prints)
    builder = BarBuilder("ES")
    assert [made for t in prints for made in builder.add(t)] + builder.advance(bar.time) == [bar]


def test_the_same_seed_gives_the_same_ticks_and_another_one_others() -> None:
    bar = SESSION[3]
    assert ticks(bar, ES, 1) == ticks(bar, ES, 1)
    assert len({tuple(ticks(bar, ES, seed)) for seed in range(5)}) == 5


def fano(times: list[int], window: int) -> float:
    """Variance over mean of the number of prints in windows of `window` ms: 1 if they come independently."""
    counts = [0] * (BAR_MS // window)
    for time in times:
        counts[time % BAR_MS // window] += 1
    mean = sum(counts) / len(counts)
    return math.fsum((count - mean) ** 2 for count in counts) / len(counts) / mean


def test_prints_come_in_bursts() -> None:
    clustered = [fano([t.time for t in ticks(bar, ES, 1, count=400)], 1000) for bar in SESSION[:20]]
    assert min(clustered) > 1.5  # 400 independent times would give 1 ± 0.08


def test_sizes_are_skewed() -> None:
    sizes = sorted(t.volume for t in ticks(SESSION[0], ES, 1))
    assert sizes[len(sizes) // 2] < 0.7 * sum(sizes) / len(sizes)


def test_a_bar_without_trades_has_no_ticks() -> None:
    bar = SESSION[0]
    assert ticks(Bar(bar.time, 10.0, 10.0, 10.0, 10.0, 0), ES, 1) == []
    (only,) = ticks(Bar(bar.time, 10.0, 10.0, 10.0, 10.0, 1), ES, 1)
    assert (only.price, only.volume) == (10.0, 1)


@pytest.mark.parametrize(
    ("bar", "count", "message"),
    [
        (Bar(SESSION[0].time, 10.0, 11.0, 9.0, 10.0, 3), None, "its prices need 4 trades; a volume of 3"),
        (Bar(SESSION[0].time, 10.0, 10.0, 10.0, 10.5, 0), None, "prices must satisfy"),
        (Bar(SESSION[0].time, 10.1, 11.0, 9.0, 10.0, 9), None, "whole ticks of 0.25"),
        (Bar(SESSION[0].time, 10.0, math.nan, 9.0, 10.0, 9), None, "whole ticks of 0.25"),
        (Bar(SESSION[0].time, 10.0, 9.5, 9.0, 10.0, 9), None, "prices must satisfy"),
        (Bar(SESSION[0].time, 10.0, 11.0, 9.0, 10.0, 9), 3, "count: got 3; give a whole number from 4 to 9"),
        (Bar(SESSION[0].time, 10.0, 11.0, 9.0, 10.0, 9), 10, "count: got 10"),
        (Bar(SESSION[0].time, 10.0, 11.0, 9.0, 10.0, 9), 4.5, "count: got 4.5"),
    ],
)
def test_impossible_bars_and_counts_are_refused(bar: Bar, count: int | None, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        ticks(bar, ES, 1, count)


# --- the builder ---


def stream_of(bars: list[Bar]) -> list[Tick]:
    return [tick for bar in bars for tick in ticks(bar, ES, 1, count=12)]


def built(builder: BarBuilder, prints: list[Tick], until: int) -> list[Bar]:
    return [bar for tick in prints for bar in builder.add(tick)] + builder.advance(until)


def test_two_sessions_of_ticks_become_their_bars_of_5_and_30_minutes() -> None:
    from grandmodel_sim.market import resample

    market = Market(2, ES, date(2025, 7, 11))
    bars = market.session() + market.session()
    prints = stream_of(bars)
    builder = BarBuilder("ES")
    assert built(builder, prints, bars[-1].time) == bars
    assert (builder.counts.accepted, builder.counts.filled) == (len(prints), 0)  # the weekend is no gap
    assert built(BarBuilder("ES", 30), prints, bars[-1].time) == resample(bars, 30)


@pytest.mark.parametrize("gaps", ["forward_fill", "zero_volume", "skip"])
def test_a_gap_is_treated_as_the_policy_says(gaps: str) -> None:
    bars = SESSION[:10]
    builder = BarBuilder("ES", gaps=gaps)
    made = built(builder, stream_of(bars[:4] + bars[7:]), bars[-1].time)
    close = bars[3].close
    between = {
        "forward_fill": [replace(bars[3], time=bar.time) for bar in bars[4:7]],
        "zero_volume": [Bar(bar.time, close, close, close, close, 0) for bar in bars[4:7]],
        "skip": [],
    }[gaps]
    assert made == bars[:4] + between + bars[7:]
    assert (builder.counts.filled, builder.counts.skipped) == ((0, 3) if gaps == "skip" else (3, 0))


def test_a_quiet_market_is_filled_by_the_clock_up_to_the_end_of_the_session_only() -> None:
    builder = BarBuilder("ES")
    for tick in stream_of(SESSION[:70]):
        builder.add(tick)
    assert [bar.time for bar in builder.advance(SESSION[71].time)] == [bar.time for bar in SESSION[69:72]]
    rest = builder.advance(SESSION[-1].time + 12 * 3_600_000)
    assert [bar.time for bar in rest] == [bar.time for bar in SESSION[72:]]
    assert builder.advance(SESSION[-1].time + 15 * 3_600_000) == []


def test_late_and_unordered_ticks_are_counted_and_change_nothing() -> None:
    bars = SESSION[:3]
    prints = stream_of(bars)
    builder = BarBuilder("ES")
    made: list[Bar] = []
    for number, tick in enumerate(prints):
        made += builder.add(tick)
        if number == 15:  # in the second bar
            assert builder.add(replace(prints[2], price=1.0)) == []
            assert builder.add(replace(tick, time=tick.time - 1, price=1.0)) == []
    assert made + builder.advance(bars[-1].time) == bars
    assert (builder.counts.accepted, builder.counts.late, builder.counts.out_of_order) == (len(prints), 1, 1)


def test_a_tick_for_a_skipped_interval_comes_too_late() -> None:
    builder = BarBuilder("ES", gaps="skip")
    for tick in stream_of(SESSION[:1]):
        builder.add(tick)
    builder.advance(SESSION[2].time)
    assert builder.add(Tick("ES", SESSION[1].time - 1, 6250.0, 1)) == []
    assert builder.counts.late == 1


def test_ticks_out_of_hours_are_counted() -> None:
    builder = BarBuilder("ES", holidays=True)
    opened = SESSION[0].time - BAR_MS
    for time in (opened - 1, SESSION[-1].time, opened - 2 * 86_400_000, SESSION[0].time - 10 * 86_400_000):
        assert builder.add(Tick("ES", time, 6250.0, 1)) == []
    assert builder.counts.out_of_hours == 4  # before, after, Saturday, Independence Day
    builder.add(Tick("ES", opened, 6250.0, 1))
    assert builder.counts.accepted == 1


def test_bad_ticks_are_counted_only_if_asked_for_and_a_new_session_starts_afresh() -> None:
    prints = stream_of(SESSION[:2])
    bad = replace(prints[5], price=prints[5].price * 1.1)
    trusting, wary = BarBuilder("ES"), BarBuilder("ES", max_jump=0.05)
    for builder in (trusting, wary):
        for tick in [*prints[:5], bad, *prints[5:]]:
            builder.add(tick)
    assert (trusting.counts.spikes, trusting.counts.accepted) == (0, len(prints) + 1)
    assert (wary.counts.spikes, wary.counts.accepted) == (1, len(prints))
    assert wary.add(replace(prints[-1], time=SESSION[-1].time - 1, price=bad.price)) == []  # a true jump is lost too
    wary.add(replace(prints[0], time=prints[0].time + 86_400_000, price=bad.price))
    assert (wary.counts.spikes, wary.counts.accepted) == (2, len(prints) + 1)
    with pytest.raises(BadInput, match="max_jump: got 0; give a log return above 0"):
        BarBuilder("ES", max_jump=0)


def test_what_a_builder_refuses() -> None:
    with pytest.raises(BadInput, match="minutes: got 7; give one of 5, 10"):
        BarBuilder("ES", 7)
    with pytest.raises(BadInput, match="gaps: got 'smart_fill'; give one of forward_fill, zero_volume, skip"):
        BarBuilder("ES", gaps="smart_fill")
    builder = BarBuilder("ES")
    time = SESSION[0].time - 1
    with pytest.raises(BadInput, match="tick: got 'NQ'; this builder takes the ticks of ES"):
        builder.add(ticks(SESSION[0], NQ, 1)[0])
    for price, volume in ((math.nan, 1), (-1.0, 1), (10.0, 0)):
        with pytest.raises(BadInput, match="give a positive price and a volume of at least 1"):
            builder.add(Tick("ES", time, price, volume))
    builder.add(Tick("ES", time, 10.0, 1))
    with pytest.raises(BadInput, match=r"time: .*there was a tick at 2025-07-14T13:34"):
        builder.advance(time - 1)
    assert builder.advance(time + 1) == [Bar(time + 1, 10.0, 10.0, 10.0, 10.0, 1)]

"""Indicators and features: the rules of the facts sheet, and never a look ahead."""

from datetime import date

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.columns import FEATURES, columns
from grandmodel_sim.features.fvg import MAX_AGE, FairValueGap
from grandmodel_sim.features.mlmi import MomentumIndex
from grandmodel_sim.market import ES, Bar, Market
from hypothesis import given, settings
from hypothesis import strategies as st

MINUTE = 60_000


def bar(index: int, opened: float, high: float, low: float, close: float) -> Bar:
    return Bar(index * 5 * MINUTE, opened, high, low, close, 100)


def with_gap(after: list[Bar]) -> list[Bar]:
    """Ten small bars around 100, a run up to 106, a bar above the gap (100.5 to 104), then `after`."""
    small = [bar(i, 100, 100.5, 99.5, 100.25 if i % 2 else 99.75) for i in range(11)]
    return [*small, bar(11, 100, 106, 100, 106), bar(12, 106, 107, 104, 105), *after]


def readings(bars: list[Bar]) -> list[float]:
    gap = FairValueGap()
    return [gap.update(item) for item in bars]


def test_a_bullish_gap_is_read_when_its_third_bar_closes_and_fades() -> None:
    flat = [bar(13 + i, 105, 106, 104, 105) for i in range(3)]
    assert readings(with_gap(flat)) == [0.0] * 12 + [1.0, 0.904837, 0.818731, 0.740818]


def test_a_gap_is_over_when_price_trades_through_its_far_edge() -> None:
    inside, through = bar(13, 104, 104, 101, 102), bar(14, 102, 104, 100.5, 101)
    assert readings(with_gap([inside, through]))[-2:] == [0.904837, 0.0]


def test_a_gap_is_forgotten_after_fifty_bars() -> None:
    flat = [bar(13 + i, 105, 106, 104, 105) for i in range(MAX_AGE + 1)]
    values = readings(with_gap(flat))
    assert values[12 + MAX_AGE] == 0.006738
    assert values[12 + MAX_AGE + 1] == 0.0


def test_a_bearish_gap_reads_negative() -> None:
    mirrored = [
        Bar(item.time, 200 - item.open, 200 - item.low, 200 - item.high, 200 - item.close, 100) for item in with_gap([])
    ]
    assert readings(mirrored)[-1] == -1.0


def test_a_middle_bar_with_a_small_body_makes_no_gap() -> None:
    bars = with_gap([])
    bars[11] = bar(11, 103, 106, 100, 103.25)
    assert readings(bars)[-1] == 0.0


def test_mlmi_votes_in_fifths_and_takes_both_signs() -> None:
    market, index = Market(5, ES, date(2025, 1, 6)), MomentumIndex()
    values = [index.update(market.next_bar()) for _ in range(3000)]
    assert set(values) == {-1.0, -0.6, -0.2, 0.0, 0.2, 0.6, 1.0}
    assert values[:50] == [0.0] * 50  # warming up


def test_mlmi_of_a_market_that_stands_still_is_silent() -> None:
    index = MomentumIndex()
    assert {index.update(bar(i, 100, 100, 100, 100)) for i in range(200)} == {0.0}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 299))
def test_changing_the_future_changes_nothing_in_the_past(seed: int, now: int) -> None:
    past, future = Market(seed, ES, date(2025, 1, 6)), Market(seed + 1, ES, date(2025, 1, 6))
    bars = [past.next_bar() for _ in range(300)]
    other = bars[:now] + [future.next_bar() for _ in range(300)][now:]
    for name in FEATURES:
        (one,), (two,) = columns(bars, [name]), columns(other, [name])
        assert one[:now] == two[:now], name


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], r"features: got \[\]; give a list of at least one of close, volume, mlmi, fvg"),
        ("close", "features: got 'close'; give a list"),
        (["close", "rsi"], "features: got 'rsi'; the features are close, volume, mlmi, fvg"),
        (["fvg", "fvg"], "features: got 'fvg'; name each feature once"),
    ],
)
def test_feature_names_are_checked(names: list[str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        columns([bar(0, 1, 1, 1, 1)], names)


def test_no_bars_is_an_error() -> None:
    with pytest.raises(BadInput, match="bars: got"):
        columns([], ["close"])

"""Whole series of rows: the same as bar by bar, the same whatever the future brings, and refused if they cannot be."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.columns import FEATURES, columns
from grandmodel_sim.features.engine import StrategicIndicators, TacticalIndicators
from grandmodel_sim.features.frames import (
    half_hours_of,
    strategic_matrix,
    strategic_rows,
    tactical_matrix,
    tactical_rows,
    windows,
)
from grandmodel_sim.features.matrix import STRATEGIC_COLUMNS, TACTICAL_COLUMNS
from grandmodel_sim.market import Bar, merge
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.features.series import awkward_bars, bar_at, market_bars, still


@settings(max_examples=30, deadline=None, derandomize=True)
@given(awkward_bars(least=30, most=110), awkward_bars(least=110, most=110), st.integers(1, 29))
def test_no_row_changes_when_the_future_does(bars: list[Bar], others: list[Bar], now: int) -> None:
    changed = bars[:now] + others[now:]
    assert tactical_rows(bars)[:now] == tactical_rows(changed)[:now] == tactical_rows(bars[:now])
    long, long_changed = ([replace(bar, time=bar.time * 6) for bar in series] for series in (bars, changed))
    assert strategic_rows(long)[:now] == strategic_rows(long_changed)[:now] == strategic_rows(long[:now])
    for name in FEATURES:
        assert columns(bars, [name])[0][:now] == columns(changed, [name])[0][:now] == columns(bars[:now], [name])[0]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 1000), st.integers(80, 150))
def test_no_row_of_the_market_changes_when_the_future_does(seed: int, now: int) -> None:
    # Long enough for every indicator, MMD and its second width included, to have something to say.
    half_hours, others = (half_hours_of(market_bars(one, 13)) for one in (seed, seed + 1))
    changed = half_hours[:now] + others[now:]
    assert strategic_rows(half_hours)[:now] == strategic_rows(changed)[:now] == strategic_rows(half_hours[:now])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(awkward_bars())
def test_every_row_is_finite_and_within_three(bars: list[Bar]) -> None:
    rows = np.array(tactical_rows(bars))
    assert rows.shape == (len(bars), 7)
    assert np.abs(rows).max() <= 1
    long = strategic_rows([replace(bar, time=bar.time * 6) for bar in bars])
    assert np.isfinite(long).all()
    assert np.abs(long).max() <= 3


def test_arrays_are_the_rows_of_the_engine() -> None:
    bars = list(market_bars(11, 8))
    tactical = TacticalIndicators()
    found = []
    for bar in bars:
        tactical.update(bar)
        found.append(tactical.row())
    array = tactical_matrix(bars)
    assert array.dtype == np.float32
    assert (array == np.array(found, dtype=np.float32)).all()

    half_hours = [merge(bars[i : i + 6]) for i in range(0, len(bars), 6)]
    assert half_hours_of(bars) == half_hours
    strategic = StrategicIndicators()
    found = []
    for bar in half_hours:
        strategic.update(bar)
        found.append(strategic.row())
    long = strategic_matrix(half_hours)
    assert long.shape == (104, 13)
    assert (long == np.array(found, dtype=np.float32)).all()


def test_every_column_has_something_to_say() -> None:
    bars = list(market_bars(12, 24))
    for array, names in (
        (tactical_matrix(bars)[100:], TACTICAL_COLUMNS),
        (strategic_matrix(half_hours_of(bars))[100:], STRATEGIC_COLUMNS),
    ):
        for column, name in zip(array.T, names, strict=True):
            assert len(np.unique(column)) > 1, name


def test_time_is_new_yorks_and_the_volatility_is_a_years() -> None:
    bars = half_hours_of(market_bars(2, 4))
    row = dict(zip(STRATEGIC_COLUMNS, strategic_rows(bars)[-1], strict=True))
    assert (row["time_hour_sin"], row["time_hour_cos"]) == (-0.866025, -0.5)  # 16:00: 2π · 16 / 24
    closes = np.array([bar.close for bar in bars[-21:]])
    yearly = np.std(np.diff(closes) / closes[:-1], ddof=1) * np.sqrt(252 * 13)
    assert row["volatility"] == pytest.approx(yearly, abs=1e-5)
    winter = [replace(bar, time=bar.time + 182 * 86_400_000 + 3_600_000) for bar in bars]  # standard time: 21:00 UTC
    assert strategic_rows(winter)[-1] == strategic_rows(bars)[-1]


def test_the_tactical_row_by_hand() -> None:
    small = [bar_at(i, 100, 100.5, 99.5, 100.25 if i % 2 else 99.75) for i in range(11)]
    rows = tactical_rows([*small, bar_at(11, 100, 106, 100, 106), bar_at(12, 106, 107, 104, 105, 100)])
    row = dict(zip(TACTICAL_COLUMNS, rows[-1], strict=True))
    assert row == {
        "fvg_bullish_active": 1.0,
        "fvg_bearish_active": 0.0,
        "fvg_nearest_level": -1.0,  # the middle, 102.25, lies 2.6 per cent below 105
        "fvg_age": 1.0,
        "fvg_mitigation_signal": 0.0,
        "price_momentum_5": round(100 * (105 / 100.25 - 1) / 5, 6),
        "volume_ratio": 0.0,
    }


def test_a_market_that_stands_still_makes_quiet_rows() -> None:
    assert set(tactical_rows(still(200))) == {(0.0,) * 7}
    rows = strategic_rows(still(200, minutes=30))
    assert {row[:6] + row[8:] for row in rows} == {(0.0,) * 11}


def test_half_hours_with_a_hole_are_left_out() -> None:
    bars = list(market_bars(1, 1))
    assert half_hours_of(bars) == [merge(bars[i : i + 6]) for i in range(0, 78, 6)]
    assert half_hours_of(bars[2:]) == half_hours_of(bars)[1:]
    assert half_hours_of(bars[:14] + bars[15:]) == half_hours_of(bars)[:2] + half_hours_of(bars)[3:]
    assert half_hours_of(bars[:5]) == []


def test_windows_end_with_their_row_and_are_read_only() -> None:
    rows = np.arange(20, dtype=np.float32).reshape(10, 2)
    view = windows(rows, 4)
    assert view.shape == (7, 4, 2)
    assert (view[3] == rows[3:7]).all()
    assert not view.flags.writeable


@pytest.mark.parametrize("length", [0, 11, True, 2.0])
def test_a_window_longer_than_the_data_is_refused(length: int) -> None:
    with pytest.raises(BadInput, match=r"length: got .*; give a whole number from 1 to 10, the rows there are"):
        windows(np.zeros((10, 2), dtype=np.float32), length)


def test_windows_want_a_matrix() -> None:
    with pytest.raises(BadInput, match=r"rows: got \(10,\); give an array of shape \(rows, columns\)"):
        windows(np.zeros(10, dtype=np.float32), 2)
    with pytest.raises(BadInput, match=r"rows: got 'list'; give an array of shape \(rows, columns\)"):
        windows([[1.0]], 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        ("abc", r"bars\[0\]: got 'a'; give a Bar"),
        ([1], r"bars\[0\]: got 1; give a Bar"),
        (5, "bars: got 5; give a list"),
    ],
)
def test_what_are_no_bars_is_named(bars: Any, message: str) -> None:
    for function in (tactical_rows, strategic_rows, half_hours_of, lambda bars: columns(bars, ["close"])):
        with pytest.raises(BadInput, match=message):
            function(bars)


GOOD = [bar_at(i, 100, 101, 99, 100) for i in range(3)]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"close": float("nan")}, r"bars\[1\]: got 'open 100, high 101, low 99, close nan'; prices must be finite"),
        ({"open": float("nan")}, r"bars\[1\]: got"),
        ({"high": float("nan")}, r"bars\[1\]: got"),
        ({"low": float("nan")}, r"bars\[1\]: got"),
        ({"high": float("inf")}, r"bars\[1\]: got"),
        ({"low": 0}, r"bars\[1\]: got .* 0 < low"),
        ({"high": 99.5}, r"bars\[1\]: got"),
        ({"volume": -1}, r"bars\[1\].volume: got -1; give a finite number of contracts, 0 or more"),
        ({"volume": float("nan")}, r"bars\[1\].volume: got nan"),
        ({"time": GOOD[0].time}, r"bars\[1\].time: got '2025-07-14T13:35:00Z'; bars run forward; the one before is of"),
    ],
)
def test_bars_that_cannot_be_computed_with_are_named(damage: dict[str, float], message: str) -> None:
    bars = [GOOD[0], replace(GOOD[1], **damage), GOOD[2]]  # type: ignore[arg-type]
    for function in (tactical_rows, half_hours_of, lambda bars: columns(bars, ["close"])):
        with pytest.raises(BadInput, match=message):
            function(bars)  # type: ignore[no-untyped-call]


def test_five_minute_bars_are_no_half_hours() -> None:
    with pytest.raises(BadInput, match="these must be 30-minute bars; the one before is of 2025-07-14T13:35:00Z"):
        strategic_rows(GOOD)
    with pytest.raises(BadInput, match="bars: got"):
        strategic_rows([])

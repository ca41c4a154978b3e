"""The market: real statistics, whole ticks, one structure that can be switched off, files checked when read."""

import hashlib
import math
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.columns import columns
from grandmodel_sim.market import ES, INSTRUMENTS, NQ, Bar, Market, merge
from grandmodel_sim.market.calendar import eastern_offset, session_open, sessions_before
from grandmodel_sim.market.csvfile import parse_csv, read_csv, to_csv

SESSIONS = 250


def series(seed: int, structure: float) -> tuple[list[Bar], np.ndarray]:
    market = Market(seed, ES, date(2024, 7, 1), structure)
    bars = [bar for _ in range(SESSIONS) for bar in market.session()]
    return bars, np.array([math.log(bar.close / bar.open) for bar in bars])


@pytest.fixture(scope="module")
def quiet() -> tuple[list[Bar], np.ndarray]:
    return series(1, 0.0)


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=lambda item: item.symbol)
def test_prices_are_whole_ticks_in_order_and_bars_join(instrument) -> None:  # type: ignore[no-untyped-def]
    market = Market(3, instrument, date(2025, 7, 14))
    for _ in range(5):
        bars = market.session()
        for bar in bars:
            assert all((price / instrument.tick).is_integer() for price in (bar.open, bar.high, bar.low, bar.close))
            assert bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
            assert bar.volume >= 1
        assert [bar.open for bar in bars[1:]] == [bar.close for bar in bars[:-1]]
        assert {later.time - bar.time for bar, later in pairwise(bars)} == {300_000}


def test_returns_look_like_those_of_index_futures(quiet: tuple[list[Bar], np.ndarray]) -> None:
    bars, r = quiet
    volume = np.array([bar.volume for bar in bars], dtype=float)
    assert 0.12 < r.std() * math.sqrt(252 * 78) < 0.30  # annual volatility
    kurtosis = ((r - r.mean()) ** 4).mean() / r.var() ** 2 - 3
    assert 3 < kurtosis < 60  # heavy tails
    noise = 4 / math.sqrt(len(r))
    assert all(abs(correlation(r[:-lag], r[lag:])) < noise for lag in (1, 2, 5))  # no linear memory
    assert all(correlation(abs(r[:-lag]), abs(r[lag:])) > noise for lag in (1, 6, 78))  # volatility clusters
    assert 0.3 < correlation(volume, abs(r)) < 0.9
    by_time = abs(r).reshape(-1, 78).mean(axis=0)
    assert by_time[[0, -1]].mean() > 1.5 * by_time[39]  # busy at the open and the close


def test_the_structure_is_in_the_series_only_if_it_is_switched_on(quiet: tuple[list[Bar], np.ndarray]) -> None:
    def edge(bars: list[Bar], r: np.ndarray) -> float:
        (fvg,) = columns(bars, ["fvg"])
        return correlation(np.array(fvg[:-1]), r[1:])

    noise = 3 / math.sqrt(SESSIONS * 78)
    assert abs(edge(*quiet)) < noise
    assert edge(*series(1, 0.25)) > 5 * noise


@pytest.mark.parametrize("structure", [-0.1, 1, "big", float("nan"), None])
def test_an_impossible_structure_is_refused(structure: object) -> None:
    with pytest.raises(BadInput, match=r"structure: got .*; give a number from 0"):
        Market(1, ES, date(2025, 1, 2), structure)  # type: ignore[arg-type]


def test_the_data_of_lab_2_1_stays_what_its_learning_claims_were_measured_on() -> None:
    first = sessions_before(date(2025, 7, 14), 160)[0]
    market = Market(7, ES, first, name="data")
    text = to_csv(bar for _ in range(160) for bar in market.session())
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "9a78c0cc58695d58"


def test_what_a_trade_costs() -> None:
    assert ES.cost_per_side == 2.50 + 0.25 * 50
    assert NQ.cost_per_side == 2.50 + 0.25 * 20


def test_new_york_opens_at_half_past_nine_in_summer_and_winter() -> None:
    assert session_open(date(2025, 7, 14)).isoformat() == "2025-07-14T13:30:00+00:00"
    assert session_open(date(2025, 1, 2)).isoformat() == "2025-01-02T14:30:00+00:00"
    changes = [
        day
        for day in (date(2025, 1, 1) + timedelta(days=i) for i in range(365))
        if eastern_offset(day) != eastern_offset(day - timedelta(days=1))
    ]
    assert changes == [date(2025, 3, 9), date(2025, 11, 2)]
    assert sessions_before(date(2025, 7, 14), 2) == [date(2025, 7, 10), date(2025, 7, 11)]


def test_merging_no_bars_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one bar"):
        merge([])


def test_a_file_gives_back_the_bars_that_were_written(tmp_path: Path) -> None:
    bars = Market(4, ES, date(2025, 7, 14)).session()
    path = tmp_path / "bars.csv"
    path.write_text(to_csv(bars))
    assert read_csv(path) == bars


HEADER = "timestamp,open,high,low,close,volume\n"
ROW = "2025-07-14T13:35:00Z,100,101,99,100.5,10\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it lacks timestamp, open, high, low, close, volume"),
        (HEADER, "it has a header but no rows"),
        (HEADER.replace("close", "last") + ROW, "it lacks close"),
        (HEADER + ROW + ROW, "bars.csv, line 3.*timestamps must run forward"),
        (HEADER + ROW.replace("100.5", "nan"), "line 2.*must be finite"),
        (HEADER + ROW.replace("101", "inf"), "line 2.*must be finite"),
        (HEADER + ROW.replace("100.5", ""), "line 2.*every cell must be filled"),
        (HEADER + ROW.replace("100.5", "dear"), "line 2.*could not convert string to float: 'dear'"),
        (HEADER + ROW.replace("99", "100.2"), "line 2.*prices must satisfy 0 < low"),
        (HEADER + ROW.replace(",10\n", ",-1\n"), "line 2.*volume"),
        (HEADER + ROW.replace("2025-07-14T13:35:00Z", "14/07/2025"), "line 2.*ISO 8601"),
        (HEADER + "2025-07-14T13:35:00Z,100\n", "line 2.*every cell must be filled"),
        (HEADER + ROW.replace(",10\n", ",10,7\n"), r"line 2.*more cells than the header; found \['7'\] beyond"),
        (HEADER.replace("volume", "volume,close") + ROW.replace("\n", ",9\n"), "each column once; it repeats close"),
        (HEADER + "x" * 140_000, "line 1.*it cannot be read as CSV: field larger than field limit"),
        (HEADER + ROW.replace(",10\n", ",5.5\n"), "line 2.*whole number of contracts; found 5.5"),
        (HEADER + ROW.replace(",10\n", ",1_0\n"), "line 2.*could not convert string to float: '1_0'"),
        (HEADER + ROW.replace(",10\n", ",1\u0660\n"), "line 2.*could not convert string to float: '1\u0660'"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bars.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        read_csv(path)


def test_a_file_from_excel_is_read_and_times_without_an_offset_are_utc(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + ROW.replace("10\n", "10.0\n")).replace("\n", "\r\n").encode())
    assert read_csv(path) == parse_csv(HEADER + ROW) == parse_csv(HEADER + ROW.replace("Z", ""))
    assert parse_csv(HEADER + ROW.replace("Z", "+00:05"))[0].time == read_csv(path)[0].time - 300_000


@pytest.mark.parametrize("path", [None, 5, [1]])
def test_what_is_no_path_is_refused(path: object) -> None:
    with pytest.raises(BadInput, match=r"data_file: got .*; give the path of a CSV file"):
        read_csv(path)  # type: ignore[arg-type]


def test_a_missing_file_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="it cannot be read as text"):
        read_csv(tmp_path / "binary.csv")

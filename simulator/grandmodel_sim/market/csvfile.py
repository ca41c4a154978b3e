"""Bars as CSV text: timestamp, open, high, low, close, volume."""

import csv
import io
import math
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from grandmodel_sim.clock import stamp, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")


def to_csv(bars: Iterable[Bar]) -> str:
    """The bars as CSV text with a header; a bar's timestamp is the instant at which it closed, in UTC."""
    lines = [",".join(COLUMNS)]
    lines += [f"{stamp(b.time)},{b.open:.2f},{b.high:.2f},{b.low:.2f},{b.close:.2f},{b.volume}" for b in bars]
    return "\n".join(lines) + "\n"


def read_csv(path: str | Path) -> list[Bar]:
    """Read bars from a CSV file with at least the columns of `COLUMNS`, in any order.

    The file is UTF-8, with or without the byte-order mark that Excel writes. A timestamp without an offset is in UTC.

    Raises:
        BadInput: if the file is missing, a column is missing or there twice, a row has more cells than the header, a
            value is not a number, prices contradict each other, a volume is not whole, or time does not run forward.
            The message names the file and the line.
    """
    if not isinstance(path, str | os.PathLike):
        raise BadInput("data_file", path, "give the path of a CSV file")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput("data_file", str(path), "there is no such file; paths start at the working directory") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("data_file", str(path), f"it cannot be read as text: {error}") from None
    return parse_csv(text, str(path))


def parse_csv(text: str, name: str = "text") -> list[Bar]:
    """Bars from CSV text; `name` is what messages call it.

    Raises:
        BadInput: as `read_csv`.
    """
    if not isinstance(text, str):
        raise BadInput("text", text, "give the lines of a CSV file")
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        return _bars(rows, name)
    except csv.Error as error:
        raise BadInput("data_file", f"{name}, line {rows.line_num}", f"it cannot be read as CSV: {error}") from None


def _bars(rows: "csv.DictReader[str]", name: str) -> list[Bar]:
    header = list(rows.fieldnames or [])
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise BadInput("data_file", name, f"its header must have {', '.join(COLUMNS)}; it lacks {', '.join(missing)}")
    twice = [column for column in COLUMNS if header.count(column) > 1]
    if twice:
        raise BadInput("data_file", name, f"its header must have each column once; it repeats {', '.join(twice)}")
    bars: list[Bar] = []
    for row in rows:
        bar = _bar(row, f"{name}, line {rows.line_num}")
        if bars and bar.time <= bars[-1].time:
            raise BadInput(
                "data_file",
                f"{name}, line {rows.line_num}",
                "timestamps must run forward: each row later than the one before",
            )
        bars.append(bar)
    if not bars:
        raise BadInput("data_file", name, "it has a header but no rows")
    return bars


def _number(cell: str) -> float:
    if "_" in cell or not cell.isascii():  # Python would read 1_0, and digits of any script
        raise ValueError(f"could not convert string to float: {cell!r}")
    return float(cell)


def _bar(row: dict[str | None, str], place: str) -> Bar:
    if None in row:
        raise BadInput("data_file", place, f"a row must not have more cells than the header; found {row[None]} beyond")
    try:
        moment = datetime.fromisoformat(row["timestamp"])
        opened, high, low, close, volume = (_number(row[name]) for name in COLUMNS[1:])
    except (TypeError, ValueError) as error:
        raise BadInput(
            "data_file", place, f"every cell must be filled and be a number or an ISO 8601 time: {error}"
        ) from None
    prices = (opened, high, low, close)
    if not all(math.isfinite(number) for number in (*prices, volume)):
        raise BadInput("data_file", place, f"prices and volume must be finite; found {list(row.values())[1:6]}")
    if not 0 < low <= min(opened, close) <= max(opened, close) <= high or volume < 0:
        raise BadInput(
            "data_file",
            place,
            f"prices must satisfy 0 < low ≤ open, close ≤ high, and volume ≥ 0; found {list(row.values())[1:6]}",
        )
    if volume != int(volume):
        raise BadInput("data_file", place, f"a volume is a whole number of contracts; found {row['volume']}")
    return Bar(to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC)), opened, high, low, close, int(volume))

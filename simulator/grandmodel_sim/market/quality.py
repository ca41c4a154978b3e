"""A report on the quality of bars: what is wrong, on which line, and what to do about it.

`inspect` takes bars or CSV text and returns findings; nothing is changed. It expects the 5-minute bars of consecutive
regular sessions, of any instrument. A day on which the exchange keeps a holiday may be there or not.

How it decides, kind by kind:

* `unreadable`: a cell that is neither a number nor an ISO 8601 time. `not_a_number`: empty, NaN or infinite.
* `day_month_swap`: the dates make a better calendar (fewer steps back, weekends and missing sessions) if day and month
  change places wherever the day is at most 12. All or none: a program reads a file by one rule.
* `duplicate`: a time that was there before. `unordered`: earlier than the row before. `off_grid`: not the close of a
  5-minute bar of a regular session.
* `gap`: bars of a session, or whole sessions, that should lie between two rows. What is missing before the first row
  and after the last cannot be known.
* `contradiction`: prices that no bar can have. `zero_volume`: nothing traded. `stale`: the same prices and volume as
  the row before.
* `spike`: one price far from the others of its own and the next bar: by more than 12 times the median range of the 24
  bars around it, and by more than 3 %. Smaller bad prints cannot be told from the market's own fat tails this way.

Dates that were swapped are set right before the other rules look at them.
"""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median

from grandmodel_sim.clock import from_ms, stamp, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION, SESSION_MS, is_session, session_of
from grandmodel_sim.market.csvfile import COLUMNS
from grandmodel_sim.market.faults import swap_day_and_month

SPIKE_RANGES = 12.0
SPIKE_LEAST = 0.03
NEIGHBOURS = 12  # on each side

#: What can be found, and what to do about it.
REMEDIES = {
    "unreadable": "find out how the file was written; write times as 2025-07-14T13:35:00Z and prices as plain numbers",
    "not_a_number": "drop the row or fetch it again; a mean or a return over it would be NaN too",
    "day_month_swap": "read the dates of the whole file day first, and check its first and last day",
    "duplicate": "keep one of the rows; if they differ, ask the source which one stands",
    "unordered": "sort by time, after looking into why the source was out of order",
    "off_grid": "check the time zone and the bar length; drop what lies outside of the regular session",
    "gap": "fetch the rows again; if they are lost, mark them as missing instead of filling in silently",
    "contradiction": "fetch the row again: low ≤ open, close ≤ high must hold",
    "zero_volume": "treat it as a bar without trades: no fill at its prices, no return from them",
    "stale": "check whether the feed stood still; treat the row as missing",
    "spike": "compare with a second source; take the price out before computing returns, stops or ranges",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        line: of the CSV file, the header being line 1; for bars, the line that they would have in one.
        kind: one of `REMEDIES`.
        rows: how many rows it concerns: the missing ones for a gap.
        detail: what was found.
    """

    line: int
    kind: str
    rows: int
    detail: str

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES[self.kind]

    def __str__(self) -> str:
        return f"line {self.line}: {self.kind}: {self.detail}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it came: volume may be NaN here."""

    line: int
    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float

    @property
    def values(self) -> tuple[float, float, float, float, float]:
        return self.open, self.high, self.low, self.close, self.volume


def inspect(data: str | Sequence[Bar]) -> list[Finding]:
    """All findings in CSV text or bars, in order of lines; an empty list for good data.

    Raises:
        BadInput: for text without the columns of `grandmodel_sim.market.csvfile.COLUMNS`.
    """
    findings: list[Finding] = []
    if isinstance(data, str):
        rows = _read(data, findings)
    else:
        rows = [Row(n, b.time, b.open, b.high, b.low, b.close, b.volume) for n, b in enumerate(data, start=2)]
    rows = _swaps(rows, findings)
    rows = _times(rows, findings)
    findings += _gaps(rows)
    good = _values(rows, findings)
    findings += _spikes(good)
    return sorted(findings, key=lambda finding: (finding.line, finding.kind))


def _read(text: str, findings: list[Finding]) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))  # Excel writes that mark
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise BadInput("data", "CSV text", f"its header must have {', '.join(COLUMNS)}; it lacks {', '.join(missing)}")
    rows: list[Row] = []
    for cells in reader:
        line = reader.line_num
        try:
            moment = datetime.fromisoformat(cells["timestamp"])
            numbers = [float((cells[name] or "").strip() or "nan") for name in COLUMNS[1:]]
        except (TypeError, ValueError) as error:
            last = findings[-1] if findings else None
            if last is not None and last.line + last.rows == line:
                findings[-1] = replace(last, rows=last.rows + 1)  # one finding for a run of such rows
            else:
                findings.append(Finding(line, "unreadable", 1, str(error)))
            continue
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        rows.append(Row(line, to_ms(aware), *numbers))
    return rows


# --- time ---


def _swaps(rows: list[Row], findings: list[Finding]) -> list[Row]:
    """Report dates with day and month exchanged, and return the rows with their dates set right."""
    other = [replace(row, time=swap_day_and_month(row.time)) for row in rows]
    if _disorder(other) >= _disorder(rows):
        return rows
    start = 0
    for index in range(1, len(rows) + 1):
        day = from_ms(rows[start].time).date()
        if index < len(rows) and from_ms(rows[index].time).date() == day:
            continue
        right = from_ms(other[start].time).date()
        if right != day:
            findings.append(
                Finding(rows[start].line, "day_month_swap", index - start, f"{day} stands where {right} should")
            )
        start = index
    return other


def _disorder(rows: Sequence[Row]) -> int:
    """How bad a calendar the dates make: steps back, days at the weekend, sessions left out between two dates."""
    days = [from_ms(row.time).date() for row in rows]
    days = days[:1] + [day for before, day in pairwise(days) if day != before]
    bad = sum(not is_session(day) for day in days)
    for before, day in pairwise(days):
        bad += 1 if day < before else _sessions_between(before, day)
    return bad


def _sessions_between(before: date, day: date) -> int:
    """How many sessions lie between two days; the exchange's holidays do not count."""
    between = (before + timedelta(days=n) for n in range(1, (day - before).days))
    return sum(is_session(each, holidays=True) for each in between)


def _times(rows: Sequence[Row], findings: list[Finding]) -> list[Row]:
    """Report rows whose time is taken, out of order or impossible, and return the others."""
    kept: list[Row] = []
    seen: set[int] = set()
    for row in rows:
        day, since_open = session_of(row.time)
        if row.time in seen:
            findings.append(Finding(row.line, "duplicate", 1, f"{stamp(row.time)} was there before"))
        elif not is_session(day) or not 0 < since_open <= SESSION_MS or since_open % BAR_MS:
            findings.append(Finding(row.line, "off_grid", 1, f"no bar of a session closes at {stamp(row.time)}"))
        elif kept and row.time < kept[-1].time:
            findings.append(Finding(row.line, "unordered", 1, f"{stamp(row.time)} after {stamp(kept[-1].time)}"))
        else:
            kept.append(row)
        seen.add(row.time)
    return kept


def _gaps(rows: Sequence[Row]) -> Iterator[Finding]:
    for before, row in pairwise(rows):
        (first, closed), (second, closes) = session_of(before.time), session_of(row.time)
        missing = closes // BAR_MS - closed // BAR_MS - 1
        if first != second:
            missing += BARS_PER_SESSION * (1 + _sessions_between(first, second))
        if missing:
            yield Finding(row.line, "gap", missing, f"between {stamp(before.time)} and {stamp(row.time)}")


# --- values ---


def _values(rows: Sequence[Row], findings: list[Finding]) -> list[Row]:
    """Report rows whose values cannot be, and return the others."""
    good: list[Row] = []
    before: Row | None = None
    for row in rows:
        if not all(map(math.isfinite, row.values)):
            names = [name for name, value in zip(COLUMNS[1:], row.values, strict=True) if not math.isfinite(value)]
            findings.append(Finding(row.line, "not_a_number", 1, f"no number in {', '.join(names)}"))
        elif not 0 < row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high or row.volume < 0:
            findings.append(Finding(row.line, "contradiction", 1, f"open, high, low, close, volume {list(row.values)}"))
        else:
            good.append(row)
            if row.volume == 0:
                findings.append(Finding(row.line, "zero_volume", 1, f"prices up to {row.high:.2f}, but no contracts"))
            elif before is not None and row.values == before.values:
                findings.append(Finding(row.line, "stale", 1, f"the values of line {before.line}"))
        before = row
    return good


def _spikes(rows: Sequence[Row]) -> Iterator[Finding]:
    ranges = [math.log(row.high / row.low) for row in rows]
    for index, row in enumerate(rows):
        around = ranges[max(0, index - NEIGHBOURS) : index] + ranges[index + 1 : index + 1 + NEIGHBOURS]
        if ranges[index] < SPIKE_LEAST or len(around) < 4:
            continue
        limit = max(SPIKE_LEAST, SPIKE_RANGES * median(around))
        body = math.log(row.close / row.open)
        ahead = math.log(rows[index + 1].open / row.close) if index + 1 < len(rows) else 0.0
        behind = math.log(row.open / rows[index - 1].close) if index else 0.0
        far = {
            "high": math.log(row.high / max(row.open, row.close)),
            "low": math.log(min(row.open, row.close) / row.low),
            "close": min(abs(body), abs(ahead)) if body * ahead < 0 else 0.0,  # away, and back at the next open
            "open": min(abs(body), abs(behind)) if body * behind < 0 else 0.0,
        }
        name, size = max(far.items(), key=lambda item: item[1])
        if size > limit:
            detail = f"{name} {getattr(row, name):.2f} is {size:.1%} away from the other prices"
            yield Finding(row.line, "spike", 1, detail)

"""Data-quality faults on request: bars that a lab breaks on purpose, with a record of what was done where.

Each function is pure: it takes bars or CSV text and a seed, and returns new bars with a list of `Fault`s. The lines in
the record are those of `Damaged.csv()`, the header being line 1, so that a check can compare them with what a learner,
or `grandmodel_sim.market.quality.inspect`, has found. `damage` mixes several kinds; the others do one kind each.

`day_month_swap` is the defect of a real file of the project: 30-minute NQ bars whose dates are written day first were
read month first. A lenient reader does not fail at that. It exchanges day and month where the day is at most 12, and
reads the other dates rightly, so that the file seems to reach into months that had not come yet.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from random import Random
from typing import Any

from grandmodel_sim.clock import from_ms, stamp, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS, BARS_PER_SESSION, session_of
from grandmodel_sim.market.csvfile import parse_csv, to_csv
from grandmodel_sim.randomness import stream

#: What can be asked for, with the usual number of each.
KINDS = ("gap", "spike", "zero_volume", "duplicate", "not_a_number", "stale", "day_month_swap")

GAP_ROWS = 3
SPIKE_SIZE = 0.2
APART = 8  # rows between two faults at least, so that each can be told from the other
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was broken.

    Attributes:
        kind: one of `KINDS`.
        line: of the CSV file at which it shows; for a gap, the first line after it.
        rows: how many rows it concerns: missing ones for a gap.
        time: true closing time, ms, of the first bar concerned.
        detail: in words.
    """

    kind: str
    line: int
    rows: int
    time: int
    detail: str


@dataclass(frozen=True, slots=True)
class Damaged:
    """Broken bars, and what was done to them in order of lines."""

    bars: list[Bar]
    faults: list[Fault]

    def csv(self) -> str:
        """The broken bars as CSV text."""
        return to_csv(self.bars)


Data = str | Sequence[Bar]


def gap(data: Data, seed: int, count: int = 1) -> Damaged:
    """Take out `count` times three rows in the middle of a session."""
    return damage(data, seed, gap=count)


def spike(data: Data, seed: int, count: int = 1, size: float = SPIKE_SIZE) -> Damaged:
    """Move one price of `count` bars by `size`, a log return up or down: a bad print that nobody else saw."""
    return damage(data, seed, spike_size=size, spike=count)


def zero_volume(data: Data, seed: int, count: int = 1) -> Damaged:
    """Set the volume of `count` bars to zero and leave their prices, which then cannot have been traded."""
    return damage(data, seed, zero_volume=count)


def duplicate(data: Data, seed: int, count: int = 1) -> Damaged:
    """Write `count` rows twice."""
    return damage(data, seed, duplicate=count)


def not_a_number(data: Data, seed: int, count: int = 1) -> Damaged:
    """Replace one price of `count` bars by NaN."""
    return damage(data, seed, not_a_number=count)


def stale(data: Data, seed: int, count: int = 1) -> Damaged:
    """Let `count` bars repeat the prices and volume of the one before, as a frozen feed does."""
    return damage(data, seed, stale=count)


def day_month_swap(data: Data) -> Damaged:
    """Exchange day and month of every date that allows it (see the module's docstring)."""
    return damage(data, 0, day_month_swap=1)


def damage(data: Data, seed: int, spike_size: float = SPIKE_SIZE, **counts: int) -> Damaged:
    """Break bars in several ways at once, at least eight rows apart and never in the first or last rows of a session.

    Args:
        data: good 5-minute bars, or CSV text of such.
        seed: where and how.
        spike_size: the log return of a spike, up or down, from 0.05.
        counts: how many of each of `KINDS`; `day_month_swap` is 0 or 1.

    Raises:
        BadInput: for an unknown kind, a negative count, more faults than the data has room for, text that is not a good
            CSV file, and a swap of dates that would change nothing or that nobody could notice.
    """
    bars = parse_csv(data) if isinstance(data, str) else list(data)
    for kind, count in counts.items():
        if kind not in KINDS:
            raise BadInput("kind", kind, f"the faults are {', '.join(KINDS)}")
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise BadInput(kind, count, "give a whole number from 0")
    if not isinstance(spike_size, int | float) or not 0.05 <= abs(spike_size) <= 3:
        raise BadInput("spike_size", spike_size, "give a log return from 0.05, more than good bars do, to 3")

    random = stream(seed, "faults")
    wanted = [kind for kind in KINDS if kind != "day_month_swap" for _ in range(counts.get(kind, 0))]
    sites = dict(zip(_sites(bars, random, len(wanted)), wanted, strict=True))
    made: list[Bar] = []
    faults: list[Fault] = []
    skip = 0
    for index, bar in enumerate(bars):
        if skip:
            skip -= 1
            continue
        kind = sites.get(index, "")
        line = len(made) + 2
        if kind == "gap":
            skip = GAP_ROWS - 1
            detail = f"no rows from {stamp(bar.time)} to {stamp(bars[index + skip].time)}"
            faults.append(Fault(kind, line, GAP_ROWS, bar.time, detail))
        elif kind == "duplicate":
            made += [bar, bar]
            faults.append(Fault(kind, line + 1, 1, bar.time, "the row once more"))
        elif kind:
            broken, detail = _BREAK[kind](bar, bars[index - 1], random, spike_size)
            made.append(broken)
            faults.append(Fault(kind, line, 1, bar.time, detail))
        else:
            made.append(bar)
    if counts.get("day_month_swap"):
        made, swaps = _swapped(made)
        faults += swaps
    return Damaged(made, sorted(faults, key=lambda fault: (fault.line, fault.kind)))


def day_first(bars: Sequence[Bar]) -> str:
    """The bars as CSV text with dates written day first, as in `14/07/2025 13:35`, in UTC.

    Read month first, it gives the bars of `day_month_swap`.
    """
    lines = to_csv(bars).splitlines()
    for number, bar in enumerate(bars, start=1):
        _, values = lines[number].split(",", 1)
        lines[number] = f"{from_ms(bar.time):%d/%m/%Y %H:%M},{values}"
    return "\n".join(lines) + "\n"


def swap_day_and_month(ms: int) -> int:
    """The instant with day and month of its UTC date exchanged; the same if the day is no month."""
    moment = from_ms(ms)
    if moment.day > 12:
        return ms
    return to_ms(moment.replace(month=moment.day, day=moment.month, tzinfo=UTC))


# --- how each kind is done ---


def _sites(bars: Sequence[Bar], random: Random, count: int) -> list[int]:
    """`count` indices, `APART` rows from each other and a few rows from the ends of their sessions, in any order."""
    if not count:
        return []
    inner = []
    for index in range(2, len(bars) - APART):
        number = session_of(bars[index].time)[1] // BAR_MS - 1
        if 2 <= number < BARS_PER_SESSION - APART:
            inner.append(index)
    random.shuffle(inner)
    chosen: list[int] = []
    for index in inner:
        if all(abs(index - other) >= APART for other in chosen):
            chosen.append(index)
            if len(chosen) == count:
                return chosen
    raise BadInput("counts", f"{count} faults", f"these {len(bars)} bars have room for about {len(chosen)}")


def _with(bar: Bar, field: str, price: float) -> Bar:
    changes: dict[str, Any] = {field: price}
    return replace(bar, **changes)


def _spike(bar: Bar, before: Bar, random: Random, size: float) -> tuple[Bar, str]:
    field = random.choice(PRICES)
    sign = {"high": 1, "low": -1}.get(field) or random.choice((1, -1))
    price = round(getattr(bar, field) * math.exp(sign * abs(size)) * 4) / 4  # both contracts have a tick of 0.25
    broken = _with(bar, field, price)
    prices = [getattr(broken, name) for name in PRICES]
    broken = replace(broken, high=max(prices), low=min(prices))
    return broken, f"{field} {price:.2f} instead of {getattr(bar, field):.2f}"


def _zero_volume(bar: Bar, before: Bar, random: Random, size: float) -> tuple[Bar, str]:
    return replace(bar, volume=0), f"volume 0 instead of {bar.volume}"


def _not_a_number(bar: Bar, before: Bar, random: Random, size: float) -> tuple[Bar, str]:
    field = random.choice(PRICES)
    return _with(bar, field, math.nan), f"{field} NaN instead of {getattr(bar, field):.2f}"


def _stale(bar: Bar, before: Bar, random: Random, size: float) -> tuple[Bar, str]:
    return replace(before, time=bar.time), "prices and volume of the row before"


_BREAK: dict[str, Callable[[Bar, Bar, Random, float], tuple[Bar, str]]] = {
    "spike": _spike,
    "zero_volume": _zero_volume,
    "not_a_number": _not_a_number,
    "stale": _stale,
}


def _swapped(bars: Sequence[Bar]) -> tuple[list[Bar], list[Fault]]:
    """All bars with day and month exchanged where possible, and a fault for each day whose date is wrong now."""
    made = [replace(bar, time=swap_day_and_month(bar.time)) for bar in bars]
    faults: list[Fault] = []
    start = 0
    for index in range(1, len(bars) + 1):
        day = from_ms(bars[start].time).date()
        if index < len(bars) and from_ms(bars[index].time).date() == day:
            continue
        if made[start].time != bars[start].time:
            detail = f"{day} became {from_ms(made[start].time).date()}"
            faults.append(Fault("day_month_swap", start + 2, index - start, bars[start].time, detail))
        start = index
    if not faults:
        raise BadInput("day_month_swap", "dates with a day above 12 only", "give bars that include days from 1 to 12")
    if len({from_ms(bar.time).date() for bar in bars}) < 2:
        raise BadInput("day_month_swap", "a single day", "give at least two days: in one alone nobody could notice")
    return made, faults

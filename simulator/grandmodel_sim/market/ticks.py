"""Ticks: the single prints behind a bar, for whoever wants to see how a bar comes about.

A bar says where price was, not how it went. `ticks` invents one way, seeded, that agrees with the bar exactly: the
first print is the open, the last the close, the highest and the lowest are reached, volumes add up. Between these
points price wanders in whole ticks.

**Bursts.** Prints do not come evenly. Their times follow a Hawkes process (Hawkes, "Spectra of some self-exciting and
mutually exciting point processes", Biometrika 58, 1971) in its branching form (Hawkes and Oakes, Journal of Applied
Probability 11, 1974): a print is either news of its own, anywhere in the bar, or with probability `BRANCHING` the
echo of an earlier one, after an exponential delay with mean `ECHO_MS`. The number of prints is fixed by the volume.
Sizes are skewed: many small ones, a few large ones.

Assumptions, not estimates: one print for about 50 contracts (in reality prints are far smaller and more), the branching
ratio and the delay. Not modelled: bid and ask, the order book, and the exchange's rule by which a large order prints.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from grandmodel_sim.clock import stamp
from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BAR_MS
from grandmodel_sim.market.instruments import Instrument
from grandmodel_sim.randomness import stream

BRANCHING = 0.7  # the share of prints that are echoes
ECHO_MS = 400.0  # mean delay of an echo
CONTRACTS_PER_TICK = 50
MOST_TICKS = 2_000


@dataclass(frozen=True, slots=True)
class Tick:
    """One print.

    Attributes:
        symbol: whose.
        time: virtual milliseconds.
        price: in points, a whole number of ticks of the instrument.
        volume: contracts, at least one.
    """

    symbol: str
    time: int
    price: float
    volume: int


def ticks(bar: Bar, instrument: Instrument, seed: int, count: int | None = None) -> list[Tick]:
    """The prints behind a 5-minute bar, in order of time; the same for the same bar, instrument and seed.

    They lie from the bar's beginning, `bar.time` less five minutes, to just before its close: a print at the very
    close belongs to the next bar. Several may share a millisecond; then their order is that of the list. A bar without
    volume has no prints.

    Args:
        bar: a 5-minute bar.
        instrument: gives symbol and tick.
        seed: which of the possible ways.
        count: how many prints; by default one for 50 contracts, at most 2,000, and as many as the bar needs.

    Raises:
        BadInput: for a bar whose prices are no whole ticks or contradict each other, or that needs more prints than it
            has contracts; for a count below what the bar needs or above its volume.
    """
    route = _turning_points(bar, instrument, seed)
    if not route:
        return []
    if count is None:
        count = min(MOST_TICKS, max(len(route), min(bar.volume, round(bar.volume / CONTRACTS_PER_TICK))))
    elif isinstance(count, bool) or not isinstance(count, int) or not len(route) <= count <= bar.volume:
        raise BadInput("count", count, f"give a whole number from {len(route)} to {bar.volume} for this bar")
    if len(route) == 1 and count > 1:
        route = [route[0], route[0]]
    random = stream(seed, "ticks", instrument.symbol, str(bar.time))

    # Where on the way the turning points lie: the first and the last are given.
    between = sorted(random.sample(range(1, count - 1), len(route) - 2)) if len(route) > 2 else []
    places = [0, *between, count - 1][: len(route)]
    low, high = round(bar.low / instrument.tick), round(bar.high / instrument.tick)
    step = max(0.6, (high - low) / (2 * math.sqrt(count)))
    levels = [route[0]]
    for (begin, end), (level, there) in zip(pairwise(places), pairwise(route), strict=True):
        for left in range(end - begin, 1, -1):
            pull = (there - level) / left  # so that the way leads to the next turning point
            level = min(max(round(level + pull + random.gauss(0, step)), low), high)
            levels.append(level)
        levels.append(there)

    start = bar.time - BAR_MS
    times: list[int] = []
    for _ in range(count):
        when = start + int(random.random() * BAR_MS)
        if times and random.random() < BRANCHING:
            echo = times[int(random.random() * len(times))] + int(random.expovariate(1 / ECHO_MS))
            when = echo if echo < bar.time else when
        times.append(when)
    times.sort()

    weights = [random.paretovariate(1.5) for _ in range(count)]
    spare, total = bar.volume - count, math.fsum(weights)
    volumes = [1 + int(spare * weight / total) for weight in weights]
    volumes[max(range(count), key=weights.__getitem__)] += bar.volume - sum(volumes)
    return [
        Tick(instrument.symbol, time, level * instrument.tick, volume)
        for time, level, volume in zip(times, levels, volumes, strict=True)
    ]


def _turning_points(bar: Bar, instrument: Instrument, seed: int) -> list[int]:
    """The prices, in ticks, that price must have touched in this order: open, the extremes between, close."""
    place = f"the bar at {stamp(bar.time)}"
    prices = (bar.open, bar.high, bar.low, bar.close)
    if not all(math.isfinite(price) and (price / instrument.tick).is_integer() for price in prices):
        raise BadInput("bar", place, f"its prices must be whole ticks of {instrument.tick}; found {list(prices)}")
    if not 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high:
        raise BadInput("bar", place, f"prices must satisfy 0 < low ≤ open, close ≤ high; found {list(prices)}")
    opened, high, low, closed = (round(price / instrument.tick) for price in prices)
    extremes = [level for level in (high, low) if level not in (opened, closed)]
    if len(extremes) == 2 and stream(seed, "ticks", "order", str(bar.time)).random() < 0.5:
        extremes.reverse()
    route = [opened, *extremes, closed]
    if route == [opened, opened]:
        route = [opened]
    if bar.volume == 0 and len(route) == 1:
        return []
    if bar.volume < len(route):
        raise BadInput(
            "bar", place, f"its prices need {len(route)} trades; a volume of {bar.volume} cannot have moved them"
        )
    return route

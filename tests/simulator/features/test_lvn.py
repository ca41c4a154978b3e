"""LVN: the quick profile against one that counts every tick."""

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.lvn import LEAST, THRESHOLD, WINDOW, Node, VolumeProfile
from grandmodel_sim.market import Bar
from hypothesis import given, settings

from tests.simulator.features.series import awkward_bars, bar_at, market_bars, still

TICK = 0.25


def by_ticks(bars: list[Bar]) -> tuple[Node | None, float, float]:
    """Nearest node, point of control and skew, tick by tick."""
    profile: dict[int, int] = {}
    for bar in bars:
        low, high = round(bar.low / TICK), round(bar.high / TICK)
        for tick in range(low, high + 1):
            profile[tick] = profile.get(tick, 0) + round(1000 * bar.volume / (high - low + 1))
    for tick in range(min(profile), max(profile) + 1):  # a jump leaves ticks at which nobody traded
        profile.setdefault(tick, 0)
    busiest, at, close = max(profile.values()), round(bars[-1].close / TICK), bars[-1].close
    if busiest == 0:
        return None, 0.0, 0.0
    poc = min(tick for tick, volume in profile.items() if volume == busiest)
    below = sum(volume for tick, volume in profile.items() if tick < at)
    above = sum(volume for tick, volume in profile.items() if tick > at)
    low_volume = [(abs(tick - at), volume, tick) for tick, volume in profile.items() if volume < THRESHOLD * busiest]
    node = None
    if low_volume:
        _, volume, tick = min(low_volume)
        node = Node(tick * TICK, tick * TICK - close, round(1 - volume / busiest, 6))
    return node, poc * TICK, round((below - above) / sum(profile.values()), 6)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(awkward_bars(least=LEAST, most=WINDOW + 20))
def test_the_profile_is_that_of_every_tick(bars: list[Bar]) -> None:
    profile = VolumeProfile(TICK)
    for bar in bars:
        profile.update(bar)
    assert (profile.node, profile.poc, profile.skew) == by_ticks(bars[-WINDOW:])


def test_so_it_is_on_the_simulated_market() -> None:
    bars, profile = market_bars(4, 3), VolumeProfile(TICK)
    nodes = 0
    for index, bar in enumerate(bars):
        profile.update(bar)
        if index >= LEAST - 1 and index % 7 == 0:
            assert (profile.node, profile.poc, profile.skew) == by_ticks(
                list(bars[max(0, index + 1 - WINDOW) : index + 1])
            )
            nodes += profile.node is not None
    assert nodes > 20


def test_a_valley_between_two_busy_prices_is_the_node() -> None:
    busy = [bar_at(i, 100, 101, 100, 100.5, 500) for i in range(12)]
    run = [bar_at(12, 101.25, 104.75, 101.25, 104.75, 300)]
    again = [bar_at(13 + i, 105, 106, 105, 105.25, 500) for i in range(12)]
    profile = VolumeProfile(TICK)
    for bar in busy + run + again:
        profile.update(bar)
    # 12 · 500 contracts over 5 ticks is 1200 a tick; 300 over 15 ticks is 20. The nearest such tick is 104.75.
    assert profile.node == Node(104.75, -0.5, round(1 - 20 / 1200, 6))
    assert profile.poc == 100.0
    assert profile.skew == round((6000 + 300 + 1200 - 3 * 1200) / 12300, 6)


def test_it_is_silent_while_it_warms_up_and_without_volume() -> None:
    profile = VolumeProfile(TICK)
    for bar in market_bars(1, 1)[: LEAST - 1]:
        profile.update(bar)
        assert (profile.ready, profile.node, profile.poc, profile.skew) == (False, None, 0.0, 0.0)
    nobody = VolumeProfile(TICK)
    for bar in still(60):
        nobody.update(bar)
    assert (nobody.ready, nobody.node, nobody.poc, nobody.skew) == (True, None, 0.0, 0.0)


def test_a_flat_market_has_no_node() -> None:
    profile = VolumeProfile(TICK)
    for bar in still(60, volume=10):
        profile.update(bar)
    assert (profile.node, profile.poc, profile.skew) == (None, 100.0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tick": 0}, "tick: got 0; give the smallest price step"),
        ({"tick": float("nan")}, "tick: got nan"),
        ({"window": 0}, "window: got 0; give a whole number of bars from 1"),
        ({"window": 2.5}, "window: got 2.5"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        VolumeProfile(**arguments)  # type: ignore[arg-type]

"""How often the gate opens: the figures behind the thresholds in `grandmodel_sim.features.synergy`."""

from collections import Counter

from grandmodel_sim.clock import START, Clock
from grandmodel_sim.events import INDICATORS_READY, SYNERGY_DETECTED, Event, EventBus
from grandmodel_sim.features.signals import SYNERGY_TYPES
from grandmodel_sim.features.synergy import ORIGINAL_THRESHOLDS, SynergyDetector
from grandmodel_sim.pipeline import Pipeline

# `WORLDS = range(40)` gives the figures of the module's docstring; fewer keep the test short.
WORLDS = range(12)
DAYS = 5

Occurrence = tuple[int, int, str]  # world, day, type


def occurrences(seed: int) -> tuple[list[Occurrence], list[Occurrence]]:
    """With the simulator's thresholds and with GrandModel's."""
    clock = Clock(START)
    bus = EventBus(clock)
    pipeline = Pipeline(seed, clock.ms, bus)
    others = {symbol: SynergyDetector(symbol, ORIGINAL_THRESHOLDS) for symbol in pipeline.feeds}
    original: list[Occurrence] = []

    def listen(event: Event) -> None:
        bar = len(pipeline.feeds[event.payload["symbol"]].bars) - 1
        synergy = others[event.payload["symbol"]].update(event.payload["timeframe"], event.time, bar, event.payload)
        if synergy:
            original.append((seed, event.time // 86_400_000, synergy.type))

    bus.subscribe(INDICATORS_READY, listen)
    for _ in range(78 * DAYS):
        clock.move_to(pipeline.next_ms())
        pipeline.step()
    assert bus.failures == []
    own = [(seed, event.time // 86_400_000, event.payload["synergy_type"]) for event in bus.log.of(SYNERGY_DETECTED)]
    return own, original


def test_a_day_has_a_few_synergies_and_every_type_occurs() -> None:
    own: list[Occurrence] = []
    original: list[Occurrence] = []
    for seed in WORLDS:
        one, other = occurrences(seed)
        own += one
        original += other
    days = len(WORLDS) * DAYS
    assert 2 <= len(own) / days <= 6
    assert set(Counter(kind for _, _, kind in own)) == set(SYNERGY_TYPES)
    quiet = 1 - len({(seed, day) for seed, day, _ in own}) / days
    assert quiet < 0.2
    # GrandModel's thresholds open the gate less than half as often, and leave far more days without a lesson.
    assert len(original) < len(own) / 2
    assert 1 - len({(seed, day) for seed, day, _ in original}) / days > 2 * quiet

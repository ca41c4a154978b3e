"""The pipeline of a world: what is there when an event is published, in which order, and before the first bar."""

from datetime import date

import numpy as np
import pytest
from grandmodel_sim import BadInput, World
from grandmodel_sim.clock import Clock
from grandmodel_sim.events import Event, EventBus
from grandmodel_sim.features.frames import half_hours_of, strategic_matrix, tactical_matrix
from grandmodel_sim.features.matrix import STRATEGIC_ROWS, TACTICAL_ROWS
from grandmodel_sim.market import ES, INSTRUMENTS, Bar, JointMarket, merge
from grandmodel_sim.market.calendar import sessions_before
from grandmodel_sim.pipeline import WARM_UP_SESSIONS, Feed
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.features.series import market_bars

DAY = 86_400
SESSION = 6.5 * 3600


@pytest.fixture(scope="module")
def two_days() -> World:
    world = World(7)
    world.advance(DAY + SESSION)
    return world


def test_before_the_first_bar_the_matrices_are_full() -> None:
    feed = World(7).pipeline.feeds["NQ"]
    assert feed.matrix(5).shape == (TACTICAL_ROWS, 7)
    assert feed.matrix(30).shape == (STRATEGIC_ROWS, 13)
    assert feed.matrix(5).time == feed.matrix(30).time == feed.bars[-1].time
    assert len(feed.bars) == WARM_UP_SESSIONS * 78
    assert len(feed.half_hours) == WARM_UP_SESSIONS * 13
    assert feed.atr > 0
    assert all(0.2 <= abs(value) <= 1 for value in feed.matrix(30).column("mlmi_value")[-5:])
    assert feed.synergies == []


def test_looking_at_the_history_early_changes_nothing() -> None:
    early, late = World(3), World(3)
    early.bars("NQ")
    early.pipeline.feeds["ES"].matrix(5)
    for world in (early, late):
        world.advance(3 * 3600)
    assert early.digest() == late.digest()


def test_the_bars_are_those_of_the_joint_market(two_days: World) -> None:
    first = sessions_before(date(2025, 7, 14), WARM_UP_SESSIONS, holidays=True)[0]
    market = JointMarket(7, first, tuple(INSTRUMENTS.values()), holidays=True)
    steps = [market.step() for _ in range(78 * (WARM_UP_SESSIONS + 2))]
    for symbol, feed in two_days.pipeline.feeds.items():
        assert feed.bars == [step[symbol] for step in steps]
        assert feed.half_hours == [merge(feed.bars[i : i + 6]) for i in range(0, len(feed.bars), 6)]


@pytest.mark.parametrize("symbol", ["ES", "NQ"])
def test_streaming_and_the_whole_series_agree(two_days: World, symbol: str) -> None:
    feed = two_days.pipeline.feeds[symbol]
    assert half_hours_of(feed.bars) == feed.half_hours
    assert (feed.matrix(30).array() == strategic_matrix(feed.half_hours)[-STRATEGIC_ROWS:]).all()
    # The 5-minute indicators of the feed follow the last three sessions of the warm-up only.
    followed = feed.bars[-78 * 5 :]
    assert (feed.matrix(5).array() == tactical_matrix(followed)[-TACTICAL_ROWS:]).all()


def test_the_history_that_the_tactical_indicators_skip_would_not_show(two_days: World) -> None:
    feed = two_days.pipeline.feeds["ES"]
    whole = tactical_matrix(feed.bars)[-TACTICAL_ROWS:]
    difference = np.abs(whole - feed.matrix(5).array()).max(axis=0)
    assert difference[:4].max() == 0.0  # gaps are forgotten after 50 bars
    assert difference.max() < 0.02  # the usual volume's memory fades by 0.98 a bar


def test_an_event_is_published_when_its_bar_has_been_read() -> None:
    world = World(5)
    feeds = world.pipeline.feeds
    seen: list[tuple[str, int]] = []

    def check(event: Event) -> None:
        feed, timeframe = feeds[event.payload["symbol"]], event.payload["timeframe"]
        bar = (feed.bars if timeframe == 5 else feed.half_hours)[-1]
        assert bar.time == event.time == feed.matrix(timeframe).time
        if event.type == "INDICATORS_READY":
            assert feed.readings(timeframe).items() <= event.payload.items()
        else:
            assert bar.payload(feed.symbol, timeframe) == event.payload
        seen.append((event.type, timeframe))

    for kind in ("NEW_5MIN_BAR", "NEW_30MIN_BAR", "INDICATORS_READY"):
        world.bus.subscribe(kind, check)
    world.advance(1800)
    assert world.bus.failures == []
    five, thirty = 12, 2
    assert sorted(seen) == sorted(
        [("NEW_5MIN_BAR", 5), ("INDICATORS_READY", 5)] * five
        + [("NEW_30MIN_BAR", 30), ("INDICATORS_READY", 30)] * thirty
    )


def test_the_half_hour_comes_after_its_last_five_minutes(two_days: World) -> None:
    at = two_days.events.of("NEW_30MIN_BAR")[0]
    chain = [event for event in two_days.events if event.time == at.time and event.payload.get("symbol") == "ES"]
    kinds = [(event.type, event.payload.get("timeframe")) for event in chain if event.type != "SYNERGY_DETECTED"]
    assert kinds[:4] == [("NEW_5MIN_BAR", 5), ("INDICATORS_READY", 5), ("NEW_30MIN_BAR", 30), ("INDICATORS_READY", 30)]


def test_synergies_follow_from_readings_and_are_kept(two_days: World) -> None:
    events = two_days.events.of("SYNERGY_DETECTED")
    assert events
    kept = [synergy for feed in two_days.pipeline.feeds.values() for synergy in feed.synergies]
    assert sorted((s.time, s.symbol) for s in kept) == sorted((e.time, e.payload["symbol"]) for e in events)
    for event in events:
        cause = two_days.events[event.cause]  # type: ignore[index]
        assert (cause.type, cause.payload["symbol"]) == ("INDICATORS_READY", event.payload["symbol"])
        last = event.payload["signal_sequence"][-1]
        reading = {"fvg": "fvg_signal", "mlmi": "mlmi", "nwrqk": "nwrqk_slope"}[last["indicator"]]
        assert cause.payload[reading] == last["value"]
        bars = two_days.pipeline.feeds[event.payload["symbol"]].bars
        assert bars[last["bar"]].time == event.time


def test_each_length_of_bar_has_its_readings(two_days: World) -> None:
    feed = two_days.pipeline.feeds["ES"]
    five, thirty = feed.readings(5), feed.readings(30)
    assert set(five) == {"mlmi", "fvg", "fvg_signal", "fvg_mitigation", "momentum_5", "volume_ratio", "atr"}
    assert {"mlmi", "mlmi_signal", "nwrqk", "nwrqk_slope", "nwrqk_signal"} < set(thirty)
    assert {"lvn_distance", "lvn_strength", "mmd_1", "mmd_2", "mmd_3", "fvg"} < set(thirty)
    assert (five["mlmi"], five["fvg"]) == (thirty["mlmi"], thirty["fvg"])  # the feature store holds the last of each
    assert five["atr"] == feed.atr
    assert abs(thirty["nwrqk"] / feed.bars[-1].close - 1) < 0.1


def test_the_context_of_the_gating_network(two_days: World) -> None:
    feed = two_days.pipeline.feeds["NQ"]
    context = feed.context()
    assert list(context) == [
        "volatility_30",
        "volume_ratio",
        "momentum_20",
        "momentum_50",
        "mmd_score",
        "price_trend",
    ]
    closes = np.array([bar.close for bar in feed.half_hours])
    returns = np.diff(closes) / closes[:-1]
    assert context["volatility_30"] == pytest.approx(100 * np.std(returns[-30:], ddof=1), abs=1e-5)
    assert context["momentum_20"] == pytest.approx(100 * (closes[-1] / closes[-21] - 1), abs=1e-5)
    assert context["momentum_50"] == pytest.approx(100 * (closes[-1] / closes[-51] - 1), abs=1e-5)
    assert context["mmd_score"] == pytest.approx(sum(feed.readings(30)[f"mmd_{i}"] for i in (1, 2, 3)) / 3, abs=1e-6)
    assert context["price_trend"] == pytest.approx(100 * (closes[-1] / feed.readings(30)["nwrqk"] - 1), abs=1e-5)
    assert -1 <= context["volume_ratio"] <= 1


def test_bad_requests_are_named() -> None:
    world = World(7)
    feed = world.pipeline.feed("ES")
    for ask in (feed.matrix, feed.readings):
        with pytest.raises(BadInput, match="timeframe: got 15; give 5 or 30, in minutes"):
            ask(15)
    with pytest.raises(BadInput, match="symbol: got 'CL'; the simulator trades ES and NQ"):
        world.pipeline.feed("CL")


class Tape:
    """Bars from a list, where a feed expects a leg of the market."""

    def __init__(self, bars: list[Bar]) -> None:
        self.bars = iter(bars)

    def next_bar(self) -> Bar:
        return next(self.bars)

    def session(self) -> list[Bar]:
        return [self.next_bar() for _ in range(78)]


def told(bars: list[Bar], count: int) -> list[object]:
    """All that a feed knows after each of the first `count` bars that follow the warm-up."""
    feed = Feed(ES, Tape(bars), EventBus(Clock()))  # type: ignore[arg-type]
    known: list[object] = []
    for number in range(1, count + 1):
        feed.step()
        known.append((feed.matrix(5), feed.readings(5), feed.atr, feed.detect(5), list(feed.detector.signals)))
        if number % 6 == 0:
            known.append((feed.matrix(30), feed.readings(30), feed.context(), feed.detect(30)))
            known.append(list(feed.detector.signals))
    return known


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.integers(0, 500), st.integers(1, 77))
def test_a_feed_knows_the_same_whatever_comes_next(seed: int, now: int) -> None:
    warm = WARM_UP_SESSIONS * 78
    bars, others = (list(market_bars(one, WARM_UP_SESSIONS + 1)) for one in (seed, seed + 1))
    changed = bars[: warm + now] + others[warm + now :]
    whole = told(bars, 78)
    prefix = told(changed, now)
    assert whole[: len(prefix)] == prefix
    assert told(changed, 78)[: len(prefix)] == prefix


def test_over_a_month_a_feed_says_everything_it_can() -> None:
    known = told(list(market_bars(9, WARM_UP_SESSIONS + 20)), 78 * 20)
    synergies = [item[3] for item in known if isinstance(item, tuple) and item[3] is not None]  # type: ignore[misc]
    assert len(synergies) > 10

"""The World: same seed same history, exact snapshots, errors that say what to write instead."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from grandmodel_sim import EVENT_TYPES, BadInput, NotFound, SnapshotError, UnknownScenario, World
from grandmodel_sim.clock import START
from grandmodel_sim.world import LATEST
from hypothesis import given, settings
from hypothesis import strategies as st

from academy import paths
from tests.simulator.history import WEEK

DAY = 86_400.0

#: What `history.WEEK` comes to, natively and in Pyodide 0.28.3 (Python 3.13).
DIGEST_OF_THE_WEEK = "3ddc0aa9be9746efa1e25994e5126580"


def in_another_process(code: str, hash_seed: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(paths.SIMULATOR), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def texts(world: World) -> list[str]:
    return [str(event) for event in world.events]


def test_the_first_five_minutes() -> None:
    world = World(seed=7)
    world.advance(300)
    components = (
        "api_gateway auth_service data_pipeline execution_engine postgres risk_management strategic_marl tactical_marl"
    )
    assert [(event.type, event.source) for event in world.events] == [
        ("SYSTEM_START", "kernel"),
        *(("COMPONENT_STARTED", name) for name in components.split()),
        ("NEW_5MIN_BAR", "data_pipeline"),
        ("INDICATORS_READY", "indicator_engine"),
        ("NEW_5MIN_BAR", "data_pipeline"),
        ("INDICATORS_READY", "indicator_engine"),
        ("RISK_UPDATE", "risk_management"),
    ]
    assert [event.payload["symbol"] for event in world.events[-5:-1]] == ["ES", "ES", "NQ", "NQ"]
    assert world.events[-1].as_json()["time"] == "2025-07-14T13:35:00Z"
    assert world.now == datetime(2025, 7, 14, 13, 35, tzinfo=UTC)


def test_history_is_the_same_in_every_process_and_on_every_platform() -> None:
    told = {in_another_process(f"{WEEK}\nprint(job())", hash_seed) for hash_seed in ("0", "1")}
    assert len(told) == 1
    digest, restored, _, *types = told.pop().split(" ")
    assert restored == "True"
    assert {*types, "SYSTEM_ERROR"} == set(EVENT_TYPES)  # everything that can happen happens in it, but no bug
    assert digest == DIGEST_OF_THE_WEEK


def test_other_seeds_give_other_histories() -> None:
    digests = set()
    for seed in range(5):
        world = World(seed)
        world.advance(3600)
        digests.add(world.digest())
    assert len(digests) == 5


def test_importing_and_running_a_world_does_not_import_numpy() -> None:
    code = """
import sys
from grandmodel_sim.browser import Session
from grandmodel_sim import World, workspace
import grandmodel_sim.grading
World(1).advance(3600)
workspace.files(1)
session = Session()
list(session.run_command(["kubectl", "get", "pods", "-A"]))
session.run_cell_now("1 + 1", "p", "cell a")
print("numpy" in sys.modules)
"""
    assert in_another_process(code, "0") == "False"


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 4000), min_size=1, max_size=6))
def test_time_goes_by_in_any_portions(portions: list[float]) -> None:
    stepped, at_once = World(3), World(3)
    for seconds in portions:
        stepped.advance(seconds)
    at_once.advance(sum(round(seconds * 1000) for seconds in portions) / 1000)
    assert (stepped.now, texts(stepped), stepped.digest()) == (at_once.now, texts(at_once), at_once.digest())


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 2**40), st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 15)), max_size=4))
def test_a_snapshot_restores_the_exact_world_and_its_future(seed: int, acts: list[tuple[int, int]]) -> None:
    world = World(seed)
    for seconds, which in acts:
        world.advance(seconds)
        world.delete_pod(sorted(world.cluster.pods)[which])
    text = json.dumps(world.snapshot())
    assert len(text) < 256_000
    again = World(0)
    again.restore(json.loads(text))
    assert (again.now, again.seed, texts(again)) == (world.now, world.seed, texts(world))
    world.advance(1800)
    again.advance(1800)
    assert texts(again) == texts(world)
    assert [pod.log for pod in again.cluster.pods.values()] == [pod.log for pod in world.cluster.pods.values()]


def test_days_of_history_make_a_small_snapshot() -> None:
    world = World(7)
    world.advance(5 * DAY)
    assert len(json.dumps(world.snapshot())) < 1000


def test_rewind_forgets_what_came_after() -> None:
    world = World(7)
    world.advance(3600)
    moment, before = world.now, world.digest()
    world.advance(600)
    world.scale("strategic-marl", 5)
    world.advance(3600)
    world.rewind(moment)
    assert (world.now, world.digest()) == (moment, before)
    assert len(world.cluster.pods_of("strategic-marl")) == 3
    with pytest.raises(BadInput, match="give an aware time from 2025-07-14T13:30:00Z to 2025-07-14T14:30:00Z"):
        world.rewind(moment + timedelta(seconds=1))


def ordered(**changes: Any) -> dict[str, Any]:
    order = {"symbol": "ES", "side": "BUY", "quantity": 1, "type": "LIMIT", "limit_price": 6000.0}
    return {"at": 1752499800000, "act": "submit_order", **order, **changes}


def damaged(**changes: Any) -> dict[str, Any]:
    world = World(7)
    world.advance(60)
    world.scale("postgres", 2)
    return {**world.snapshot(), **changes}


@pytest.mark.parametrize(
    ("snapshot", "message"),
    [
        ("text", "a snapshot is an object with a version, not str"),
        ({}, "snapshot version: got None; this release reads 3"),
        (damaged(version=2), "snapshot version: got 2; this release reads 3"),
        ({"version": 3}, "snapshot cannot be replayed: KeyError: 'seed'"),
        (damaged(now=0), "snapshot now: got 0; it must be milliseconds from 1752499800000 to 1784122200000"),
        (damaged(now=10**15), "snapshot now: got 1000000000000000; it must be milliseconds from"),
        (damaged(journal=[]), "this release of the simulator replays it to a different history"),
        (damaged(journal=[ordered(limit_price=10**400)]), "snapshot cannot be replayed: BadInput: limit_price"),
        (damaged(journal=[ordered(symbol=[])]), "snapshot cannot be replayed: BadInput: symbol"),
        (damaged(journal=[{**ordered(), "act": "stress", "start": 10**17}]), "snapshot cannot be replayed"),
        (damaged(seed="x"), "snapshot cannot be replayed: BadInput: seed: got 'x'"),
        (damaged(digest="0"), "this release of the simulator replays it to a different history"),
        (damaged(journal={}), "snapshot journal: got dict; it must be a list"),
        (
            damaged(journal=[{"at": 0, "act": "explode"}]),
            "is not an act; they are delete_pod, scale, use_context",
        ),
        (damaged(journal=[{"at": 2**50, "act": "scale"}]), "lies outside the time that the snapshot covers"),
        (damaged(journal=[3]), "snapshot journal: 3 is not an act"),
        (damaged(journal=[{"at": 1752499800000, "act": "scale"}]), "snapshot cannot be replayed: TypeError"),
    ],
)
def test_a_damaged_snapshot_is_refused_and_loses_nothing(snapshot: Any, message: str) -> None:
    world = World(9)
    world.advance(600)
    before = world.digest()
    with pytest.raises(SnapshotError) as error:
        world.restore(snapshot)
    assert message in str(error.value)
    assert (world.seed, world.digest()) == (9, before)


def test_bad_arguments_name_the_argument_what_came_and_what_is_accepted() -> None:
    world = World()
    with pytest.raises(UnknownScenario, match="scenario: got 'flood'; this release knows: there is none but None"):
        World(1, scenario="flood")
    for seed in ("7", 1.5, None, True, 10**18, 10**5000):
        with pytest.raises(BadInput, match=r"seed: got .*; give a whole number of at most 18 digits"):
            World(seed)  # type: ignore[arg-type]
    for seconds in (-1, float("nan"), float("inf"), "60", None, 1e9, 10**5000):
        with pytest.raises(BadInput, match=r"seconds: got .*; give a number from 0 to 2592000 \(30 days\)"):
            world.advance(seconds)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match='pods "nope" not found'):
        world.delete_pod("nope")
    with pytest.raises(BadInput, match="symbol: got 'CL'; the simulator trades ES and NQ"):
        world.bars("CL")
    with pytest.raises(BadInput, match="count: got -1"):
        world.bars("ES", -1)
    nonsense: Any = ["x"]
    for act in (
        lambda: world.bars(nonsense),
        lambda: world.cancel_order(nonsense),
        lambda: world.set_limit(nonsense, 1),
        lambda: world.set_threshold(nonsense, 1),
        lambda: world.scale(nonsense, 1),
        lambda: world.scale("postgres", nonsense),
        lambda: world.scale("postgres", 1.5),  # type: ignore[arg-type]
        lambda: world.delete_pod(nonsense),
        lambda: world.close_positions(nonsense),
        lambda: world.acknowledge_alert(nonsense, "Ada"),
        lambda: world.rewind(nonsense),
        lambda: world.stress(300, gap=-0.01, symbols=nonsense),
        lambda: world.stress(300, gap=-0.01, start=10**18),
    ):
        with pytest.raises((BadInput, NotFound), match=r"got |not found|no (order|alert)"):
            act()
    with pytest.raises(BadInput, match="symbols: got 'ES'; give a sequence of symbols"):
        world.stress(300, gap=-0.01, symbols="ES")
    assert world.snapshot()["journal"] == []


def test_a_world_ends_a_year_after_its_start() -> None:
    world = World()
    world._clock.move_to(LATEST - 60_000)
    with pytest.raises(BadInput, match="seconds: got 61; a world ends at 2026-07-15T13:30:00Z: rewind it"):
        world.advance(61)


def test_what_is_planned_and_has_not_happened_is_in_the_digest() -> None:
    world, other = World(3), World(3)
    for each in (world, other):
        each.advance(3600)
    world.stress(3600, start=world.now_ms + 7_200_000, gap=-0.03)
    assert world.digest() != other.digest()
    world.rewind(world.now - timedelta(seconds=1))
    other.rewind(other.now - timedelta(seconds=1))
    assert world.digest() == other.digest()


def test_a_world_takes_no_more_acts_than_a_snapshot_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grandmodel_sim.world.JOURNAL_BYTES", 20_000)
    world = World(7)
    with pytest.raises(BadInput, match=r"use_context: got 'act number \d+'; a snapshot holds no more of them"):
        while True:
            world.use_context("staging")
    size = len(json.dumps(world.snapshot()["journal"]))
    assert 20_000 < size < 20_100
    world.advance(60)  # only acts are refused
    assert World.from_snapshot(json.loads(json.dumps(world.snapshot()))).digest() == world.digest()


def test_the_middle_of_a_step_can_be_neither_kept_nor_left() -> None:
    world = World(7)
    snapshot, said = world.snapshot(), []

    def meddle(event: object) -> None:
        for act in (world.snapshot, lambda: world.restore(snapshot), lambda: world.rewind(START)):
            with pytest.raises(BadInput, match="a call from inside a subscriber of the bus"):
                act()
            said.append(event)

    world.bus.subscribe("NEW_30MIN_BAR", meddle)
    world.advance(1800)
    assert len(said) == 6
    undisturbed = World(7)
    undisturbed.advance(1800)
    assert (world.bus.failures, world.digest()) == ([], undisturbed.digest())


def test_the_log_can_only_grow_and_its_events_cannot_change() -> None:
    world = World()
    assert not hasattr(world.events, "append")
    with pytest.raises(TypeError):
        world.events[0].payload["version"] = "0"  # type: ignore[index]
    with pytest.raises(AttributeError):
        world.events[0].type = "OTHER"  # type: ignore[misc]
    assert {event.type for event in world.events} <= set(EVENT_TYPES)


def test_a_subscriber_that_fails_is_kept_and_stops_nobody() -> None:
    world = World()
    heard: list[str] = []

    def broken(event: object) -> None:
        raise ValueError("no")

    world.bus.subscribe("NEW_5MIN_BAR", broken)
    world.bus.subscribe("NEW_5MIN_BAR", lambda event: heard.append(event.payload["symbol"]))
    world.advance(300)
    assert heard == ["ES", "NQ"]
    assert [repr(error) for _, error in world.bus.failures] == ["ValueError('no')"] * 2
    with pytest.raises(ValueError, match="no component emits 'NEW_BAR'"):
        world.bus.subscribe("NEW_BAR", broken)


def test_every_sixth_bar_completes_a_half_hour_and_markets_rest_at_night() -> None:
    world = World(5)
    world.advance(DAY)
    five = [event.payload for event in world.events.of("NEW_5MIN_BAR") if event.payload["symbol"] == "ES"]
    thirty = [event.payload for event in world.events.of("NEW_30MIN_BAR") if event.payload["symbol"] == "ES"]
    assert (len(five), len(thirty)) == (78, 13)
    for index, bar in enumerate(thirty):
        parts = five[index * 6 : index * 6 + 6]
        assert bar["open"] == parts[0]["open"]
        assert bar["close"] == parts[-1]["close"]
        assert bar["high"] == max(part["high"] for part in parts)
        assert bar["low"] == min(part["low"] for part in parts)
        assert bar["volume"] == sum(part["volume"] for part in parts)
    world.advance(5 * DAY)
    days = {str(event.as_json()["time"])[:10] for event in world.events.of("NEW_5MIN_BAR")}
    assert days == {"2025-07-14", "2025-07-15", "2025-07-16", "2025-07-17", "2025-07-18"}  # the 19th is a Saturday


def test_a_deleted_pod_is_replaced_and_the_replacement_takes_a_moment() -> None:
    world = World(7)
    name = world.cluster.pods_of("risk-management")[0].name
    world.delete_pod(name)
    pods = world.cluster.pods_of("risk-management")
    assert len(pods) == 2
    assert name not in {pod.name for pod in pods}
    assert sorted(pod.status(world.now_ms) for pod in pods) == ["ContainerCreating", "Running"]
    world.advance(10)
    assert [pod.status(world.now_ms) for pod in pods] == ["Running", "Running"]
    assert world.events[-1].type == "COMPONENT_STOPPED"
    assert world.events[-1].payload == {"pod": name}


def test_scaling_down_removes_the_youngest() -> None:
    world = World(7)
    oldest = min(world.cluster.pods_of("tactical-marl"), key=lambda pod: (pod.created_ms, pod.name)).name
    world.scale("tactical-marl", 1)
    assert [pod.name for pod in world.cluster.pods_of("tactical-marl")] == [oldest]
    with pytest.raises(BadInput, match="replicas: got 21; give a whole number from 0 to 20"):
        world.scale("tactical-marl", 21)

"""Every environment: PettingZoo's test and ours, many copies against one, and its own rules."""

import importlib
import pkgutil
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput, marl
from grandmodel_sim.features.frames import tactical_rows
from grandmodel_sim.marl import CartPole, Liquidation, MatrixGame, TacticalEnvironment, TradingEnvironment
from grandmodel_sim.marl.dataset import generated_bars
from grandmodel_sim.marl.liquidation import Liquidations, best_cost
from grandmodel_sim.marl.matrix_game import CLIMBING
from grandmodel_sim.marl.parallel import ParallelEnvironment
from grandmodel_sim.marl.spaces import Box, Discrete
from grandmodel_sim.marl.vector import ArrayEnvironment, VectorEnvironment
from grandmodel_sim.testing import check_parallel_env, trajectory_digest

from academy import paths
from tests.simulator.marl.environments import ENVIRONMENTS

Make = type[ParallelEnvironment]


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_pettingzoo_accepts_it_without_a_warning(make: Make) -> None:
    parallel = pytest.importorskip("pettingzoo.test")
    parallel.parallel_api_test(make(), num_cycles=1000)  # pytest turns a warning into a failure


def test_what_is_called_an_environment_is_one() -> None:
    modules = [
        importlib.import_module(f"{marl.__name__}.{found.name}") for found in pkgutil.iter_modules(marl.__path__)
    ]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    ours = {one for one in classes if issubclass(one, ParallelEnvironment) and one is not ParallelEnvironment}
    assert ours == set(ENVIRONMENTS)  # all of them are made without arguments, here and below
    bases = {ParallelEnvironment, ArrayEnvironment, VectorEnvironment}
    assert {one for one in classes if one.__name__.endswith("Environment")} <= ours | bases


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_it_conforms_over_whole_episodes(make: Make) -> None:
    check_parallel_env(make)


def test_a_second_process_sees_the_same_trajectories() -> None:
    code = (
        "from tests.simulator.marl.environments import ENVIRONMENTS\n"
        "from grandmodel_sim.testing import trajectory_digest\n"
        "for make in ENVIRONMENTS: print(trajectory_digest(make(), 3))"
    )
    environment = {"PYTHONPATH": f"{paths.SIMULATOR}:{paths.ROOT}", "PYTHONHASHSEED": "77"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == [trajectory_digest(make(), 3) for make in ENVIRONMENTS]


def random_actions(env: ArrayEnvironment, draw: np.random.Generator) -> np.ndarray:
    shape = (env.batch, len(env.agents))
    if isinstance(env.action_space, Discrete):
        return draw.integers(0, env.action_space.n, size=shape)
    return draw.uniform(-1.2, 1.2, size=(*shape, *env.action_space.shape)).astype(np.float32).clip(-1, 1)


@pytest.mark.parametrize("make", [CartPole, Liquidation, MatrixGame])
def test_many_copies_do_what_each_does_alone(make: Make) -> None:
    draw, batch = np.random.default_rng(4), 7
    together = make().copies(batch)
    together.restart(11)
    alone = [make().copies(1) for _ in range(batch)]
    seen_ends = 0
    for step in range(120):
        if step:
            np.testing.assert_array_equal(
                together.observations(), np.concatenate([one.observations() for one in alone])
            )
            np.testing.assert_array_equal(together.states(), np.concatenate([one.states() for one in alone]))
        for row, one in enumerate(alone):  # random starts are drawn for all copies from one stream: copy them over
            for name in one.progress:
                setattr(one, name, getattr(together, name)[row : row + 1].copy())
        actions = random_actions(together, draw)
        rewards, terminated, truncated = together.step(actions)
        for row, one in enumerate(alone):
            reward, ended, cut = one.step(actions[row : row + 1])
            np.testing.assert_array_equal(rewards[row : row + 1], reward)
            assert (terminated[row], truncated[row]) == (ended[0], cut[0])
        over = terminated | truncated
        seen_ends += int(over.sum())
        if over.any():
            together.begin(over)
            for row, one in enumerate(alone):
                for name in one.progress:
                    setattr(one, name, getattr(together, name)[row : row + 1].copy())
    assert seen_ends > 5


def test_many_trading_sessions_do_what_one_does_step_by_step() -> None:
    for agents in (1, 3):
        env = TradingEnvironment(num_agents=agents, episode_length=20)
        together = env.copies(5)
        together.restart(2)
        draw = np.random.default_rng(0)
        actions = draw.integers(0, 3, size=(20, 5, agents))
        starts = together.save()["starts"]
        observations, states, outcomes = [], [], []
        for action in actions:
            observations.append(together.observations())
            states.append(together.states())
            outcomes.append(together.advance(action))
        for row, start in enumerate(starts):
            seen, _ = env.reset(options={"start": int(start)})
            for step in range(20):
                np.testing.assert_array_equal(list(seen.values()), observations[step][row])
                np.testing.assert_allclose(env.state(), states[step][row], atol=1e-7)
                choice = dict(zip(env.agents, actions[step, row].tolist(), strict=True))
                seen, rewards, ended, cut, infos = env.step(choice)
                np.testing.assert_allclose(list(rewards.values()), outcomes[step].rewards[row], rtol=1e-6, atol=1e-6)
                assert not any(ended.values()) and not outcomes[step].terminated.any()
                assert list(cut.values()) == outcomes[step].truncated[row].tolist()
            final = outcomes[-1].final_observations
            assert final is not None
            np.testing.assert_array_equal(list(seen.values()), final[row])
            assert all(info["position"] == 0 for info in infos.values())


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_a_saved_environment_goes_on_as_if_nothing_had_happened(make: Make) -> None:
    def go_on(env: ArrayEnvironment) -> list[Any]:
        draw, seen = np.random.default_rng(8), []
        for _ in range(90):
            outcome = env.advance(random_actions(env, draw))
            seen += [outcome.rewards.tobytes(), outcome.truncated.tobytes(), env.observations().tobytes()]
        return seen

    env, other = make().copies(3), make().copies(3)
    env.restart(5)
    other.restart(6)
    draw = np.random.default_rng(1)
    for _ in range(9):
        env.advance(random_actions(env, draw))
    saved = env.save()
    expected = go_on(env)
    assert go_on(other) != expected
    other.load(saved)
    assert go_on(other) == expected
    with pytest.raises(BadInput, match="saved: got"):
        make().copies(2).load(saved)


def test_cartpole_moves_as_gymnasium_s() -> None:
    gymnasium = pytest.importorskip("gymnasium")
    theirs = gymnasium.make("CartPole-v1").unwrapped
    ours = CartPole().copies(1)
    draw, ends = np.random.default_rng(0), 0
    for seed in range(8):
        first, _ = theirs.reset(seed=seed)
        ours.restart(seed)
        ours.motion[0] = theirs.state  # type: ignore[attr-defined]
        np.testing.assert_array_equal(ours.observations()[0, 0], first)
        for _ in range(60):
            push = int(draw.integers(0, 2))
            seen, reward, fallen, _, _ = theirs.step(push)
            rewards, ended, _ = ours.step(np.array([[push]]))
            np.testing.assert_allclose(ours.motion[0], theirs.state, rtol=1e-12, atol=1e-14)  # type: ignore[attr-defined]
            assert (rewards[0, 0], ended[0]) == (reward, fallen)
            np.testing.assert_allclose(ours.observations()[0, 0], seen, rtol=1e-6)
            if fallen:
                ends += 1
                break
    assert ends >= 4


def test_cartpole_is_cut_after_500_steps() -> None:
    env = CartPole().copies(2)
    env.restart(0)
    env.steps[0] = 499
    outcome = env.advance(np.zeros((2, 1), dtype=np.int64))
    assert outcome.truncated.tolist() == [[True], [False]]
    assert not outcome.terminated.any()
    assert outcome.final_observations is not None
    assert np.abs(outcome.final_observations[0]).max() > 0.05  # what the cart did, not where the next one begins
    assert env.steps.tolist() == [0, 1]


def test_a_tactical_observation_is_the_matrix_that_the_pipeline_gives() -> None:
    bars = generated_bars(3, sessions=5)
    env = TacticalEnvironment(bars)
    rows = tactical_rows(bars)
    assert env.possible_agents == ["fvg", "momentum", "entry_opt"]
    observations, _ = env.reset(options={"start": 100})
    matrix = observations["momentum"][:-1].reshape(7, 60).T
    np.testing.assert_allclose(matrix, np.array(rows[41:101]), atol=1e-6)
    assert observations["momentum"][-1] == 0
    with pytest.raises(BadInput, match=r"options\['start'\]: got 70; give a bar from 71"):
        env.reset(options={"start": 70})  # rows 0 to 11 warm up
    rewards = env.step({"fvg": 2, "momentum": 1, "entry_opt": 0})[1]
    move = (bars[101].close - bars[100].close) * 50
    assert rewards["momentum"] == 0
    assert rewards["fvg"] == pytest.approx(move / 100)  # a buy and a sale meet: nothing reaches the exchange
    assert rewards["entry_opt"] == pytest.approx(-move / 100)


def test_matrix_games_pay_by_row_and_column() -> None:
    env = MatrixGame.climbing()
    env.reset()
    for row in range(3):
        for column in range(3):
            rewards = env.step({"row": row, "column": column})[1]
            assert rewards == {"row": CLIMBING[row][column], "column": CLIMBING[row][column]}
    penalty = MatrixGame.penalty(-100)
    penalty.reset()
    assert [penalty.step({"row": 0, "column": c})[1]["row"] for c in range(3)] == [10, 0, -100]
    for step in range(3, 25):
        cut = penalty.step({"row": 1, "column": 1})[3]["row"]
        assert cut is (step == 24)
    assert penalty.agents == []


def test_the_best_liquidation_costs_what_the_formula_says() -> None:
    env = Liquidations(1)
    env.restart(3)
    inventory, total = float(env.held.sum()), 0.0
    later = [best_cost(steps) for steps in range(10, 0, -1)]  # cost of an inventory of 1 from each step on
    for step in range(10):
        after = later[step + 1] if step < 9 else 0.0
        share = (0.1 + after) / (1 + 0.1 + after)
        rewards, over, _ = env.step(np.full((1, 2, 1), 2 * share - 1))
        total -= float(rewards[0, 0])
    assert over[0]
    assert total == pytest.approx(best_cost(10) * inventory**2, rel=1e-6)
    env.restart(3)
    even = sum(-float(env.step(np.full((1, 2, 1), 2 / left - 1))[0][0, 0]) for left in range(10, 0, -1))
    at_once = inventory**2
    assert best_cost(10) * inventory**2 < even < at_once


def test_what_an_environment_cannot_use_is_named() -> None:
    with pytest.raises(BadInput, match=r"payoff: got .* give as many rows as columns"):
        MatrixGame(((1, 2),))
    with pytest.raises(BadInput, match="payoff: got 'x'"):
        MatrixGame("x")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"payoff: got .*finite"):
        MatrixGame(((1, float("nan")), (0, 0)))
    with pytest.raises(BadInput, match="rounds: got 0"):
        MatrixGame(rounds=0)
    with pytest.raises(BadInput, match="num_agents: got 0"):
        Liquidation(num_agents=0)
    with pytest.raises(BadInput, match=r"steps: got 1\.5"):
        Liquidation(steps=1.5)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="batch: got 0"):
        CartPole().copies(0)
    game = MatrixGame()
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        game.step({})
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        game.state()
    game.reset()
    with pytest.raises(BadInput, match=r"actions\['column'\]: got 3; give a member of Discrete\(n=3\)"):
        game.step({"row": 0, "column": 3})
    sale = Liquidation()
    sale.reset()
    with pytest.raises(BadInput, match=r"actions\['seller_0'\]"):
        sale.step({"seller_0": np.array([1.5], np.float32), "seller_1": np.zeros(1, np.float32)})


def test_a_bounded_box_samples_and_contains_within_its_bounds() -> None:
    box = Box((3,), -1, 2)
    box.seed(4)
    samples = np.stack([box.sample() for _ in range(200)])
    assert samples.min() < -0.9 and samples.max() > 1.9
    assert all(box.contains(sample) for sample in samples)
    assert not box.contains(np.array([0, 0, 2.5]))
    assert not box.contains(np.array([0, 0]))
    assert not box.contains(np.array([0, np.nan, 0]))
    assert not box.contains([0, 0, 0])


class Broken(MatrixGame):
    """An environment with one fault, for the conformance test to find."""

    fault = ""

    def step(self, actions: dict[str, Any]) -> Any:
        observations, rewards, ended, cut, infos = super().step(actions)
        if self.fault == "late randomness" and not self.agents:
            rewards["row"] = float(np.random.default_rng().random())
        if self.fault == "missing info":
            del infos["row"]
        if self.fault == "silent leaving" and self.agents:
            self.agents = ["row"]
        if self.fault == "revived" and not self.agents:
            self.agents = list(self.possible_agents)
        if self.fault == "shape":
            observations = {agent: np.zeros(2, np.float32) for agent in observations}
        if self.fault == "nan":
            rewards["row"] = float("nan")
        return observations, rewards, ended, cut, infos


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("late randomness", "two new environments must show the same under seed 0"),
        ("missing info", "infos must have exactly the agents that acted"),
        ("silent leaving", "left `agents` without a termination"),
        ("revived", "agents whose episode is over must not act again"),
        ("shape", "its space says"),
        ("nan", "must be a finite number"),
    ],
)
def test_the_conformance_test_finds_faults(fault: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check_parallel_env(Broken)
    monkeypatch.setattr(Broken, "fault", fault)
    with pytest.raises(AssertionError, match=message):
        check_parallel_env(Broken)

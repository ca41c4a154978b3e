"""The trainer for any environment: repeatable, honest in what it reports, and the same after a checkpoint."""

import dataclasses
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.marl import (
    CartPole,
    Evaluation,
    Hyperparameters,
    IPPOTrainer,
    LearningCurve,
    Liquidation,
    MAPPOTrainer,
    MatrixGame,
    Metrics,
    TradingEnvironment,
)
from grandmodel_sim.marl.learning_curve import bar
from grandmodel_sim.marl.matrix_game import MatrixGames
from grandmodel_sim.marl.parallel import ParallelEnvironment

from academy import paths
from tests.simulator.marl.environments import ENVIRONMENTS
from tests.simulator.marl.foreign import Lottery

SMALL = Hyperparameters(copies=3, rollout_steps=20, epochs=2, minibatches=2, hidden_sizes=(8,), anneal_updates=9)


def vectors(trainer: MAPPOTrainer) -> bytes:
    return b"".join(part.vector.tobytes() for part in (trainer.actor, trainer.critic))


@pytest.mark.parametrize("trainer", [MAPPOTrainer, IPPOTrainer])
@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_every_environment_can_be_trained_on_and_a_seed_fixes_all_of_it(trainer: type[MAPPOTrainer], make: Any) -> None:
    one, two, other = (trainer(make, SMALL, seed=seed) for seed in (1, 1, 2))
    assert one.train(2) == two.train(2)
    other.train(2)
    assert vectors(one) == vectors(two) != vectors(other)
    assert np.isfinite(one.actor.vector).all()
    assert one.steps == 2 * 3 * 20
    evaluation = one.evaluate(episodes=4)
    assert evaluation.rewards.shape == (4, len(one._env.agents))
    np.testing.assert_array_equal(evaluation.rewards, one.evaluate(episodes=4).rewards)
    assert vectors(one) == vectors(two)  # evaluating teaches nothing
    assert one.train(1) == two.train(1)  # and draws nothing


def test_a_central_critic_sees_the_state_and_an_independent_one_does_not() -> None:
    env = TradingEnvironment(window_size=5, num_agents=2)
    central, own = MAPPOTrainer(env, SMALL, seed=0), IPPOTrainer(env, SMALL, seed=0)
    assert central.critic.weights["W0"].shape == (1, 8, 4 + 2 + 1 + 2)  # features, positions, time; two names
    assert own.critic.weights["W0"].shape == (1, 8, 4 * 5 + 1 + 2)
    assert central.actor.weights["W0"].shape == own.actor.weights["W0"].shape == (1, 8, 4 * 5 + 1 + 2)
    separate = IPPOTrainer(env, dataclasses.replace(SMALL, share_parameters=False), seed=0)
    assert separate.actor.weights["W0"].shape == (2, 8, 4 * 5 + 1)


def test_metrics_are_what_their_names_say() -> None:
    trainer = IPPOTrainer(CartPole, dataclasses.replace(SMALL, rollout_steps=60), seed=3)
    first, second = trainer.train(2)
    assert (first.update, second.update, first.steps, second.steps) == (1, 2, 180, 360)
    assert first.episodes > 0
    assert first.reward == first.length  # CartPole pays 1 for every step
    assert 0.99 * np.log(2) < first.entropy <= np.log(2) + 1e-6
    assert 0 <= first.approx_kl < 0.1
    assert 0 <= first.clip_fraction <= 1
    assert first.explained_variance <= 1
    assert first.epochs == 2
    assert (first.learning_rate, second.learning_rate) == (3e-4, pytest.approx(3e-4 * 8 / 9))
    assert trainer.updates == [first, second]


def test_rewards_are_counted_over_episodes_that_outlast_a_rollout() -> None:
    trainer = IPPOTrainer(MatrixGame(((1, 1), (1, 1))), SMALL, seed=0)  # rollouts of 20, episodes of 25
    updates = trainer.train(5)
    assert [update.episodes for update in updates] == [0, 3, 3, 3, 3]
    assert [update.reward for update in updates] == [None, 25, 25, 25, 25]
    assert updates[1].length == 25


def test_training_stops_early_when_the_policy_has_moved_far() -> None:
    bold = dataclasses.replace(SMALL, learning_rate=0.05, epochs=30)
    free = IPPOTrainer(CartPole, bold, seed=0).train()[0]
    held = IPPOTrainer(CartPole, dataclasses.replace(bold, target_kl=0.01), seed=0).train()[0]
    assert (free.epochs, held.epochs < 30) == (30, True)
    assert free.approx_kl > held.approx_kl > 0


def test_a_cut_episode_counts_what_would_have_come() -> None:
    # Reward 1 for ever, cut after 25 rounds. With a discount of 0.9 every state is worth 10; a critic that took the cut
    # for an end would value the first state at 9.3 and the last at 1: on average 6.7.
    settings = Hyperparameters(copies=10, rollout_steps=25, learning_rate=1e-2, discount=0.9, hidden_sizes=(8,))
    trainer = IPPOTrainer(MatrixGame(((1, 1), (1, 1))), settings, seed=0)
    trainer.train(40)
    rollout = trainer._rollout
    values = trainer._returns(trainer._valued(rollout.observations, None, None))
    assert values.mean() == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("make", ["CartPole", "TradingEnvironment", "Liquidation", "foreign"])
def test_a_training_that_is_saved_goes_on_bit_by_bit_in_another_process(make: str, tmp_path: Path) -> None:
    environment: Any = Lottery if make == "foreign" else {c.__name__: c for c in ENVIRONMENTS}[make]
    whole = MAPPOTrainer(environment, SMALL, seed=7)
    whole.train(3)
    whole.save(tmp_path / "half.zip")
    whole.train(3)
    whole.save(tmp_path / "whole.zip")
    code = (
        "import sys\n"
        "from grandmodel_sim.marl import *\n"
        "from tests.simulator.marl.foreign import Lottery\n"
        f"trainer = MAPPOTrainer.load(sys.argv[1], {environment.__name__})\n"
        "trainer.train(3)\n"
        "trainer.save(sys.argv[2])\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "half.zip"), str(tmp_path / "resumed.zip")],
        check=True,
        env={"PYTHONPATH": f"{paths.SIMULATOR}:{paths.ROOT}", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "5"},
    )
    assert (tmp_path / "resumed.zip").read_bytes() == (tmp_path / "whole.zip").read_bytes()
    assert (tmp_path / "half.zip").read_bytes() != (tmp_path / "whole.zip").read_bytes()


def test_a_checkpoint_is_json_and_arrays(tmp_path: Path) -> None:
    trainer = IPPOTrainer(CartPole, SMALL, seed=1)
    trainer.train(2)
    trainer.save(tmp_path / "point.zip")
    with zipfile.ZipFile(tmp_path / "point.zip") as archive:
        names = archive.namelist()
        found = json.loads(archive.read("checkpoint.json"))
    assert all(name.endswith(".npy") for name in names if name != "checkpoint.json")
    assert {"weights/actor/W0.npy", "adam/critic/second.npy", "environment/motion.npy"} <= set(names)
    assert Hyperparameters.from_json(found["hyperparameters"]) == SMALL
    assert (found["trainer"], found["seed"], found["steps"], len(found["updates"])) == ("IPPOTrainer", 1, 120, 2)
    again = IPPOTrainer.load(tmp_path / "point.zip", CartPole)
    assert again.updates == trainer.updates
    assert vectors(again) == vectors(trainer)


def test_a_file_that_is_no_checkpoint_or_does_not_fit_is_refused(tmp_path: Path) -> None:
    trainer = IPPOTrainer(CartPole, SMALL, seed=1)
    with pytest.raises(FileNotFoundError, match="make it first"):
        trainer.save(tmp_path / "none" / "point.zip")
    with pytest.raises(FileNotFoundError):
        IPPOTrainer.load(tmp_path / "none.zip", CartPole)
    (tmp_path / "text.zip").write_text("text")
    with pytest.raises(BadInput, match="it is not a checkpoint that save wrote"):
        IPPOTrainer.load(tmp_path / "text.zip", CartPole)
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    with pytest.raises(BadInput, match="it is not a checkpoint that save wrote"):
        IPPOTrainer.load(tmp_path / "arrays.npz", CartPole)
    trainer.save(tmp_path / "point.zip")
    with pytest.raises(BadInput, match="it is a checkpoint of IPPOTrainer; load it with that class"):
        MAPPOTrainer.load(tmp_path / "point.zip", CartPole)
    with pytest.raises(BadInput, match=r"environment: got 'agents row, column; .* was trained on agents cart"):
        IPPOTrainer.load(tmp_path / "point.zip", MatrixGame)
    with zipfile.ZipFile(tmp_path / "point.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    broken = json.loads(parts["checkpoint.json"])
    broken["hyperparameters"]["hidden_sizes"] = [9]
    with zipfile.ZipFile(tmp_path / "broken.zip", "w") as archive:
        for name, content in {**parts, "checkpoint.json": json.dumps(broken).encode()}.items():
            archive.writestr(name, content)
    with pytest.raises(BadInput, match=r"W0 must be an array of float32 of shape \(1, 9, 4\)"):
        IPPOTrainer.load(tmp_path / "broken.zip", CartPole)
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("checkpoint.json", '{"format": 0}')
    with pytest.raises(BadInput, match="it is not a checkpoint of format 1"):
        IPPOTrainer.load(tmp_path / "old.zip", CartPole)


def test_a_pickle_inside_a_checkpoint_is_not_opened(tmp_path: Path) -> None:
    trainer = IPPOTrainer(CartPole, SMALL, seed=1)
    trainer.save(tmp_path / "point.zip")
    with zipfile.ZipFile(tmp_path / "point.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    import io

    content = io.BytesIO()
    np.save(content, np.array([print], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, part in {**parts, "adam/actor/first.npy": content.getvalue()}.items():
            archive.writestr(name, part)
    with pytest.raises(BadInput, match="allow_pickle=False"):
        IPPOTrainer.load(tmp_path / "bad.zip", CartPole)


def test_the_callback_sees_each_update_and_can_stop() -> None:
    seen: list[Metrics] = []

    def three(metrics: Metrics) -> bool:
        seen.append(metrics)
        return len(seen) < 3

    done = IPPOTrainer(CartPole, SMALL, seed=0).train(10, callback=three)
    assert done == seen
    assert len(done) == 3


def test_a_learning_curve_prints_and_keeps_what_it_saw(capsys: pytest.CaptureFixture[str]) -> None:
    from matplotlib import pyplot

    curve = LearningCurve(every=2, smooth=2)
    trainer = IPPOTrainer(MatrixGame(((4, 4), (4, 4))), SMALL, seed=0)
    trainer.train(4, callback=curve)
    assert (curve.steps, curve.values) == ([120, 180, 240], [100.0, 100.0, 100.0])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "update    2  steps      120  reward    100.000  ▄",
        "update    4  steps      240  reward    100.000  ▄▄▄",
    ]
    curve.values[:] = [0, 10, 40]
    assert curve.smoothed() == [0, 5, 25]
    axes = curve.plot()
    assert axes.get_xlabel() == "environment steps"
    assert list(axes.lines[1].get_ydata()) == [0, 5, 25]
    pyplot.close(axes.figure)  # a cell in this process would show it
    assert bar([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert len(bar(list(range(1000)))) == 24
    assert bar([]) == ""
    with pytest.raises(BadInput, match="value: got 'fun'; the metrics are update, steps"):
        LearningCurve("fun")
    with pytest.raises(BadInput, match="smooth: got 0"):
        LearningCurve(smooth=0)


def test_evaluation_counts_whole_episodes() -> None:
    trainer = IPPOTrainer(CartPole, SMALL, seed=0)
    evaluation = trainer.evaluate(episodes=130)  # more than are played side by side
    assert evaluation.rewards.shape == (130, 1)
    np.testing.assert_array_equal(evaluation.rewards[:, 0], evaluation.lengths)
    assert len(set(evaluation.lengths.tolist())) > 5
    assert evaluation.reward_per_step == 1
    assert Evaluation(np.array([[2.0, 4.0]]), np.array([3])).reward == 3
    with pytest.raises(BadInput, match="environment: got 'agents row, column"):
        trainer.evaluate(MatrixGame, 1)
    with pytest.raises(BadInput, match="episodes: got 0"):
        trainer.evaluate(episodes=0)


def test_actions_for_observations_are_the_likeliest_and_within_bounds() -> None:
    trainer = MAPPOTrainer(Liquidation, SMALL, seed=0)
    trainer.actor.weights["b1"][:] = 5
    actions = trainer.act(np.ones((4, 2, 3), np.float32))
    assert actions.shape == (4, 2, 1)
    np.testing.assert_array_equal(actions, 1)
    masked = IPPOTrainer(MatrixGame, SMALL, seed=0)
    masks = np.zeros((1, 2, 3), dtype=bool)
    masks[0, 0, 2] = masks[0, 1, 1] = True
    assert masked.act(np.ones((1, 2, 1), np.float32), masks).tolist() == [[2, 1]]


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_decisions_play_an_environment_of_dictionaries(make: Any) -> None:
    trainer, env = MAPPOTrainer(make, SMALL, seed=0), make()
    observations, _ = env.reset(seed=1)
    played = 0
    while env.agents:
        observations = env.step(trainer.decide(observations))[0]  # the environment refuses what it cannot take
        played += 1
    assert played > 5
    with pytest.raises(BadInput, match=r"observations: got .*; give one of shape"):
        trainer.decide({agent: seen[:-1] for agent, seen in observations.items()} or {"x": np.zeros(1)})


@pytest.mark.parametrize(
    ("observations", "message"),
    [
        (
            np.zeros((5, 2, 7)),
            r"observations: got 'float64 of shape \(5, 2, 7\)'; give numbers of shape \(copies, 2, 3\)",
        ),
        (np.zeros((2, 3)), r"observations: got 'float64 of shape \(2, 3\)'"),
        ([[["a"] * 3] * 2], r"observations: got '<U1 of shape \(1, 2, 3\)'"),
        (
            np.full((4, 2, 3), np.nan),
            r"observations: got nan; it is number 0 of what seller_0 sees in copy 0; give finite",
        ),
    ],
)
def test_observations_that_nothing_can_be_decided_on_are_named(observations: Any, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        MAPPOTrainer(Liquidation, SMALL, seed=0).act(observations)


class Ill(MatrixGames):
    """Matrix games in which one number goes wrong at the end of an episode."""

    part = ""

    def observations(self) -> Any:
        seen = super().observations()
        if self.part == "observation":
            seen[self.played == self.rounds, 1] = np.nan
        return seen

    def step(self, actions: Any) -> Any:
        rewards, ended, cut = super().step(actions)
        if self.part == "reward":
            rewards[cut, 1] = np.inf
        return rewards, ended, cut


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("observation", r"observation of column: got nan; it came in step 3 of the rollout in copy 0; give finite"),
        ("reward", r"reward of column: got inf; it came in step 3 of the rollout in copy 0; give finite"),
    ],
)
def test_an_array_environment_that_falls_ill_is_not_learnt_from(
    part: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ill, "part", part)
    trainer = IPPOTrainer(ParallelEnvironment(lambda batch: Ill(batch, rounds=4)), SMALL, seed=0)
    before = trainer.actor.vector.copy()
    with pytest.raises(BadInput, match=message):
        trainer.train()
    np.testing.assert_array_equal(trainer.actor.vector, before)
    assert (trainer.steps, trainer.updates) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"copies": 0}, "copies: got 0; give a whole number from 1"),
        ({"epochs": 2.5}, r"epochs: got 2\.5"),
        ({"learning_rate": 0}, "learning_rate: got 0; give a number above 0"),
        ({"discount": 1.1}, r"discount: got 1\.1; give a number from 0 to 1"),
        ({"clip": float("nan")}, "clip: got nan"),
        ({"value_memory": 1}, "value_memory: got 1; give a number from 0 to below 1, or None"),
        ({"hidden_sizes": ()}, "hidden_sizes: got"),
        ({"hidden_sizes": 64}, "hidden_sizes: got 64; give one whole number for each hidden layer"),
        ({"hidden_sizes": (8, True)}, "hidden_sizes: got True"),
        ({"activation": "gelu"}, "activation: got 'gelu'; the activations are relu, tanh"),
        ({"share_parameters": 1}, "share_parameters: got 1; give True or False"),
        ({"target_kl": -1}, "target_kl: got -1"),
    ],
)
def test_hyperparameters_that_cannot_be_used_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Hyperparameters(**arguments)


def test_arguments_that_cannot_be_used_are_named() -> None:
    with pytest.raises(BadInput, match=r"hyperparameters: got {}; give Hyperparameters"):
        IPPOTrainer(CartPole, {})  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="seed: got -1"):
        IPPOTrainer(CartPole, seed=-1)
    with pytest.raises(BadInput, match="updates: got 0"):
        IPPOTrainer(CartPole, SMALL).train(0)
    with pytest.raises(BadInput, match="minibatches: got 61; a batch has 60 rows"):
        IPPOTrainer(CartPole, dataclasses.replace(SMALL, minibatches=61))  # before anything is collected
    apart = dataclasses.replace(SMALL, minibatches=61, share_parameters=False)
    with pytest.raises(BadInput, match="minibatches: got 61; a batch has 60 rows"):
        IPPOTrainer(MatrixGame, apart)  # each agent's network has its own 60 rows
    IPPOTrainer(MatrixGame, dataclasses.replace(apart, share_parameters=True)).train()
    for dtype in ("int32", "float16", int, 8):
        with pytest.raises(BadInput, match=r"dtype: got .*; give numpy\.float32 or numpy\.float64"):
            IPPOTrainer(CartPole, SMALL, dtype=dtype)  # type: ignore[arg-type]
    for seed in (-1, "x", 1.5):
        with pytest.raises(BadInput, match=r"seed: got .*; give a whole number from 0"):
            IPPOTrainer(CartPole, SMALL).evaluate(episodes=1, seed=seed)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="hyperparameters: got 'x'; the hyper-parameters are activation"):
        Hyperparameters.from_json({"x": 1})


def test_the_defaults_are_grandmodel_s() -> None:
    settings = Hyperparameters()
    assert (settings.discount, settings.gae_lambda, settings.clip, settings.learning_rate) == (0.99, 0.95, 0.2, 3e-4)
    assert (settings.entropy_weight, settings.value_weight, settings.max_grad_norm, settings.epochs) == (
        0.01,
        0.5,
        0.5,
        10,
    )

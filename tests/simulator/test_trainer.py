"""The trainer: repeatable, honest about evaluation, careful with files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.marl import MARLTrainer, TradingEnvironment
from grandmodel_sim.marl.trainer import Settings


@pytest.fixture(scope="module")
def env(checkout: Path) -> TradingEnvironment:
    return TradingEnvironment(checkout / "data/testing/sample_data.csv", 20, ["mlmi", "fvg"])


def small(env: TradingEnvironment, **changes: Any) -> MARLTrainer:
    return MARLTrainer(env, **{"num_agents": 2, "hidden_size": 16, "batch_size": 4, "seed": 5, **changes})


def weights(trainer: MARLTrainer) -> list[np.ndarray]:
    return [value.copy() for network in (trainer.actor, trainer.critic) for value in network.weights.values()]


def equal(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_same_seed_gives_the_same_agents_and_another_seed_others(env: TradingEnvironment) -> None:
    runs = [small(env), small(env), small(env, seed=6)]
    rewards = [[trainer.train_episode() for _ in range(3)] for trainer in runs]
    np.testing.assert_array_equal(rewards[0], rewards[1])
    assert equal(weights(runs[0]), weights(runs[1]))
    assert not equal(weights(runs[0]), weights(runs[2]))
    assert not equal(weights(small(env, seed=None)), weights(small(env, seed=None)))


@pytest.mark.parametrize("agents", [1, 2, 3])
def test_an_episode_returns_one_reward_for_each_agent_and_is_reported(env: TradingEnvironment, agents: int) -> None:
    trainer = small(env, num_agents=agents)
    rewards = trainer.train_episode()
    assert rewards.shape == (agents,)
    assert np.isfinite(rewards).all()
    assert len(trainer.updates) == 1
    assert 0 < trainer.updates[0].entropy <= np.log(3) + 1e-6
    assert trainer.updates[0].value_loss > 0


def test_evaluation_repeats_itself_and_changes_nothing(env: TradingEnvironment) -> None:
    trainer = small(env)
    trainer.train_episode()
    before = weights(trainer)
    reward = trainer.evaluate(env, 5)
    assert isinstance(reward, float)
    assert trainer.evaluate(env, 5) == reward
    assert trainer.session_rewards(env, 5).mean() == pytest.approx(reward)
    assert equal(weights(trainer), before)
    trainer.train_episode()
    twin = small(env)
    twin.train_episode()
    twin.train_episode()
    assert equal(weights(trainer), weights(twin))  # evaluating drew no random number either


def test_a_saved_model_comes_back_whole(env: TradingEnvironment, tmp_path: Path) -> None:
    trainer, other = small(env), small(env, seed=9)
    trainer.train_episode()
    trainer.save_model(tmp_path / "model.pt")
    assert not equal(weights(trainer), weights(other))
    other.load_model(tmp_path / "model.pt")
    assert equal(weights(trainer), weights(other))
    assert other.evaluate(env, 5) == trainer.evaluate(env, 5)


def test_saving_into_a_folder_that_is_not_there_says_to_make_it(env: TradingEnvironment, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"make it first: os.makedirs"):
        small(env).save_model(tmp_path / "models" / "model.pt")


def test_a_file_that_does_not_fit_is_refused_and_the_agents_stay(env: TradingEnvironment, tmp_path: Path) -> None:
    trainer = small(env)
    before = weights(trainer)
    with pytest.raises(FileNotFoundError):
        trainer.load_model(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("not a model")
    with pytest.raises(BadInput, match="it is not a file that save_model wrote"):
        trainer.load_model(tmp_path / "text.pt")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(BadInput, match="it is not a model of format 1"):
        trainer.load_model(tmp_path / "other.npz")
    small(env, hidden_size=8).save_model(tmp_path / "small.pt")
    with pytest.raises(BadInput, match=r"actor.Wx must have shape \(40, 16\); check num_agents and hidden_size"):
        trainer.load_model(tmp_path / "small.pt")
    wide = TradingEnvironment(env.data_file, 21, ["mlmi", "fvg"])
    small(wide).save_model(tmp_path / "wide.pt")
    with pytest.raises(BadInput, match=r"it was trained on \['mlmi', 'fvg'\], window 21"):
        trainer.load_model(tmp_path / "wide.pt")
    assert equal(weights(trainer), before)


def test_an_environment_of_another_shape_cannot_be_judged_on(env: TradingEnvironment) -> None:
    wide = TradingEnvironment(env.data_file, 21, ["mlmi", "fvg"])
    with pytest.raises(BadInput, match=r"these agents were trained on features .* and window 20"):
        small(env).evaluate(wide)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_agents": 0}, "num_agents: got 0; give a whole number from 1"),
        ({"hidden_size": 12.5}, "hidden_size: got 12.5"),
        ({"batch_size": "32"}, "batch_size: got '32'"),
        ({"learning_rate": 0}, "learning_rate: got 0; give a number above 0, at most 1"),
        ({"learning_rate": float("nan")}, "learning_rate: got nan"),
        ({"seed": -1}, "seed: got -1; give a whole number from 0"),
        ({"seed": "x"}, "seed: got 'x'"),
    ],
)
def test_bad_arguments_are_named(env: TradingEnvironment, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        small(env, **arguments)


def test_something_else_than_an_environment_is_named() -> None:
    with pytest.raises(BadInput, match="environment: got 'NoneType'; give a TradingEnvironment"):
        MARLTrainer(None)  # type: ignore[arg-type]


def test_more_epochs_move_the_policy_further(env: TradingEnvironment) -> None:
    few, many = small(env, settings=Settings(epochs=1)), small(env, settings=Settings(epochs=8))
    few.train_episode()
    many.train_episode()
    assert many.updates[0].approx_kl > few.updates[0].approx_kl

"""Environments that are not ours behind arrays: padding, masks, deaths, bounds, and coming back by replay."""

from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.marl import CartPole, Hyperparameters, IPPOTrainer, MAPPOTrainer, MatrixGame
from grandmodel_sim.marl.cartpole import CartPoles
from grandmodel_sim.marl.copies import ParallelCopies, vectorise
from grandmodel_sim.marl.rollout import Rollout
from grandmodel_sim.marl.spaces import Box, Discrete
from grandmodel_sim.testing import check_parallel_env

from tests.simulator.marl.foreign import Lottery, Target


def lottery(batch: int = 2, seed: int = 0) -> ParallelCopies:
    copies = vectorise(Lottery, batch)
    assert isinstance(copies, ParallelCopies)
    copies.restart(seed)
    return copies


def good(copies: ParallelCopies) -> np.ndarray:
    return np.array([list(env.good.values()) for env in copies.environments])


def test_the_foreign_environments_conform_to_our_own_test() -> None:
    check_parallel_env(Lottery)
    check_parallel_env(Target)


def test_agents_that_differ_are_padded_and_masked() -> None:
    copies = lottery()
    assert (copies.agents, copies.observation_size, copies.action_space) == (("a", "b", "c"), 3, Discrete(3))
    seen, masks = copies.observations(), copies.action_masks()
    assert masks is not None
    np.testing.assert_array_equal(masks[0], [[True, True, False], [True, True, True], [False, True, True]])
    for row in range(2):
        for place, choice in enumerate(good(copies)[row]):
            assert seen[row, place].tolist() == np.eye(3)[choice].tolist()
    np.testing.assert_array_equal(copies.states(), seen.reshape(2, 9))  # there is no state(): all observations


def test_agents_die_alone_and_a_copy_begins_anew_when_all_are_gone() -> None:
    copies = lottery()
    wrong = good(copies).copy()
    wrong[0, 1] = (wrong[0, 1] + 1) % 3
    outcome = copies.advance(wrong)
    assert outcome.rewards.tolist() == [[1, 0, 1], [1, 1, 1]]
    assert outcome.terminated.tolist() == [[False, True, False], [False] * 3]
    active = copies.active()
    assert active is not None and active.tolist() == [[True, False, True], [True] * 3]
    assert not copies.observations()[0, 1].any()
    for _ in range(8):
        assert not copies.advance(good(copies)).over.any()
    outcome = copies.advance(good(copies))
    assert outcome.truncated.tolist() == [[True, False, True], [True] * 3]
    assert not outcome.terminated.any()
    assert outcome.over.all()
    assert outcome.final_observations is not None
    assert outcome.final_observations[1].any(axis=-1).all()  # what they saw last
    active = copies.active()
    assert active is not None and active.all()


class Vanishing(Lottery):
    """Player b leaves after three rounds and does not say so."""

    def step(self, actions: dict[str, int]) -> Any:
        result = super().step(actions)
        if self.round == 3:
            self.agents = [agent for agent in self.agents if agent != "b"]
        return result


def test_an_agent_that_vanishes_has_come_to_its_end() -> None:
    copies = vectorise(Vanishing, 1)
    copies.restart(0)
    assert isinstance(copies, ParallelCopies)
    outcomes = [copies.advance(good(copies)) for _ in range(3)]
    assert [outcome.terminated[0].tolist() for outcome in outcomes] == [[False] * 3, [False] * 3, [False, True, False]]


def test_bounds_of_each_component_are_respected() -> None:
    copies = vectorise(Target(), 2)  # an instance: copied
    assert copies.action_space == Box((2,))
    outcome = copies.advance(np.array([[[-0.4, 0.2]], [[-5.0, 5.0]]], np.float32))
    np.testing.assert_allclose(outcome.rewards[:, 0], [0, -0.3 - 0.8], atol=1e-6)


def test_a_state_that_is_there_is_used() -> None:
    class Told(Lottery):
        def state(self) -> np.ndarray:
            return np.array([[self.round, 7.0]])

    copies = vectorise(Told, 2)
    assert copies.state_size == 2
    copies.advance(good(copies))  # type: ignore[arg-type]
    np.testing.assert_array_equal(copies.states(), [[1, 7], [1, 7]])


def test_a_state_that_fails_is_heard_and_not_taken_for_none() -> None:
    class Broken(Target):
        def state(self) -> np.ndarray:
            return self.nothing_of_that_name  # type: ignore[attr-defined, no-any-return]

    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        vectorise(Broken, 1)


def test_replay_brings_an_environment_back() -> None:
    def go_on(copies: ParallelCopies) -> list[Any]:
        draw, seen = np.random.default_rng(3), []
        for _ in range(25):
            wrong = draw.random((2, 3)) < 0.1
            choices = np.where(wrong, [1, 2, 1], good(copies))
            outcome = copies.advance(choices)
            seen += [
                outcome.rewards.tolist(),
                outcome.over.tolist(),
                copies.observations().tolist(),
                good(copies).tolist(),
            ]
        return seen

    copies, other = lottery(seed=5), lottery(seed=6)
    for _ in range(13):
        copies.advance(good(copies))
    saved = copies.save()
    assert [len(actions) for actions in saved["journal"]] == [3, 3]
    expected = go_on(copies)
    other.load(saved)
    assert go_on(other) == expected
    assert go_on(lottery(seed=6)) != expected
    with pytest.raises(BadInput, match="it must hold the journal of 1 copies"):
        lottery(1).load(saved)


def test_what_cannot_be_an_environment_is_named() -> None:
    for thing in (None, 3, dict):
        with pytest.raises(BadInput, match="environment: got"):
            vectorise(thing, 1)

    class Mixed(Lottery):
        def action_space(self, agent: str) -> Any:
            return Target()._space if agent == "a" else super().action_space(agent)

    with pytest.raises(BadInput, match=r"action_space: got .* give all agents Discrete spaces"):
        vectorise(Mixed, 1)

    class Blind(Lottery):
        def observation_space(self, agent: str) -> Any:
            return object()

    with pytest.raises(BadInput, match=r"observation_space\('a'\): got .* give a Box or a Discrete space"):
        vectorise(Blind, 1)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("reward", r"reward of b: got nan; it came in step \d of the rollout in copy \d; give finite numbers"),
        ("state", r"state: got nan; it came in step 1 of the rollout in copy 0; give finite numbers"),
        ("observation", r"observations\['b'\]: got .*inf.*; give finite numbers"),
    ],
)
def test_numbers_that_are_none_are_refused_before_they_are_learnt_from(part: str, message: str) -> None:
    class Sick(Lottery):
        def step(self, actions: dict[str, int]) -> Any:
            observations, rewards, *rest = super().step(actions)
            if self.round == 1 and part == "reward":
                rewards["b"] = float("nan")
            if self.round == 1 and part == "observation":
                observations["b"] = np.array([0, np.inf, 0])
            return observations, rewards, *rest

        def state(self) -> Any:
            return np.full(2, np.nan if self.round == 1 and part == "state" else 0.0)

    agents = MAPPOTrainer(Sick, Hyperparameters(copies=2, rollout_steps=4, hidden_sizes=(8,)), seed=0)
    before = agents.actor.vector.copy()
    with pytest.raises(BadInput, match=message):
        agents.train()
    np.testing.assert_array_equal(agents.actor.vector, before)
    assert (agents.steps, agents.updates) == (0, [])


def test_an_observation_that_its_space_does_not_hold_is_named() -> None:
    class Wide(Lottery):
        def _observe(self, agents: list[str]) -> Any:
            seen, infos = super()._observe(agents)
            return {agent: np.zeros(4) if agent == "c" else value for agent, value in seen.items()}, infos

    with pytest.raises(BadInput, match=r"observations\['c'\]: got \(4,\); its space says 3 numbers"):
        vectorise(Wide, 1)


def test_our_environments_keep_their_arrays() -> None:
    for environment in (CartPole, CartPole(), lambda: CartPole()):
        assert isinstance(vectorise(environment, 3), CartPoles)


@pytest.mark.parametrize("trainer", [MAPPOTrainer, IPPOTrainer])
@pytest.mark.parametrize("shared", [True, False])
def test_agents_learn_a_foreign_game_with_deaths_and_masks(trainer: type[MAPPOTrainer], shared: bool) -> None:
    agents = trainer(
        Lottery,
        Hyperparameters(
            copies=4, rollout_steps=40, epochs=8, learning_rate=5e-3, hidden_sizes=(16,), share_parameters=shared
        ),
        seed=1,
    )
    assert agents.evaluate(episodes=20).reward < 5
    agents.train(25)
    assert agents.evaluate(episodes=20).reward > 9.5  # of 10: a choice at random survives about two rounds


def test_a_foreign_continuous_action_is_learnt_in_its_own_range() -> None:
    settings = Hyperparameters(copies=4, rollout_steps=50, learning_rate=1e-2, hidden_sizes=(8,), entropy_weight=0)
    agents = IPPOTrainer(Target, settings, seed=0)
    before = agents.evaluate(episodes=1).reward
    agents.train(40)
    assert before < -3  # the middle of both ranges: 50 and 0
    assert agents.evaluate(episodes=1).reward > -0.6


def test_decisions_of_agents_that_do_not_act_change_nothing() -> None:
    agents = IPPOTrainer(Lottery, Hyperparameters(copies=3, rollout_steps=30, hidden_sizes=(8,)), seed=4)
    agents._collect()
    rollout: Rollout = agents._rollout
    assert rollout.active is not None
    idle = ~rollout.active[:-1]
    assert idle.any()
    batch, _ = agents._batch()
    gradients = []
    for wild in (1.0, 1e6):
        twin = IPPOTrainer(Lottery, Hyperparameters(copies=3, rollout_steps=30, hidden_sizes=(8,)), seed=4)
        assert batch.active is not None
        for part in (batch.advantage, batch.targets):
            part[batch.active == 0] = wild
        twin._gradient_step(batch)
        gradients.append((twin.actor.gradients.copy(), twin.critic.gradients.copy()))
    for one, two in zip(*gradients, strict=True):
        np.testing.assert_array_equal(one, two)
        assert one.any()


def test_a_matrix_game_learns_the_same_behind_copies_as_in_arrays() -> None:
    class Plain:
        """The same game without its arrays."""

        def __init__(self) -> None:
            self._game = MatrixGame()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._game, name)

    few = Hyperparameters(copies=3, rollout_steps=30, hidden_sizes=(8,))
    fast, slow = IPPOTrainer(MatrixGame, few, seed=3), IPPOTrainer(Plain, few, seed=3)
    assert isinstance(slow._env, ParallelCopies)
    one, two = fast.train(5), slow.train(5)
    assert [m.reward for m in one] == [m.reward for m in two]
    np.testing.assert_allclose(fast.actor.vector, slow.actor.vector, rtol=1e-5, atol=1e-6)

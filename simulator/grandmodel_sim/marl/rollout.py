"""What the agents lived through between two updates.

Letters: T steps, B copies, A agents, I inputs of the policy, C inputs of the critic, K outputs of the policy.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.vector import Flags, Floats, Outcome, VectorEnvironment


@dataclass(slots=True)
class Cut:
    """A step at which episodes were cut off, and what their agents saw last."""

    step: int
    truncated: Flags  # (B, A)
    observations: Floats  # (B, A, D)
    states: Floats  # (B, S)


@dataclass(slots=True)
class Episodes:
    """Rewards of the episodes under way and of those that ended during the last rollout."""

    reward: NDArray[np.float64]  # (B, A), of the episode under way
    length: NDArray[np.int64]  # (B,)
    ended_rewards: list[float] = field(default_factory=list)  # mean over agents
    ended_lengths: list[int] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """Take in one step."""
        self.reward += outcome.rewards
        self.length += 1
        if outcome.over.any():
            self.ended_rewards += self.reward[outcome.over].mean(axis=1).tolist()
            self.ended_lengths += self.length[outcome.over].tolist()
            self.reward[outcome.over] = 0
            self.length[outcome.over] = 0


class Rollout:
    """The arrays of one rollout, made once and filled again for every update.

    Attributes:
        observations: shape (T + 1, B, A, D); the last row is what the next rollout starts from.
        states: shape (T + 1, B, S); None for independent critics.
        actions: shape (T, B, A) or (T, B, A, k).
        rewards: shape (T, B, A).
        terminated: shape (T, B, A).
        truncated: shape (T, B, A).
        active: shape (T + 1, B, A); None if all agents always act.
        masks: allowed actions, shape (T, B, A, K); None if all are.
        cuts: where episodes were cut off.
    """

    def __init__(self, env: VectorEnvironment, steps: int, central: bool) -> None:
        shape = (steps, env.batch, len(env.agents))
        self.observations = np.zeros((steps + 1, *shape[1:], env.observation_size), np.float32)
        self.states = np.zeros((steps + 1, env.batch, env.state_size), np.float32) if central else None
        actions = getattr(env.action_space, "shape", ())
        self.actions: NDArray[Any] = np.zeros((*shape, *actions), np.float32 if actions else np.int64)
        self.rewards = np.zeros(shape, np.float32)
        self.terminated, self.truncated = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        has_deaths, masks = env.active() is not None, env.action_masks()
        self.active = np.zeros((steps + 1, *shape[1:]), dtype=bool) if has_deaths else None
        self.masks = None if masks is None else np.zeros((steps, *masks.shape), dtype=bool)
        self.cuts: list[Cut] = []

    def look(self, env: VectorEnvironment, t: int) -> None:
        """Keep what is seen before step t."""
        self.observations[t] = env.observations()
        if self.states is not None:
            self.states[t] = env.states()
        if self.active is not None:
            active = env.active()
            assert active is not None
            self.active[t] = active
        if self.masks is not None and t < len(self.masks):
            masks = env.action_masks()
            assert masks is not None
            self.masks[t] = masks

    def keep(self, t: int, actions: NDArray[Any], outcome: Outcome) -> None:
        """Keep what was done in step t and what came of it."""
        self.actions[t], self.rewards[t] = actions, outcome.rewards
        self.terminated[t], self.truncated[t] = outcome.terminated, outcome.truncated
        if outcome.final_observations is not None and outcome.final_states is not None:
            self.cuts.append(Cut(t, outcome.truncated, outcome.final_observations, outcome.final_states))

    def check(self, agents: tuple[str, ...]) -> None:
        """Refuse numbers that nothing can be learnt from.

        Raises:
            BadInput: for a reward, an observation or a state that is NaN or infinite; the message names the agent and
                the step.
        """
        parts = [("observation", 0, self.observations), ("state", 0, self.states), ("reward", 0, self.rewards)]
        for cut in self.cuts:  # what was seen last in an episode is in no row
            states = None if self.states is None else cut.states[None]
            parts += [("observation", cut.step, cut.observations[None]), ("state", cut.step, states)]
        for name, first, values in parts:
            if values is None or np.isfinite(values).all():
                continue
            step, copy, *rest = place = tuple(np.argwhere(~np.isfinite(values))[0].tolist())
            whose = "" if name == "state" else f" of {agents[rest[0]]}"
            where = f"step {first + step} of the rollout in copy {copy}"
            raise BadInput(f"{name}{whose}", float(values[place]), f"it came in {where}; give finite numbers")


def play_episodes(
    env: VectorEnvironment, act: Callable[[Floats, Flags | None], NDArray[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """One episode in each copy; what comes after it in a copy is not counted.

    Args:
        env: just restarted.
        act: from observations and action masks to actions.

    Returns:
        Rewards summed over each episode, shape (B, A), and lengths in steps, shape (B,).
    """
    total, length = np.zeros((env.batch, len(env.agents))), np.zeros(env.batch, np.int64)
    running = np.ones(env.batch, dtype=bool)
    while running.any():
        outcome = env.advance(act(env.observations(), env.action_masks()))
        total[running] += outcome.rewards[running]
        length[running] += 1
        running &= ~outcome.over
    return total, length

"""What a trainer reports: of each update, and of an evaluation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Metrics:
    """What one update did. Means are over all gradient steps of the update.

    Attributes:
        update: its number, from 1.
        steps: environment steps so far, counted in each copy.
        episodes: episodes that ended during the rollout.
        reward: their mean reward, summed over the episode, per agent; None if none ended.
        length: their mean length in steps; None if none ended.
        policy_loss: −surrogate − c·entropy.
        value_loss: in the critic's units.
        entropy: nats per decision; ln K is a uniform choice of K actions.
        approx_kl: how far the policy has moved from the one that collected the rollout, nats; above 0.03 is far.
        clip_fraction: share of decisions whose ratio had left the clip range, 1 ± ε, on either side.
        explained_variance: of the returns by the critic, before the update: 1 is all, 0 or less nothing.
        actor_norm: length of the actor's gradient before clipping.
        critic_norm: length of the critic's.
        learning_rate: the policy's.
        epochs: passes made; fewer than asked for if `target_kl` stopped them.
    """

    update: int
    steps: int
    episodes: int
    reward: float | None
    length: float | None
    policy_loss: float
    value_loss: float
    entropy: float
    approx_kl: float
    clip_fraction: float
    explained_variance: float
    actor_norm: float
    critic_norm: float
    learning_rate: float
    epochs: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Whole episodes played without learning.

    Attributes:
        rewards: summed over each episode, shape (episodes, A).
        lengths: steps, shape (episodes,).
    """

    rewards: NDArray[np.float64]
    lengths: NDArray[np.int64]

    @property
    def reward(self) -> float:
        """Mean over episodes and agents."""
        return float(self.rewards.mean())

    @property
    def reward_per_step(self) -> float:
        """Mean reward per agent and step."""
        return float(self.rewards.mean(axis=1).sum() / self.lengths.sum())

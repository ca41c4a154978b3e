"""MAPPO: PPO for several agents with one central critic (Yu et al. 2022, "The Surprising Effectiveness of PPO in
Cooperative Multi-Agent Games"), in three functions: advantages, policy loss, value normalisation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.marl.networks import Array, softmax


def advantages(rewards: Array, values: Array, discount: float, gae_lambda: float) -> Array:
    """Generalised advantage estimation (Schulman et al. 2016).

        δ_t = r_t + γ·V_{t+1} − V_t,     A_t = δ_t + γ·λ·A_{t+1}

    Args:
        rewards: shape (T, …).
        values: shape (T + 1, …); the last row is the value after the end, 0 if the episode really ends there.
        discount: γ, 0..1.
        gae_lambda: λ, 0..1; 0 trusts the critic wholly, 1 the observed rewards wholly.

    Returns:
        Advantages, shape (T, …).
    """
    result = np.zeros_like(rewards)
    running = np.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + discount * values[t + 1] - values[t]
        running = delta + discount * gae_lambda * running
        result[t] = running
    return result


@dataclass(slots=True)
class PolicyLoss:
    """The clipped loss of a batch and what to watch while training."""

    loss: float
    dlogits: Array  # (N, A, K)
    entropy: float  # nats, mean over decisions; ln K is a uniform policy
    clipped: float  # share of decisions whose ratio left the clip range
    approx_kl: float  # how far the policy has moved from the one that collected the data


def policy_loss(
    logits: Array,
    actions: NDArray[np.int64],
    old_log_probs: Array,
    advantage: Array,
    clip: float,
    entropy_weight: float,
) -> PolicyLoss:
    """PPO's clipped surrogate (Schulman et al. 2017) minus an entropy bonus, with its gradient.

        ratio = π(a) / π_old(a)
        loss = −mean(min(ratio·A, clip(ratio, 1−ε, 1+ε)·A)) − c·mean(entropy)

    Args:
        logits: shape (N, A, K).
        actions: what was done, shape (N, A).
        old_log_probs: its log-probability when it was done, shape (N, A).
        advantage: shape (N, A).
        clip: ε.
        entropy_weight: c.
    """
    p = softmax(logits)
    log_p = np.log(p + 1e-12)
    chosen = np.zeros_like(p)
    np.put_along_axis(chosen, actions[..., None], 1, axis=-1)
    new = (log_p * chosen).sum(axis=-1)
    ratio = np.exp(new - old_log_probs)
    surrogate = np.minimum(ratio * advantage, np.clip(ratio, 1 - clip, 1 + clip) * advantage)
    entropy = -(p * log_p).sum(axis=-1)

    # Where clipping binds, the surrogate is constant and its gradient 0; elsewhere d(ratio·A)/d(log π) = ratio·A.
    bound = ((advantage > 0) & (ratio > 1 + clip)) | ((advantage < 0) & (ratio < 1 - clip))
    gain = np.where(bound, 0, ratio * advantage)
    count = advantage.size
    dlogits = (-gain[..., None] * (chosen - p) + entropy_weight * p * (log_p + entropy[..., None])) / count
    return PolicyLoss(
        loss=float(-surrogate.mean() - entropy_weight * entropy.mean()),
        dlogits=dlogits.astype(logits.dtype, copy=False),
        entropy=float(entropy.mean()),
        clipped=float(bound.mean()),
        approx_kl=float((ratio - 1 - (new - old_log_probs)).mean()),
    )


class ValueScale:
    """Running mean and deviation of the returns, so that the critic learns numbers near 1 whatever the rewards' unit.

    The value normalisation of MAPPO, with a shorter memory (0.9), as there are only some hundred updates.
    """

    def __init__(self) -> None:
        self.mean, self.std, self.seen = 0.0, 1.0, False

    def update(self, returns: Array) -> None:
        """Take in the returns of a new batch, any shape."""
        mean, std = float(returns.mean()), float(returns.std()) + 1e-6
        keep = 0.9 if self.seen else 0.0
        self.mean, self.std, self.seen = keep * self.mean + (1 - keep) * mean, keep * self.std + (1 - keep) * std, True

    def shrink(self, returns: Array) -> Array:
        """Returns → critic's units."""
        return (returns - self.mean) / self.std

    def grow(self, values: Array) -> Array:
        """Critic's units → returns."""
        return values * self.std + self.mean

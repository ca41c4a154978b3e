"""The formulas of MAPPO: PPO for several agents with one central critic (Yu et al. 2022, "The Surprising Effectiveness
of PPO in Cooperative Multi-Agent Games"). Advantages, the clipped surrogate, the value loss, value normalisation.

Each is a short function or class that both trainers call: `MARLTrainer` of Lab 2.1 and `MAPPOTrainer`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.marl.heads import Categorical
from grandmodel_sim.marl.networks import Array


def advantages(
    rewards: Array,
    values: Array,
    discount: float,
    gae_lambda: float,
    *,
    after: Array | None = None,
    terminated: NDArray[np.bool_] | None = None,
    truncated: NDArray[np.bool_] | None = None,
) -> Array:
    """Generalised advantage estimation (Schulman et al. 2016).

        δ_t = r_t + γ·V_{t+1}·(1 − terminated_t) − V_t
        A_t = δ_t + γ·λ·(1 − over_t)·A_{t+1},     over = terminated or truncated

    An episode that was cut by a limit would have gone on, so the value after its last step counts (Pardo et al. 2018,
    "Time Limits in Reinforcement Learning"); but the next row belongs to another episode, so the sum stops there.

    Args:
        rewards: shape (T, …).
        values: shape (T + 1, …); the last row is the value after the end, 0 if the episode really ends there.
        discount: γ, 0..1.
        gae_lambda: λ, 0..1; 0 trusts the critic wholly, 1 the observed rewards wholly.
        after: V_{t+1} of the state that the step itself led to, shape (T, …); `values[1:]`, the next row, unless
            episodes end within.
        terminated: where episodes end by themselves, shape (T, …); None: nowhere.
        truncated: where a limit cuts them, shape (T, …); None: nowhere.

    Returns:
        Advantages, shape (T, …).
    """
    after = values[1:] if after is None else after
    result = np.zeros_like(rewards)
    running = np.zeros_like(rewards[0])
    if terminated is None or truncated is None:
        for t in reversed(range(len(rewards))):
            delta = rewards[t] + discount * after[t] - values[t]
            running = delta + discount * gae_lambda * running
            result[t] = running
        return result
    deltas = rewards + discount * np.where(terminated, 0, after) - values[:-1]
    keep = np.where(terminated | truncated, 0, discount * gae_lambda).astype(rewards.dtype)
    for t in reversed(range(len(rewards))):
        running = deltas[t] + keep[t] * running
        result[t] = running
    return result


def normalised(advantage: Array, active: NDArray[np.bool_] | None = None) -> Array:
    """Advantages with mean 0 and standard deviation 1 over the active decisions of the whole batch, shape unchanged."""
    counted = advantage if active is None else advantage[active]
    result: Array = (advantage - counted.mean()) / (counted.std() + 1e-5)
    return result


@dataclass(slots=True)
class Surrogate:
    """PPO's objective for each decision, all of the shape of `advantage`."""

    value: Array  # what is maximised
    gain: Array  # its derivative with respect to log π(a)
    outside: NDArray[np.bool_]  # where the ratio has left the clip range, on either side
    kl: Array  # an estimate of KL(π_old ‖ π) that is never negative (Schulman 2020, "Approximating KL Divergence")


def surrogate(log_probs: Array, old_log_probs: Array, advantage: Array, clip: float) -> Surrogate:
    """PPO's clipped surrogate (Schulman et al. 2017).

        ratio = π(a) / π_old(a)
        value = min(ratio·A, clip(ratio, 1−ε, 1+ε)·A)

    Args:
        log_probs: log π(a), any shape.
        old_log_probs: log π_old(a), when it was done.
        advantage: A.
        clip: ε.
    """
    difference = log_probs - old_log_probs
    ratio = np.exp(difference)
    plain = ratio * advantage
    value = np.minimum(plain, np.clip(ratio, 1 - clip, 1 + clip) * advantage)
    # Where clipping binds, the surrogate is constant and its gradient 0; elsewhere d(ratio·A)/d(log π) = ratio·A.
    bound = ((advantage > 0) & (ratio > 1 + clip)) | ((advantage < 0) & (ratio < 1 - clip))
    outside = np.abs(ratio - 1) > clip
    return Surrogate(value, np.where(bound, 0, plain), outside, ratio - 1 - difference)


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
    """The surrogate of discrete actions minus an entropy bonus, with its gradient.

        loss = −mean(surrogate) − c·mean(entropy)

    Args:
        logits: shape (N, A, K).
        actions: what was done, shape (N, A).
        old_log_probs: its log-probability when it was done, shape (N, A).
        advantage: shape (N, A).
        clip: ε.
        entropy_weight: c.
    """
    head = Categorical(logits.shape[-1])
    decisions = head.evaluate(logits, actions)
    objective = surrogate(decisions.log_probs, old_log_probs, advantage, clip)
    dlogits = head.gradient(decisions, objective.gain, entropy_weight) / advantage.size
    return PolicyLoss(
        loss=float(-objective.value.mean() - entropy_weight * decisions.entropy.mean()),
        dlogits=dlogits.astype(logits.dtype, copy=False),
        entropy=float(decisions.entropy.mean()),
        clipped=float(objective.outside.mean()),
        approx_kl=float(objective.kl.mean()),
    )


def huber(error: Array, delta: float | None) -> tuple[Array, Array]:
    """Huber's loss and its derivative: ½e² up to |e| = δ, δ·(|e| − ½δ) beyond, so that one wild return cannot tear the
    critic away. None is plain ½e²."""
    if delta is None:
        return 0.5 * error * error, error
    slope = np.clip(error, -delta, delta)
    return slope * (error - 0.5 * slope), slope


def value_loss(
    values: Array, old_values: Array, targets: Array, clip: float | None, delta: float | None
) -> tuple[Array, Array]:
    """The critic's loss for each row, and its derivative with respect to `values`.

        clipped = V_old + clip(V − V_old, −ε, +ε)
        loss = max(huber(V − target), huber(clipped − target))

    Once V has moved by more than ε in the direction of the target, the second term is the larger one and constant: the
    critic cannot jump to a new batch.

    Args:
        values: V, any shape.
        old_values: V when the batch was collected.
        targets: returns in the critic's units.
        clip: ε; None does without.
        delta: Huber's δ; None for half the squared error.
    """
    loss, slope = huber(values - targets, delta)
    if clip is None:
        return loss, slope
    held = old_values + np.clip(values - old_values, -clip, clip)
    held_loss, _ = huber(held - targets, delta)
    return np.maximum(loss, held_loss), np.where(loss >= held_loss, slope, 0)


def explained_variance(values: Array, returns: Array) -> float:
    """1 − Var(returns − values) / Var(returns): 1 if the critic knew all, 0 if a constant would have done as well, NaN
    if the returns do not vary."""
    spread = float(returns.var(dtype=np.float64))
    return 1 - float((returns - values).var(dtype=np.float64)) / spread if spread > 0 else math.nan


class ValueNorm:
    """Mean and deviation of all returns so far, so that the critic learns numbers near 1 whatever the rewards' unit.

    MAPPO's value normalisation: exponential means of the returns and of their squares with memory β, divided by the
    weight that they have gathered, which removes the bias towards their start at 0. The variance is at least 0.01.
    It is updated once for a batch; the reference code does so again in every epoch, with the same returns.

    Args:
        memory: β, 0..1; 0.99999 is nearly the plain mean over all batches.
    """

    def __init__(self, memory: float = 0.99999) -> None:
        self.memory = memory
        self.first = self.second = self.weight = 0.0

    @property
    def mean(self) -> float:
        """Mean of the returns; 0 before the first update."""
        return self.first / self.weight if self.weight else 0.0

    @property
    def std(self) -> float:
        """Their standard deviation; 1 before the first update."""
        return math.sqrt(max(self.second / self.weight - self.mean**2, 1e-2)) if self.weight else 1.0

    def update(self, returns: Array) -> None:
        """Take in the returns of a new batch, any shape."""
        fresh = 1 - self.memory
        self.first = self.memory * self.first + fresh * float(returns.mean(dtype=np.float64))
        self.second = self.memory * self.second + fresh * float(np.square(returns, dtype=np.float64).mean())
        self.weight = self.memory * self.weight + fresh

    def shrink(self, returns: Array) -> Array:
        """Returns → critic's units."""
        return (returns - self.mean) / self.std

    def grow(self, values: Array) -> Array:
        """Critic's units → returns."""
        return values * self.std + self.mean


class ValueScale:
    """Running mean and deviation of the returns, so that the critic learns numbers near 1 whatever the rewards' unit.

    What `MARLTrainer` uses instead of `ValueNorm`: a mean of means and of deviations with a short memory (0.9), as Lab
    2.1 makes only some hundred updates.
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

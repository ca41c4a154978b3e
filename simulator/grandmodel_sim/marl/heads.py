"""From a network's outputs to actions and back: a categorical head for discrete actions, a normal one for continuous.

Each head samples, gives log-probabilities and entropies, and carries a gradient with respect to them back to the
outputs. Outputs have shape (…, R, K) for R rows; all that is said of one decision has shape (…, R); weights that see no
state have shape (…, 1, K).
"""

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.networks import Array, softmax
from grandmodel_sim.marl.spaces import Box, Discrete

#: Logit of a forbidden action: its probability is 0 in every float type.
FORBIDDEN = -1e10


@dataclass(slots=True)
class Decisions:
    """What a head says of actions that were taken."""

    log_probs: Array
    entropy: Array  # nats
    kept: tuple[Any, ...] = field(repr=False)  # for the gradient


class Head(Protocol):
    """What a trainer asks of a head."""

    outputs: int
    #: Weights beyond the network's own, by name and shape; the trainer keeps them in the actor.
    extra: dict[str, tuple[int, ...]]

    def noise(self, draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Random numbers for decisions of this shape."""

    def sample(self, outputs: Array, noise: Array, extra: dict[str, Array]) -> NDArray[Any]:
        """Actions drawn with `noise`."""

    def best(self, outputs: Array) -> NDArray[Any]:
        """The likeliest actions."""

    def evaluate(self, outputs: Array, actions: NDArray[Any], extra: dict[str, Array]) -> Decisions:
        """Log-probabilities and entropies."""

    def gradient(
        self, decisions: Decisions, gain: Array, entropy_weight: float | Array, dextra: dict[str, Array]
    ) -> Array:
        """Derivative of −Σ(gain·log π) − Σ(c·entropy) with respect to the outputs; that of `extra` is added up in
        `dextra`. `entropy_weight`: c, a number or of shape (…, 1)."""


class Categorical:
    """One of K actions with probabilities softmax(logits)."""

    def __init__(self, actions: int) -> None:
        self.outputs = actions
        self.extra: dict[str, tuple[int, ...]] = {}
        self._one_hot = np.eye(actions, dtype=np.float32)

    def noise(self, draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Gumbel numbers, shape (*shape, K)."""
        return draw.gumbel(size=(*shape, self.outputs)).astype(np.float32)

    def sample(self, outputs: Array, noise: Array, extra: dict[str, Array] | None = None) -> NDArray[np.int64]:
        """The largest of logit + Gumbel noise: distributed as softmax(logits) says (Gumbel 1954), with no softmax."""
        drawn: NDArray[np.int64] = (outputs + noise).argmax(axis=-1)
        return drawn

    def best(self, outputs: Array) -> NDArray[np.int64]:
        """The action of the largest logit."""
        found: NDArray[np.int64] = outputs.argmax(axis=-1)
        return found

    def evaluate(self, outputs: Array, actions: NDArray[np.int64], extra: dict[str, Array] | None = None) -> Decisions:
        """log p_a, and the entropy −Σ p·log p."""
        p = softmax(outputs)
        log_p = np.log(p + 1e-12)
        chosen = self._one_hot[actions]
        return Decisions((log_p * chosen).sum(axis=-1), -(p * log_p).sum(axis=-1), (p, log_p, chosen))

    def gradient(
        self,
        decisions: Decisions,
        gain: Array,
        entropy_weight: float | Array,
        dextra: dict[str, Array] | None = None,
    ) -> Array:
        """d log p_a / d logit_k = 1{k = a} − p_k, and d entropy / d logit_k = −p_k·(log p_k + entropy)."""
        p, log_p, chosen = decisions.kept
        result: Array = -gain[..., None] * (chosen - p) + entropy_weight * p * (log_p + decisions.entropy[..., None])
        return result


class Normal:
    """K independent normal components: the network gives the means, a weight that sees no state the deviations."""

    def __init__(self, components: int) -> None:
        self.outputs = components
        self.extra = {"log_std": (components,)}

    def noise(self, draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Standard normal numbers, shape (*shape, K)."""
        return draw.standard_normal(size=(*shape, self.outputs), dtype=np.float32)

    def sample(self, outputs: Array, noise: Array, extra: dict[str, Array]) -> Array:
        """mean + σ·noise, not yet clipped to the space: the probability is that of the number drawn."""
        drawn: Array = outputs + np.exp(extra["log_std"]) * noise
        return drawn

    def best(self, outputs: Array) -> Array:
        """The mean."""
        return outputs

    def evaluate(self, outputs: Array, actions: Array, extra: dict[str, Array]) -> Decisions:
        """log π = −Σ (½z² + log σ + ½·log 2π) with z = (a − mean) / σ; entropy = Σ (log σ + ½·log 2πe)."""
        log_std = extra["log_std"]
        inverse = np.exp(-log_std)
        z = (actions - outputs) * inverse
        constant = log_std.sum(axis=-1) + 0.5 * self.outputs * math.log(2 * math.pi)
        log_probs = -0.5 * (z * z).sum(axis=-1) - constant
        entropy = np.broadcast_to(constant + 0.5 * self.outputs, log_probs.shape)
        return Decisions(log_probs, entropy, (z, inverse))

    def gradient(
        self, decisions: Decisions, gain: Array, entropy_weight: float | Array, dextra: dict[str, Array]
    ) -> Array:
        """d log π / d mean = z/σ, d log π / d log σ = z² − 1, d entropy / d log σ = 1."""
        z, inverse = decisions.kept
        weight = gain[..., None]
        per_row = -weight * (z * z - 1) - np.broadcast_to(entropy_weight, weight.shape)
        dextra["log_std"] += per_row.sum(axis=-2, keepdims=True)
        result: Array = -weight * z * inverse
        return result


def head_for(space: Discrete | Box) -> Categorical | Normal:
    """The head that belongs to an action space.

    Raises:
        BadInput: for a Box that is not a vector.
    """
    if isinstance(space, Discrete):
        return Categorical(space.n)
    if len(space.shape) != 1:
        raise BadInput("action_space", space, "give Discrete, or a Box of one dimension")
    return Normal(space.shape[0])


def into_bounds(actions: NDArray[Any], low: Any, high: Any) -> NDArray[Any]:
    """Continuous actions for the environment. Where both bounds are finite, −1..1 is spread over them and more is cut
    off; elsewhere the action is cut at the bound that there is. `low` and `high`: numbers, or arrays of shape (k,)."""
    both = np.isfinite(low) & np.isfinite(high)
    with np.errstate(invalid="ignore"):  # infinity − infinity, in components that are not used
        spread = low + (np.clip(actions, -1, 1) + 1) * 0.5 * (np.asarray(high) - low)
    return np.where(both, spread, np.clip(actions, low, high)).astype(actions.dtype, copy=False)

"""Actor and critic, written out: forward pass, backward pass, nothing else.

One hidden layer of ReLUs each. Letters: N rows, A agents, D window inputs, H hidden units, K actions, S state inputs.
"""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating]


def orthogonal(draw: np.random.Generator, rows: int, columns: int, gain: float, dtype: DTypeLike = np.float32) -> Array:
    """A random matrix with orthogonal rows or columns, times `gain` (Saxe et al. 2014), shape (rows, columns)."""
    q, r = np.linalg.qr(draw.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))  # without this the result would not be uniform over the orthogonal group
    weights: Array = (gain * (q if rows >= columns else q.T)).astype(dtype)
    return weights


def softmax(logits: Array) -> Array:
    """Probabilities over the last axis, shape unchanged."""
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Array = e / e.sum(axis=-1, keepdims=True)
    return probabilities


if sys.platform == "emscripten":
    # Measured on (2496, 2, 128) float32: np.where takes 1-2 ms in WebAssembly and 5 ms natively, np.maximum 4-6 ms
    # and 0.2 ms.
    def relu(z: Array) -> Array:
        """max(z, 0), shape unchanged."""
        return np.where(z > 0, z, z.dtype.type(0))

    def masked(gradient: Array, hidden: Array) -> Array:
        """The gradient where the ReLU let its input through, 0 elsewhere, shape unchanged."""
        return np.where(hidden > 0, gradient, gradient.dtype.type(0))

else:

    def relu(z: Array) -> Array:
        """max(z, 0), shape unchanged."""
        return np.maximum(z, 0)

    def masked(gradient: Array, hidden: Array) -> Array:
        """The gradient where the ReLU let its input through, 0 elsewhere, shape unchanged."""
        return np.multiply(gradient, hidden > 0, out=gradient)


@dataclass(slots=True)
class ActorPass:
    """What the backward pass needs from the forward pass."""

    windows: Array  # (N, D)
    positions: Array  # (N, A)
    hidden: Array  # (N, A, H)
    logits: Array  # (N, A, K)


class Actor:
    """One network for all agents; each agent adds its own position and its own bias, its "name", to the common view
    of the market.

        z = windows·Wx + position·wp + Wa[agent] + b,   hidden = relu(z),   logits = hidden·Wo + bo

    The agents see the same window, so its product with `Wx`, by far the largest cost, is computed once for all of them.

    Args:
        draw: source of the initial weights.
        inputs: D, features times window.
        agents: A.
        hidden: H.
        actions: K.
    """

    def __init__(
        self,
        draw: np.random.Generator,
        inputs: int,
        agents: int,
        hidden: int,
        actions: int,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.weights: dict[str, Array] = {
            # Stored column by column: WebAssembly's plain matrix product is twice as fast with such a right operand.
            "Wx": np.asfortranarray(orthogonal(draw, inputs, hidden, np.sqrt(2), dtype)),
            "wp": orthogonal(draw, 1, hidden, 1.0, dtype)[0],
            "Wa": orthogonal(draw, agents, hidden, 1.0, dtype),
            "b": np.zeros(hidden, dtype),
            "Wo": orthogonal(draw, hidden, actions, 0.01, dtype),  # small: the first policy is nearly uniform
            "bo": np.zeros(actions, dtype),
        }

    def see(self, windows: Array) -> Array:
        """The windows' share of z, shape (…, H) for windows of shape (…, D)."""
        return windows @ self.weights["Wx"]

    def decide(self, seen: Array, positions: Array) -> tuple[Array, Array]:
        """Logits (N, A, K) and hidden values (N, A, H), from `see`'s result (N, H) and the agents' positions (N, A)."""
        w = self.weights
        hidden = relu(seen[:, None, :] + positions[..., None] * w["wp"] + (w["Wa"] + w["b"]))
        return hidden @ w["Wo"] + w["bo"], hidden

    def forward(self, windows: Array, positions: Array, seen: Array | None = None) -> ActorPass:
        """The forward pass for windows (N, D) and positions (N, A); `seen` is `see(windows)` if that is known."""
        logits, hidden = self.decide(self.see(windows) if seen is None else seen, positions)
        return ActorPass(windows, positions, hidden, logits)

    def backward(self, done: ActorPass, dlogits: Array) -> dict[str, Array]:
        """Gradients of a loss whose gradient with respect to the logits is `dlogits`, shape (N, A, K)."""
        h, k = done.hidden.shape[-1], dlogits.shape[-1]
        dz = masked(dlogits @ self.weights["Wo"].T, done.hidden)
        dseen = dz.sum(axis=1)  # all agents saw the same window
        # The sum runs over N. With both operands contiguous along it, WebAssembly takes half as long.
        dwx = np.ascontiguousarray(done.windows.T) @ np.asfortranarray(dseen)
        return {
            "Wx": dwx,
            "wp": done.positions.reshape(-1) @ dz.reshape(-1, h),
            "Wa": dz.sum(axis=0),
            "b": dseen.sum(axis=0),
            "Wo": done.hidden.reshape(-1, h).T @ dlogits.reshape(-1, k),
            "bo": dlogits.sum(axis=(0, 1)),
        }


class Critic:
    """The central critic: one value per agent from the global state. It is used in training only; the actors do
    without it.

        values = relu(state·W1 + b1)·W2 + b2

    Args:
        draw: source of the initial weights.
        inputs: S.
        agents: A, values that it gives.
        hidden: H.
    """

    def __init__(
        self, draw: np.random.Generator, inputs: int, agents: int, hidden: int, dtype: DTypeLike = np.float32
    ) -> None:
        self.weights: dict[str, Array] = {
            "W1": orthogonal(draw, inputs, hidden, np.sqrt(2), dtype),
            "b1": np.zeros(hidden, dtype),
            "W2": orthogonal(draw, hidden, agents, 1.0, dtype),
            "b2": np.zeros(agents, dtype),
        }

    def forward(self, states: Array) -> tuple[Array, Array]:
        """Values (N, A) and hidden units (N, H) for states (N, S)."""
        w = self.weights
        hidden = relu(states @ w["W1"] + w["b1"])
        return hidden @ w["W2"] + w["b2"], hidden

    def backward(self, states: Array, hidden: Array, dvalues: Array) -> dict[str, Array]:
        """Gradients of a loss whose gradient with respect to the values is `dvalues`, shape (N, A)."""
        dz = masked(dvalues @ self.weights["W2"].T, hidden)
        return {
            "W1": states.T @ dz,
            "b1": dz.sum(axis=0),
            "W2": hidden.T @ dvalues,
            "b2": dvalues.sum(axis=0),
        }


class Adam:
    """Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019) and a limit on the gradient's
    global norm.

    Args:
        weights: name → array; changed in place.
        rate: learning rate.
        max_norm: the gradient is scaled down to this length.
        decay: weights shrink by rate · decay each step; biases too, which does no harm here.
    """

    def __init__(self, weights: dict[str, Array], rate: float, max_norm: float, decay: float = 0.0) -> None:
        self.weights, self.rate, self.max_norm, self.decay = weights, rate, max_norm, decay
        self.first = {name: np.zeros_like(value) for name, value in weights.items()}
        self.second = {name: np.zeros_like(value) for name, value in weights.items()}
        self.steps = 0

    def step(self, gradients: dict[str, Array]) -> float:
        """Take one step down; returns the gradient's norm before clipping."""
        norm = float(np.sqrt(sum(float((g * g).sum()) for g in gradients.values())))
        scale = min(1.0, self.max_norm / (norm + 1e-8))
        self.steps += 1
        unbias1, unbias2 = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for name, weight in self.weights.items():
            g = gradients[name] * scale
            m, v = self.first[name], self.second[name]
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            weight -= self.rate * (m / unbias1 / (np.sqrt(v / unbias2) + 1e-5) + self.decay * weight)
        return norm

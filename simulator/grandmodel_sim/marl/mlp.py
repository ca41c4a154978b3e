"""Fully connected networks, several side by side, with all weights in one vector.

Letters: G networks (1 if all agents share it, A if each has its own), R rows, I inputs, O outputs. Weights are stored
output by output, shape (G, O, I): in WebAssembly, whose matrix product is a plain loop, such a right operand takes half
the time. One vector for all weights means one optimiser step for all of them.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.networks import Array, masked, orthogonal, relu

ACTIVATIONS = ("relu", "tanh")


class MLP:
    """h_0 = x,  h_{i+1} = activation(h_i·W_iᵀ + b_i),  output = h_n·W_nᵀ + b_n, for each of G networks.

    Args:
        draw: source of the initial weights: orthogonal, biases 0.
        groups: G.
        sizes: inputs, hidden sizes, outputs.
        output_gain: gain of the last layer; 0.01 for a policy, so that it starts nearly uniform, 1 for a critic.
        activation: "relu" or "tanh".
        extra: shapes of further weights by name, for one network; they start at 0.

    Attributes:
        vector: all weights, shape (weights,).
        gradients: their derivatives, shape (weights,).
        weights: `vector` by name, as views: W0 (G, O, I), b0 (G, 1, O), …; extras as (G, 1, *shape).
        slopes: `gradients` by name, as views.
    """

    def __init__(
        self,
        draw: np.random.Generator,
        groups: int,
        sizes: Sequence[int],
        output_gain: float,
        activation: str = "relu",
        extra: Mapping[str, tuple[int, ...]] | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise BadInput("activation", activation, f"the activations are {', '.join(ACTIVATIONS)}")
        self.activation, self.layers = activation, len(sizes) - 1
        shapes: dict[str, tuple[int, ...]] = {}
        for i, (inputs, outputs) in enumerate(pairwise(sizes)):
            shapes[f"W{i}"], shapes[f"b{i}"] = (groups, outputs, inputs), (groups, 1, outputs)
        shapes |= {name: (groups, 1, *shape) for name, shape in (extra or {}).items()}
        count = sum(math.prod(shape) for shape in shapes.values())
        self.vector, self.gradients = np.zeros(count, dtype), np.zeros(count, dtype)
        self.weights, self.slopes = _views(self.vector, shapes), _views(self.gradients, shapes)
        hidden_gain = math.sqrt(2) if activation == "relu" else 5 / 3
        for i, (inputs, outputs) in enumerate(pairwise(sizes)):
            gain = output_gain if i == self.layers - 1 else hidden_gain
            for group in range(groups):
                self.weights[f"W{i}"][group] = orthogonal(draw, inputs, outputs, gain, dtype).T
        self._forward = [self.weights[f"W{i}"].swapaxes(1, 2) for i in range(self.layers)]

    def forward(self, x: Array) -> list[Array]:
        """Inputs, hidden values of each layer and outputs, for inputs of shape (G, R, I)."""
        found = [x]
        for i in range(self.layers):
            z: Array = x @ self._forward[i]
            z += self.weights[f"b{i}"]
            if i < self.layers - 1:
                z = relu_in_place(z) if self.activation == "relu" else np.tanh(z)
            found.append(z)
            x = z
        return found

    def __call__(self, x: Array) -> Array:
        """Outputs (G, R, O) for inputs (G, R, I)."""
        return self.forward(x)[-1]

    def backward(self, found: list[Array], doutputs: Array) -> None:
        """Fill `gradients` with those of a loss whose gradient with respect to the outputs is `doutputs`; extras are
        left alone. `found` is what `forward` returned."""
        d, ones = doutputs, np.ones((1, 1, doutputs.shape[1]), doutputs.dtype)
        for i in reversed(range(self.layers)):
            _product_over_rows(d, found[i], self.slopes[f"W{i}"])
            np.matmul(ones, d, out=self.slopes[f"b{i}"])  # the sum over rows, in a fraction of sum()'s time
            if i:
                d = d @ self.weights[f"W{i}"]
                d = masked(d, found[i]) if self.activation == "relu" else d * (1 - found[i] * found[i])


def _views(vector: Array, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    views, at = {}, 0
    for name, shape in shapes.items():
        size = math.prod(shape)
        views[name] = vector[at : at + size].reshape(shape)
        at += size
    return views


if sys.platform == "emscripten":
    relu_in_place = relu

    def _product_over_rows(d: Array, x: Array, out: Array) -> None:
        # The sum runs over rows. With both operands contiguous along them, WebAssembly takes half as long.
        rows_last = np.ascontiguousarray(x.swapaxes(1, 2))
        np.matmul(np.ascontiguousarray(d.swapaxes(1, 2)), rows_last.swapaxes(1, 2), out=out)

else:

    def relu_in_place(z: Array) -> Array:
        """max(z, 0), in the memory of z."""
        result: Array = np.maximum(z, 0, out=z)
        return result

    def _product_over_rows(d: Array, x: Array, out: Array) -> None:
        """dᵀ·x for each network: (G, R, O), (G, R, I) → (G, O, I)."""
        np.matmul(d.swapaxes(1, 2), x, out=out)

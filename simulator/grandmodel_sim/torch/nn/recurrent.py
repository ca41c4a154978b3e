"""The gated recurrent unit."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from grandmodel_sim.torch.creation import empty, zeros
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.dtypes import dtype as Type
from grandmodel_sim.torch.joining import stack
from grandmodel_sim.torch.linear_algebra import product
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.nn import functional as F
from grandmodel_sim.torch.nn import init
from grandmodel_sim.torch.nn.module import Module
from grandmodel_sim.torch.nn.parameter import Parameter
from grandmodel_sim.torch.pointwise import logistic
from grandmodel_sim.torch.recording import record_together
from grandmodel_sim.torch.tensors import Tensor, check_device


def gru_layer(
    input: Tensor, hidden: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None, b_hh: Tensor | None
) -> Tensor:
    """One layer of a GRU over a whole sequence (Cho et al. 2014, in PyTorch's form).

        r = σ(x·Wirᵀ + bir + h·Whrᵀ + bhr)              reset
        z = σ(x·Wizᵀ + biz + h·Whzᵀ + bhz)              update
        n = tanh(x·Winᵀ + bin + r·(h·Whnᵀ + bhn))       candidate
        h = (1 - z)·n + z·h

    The gradient is taken back through time by hand: recorded operations would leave about fifteen nodes a moment.

    Args:
        input: (time, batch, inputs).
        hidden: (batch, H), the state before the first moment.
        w_ih: (3·H, inputs), for r, z and n one below the other.
        w_hh: (3·H, H).
        b_ih: (3·H).
        b_hh: (3·H).

    Returns:
        The states after each moment, (time, batch, H).
    """
    x, h0, wi, wh = (each._array for each in (input, hidden, w_ih, w_hh))
    size = wh.shape[1]
    from_input = product(x, wi.T)  # of all moments at once: it does not depend on the state
    if b_ih is not None:
        from_input += b_ih._array
    states = np.empty((len(x) + 1, *h0.shape), x.dtype)
    states[0] = h0
    gates = np.empty((len(x), *h0.shape[:-1], 3 * size), x.dtype)  # r, z and n
    inner = np.empty((len(x), *h0.shape), x.dtype)  # h·Whnᵀ + bhn
    for t in range(len(x)):
        from_state = product(states[t], wh.T)
        if b_hh is not None:
            from_state += b_hh._array
        inner[t] = from_state[..., 2 * size :]
        rz = logistic(from_input[t, ..., : 2 * size] + from_state[..., : 2 * size])
        n = np.tanh(from_input[t, ..., 2 * size :] + rz[..., :size] * inner[t])
        gates[t, ..., : 2 * size], gates[t, ..., 2 * size :] = rz, n
        states[t + 1] = n + rz[..., size:] * (states[t] - n)

    def backward(g: Array) -> list[Array | None]:
        to_input = np.empty_like(gates)  # gradients of the three sums that come from the input
        to_state = np.empty_like(gates)  # and of those that come from the state
        dh = np.zeros_like(h0)
        for t in range(len(x) - 1, -1, -1):
            dh = dh + g[t]
            r, z, n = (gates[t, ..., i * size : (i + 1) * size] for i in range(3))
            dn = dh * (1 - z) * (1 - n * n)
            dz = dh * (states[t] - n) * z * (1 - z)
            dr = dn * inner[t] * r * (1 - r)
            for i, (of_input, of_state) in enumerate(((dr, dr), (dz, dz), (dn, dn * r))):
                to_input[t, ..., i * size : (i + 1) * size] = of_input
                to_state[t, ..., i * size : (i + 1) * size] = of_state
            dh = dh * z + product(to_state[t], wh)
        flat_input, flat_state = to_input.reshape(-1, 3 * size), to_state.reshape(-1, 3 * size)
        return [
            product(to_input, wi),
            dh,
            product(flat_input.T, x.reshape(-1, x.shape[-1])),
            product(flat_state.T, states[:-1].reshape(-1, size)),
            flat_input.sum(axis=0) if b_ih is not None else None,
            flat_state.sum(axis=0) if b_hh is not None else None,
        ]

    return record_together("GruBackward0", states[1:], [input, hidden, w_ih, w_hh, b_ih, b_hh], backward)


class GRU(Module):
    """Gated recurrent units: reads a sequence and keeps a state.

    Args:
        input_size: features at each moment.
        hidden_size: H, size of the state; parameters `weight_ih_l0` (3·H, inputs), `weight_hh_l0` (3·H, H),
            `bias_ih_l0` and `bias_hh_l0` (3·H), and so on for `l1`, …
        num_layers: layers, each reading the states of the one below.
        bias: whether there are biases.
        batch_first: (batch, time, features) instead of (time, batch, features).
        dropout: between layers, while training.
        bidirectional: not offered.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Type | None = None,
    ) -> None:
        super().__init__()
        check_device(device)
        if bidirectional:
            raise not_offered("GRU with bidirectional=True", "a second GRU on x.flip(dim) does the same")
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                UserWarning,
                stacklevel=2,
            )
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional = False
        for layer in range(num_layers):
            inputs = hidden_size if layer else input_size
            self.register_parameter(f"weight_ih_l{layer}", Parameter(empty(3 * hidden_size, inputs, dtype=dtype)))
            self.register_parameter(f"weight_hh_l{layer}", Parameter(empty(3 * hidden_size, hidden_size, dtype=dtype)))
            if bias:
                self.register_parameter(f"bias_ih_l{layer}", Parameter(empty(3 * hidden_size, dtype=dtype)))
                self.register_parameter(f"bias_hh_l{layer}", Parameter(empty(3 * hidden_size, dtype=dtype)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """First values: uniform within 1/√H, as in PyTorch."""
        bound = 1 / math.sqrt(self.hidden_size)
        for each in self.parameters():
            init.uniform_(each, -bound, bound)

    def flatten_parameters(self) -> None:
        """Accepted without effect: it is for graphics processors."""

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read a sequence.

        Args:
            input: (time, batch, inputs), with `batch_first` (batch, time, inputs), or without a batch (time, inputs).
            hx: the first state, (layers, batch, H) or (layers, H); 0 by default.

        Returns:
            The last layer's states after each moment, in the order of `input`, and all layers' last states, (layers,
            batch, H).
        """
        if input.ndim not in (2, 3):
            raise ValueError(f"GRU: Expected input to be 2D or 3D, got {input.ndim}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )
        batched = input.ndim == 3
        if batched and hx is not None and hx.ndim != 3:
            raise RuntimeError(f"For batched 3-D input, hx should also be 3-D but got {hx.ndim}-D tensor")
        if not batched:
            if hx is not None and hx.ndim != 2:
                raise RuntimeError(f"For unbatched 2-D input, hx should also be 2-D but got {hx.ndim}-D tensor")
            input, hx = input.unsqueeze(1), None if hx is None else hx.unsqueeze(1)
        elif self.batch_first:
            input = input.transpose(0, 1)
        shape = (self.num_layers, input.shape[1], self.hidden_size)
        if hx is None:
            hx = zeros(shape, dtype=input.dtype)
        elif hx.shape != shape:
            raise RuntimeError(f"Expected hidden size {shape}, got {list(hx.shape)}")
        last = []
        for layer in range(self.num_layers):
            names = [f"{kind}_l{layer}" for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            weights = [self._parameters.get(name) for name in names]
            input = gru_layer(input, hx[layer], *weights)
            last.append(input[-1])
            if self.dropout and layer < self.num_layers - 1:
                input = F.dropout(input, self.dropout, self.training)
        states = stack(last)
        if not batched:
            return input.squeeze(1), states.squeeze(1)
        return (input.transpose(0, 1) if self.batch_first else input), states

    def extra_repr(self) -> str:
        """Its settings."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if not self.bias:
            text += f", bias={self.bias}"
        if self.batch_first:
            text += f", batch_first={self.batch_first}"
        return text + (f", dropout={self.dropout}" if self.dropout else "")

"""Layers: each keeps its parameters and calls the function of the same name in `functional`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from grandmodel_sim.torch import shapes
from grandmodel_sim.torch.creation import empty, ones, zeros
from grandmodel_sim.torch.dtypes import dtype as Type
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.nn import functional as F
from grandmodel_sim.torch.nn import init
from grandmodel_sim.torch.nn.module import Module
from grandmodel_sim.torch.nn.parameter import Parameter
from grandmodel_sim.torch.tensors import Tensor, check_device


class Identity(Module):
    """Gives back what it gets, whatever its arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """`input` as it is."""
        return input


class Flatten(Module):
    """All dimensions from `start_dim` to `end_dim` as one; the batch stays."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """(batch, …) → (batch, product of the rest)."""
        return shapes.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Its dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Linear(Module):
    """x @ weight.T + bias.

    Args:
        in_features: inputs.
        out_features: outputs; `weight` is (outputs, inputs), `bias` (outputs).
        bias: whether there is one.
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Type | None = None
    ) -> None:
        super().__init__()
        check_device(device)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(empty(out_features, in_features, dtype=dtype))
        if bias:
            self.bias: Parameter | None = Parameter(empty(out_features, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """First values: uniform within 1/√inputs, as in PyTorch."""
        if self.weight.numel():
            init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """(…, inputs) → (…, outputs)."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Its sizes."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Embedding(Module):
    """A table of vectors, looked up by whole numbers.

    Args:
        num_embeddings: rows.
        embedding_dim: length of a row.
        padding_idx: a row that stays 0 and does not learn.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        *,
        dtype: Type | None = None,
    ) -> None:
        super().__init__()
        if max_norm is not None:
            raise not_offered("Embedding with max_norm", "leave it out")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.weight = Parameter(empty(num_embeddings, embedding_dim, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """First values: standard normal, the padding row 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            self.weight._array[self.padding_idx] = 0

    def forward(self, input: Tensor) -> Tensor:
        """(…) of whole numbers → (…, embedding_dim)."""
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Its sizes."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


class LayerNorm(Module):
    """Each example's last dimensions brought to mean 0 and variance 1, then scaled and shifted as learnt.

    Args:
        normalized_shape: the last sizes.
        eps: added to the variance.
        elementwise_affine: whether it scales and shifts.
        bias: whether it shifts.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Type | None = None,
    ) -> None:
        super().__init__()
        check_device(device)
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.register_parameter(
            "weight", Parameter(ones(self.normalized_shape, dtype=dtype)) if elementwise_affine else None
        )
        self.register_parameter(
            "bias", Parameter(zeros(self.normalized_shape, dtype=dtype)) if elementwise_affine and bias else None
        )

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its settings."""
        shape = self.normalized_shape
        return f"{shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}" + (
            f", bias={self.bias is not None}"
        )


class Dropout(Module):
    """While training, each element is 0 with probability p and the others grow by 1/(1 - p); otherwise nothing happens.

    Args:
        p: the probability.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Its settings."""
        return f"p={self.p}, inplace={self.inplace}"


class Conv1d(Module):
    """A filter slid along time: (batch, in_channels, length) → (batch, out_channels, steps).

    Args:
        in_channels: features at each moment.
        out_channels: filters; `weight` is (out, in, kernel_size), `bias` (out).
        kernel_size: moments that a filter sees.
        stride: moments from one step to the next.
        padding: zeros put before and after, or "same" or "valid".
        dilation: moments from one tap of the filter to the next.
        groups: only 1 is offered.
        bias: whether there is one.
        padding_mode: only "zeros" is offered.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Type | None = None,
    ) -> None:
        super().__init__()
        check_device(device)
        if groups != 1:
            raise not_offered(f"Conv1d with groups={groups}", "groups=1 connects all channels")
        if padding_mode != "zeros":
            raise not_offered(f"Conv1d with padding_mode={padding_mode!r}", "use 'zeros'")
        self.in_channels, self.out_channels, self.groups, self.padding_mode = in_channels, out_channels, 1, "zeros"
        self.kernel_size, self.stride, self.dilation = ((F._single(each),) for each in (kernel_size, stride, dilation))
        self.padding = padding if isinstance(padding, str) else (F._single(padding),)
        self.weight = Parameter(empty(out_channels, in_channels, *self.kernel_size, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """First values: uniform within 1/√(inputs of a filter), as in PyTorch."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_channels * self.kernel_size[0])
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """(batch, in_channels, length) → (batch, out_channels, steps)."""
        return F.conv1d(input, self.weight, self.bias, self.stride, self.padding, self.dilation)

    def extra_repr(self) -> str:
        """Its settings."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,):
            text += f", padding={self.padding}"
        if self.dilation != (1,):
            text += f", dilation={self.dilation}"
        return text if self.bias is not None else f"{text}, bias=False"

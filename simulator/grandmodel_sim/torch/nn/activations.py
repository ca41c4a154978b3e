"""Activations as modules."""

from __future__ import annotations

from grandmodel_sim.torch.nn import functional as F
from grandmodel_sim.torch.nn.module import Module
from grandmodel_sim.torch.tensors import Tensor


class ReLU(Module):
    """max(x, 0)."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return input.relu_() if self.inplace else F.relu(input)

    def extra_repr(self) -> str:
        """Whether it changes its input."""
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """x above 0, negative_slope · x below."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        """Its slope."""
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x above 0, alpha · (eˣ - 1) below."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.elu(input, self.alpha)

    def extra_repr(self) -> str:
        """Its factor."""
        return f"alpha={self.alpha}"


class SiLU(Module):
    """x · sigmoid(x)."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.silu(input)


class GELU(Module):
    """x · Φ(x); here only with approximate="tanh"."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """How Φ is computed."""
        return f"approximate={self.approximate!r}"


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.tanh(input)


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ)."""

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.sigmoid(input)


class Softplus(Module):
    """log(1 + e^(beta·x)) / beta."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Its settings."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Softmax(Module):
    """Probabilities along `dim`."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        """Its dimension."""
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """Logarithms of probabilities along `dim`."""

    def forward(self, input: Tensor) -> Tensor:
        """Shape unchanged."""
        return F.log_softmax(input, self.dim)

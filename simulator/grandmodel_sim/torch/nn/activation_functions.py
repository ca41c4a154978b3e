"""Activations as functions; `torch.nn.functional` offers them."""

from __future__ import annotations

import math
import warnings

import numpy as np

from grandmodel_sim.torch import dtypes, pointwise
from grandmodel_sim.torch.arguments import axis
from grandmodel_sim.torch.casting import quiet
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.pointwise import logistic
from grandmodel_sim.torch.recording import method, record
from grandmodel_sim.torch.tensors import Tensor


def _over(dim: int | None, ndim: int, name: str) -> int:
    if dim is None:
        warnings.warn(
            f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an "
            "argument.",
            UserWarning,
            stacklevel=3,
        )
        dim = 0 if ndim in (0, 1, 3) else 1
    return axis(dim, ndim)


@method()
def softmax(input: Tensor, dim: int | None = None, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """eˣ / Σ eˣ along `dim`: numbers above 0 that sum to 1."""
    along = _over(dim, input.ndim, "softmax")
    x = pointwise.floating(input if dtype is None else input.to(dtype), "softmax")
    with quiet():
        e = np.exp(x - x.max(axis=along, keepdims=True)) if x.ndim else np.ones_like(x)
        y = e / e.sum(axis=along, keepdims=True) if x.ndim else e
    if not x.ndim:
        return record("SoftmaxBackward0", y, (input, np.zeros_like))
    return record(
        "SoftmaxBackward0", y, (input, lambda g: y * (g - (g * y).sum(axis=along, keepdims=True))), reads_result=True
    )


@method()
def log_softmax(input: Tensor, dim: int | None = None, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The logarithm of `softmax`, without losing small probabilities."""
    along = _over(dim, input.ndim, "log_softmax")
    x = pointwise.floating(input if dtype is None else input.to(dtype), "log_softmax")
    if not x.ndim:
        return record("LogSoftmaxBackward0", np.zeros_like(x), (input, np.zeros_like))
    y = _log_softmax(x, along)
    return record(
        "LogSoftmaxBackward0", y, (input, lambda g: g - np.exp(y) * g.sum(axis=along, keepdims=True)), reads_result=True
    )


def _log_softmax(x: Array, along: int) -> Array:
    with quiet():
        z = x - x.max(axis=along, keepdims=True)
        result: Array = z - np.log(np.exp(z).sum(axis=along, keepdims=True))
    return result


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x above 0, negative_slope · x below."""
    x = input._array
    slope = np.where(x > 0, 1, negative_slope).astype(x.dtype)
    return record("LeakyReluBackward0", x * slope, (input, lambda g: g * slope, input))


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x above 0, alpha · (eˣ - 1) below."""
    x = input._array
    low = x.dtype.type(alpha) * np.expm1(np.minimum(x, 0))
    y = np.where(x > 0, x, low)
    return record("EluBackward0", y, (input, lambda g: g * np.where(x > 0, 1, low + alpha).astype(x.dtype), input))


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x · sigmoid(x)."""
    x = input._array
    s = logistic(x)
    return record("SiluBackward0", x * s, (input, lambda g: g * s * (1 + x * (1 - s)), input))


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x · Φ(x), Φ the normal distribution function; here only by approximate="tanh"."""
    if approximate != "tanh":
        raise not_offered("gelu with the exact distribution function", 'use approximate="tanh", or silu')
    x = input._array
    c = x.dtype.type(math.sqrt(2 / math.pi))
    th = np.tanh(c * (x + x.dtype.type(0.044715) * x * x * x))

    def back(g: Array) -> Array:
        inner = c * (1 + x.dtype.type(3 * 0.044715) * x * x)
        result: Array = g * (0.5 * (1 + th) + 0.5 * x * (1 - th * th) * inner)
        return result

    return record("GeluBackward0", 0.5 * x * (1 + th), (input, back, input))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + e^(beta·x)) / beta, and x itself where beta·x is above `threshold`."""
    x = input._array
    scaled = x * x.dtype.type(beta)
    linear_part = scaled > threshold
    with quiet():
        y = np.where(linear_part, x, np.log1p(np.exp(np.minimum(scaled, threshold))) / x.dtype.type(beta))
    slope = np.where(linear_part, x.dtype.type(1), logistic(scaled))
    return record("SoftplusBackward0", y, (input, lambda g: g * slope, input))


def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(x)), exact for very negative x."""
    x = input._array
    y = np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
    return record("LogSigmoidBackward0", y, (input, lambda g: g * logistic(-x), input))

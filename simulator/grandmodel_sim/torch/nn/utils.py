"""`torch.nn.utils`: limits on gradients, and all parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from grandmodel_sim.torch.joining import cat
from grandmodel_sim.torch.missing import missing_from
from grandmodel_sim.torch.tensors import Tensor, wrap

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "get_total_norm",
    "parameters_to_vector",
    "vector_to_parameters",
]

Tensors = Tensor | Iterable[Tensor]


def _gradients(parameters: Tensors) -> list[Tensor]:
    several = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [each.grad for each in several if each.grad is not None]


def get_total_norm(tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False) -> Tensor:
    """The length of all tensors taken as one vector: the norm of their norms."""
    several = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not several:
        return wrap(np.float32(0.0))
    order = float(norm_type)
    norms = np.stack([np.linalg.norm(each._array.reshape(-1), order) for each in several])
    total = np.asarray(np.linalg.norm(norms, order), several[0]._array.dtype)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {order} for gradients from `parameters` is non-finite, so it cannot be clipped. "
            "To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return wrap(total)


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients together down to the length `max_norm`, in place; returns the length before.

    The factor is max_norm / (length + 1e-6), and at most 1, as in PyTorch.
    """
    gradients = _gradients(parameters)
    total = get_total_norm(gradients, norm_type, error_if_nonfinite)
    factor = min(1.0, float(max_norm) / (float(total) + 1e-6))
    for each in gradients:
        each._array *= each._array.dtype.type(factor)
        each._counter[0] += 1
    return total


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Hold every element of every gradient between -clip_value and clip_value, in place."""
    for each in _gradients(parameters):
        np.clip(each._array, -clip_value, clip_value, out=each._array)
        each._counter[0] += 1


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters one after the other as one vector."""
    return cat([each.reshape(-1) for each in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Put a vector's elements back into the parameters."""
    start = 0
    for each in parameters:
        each._array[...] = vec._array[start : start + each.numel()].reshape(each.shape)
        each._counter[0] += 1
        start += each.numel()


def __getattr__(name: str) -> Any:
    raise missing_from("torch.nn.utils", name, __all__)

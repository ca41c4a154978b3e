"""Losses as functions; `torch.nn.functional` offers them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.casting import quiet
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.nn.activation_functions import log_softmax, logsigmoid
from grandmodel_sim.torch.recording import record
from grandmodel_sim.torch.tensors import Tensor, wrap


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Each whole number as a row with a 1 at its place and 0 elsewhere; int64."""
    i = tensor._array
    if i.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if i.size and i.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    classes = int(i.max()) + 1 if num_classes == -1 else num_classes
    if i.size and i.max() >= classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((i[..., None] == np.arange(classes)).astype(np.int64))


def _reduce(loss: Tensor, reduction: str) -> Tensor:
    if reduction == "mean":
        return loss.mean()  # type: ignore[no-any-return]
    if reduction == "sum":
        return loss.sum()  # type: ignore[no-any-return]
    if reduction == "none":
        return loss
    raise ValueError(f"{reduction} is not a valid value for reduction")


def _warn_of_broadcast(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=4,
        )


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """(input - target)², averaged, summed or as it is."""
    _warn_of_broadcast(input, target)
    return _reduce((input - target) ** 2, reduction)


def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """|input - target|, averaged, summed or as it is."""
    _warn_of_broadcast(input, target)
    return _reduce((input - target).abs(), reduction)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """d²/2 up to |d| = delta, delta · (|d| - delta/2) beyond (Huber 1964), d = input - target."""
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    _warn_of_broadcast(input, target)
    return _reduce(_bend(input - target, delta, 1.0), reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """Huber's loss over beta: d²/(2·beta) up to |d| = beta, |d| - beta/2 beyond."""
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    _warn_of_broadcast(input, target)
    return _reduce(_bend(input - target, beta, 1 / beta), reduction)


def _bend(difference: Tensor, delta: float, factor: float) -> Tensor:
    d = difference._array
    size = np.abs(d)
    y = np.where(size <= delta, d * d * 0.5, delta * (size - 0.5 * delta)) * factor
    return record(
        "HuberLossBackward0",
        y.astype(d.dtype),
        (difference, lambda g: g * factor * np.clip(d, -delta, delta), difference),
    )


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """-input at the class that `target` names; (batch, classes) and (batch), or (classes) and a single number.

    The mean is weighted by the classes' weights.
    """
    return _nll(input, target, weight, ignore_index, reduction)


def _nll(log_p: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str) -> Tensor:
    if target.dtype is not dtypes.int64:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.title}")
    if log_p.ndim == 1:
        flat = _nll(log_p.unsqueeze(0), target.reshape(1), weight, ignore_index, reduction)
        return flat.squeeze(0) if flat.ndim else flat
    if log_p.shape[0] != target.shape[0]:
        raise ValueError(
            f"Expected input batch_size ({log_p.shape[0]}) to match target batch_size ({target.shape[0]})."
        )
    if log_p.ndim > 2:  # (batch, classes, d1, …): the classes to the end, the rest into the batch
        moved = log_p.movedim(1, -1)
        if moved.shape[:-1] != target.shape:
            raise RuntimeError(f"Expected target size {list(moved.shape[:-1])}, got {list(target.shape)}")
        flat = _nll(moved.reshape(-1, log_p.shape[1]), target.reshape(-1), weight, ignore_index, reduction)
        return flat.reshape(target.shape) if reduction == "none" else flat
    classes = log_p.shape[1]
    t = target._array
    counted = t != ignore_index
    wrong = counted & ((t < 0) | (t >= classes))
    if wrong.any():
        raise IndexError(f"Target {t[wrong][0]} is out of bounds.")
    x = log_p._array
    rows, safe = np.arange(len(t)), np.where(counted, t, 0)
    w = (np.ones_like(x, shape=(len(t),)) if weight is None else weight._array[safe]) * counted
    w = w.astype(x.dtype)
    losses = -x[rows, safe] * w
    total = w.sum()
    with quiet():
        y = losses if reduction == "none" else losses.sum() if reduction == "sum" else losses.sum() / total
    if reduction not in ("none", "sum", "mean"):
        raise ValueError(f"{reduction} is not a valid value for reduction")

    def back(g: Array) -> Array:
        result = np.zeros_like(x)
        result[rows, safe] = -w * (g / total if reduction == "mean" else g)
        return result

    return record("NllLossBackward0", np.asarray(y, x.dtype), (log_p, back, target))


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log softmax(input) at the target class: `input` are logits, (batch, classes); `target` whole numbers (batch).

    Probabilities as targets, (batch, classes), are taken too.
    """
    along = 0 if input.ndim == 1 else 1
    if target.is_floating_point():
        if target.shape != input.shape:
            raise RuntimeError(
                f"Expected floating point type for target with class probabilities, got {target.dtype.title}"
            )
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing)
    if label_smoothing > 0:
        if weight is not None or (target._array == ignore_index).any():
            raise not_offered("label_smoothing with class weights or ignored targets", "leave one of them out")
        hot = one_hot(target, input.shape[along]).to(input.dtype).movedim(-1, along)
        return _soft_cross_entropy(input, hot, None, reduction, label_smoothing)
    if target.ndim == input.ndim - 1 and input.ndim > 1 and input.shape[0] != target.shape[0]:
        raise ValueError(
            f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({target.shape[0]})."
        )
    return _nll(log_softmax(input, along), target, weight, ignore_index, reduction)


def _soft_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, label_smoothing: float
) -> Tensor:
    along = 0 if input.ndim == 1 else 1
    classes = input.shape[along]
    if label_smoothing > 0:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    each = log_softmax(input, along) * target
    if weight is not None:
        each = each * weight.reshape((-1,) + (1,) * (input.ndim - along - 1))
    losses = -each.sum(along)
    if reduction == "mean":
        return losses.sum() / (input.numel() // classes)  # type: ignore[no-any-return]
    return _reduce(losses, reduction)


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """-(target · log input + (1 - target) · log(1 - input)); the logarithms stop at -100."""
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    p, t = input._array, target._array
    if np.any((p < 0) | (p > 1)):
        raise RuntimeError("all elements of input should be between 0 and 1")
    with quiet():
        y = -(t * np.maximum(np.log(p), -100) + (1 - t) * np.maximum(np.log1p(-p), -100))

    def back(g: Array) -> Any:
        return g * (p - t) / np.maximum(p * (1 - p), 1e-12)

    loss = record("BinaryCrossEntropyBackward0", y.astype(p.dtype), (input, back, input, target))
    return _reduce(loss if weight is None else loss * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), without overflow."""
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if pos_weight is None:
        loss = (1 - target) * input - logsigmoid(input)
    else:
        loss = (1 - target) * input - (1 + (pos_weight - 1) * target) * logsigmoid(input)
    return _reduce(loss if weight is None else loss * weight, reduction)


def kl_div(input: Tensor, target: Tensor, *, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """target · (log target - input), `input` log-probabilities; "batchmean" gives the divergence for each example."""
    if log_target:
        loss = target.exp() * (target - input)
    else:
        t = target._array
        with quiet():
            entropy = np.where(t > 0, t * np.log(np.where(t > 0, t, 1)), 0).astype(t.dtype)

        def back(g: Array) -> Array:
            result: Array = g * (np.log(t) + 1)
            return result

        loss = record("XlogyBackward0", entropy, (target, back, target)) - target * input
    if reduction == "batchmean":
        return loss.sum() / input.shape[0]  # type: ignore[no-any-return]
    return _reduce(loss, reduction)

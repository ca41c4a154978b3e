"""`torch.nn.functional`: layers and losses as functions, without parameters of their own."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes, pointwise
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.linear_algebra import matmul
from grandmodel_sim.torch.missing import missing_from, not_offered
from grandmodel_sim.torch.pointwise import logistic, quiet, relu, sigmoid, tanh
from grandmodel_sim.torch.randomness import rand
from grandmodel_sim.torch.tensors import Tensor, axis, method, record, record_together, wrap

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv1d",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "relu",
    "scaled_dot_product_attention",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "tanh",
]


# --- layers ---


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: (…, inputs), (outputs, inputs), (outputs) → (…, outputs)."""
    x, w = input._array, weight._array
    if x.dtype != w.dtype:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {input.dtype.title} and {weight.dtype.title}"
        )
    if x.shape[-1:] != w.shape[-1:]:
        rows = int(np.prod(x.shape[:-1], dtype=np.int64))
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1] if x.ndim else 1} and "
            f"{w.shape[-1]}x{w.shape[0]})"
        )
    y = x @ w.T
    if bias is not None:
        y += bias._array

    def flat(array: Array) -> Array:
        return array.reshape(-1, array.shape[-1])

    return record(
        "AddmmBackward0" if bias is not None else "MmBackward0",
        y,
        (input, lambda g: g @ w, weight),
        (weight, lambda g: flat(g).T @ flat(x), input),
        (bias, lambda g: flat(g).sum(axis=0)),
    )


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of `weight` that the whole numbers in `input` name; row `padding_idx` gets no gradient."""
    i, w = input._array, weight._array
    if i.dtype != np.int64:
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{input.dtype.title}Tensor instead (while checking arguments for embedding)"
        )
    if i.size and (i.min() < 0 or i.max() >= len(w)):
        raise IndexError("index out of range in self")

    def back(g: Array) -> Array:
        result = np.zeros(w.shape, g.dtype)
        np.add.at(result, i, g)
        if padding_idx is not None:
            result[padding_idx] = 0
        return result

    return record("EmbeddingBackward0", w[i], (weight, back))


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """Each example's last dimensions brought to mean 0 and variance 1, then times weight plus bias (Ba et al. 2016)."""
    x, shape = input._array, tuple(normalized_shape)
    if x.shape[x.ndim - len(shape) :] != shape:
        inner = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape=[{inner}], expected input with shape [*, {inner}], but got input of size"
            f"{list(x.shape)}"
        )
    over = tuple(range(x.ndim - len(shape), x.ndim))
    centred = x - x.mean(axis=over, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(axis=over, keepdims=True) + x.dtype.type(eps))
    unit = centred * scale
    y = unit if weight is None else unit * weight._array
    y = y if bias is None else y + bias._array

    def backward(g: Array) -> list[Array | None]:
        outer = tuple(range(x.ndim - len(shape)))
        inner = g if weight is None else g * weight._array
        # Mean and scale depend on every element, so their share is taken off again.
        dx = scale * (
            inner - inner.mean(axis=over, keepdims=True) - unit * (inner * unit).mean(axis=over, keepdims=True)
        )
        return [dx, (g * unit).sum(axis=outer) if weight is not None else None, g.sum(axis=outer)]

    return record_together("NativeLayerNormBackward0", y, [input, weight, bias], backward)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training each element is 0 with probability p, and the others are divided by 1 - p; otherwise as it is."""
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if inplace:
        raise not_offered("dropout with inplace=True", "take the result")
    if not training or p == 0:
        return input
    kept = rand(input.shape, dtype=input.dtype)._array >= p
    mask = kept / input._array.dtype.type(1 - p if p < 1 else 1)
    mask = mask.astype(input._array.dtype)
    return record("DropoutBackward0", input._array * mask, (input, lambda g: g * mask))


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """A filter slid along time: (batch, in, length), (out, in, kernel) → (batch, out, steps).

    steps = (length + 2·padding - dilation·(kernel - 1) - 1) // stride + 1.

    Args:
        input: (batch, in, length) or (in, length).
        weight: (out, in, kernel).
        bias: (out).
        stride: elements from one step to the next.
        padding: zeros put before and after, or "same" or "valid".
        dilation: elements from one tap of the filter to the next.
        groups: only 1 is offered.
    """
    stride, dilation = _single(stride), _single(dilation)
    if groups != 1:
        raise not_offered(f"conv1d with groups={groups}", "groups=1 connects all channels")
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: {list(input.shape)}"
        )
    if input.ndim == 2:
        return conv1d(input.unsqueeze(0), weight, bias, stride, padding, dilation).squeeze(0)  # type: ignore[no-any-return]
    w = weight._array
    taps = w.shape[2]
    if padding == "same":
        if stride != 1:
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        total = dilation * (taps - 1)
        before, after = total // 2, total - total // 2
    else:
        before = after = 0 if padding == "valid" else _single(padding)
    if input.shape[1] != w.shape[1]:
        raise RuntimeError(
            f"Given groups=1, weight of size {list(w.shape)}, expected input{list(input.shape)} to have {w.shape[1]} "
            f"channels, but got {input.shape[1]} channels instead"
        )
    x = np.pad(input._array, ((0, 0), (0, 0), (before, after)))
    length, reach = x.shape[2], dilation * (taps - 1) + 1
    if reach > length:
        raise RuntimeError(
            f"Calculated padded input size per channel: ({length}). Kernel size: ({reach}). Kernel size can't be "
            "greater than actual input size"
        )
    steps = (length - reach) // stride + 1
    # One matrix product for each tap: all steps see that tap at once.
    seen = [slice(tap * dilation, tap * dilation + stride * (steps - 1) + 1, stride) for tap in range(taps)]
    y = np.zeros((x.shape[0], w.shape[0], steps), x.dtype)
    for tap, part in enumerate(seen):
        y += w[:, :, tap] @ x[:, :, part]
    if bias is not None:
        y += bias._array[:, None]

    def backward(g: Array) -> list[Array | None]:
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for tap, part in enumerate(seen):
            dx[:, :, part] += w[:, :, tap].T @ g
            dw[:, :, tap] = np.tensordot(g, x[:, :, part], ((0, 2), (0, 2)))
        return [dx[:, :, before : length - after], dw, g.sum(axis=(0, 2))]

    return record_together("ConvolutionBackward0", y, [input, weight, bias], backward)


def _single(value: Any) -> int:
    return int(value[0] if isinstance(value, (tuple, list)) else value)


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Tensor:
    """softmax(query · keyᵀ · scale) · value (Vaswani et al. 2017); (…, queries, d), (…, keys, d), (…, keys, v).

    Args:
        query: what asks.
        key: what is compared with.
        value: what is mixed.
        attn_mask: bool, true where a query may look; or numbers to add to the scores.
        dropout_p: share of the weights set to 0.
        is_causal: each query looks at its own place and before only.
        scale: 1 / √d by default.
    """
    weights = matmul(query * (1 / math.sqrt(query.shape[-1]) if scale is None else scale), key.transpose(-2, -1))
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
        attn_mask = wrap(np.tril(np.ones(weights.shape[-2:], np.bool_)))
    if attn_mask is not None:
        if attn_mask.dtype is dtypes.bool_:
            weights = pointwise.masked_fill(weights, ~attn_mask, -math.inf)
        else:
            weights = weights + attn_mask
    return matmul(dropout(softmax(weights, -1), dropout_p), value)


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Vectors along `dim` brought to length 1."""
    return input / input.norm(p, dim, keepdim=True).clamp(min=eps)  # type: ignore[no-any-return]


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """With `value` put before and after: (last dimension before, after, the one before it before, after, …)."""
    if mode != "constant":
        raise not_offered(f"pad with mode={mode!r}", "use 'constant'")
    if len(pad) % 2 or len(pad) // 2 > input.ndim:
        raise RuntimeError(
            "Padding length must be divisible by 2"
            if len(pad) % 2
            else f"Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )
    widths = [(0, 0)] * input.ndim
    for i in range(len(pad) // 2):
        widths[-1 - i] = (pad[2 * i], pad[2 * i + 1])
    if any(min(each) < 0 for each in widths):
        raise not_offered("pad with negative widths", "cut with x[..., 1:-1]")
    inner = tuple(slice(before, before + size) for (before, _), size in zip(widths, input.shape, strict=True))
    y = np.pad(input._array, widths, constant_values=value or 0)
    return record("ConstantPadNdBackward0", y, (input, lambda g: g[inner]))


# --- activations ---


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


# --- losses ---


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

    return record("NllLossBackward0", np.asarray(y, x.dtype), (log_p, back))


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

    loss = record("BinaryCrossEntropyBackward0", y.astype(p.dtype), (input, back, input))
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


def __getattr__(name: str) -> Any:
    raise missing_from("torch.nn.functional", name, __all__)

"""`torch.nn.functional`: layers and losses as functions, without parameters of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes, pointwise
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.linear_algebra import matmul, product
from grandmodel_sim.torch.missing import missing_from, not_offered
from grandmodel_sim.torch.nn.activation_functions import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    logsigmoid,
    silu,
    softmax,
    softplus,
)
from grandmodel_sim.torch.nn.loss_functions import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    one_hot,
    smooth_l1_loss,
)
from grandmodel_sim.torch.pointwise import relu, sigmoid, tanh
from grandmodel_sim.torch.randomness import rand
from grandmodel_sim.torch.recording import record, record_together
from grandmodel_sim.torch.tensors import Tensor, wrap

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
    y = product(x, w.T)
    if bias is not None:
        y += bias._array

    def flat(array: Array) -> Array:
        return array.reshape(-1, array.shape[-1])

    return record(
        "AddmmBackward0" if bias is not None else "MmBackward0",
        y,
        (input, lambda g: product(g, w), weight),
        (weight, lambda g: product(flat(g).T, flat(x)), input),
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

    return record("EmbeddingBackward0", w[i], (weight, back, input))


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
    steps, channels, filters = (length - reach) // stride + 1, w.shape[1], w.shape[0]
    # All windows as the rows of one matrix: the whole layer is one product then.
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, 2)[:, :, ::stride, ::dilation]
    rows = windows.transpose(0, 2, 1, 3).reshape(-1, channels * taps)
    flat = w.reshape(filters, -1)
    y = product(rows, flat.T).reshape(-1, steps, filters)
    if bias is not None:
        y += bias._array

    def backward(g: Array) -> list[Array | None]:
        by_step = g.transpose(0, 2, 1).reshape(-1, filters)
        to_windows = product(by_step, flat).reshape(-1, steps, channels, taps)
        dx = np.zeros_like(x)
        for tap in range(taps):  # an element is in as many windows as reach over it
            start = tap * dilation
            dx[:, :, start : start + stride * (steps - 1) + 1 : stride] += to_windows[..., tap].transpose(0, 2, 1)
        dw = product(by_step.T, rows).reshape(w.shape)
        return [dx[:, :, before : length - after], dw, by_step.sum(axis=0)]

    return record_together("ConvolutionBackward0", y.transpose(0, 2, 1), [input, weight, bias], backward)


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


def __getattr__(name: str) -> Any:
    raise missing_from("torch.nn.functional", name, __all__)

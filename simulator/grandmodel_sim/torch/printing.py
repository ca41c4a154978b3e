"""How a tensor is shown: as PyTorch does, four decimals, columns aligned, long ones shortened."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.dtypes import Array

if TYPE_CHECKING:
    from grandmodel_sim.torch.tensors import Tensor

PRECISION = 4  # digits after the point
THRESHOLD = 1000  # a tensor of more elements is shortened
EDGE = 3  # how many elements are shown at each end of a shortened dimension
WIDTH = 80  # characters in a line


def shown(tensor: Tensor) -> str:
    """The text of `repr(tensor)`."""
    from grandmodel_sim.torch.nn.parameter import Parameter

    prefix, array = "tensor(", tensor._array
    suffixes = []
    implied = tensor.dtype in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_)
    if not array.size:
        text = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        implied = tensor.dtype is dtypes.get_default_dtype()
    else:
        text = _rows(array, len(prefix), _Formatter(array), array.size > THRESHOLD)
    if not implied:
        suffixes.append(f"dtype={tensor.dtype}")
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    lines = _join(prefix + text, suffixes, tensor)
    return f"Parameter containing:\n{lines}" if isinstance(tensor, Parameter) else lines


def _join(text: str, suffixes: list[str], tensor: Tensor) -> str:
    parts = [text]
    last = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if last + len(suffix) + 2 > WIDTH:
            parts.append(",\n       " + suffix)
            last = len(suffix) + 7
        else:
            parts.append(", " + suffix)
            last += len(suffix) + 2
    return "".join(parts) + ")"


class _Formatter:
    """Shows one element in the width that all shown elements share."""

    def __init__(self, array: Array) -> None:
        values = _edges(array).reshape(-1)
        self.number: Callable[[Any], str] = str
        if array.dtype.kind == "f":
            # nan, inf and 0 have no say in how the others are shown, nor in the width.
            values = values[np.isfinite(values) & (values != 0)].astype(np.float64)
            self.number = _chosen(np.abs(values))
        self.width = max((len(self.number(each)) for each in values.tolist()), default=1)

    def __call__(self, value: Any) -> str:
        return self.number(value).rjust(self.width)


def _chosen(sizes: Array) -> Callable[[Any], str]:
    """How numbers of these sizes are shown: whole, with four decimals, or with an exponent."""
    if sizes.size:
        low, high = float(sizes.min()), float(sizes.max())
        whole = bool(np.all(sizes == np.ceil(sizes)))
        if high / low > 1000.0 or high > 1.0e8 or low < 1.0e-4:
            return lambda value: f"{value:.{PRECISION}e}"
        if not whole:
            return lambda value: f"{value:.{PRECISION}f}"
    return lambda value: f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"


def _edges(array: Array) -> Array:
    """What will be shown of an array."""
    if array.size <= THRESHOLD:
        return array
    for dimension in range(array.ndim):
        if array.shape[dimension] > 2 * EDGE:
            array = array.take([*range(EDGE), *range(-EDGE, 0)], dimension)
    return array


def _rows(array: Array, indent: int, show: _Formatter, shorten: bool) -> str:
    """Nested brackets, each row under the one before."""
    if not array.ndim:
        return show(array.item())
    if array.ndim == 1:
        return _row(array, indent, show, shorten)
    if shorten and len(array) > 2 * EDGE:
        parts = [_rows(each, indent + 1, show, shorten) for each in array[:EDGE]]
        parts += ["..."] + [_rows(each, indent + 1, show, shorten) for each in array[-EDGE:]]
    else:
        parts = [_rows(each, indent + 1, show, shorten) for each in array]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _row(array: Array, indent: int, show: _Formatter, shorten: bool) -> str:
    if shorten and len(array) > 2 * EDGE:
        values = [*map(show, array[:EDGE].tolist()), " ...", *map(show, array[-EDGE:].tolist())]
    else:
        values = [show(each) for each in array.tolist()]
    per_line = max(1, (WIDTH - indent) // (show.width + 2))
    lines = [", ".join(values[i : i + per_line]) for i in range(0, len(values), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"

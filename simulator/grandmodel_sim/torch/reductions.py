"""Operations that fold one or more dimensions away: sums, means, extremes, and their running forms."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes, pointwise
from grandmodel_sim.torch.arguments import axes, axis, numpy_names
from grandmodel_sim.torch.casting import quiet, to
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.recording import method, record
from grandmodel_sim.torch.tensors import Tensor, wrap

Dim = int | Sequence[int] | None


def spread(g: Array, x: Array, over: tuple[int, ...], keepdim: bool) -> Array:
    """A gradient of a reduced array, with the folded dimensions back as 1."""
    if keepdim or not x.ndim:
        return np.asarray(g)
    return np.expand_dims(g, over)


def repeated(g: Array, x: Array) -> Array:
    """A gradient in the shape of `x`, each element in memory of its own: matrix products are slow without."""
    result = np.empty(x.shape, g.dtype)
    result[...] = g
    return result


@method()
@numpy_names
def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The sum over all elements, or over `dim`."""
    x, over = input._array, axes(dim, input.ndim)
    kind = dtypes.numpy_type(dtype, dtypes.int64 if x.dtype.kind in "bi" else input.dtype)
    total = x.sum(axis=over, keepdims=keepdim, dtype=kind)
    return record("SumBackward0", total, (input, lambda g: repeated(spread(g, x, over, keepdim), x)))


@method()
@numpy_names
def mean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The mean over all elements, or over `dim`."""
    x, over = input._array, axes(dim, input.ndim)
    if x.dtype.kind != "f" and dtype is None:
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            + input.dtype.title
        )
    count = _count(x, over)
    with quiet():
        average = x.sum(axis=over, keepdims=keepdim, dtype=dtypes.numpy_type(dtype, input.dtype)) / x.dtype.type(count)

    def back(g: Array) -> Array:
        return repeated(spread(g / g.dtype.type(count), x, over, keepdim), x)

    return record("MeanBackward0", average.astype(dtypes.numpy_type(dtype, input.dtype)), (input, back))


def _count(x: Array, over: tuple[int, ...]) -> int:
    return int(np.prod([x.shape[each] for each in over], dtype=np.int64)) if over else 1


def _variance(
    name: str, input: Tensor, dim: Dim, unbiased: bool, correction: float | None, keepdim: bool, root: bool
) -> Tensor:
    if isinstance(dim, bool):  # std(False) means std(unbiased=False)
        unbiased = dim
        dim = None
    x, over = input._array, axes(dim, input.ndim)
    if x.dtype.kind != "f":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    count = _count(x, over)
    correction = (1 if unbiased else 0) if correction is None else correction
    if count <= correction:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).",
            UserWarning,
            stacklevel=3,
        )
    with quiet():
        centred = x - x.mean(axis=over, keepdims=True)
        free = x.dtype.type(builtins.max(count - correction, 0))
        variance = np.asarray((centred * centred).sum(axis=over, keepdims=keepdim) / free)
        result = np.sqrt(variance) if root else variance

    def back(g: Array) -> Any:
        if root:
            g = np.where(result == 0, 0, g / np.where(result == 0, 1, result))
            return (spread(g, x, over, keepdim) * centred / free).astype(x.dtype)
        return (2 * spread(g, x, over, keepdim) * centred / free).astype(x.dtype)

    return record(f"{name.capitalize()}Backward0", result.astype(x.dtype), (input, back, input), reads_result=root)


@method()
@numpy_names
def var(
    input: Tensor, dim: Dim = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The variance: the sum of squared distances from the mean over n - correction, which is n - 1 by default."""
    return _variance("var", input, dim, unbiased, correction, keepdim, root=False)


@method()
@numpy_names
def std(
    input: Tensor, dim: Dim = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The standard deviation; n - 1 by default, `unbiased=False` for n."""
    return _variance("std", input, dim, unbiased, correction, keepdim, root=True)


@method()
@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The product over all elements, or over `dim`."""
    x, over = input._array, axes(dim, input.ndim)
    kind = dtypes.numpy_type(dtype, dtypes.int64 if x.dtype.kind in "bi" else input.dtype)
    y = x.prod(axis=over, keepdims=keepdim, dtype=kind)

    def back(g: Array) -> Any:
        g = spread(g, x, over, keepdim)
        if np.all(x != 0):
            return g * spread(y, x, over, keepdim) / x
        # With a zero among the factors, the product of the others must be taken without it.
        zeros = (x == 0).sum(axis=over, keepdims=True)
        others = np.where(x == 0, 1, x).prod(axis=over, keepdims=True)
        return g * np.where(zeros == 0, others / np.where(x == 0, 1, x), np.where((zeros == 1) & (x == 0), others, 0))

    return record("ProdBackward0", y, (input, back, input), reads_result=True)


# --- running forms ---


@method()
@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The sum of each element and all before it along `dim`."""
    x, along = input._array, axis(dim, input.ndim)
    kind = dtypes.numpy_type(dtype, dtypes.int64 if x.dtype.kind in "bi" else input.dtype)
    if not x.ndim:
        return to(input, dtypes.BY_NUMPY[kind], copy=True)
    return record(
        "CumsumBackward0",
        x.cumsum(axis=along, dtype=kind),
        (input, lambda g: np.flip(np.flip(g, along).cumsum(axis=along), along)),
    )


@method()
def cumprod(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The product of each element and all before it along `dim`; its gradient needs factors other than 0."""
    x, along = input._array, axis(dim, input.ndim)
    kind = dtypes.numpy_type(dtype, dtypes.int64 if x.dtype.kind in "bi" else input.dtype)
    y = x.cumprod(axis=along, dtype=kind)

    def back(g: Array) -> Array:
        if np.any(x == 0):
            raise not_offered("the gradient of cumprod where a factor is 0", "multiply with torch.prod")
        return np.flip(np.flip(g * y, along).cumsum(axis=along), along) / x

    return record("CumprodBackward0", y, (input, back, input), reads_result=True)


# --- all, any, counts ---


def _over(input: Tensor, dim: Dim, keepdim: bool, function: Callable[..., Any]) -> Tensor:
    return wrap(function(input._array, axis=axes(dim, input.ndim), keepdims=keepdim))


@method()
@numpy_names
def all(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Whether no element is 0 or false."""
    return _over(input, dim, keepdim, np.all)


@method()
@numpy_names
def any(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Whether some element is not 0 or false."""
    return _over(input, dim, keepdim, np.any)


@method()
def count_nonzero(input: Tensor, dim: Dim = None) -> Tensor:
    """How many elements are not 0."""
    return wrap(np.asarray(np.count_nonzero(input._array, axis=axes(dim, input.ndim)), np.int64))


@method()
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number from 0 on occurs in a vector; with weights, their sums."""
    if input.dtype is not dtypes.int64:
        raise RuntimeError('"bincount_cpu" not implemented for ' + repr(input.dtype.title))
    found = np.bincount(input._array.astype(np.intp), None if weights is None else weights._array, minlength)
    return wrap(found.astype(np.int64 if weights is None else weights._array.dtype))


# --- norms and log-sums ---


@method()
def logsumexp(input: Tensor, dim: Dim, keepdim: bool = False) -> Tensor:
    """log Σ eˣ along `dim`, without overflow."""
    x, over = pointwise.floating(input, "logsumexp"), axes(dim, input.ndim)
    with quiet():
        top = x.max(axis=over, keepdims=True)
        top = np.where(np.isfinite(top), top, 0).astype(x.dtype)
        full = np.log(np.exp(x - top).sum(axis=over, keepdims=True)) + top
    return record(
        "LogsumexpBackward0",
        full if keepdim else full.squeeze(over),
        (input, lambda g: spread(g, x, over, keepdim) * np.exp(x - full), input),
        reads_result=True,
    )

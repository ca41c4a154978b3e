"""What the order of elements tells: extremes and where they are, sorting, quantiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from grandmodel_sim.torch import pointwise
from grandmodel_sim.torch.arguments import axes, axis, numpy_names
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.recording import method, record
from grandmodel_sim.torch.reductions import Dim, spread
from grandmodel_sim.torch.tensors import Tensor, wrap


class max_result(NamedTuple):
    """What `max` along a dimension gives."""

    values: Tensor
    indices: Tensor


class min_result(NamedTuple):
    """What `min` along a dimension gives."""

    values: Tensor
    indices: Tensor


class sort_result(NamedTuple):
    """What `sort` gives."""

    values: Tensor
    indices: Tensor


class topk_result(NamedTuple):
    """What `topk` gives."""

    values: Tensor
    indices: Tensor


class median_result(NamedTuple):
    """What `median` along a dimension gives."""

    values: Tensor
    indices: Tensor


def _show(result: Any) -> str:
    name = type(result).__name__.removesuffix("_result")
    fields = ",\n".join(f"{field}={value!r}" for field, value in zip(result._fields, result, strict=True))
    return f"torch.return_types.{name}(\n{fields})"


for _class in (max_result, min_result, sort_result, topk_result, median_result):
    setattr(_class, "__repr__", _show)  # noqa: B010  (a NamedTuple's own may not be declared in its body for all)


def _extreme(name: str, input: Tensor, pick: Callable[..., Array], over: tuple[int, ...], keepdim: bool) -> Tensor:
    """The extreme values; equal ones share the gradient."""
    x = input._array
    y = pick(x, axis=over, keepdims=keepdim)

    def back(g: Array) -> Any:
        chosen = x == spread(y, x, over, keepdim)
        return spread(g, x, over, keepdim) * chosen / chosen.sum(axis=over, keepdims=True).astype(x.dtype)

    return record(name, y, (input, back, input), reads_result=True)


def _extreme_at(
    name: str, input: Tensor, dim: int, keepdim: bool, place: Callable[..., Any], result: Callable[..., Any]
) -> Any:
    """(values, indices) along one dimension; the gradient goes to the element that was picked."""
    x, along = input._array, axis(dim, input.ndim)
    if x.ndim and not x.shape[along]:
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
    if not x.ndim:
        return result(pointwise.add(input, 0), wrap(np.zeros((), np.int64)))
    where = place(x, axis=along, keepdims=True)
    values = np.take_along_axis(x, where, along)
    tensor = record(
        f"{name.capitalize()}Backward0",
        values if keepdim else values.squeeze(along),
        (input, lambda g: put_along(x, where, spread(g, x, (along,), keepdim), along)),
    )
    return result(tensor, wrap((where if keepdim else where.squeeze(along)).astype(np.int64)))


def put_along(like: Array, where: Array, values: Array, along: int) -> Any:
    """Zeros shaped as `like`, with `values` at the places `where` of the dimension `along`; each place once."""
    result = np.zeros(like.shape, values.dtype)
    np.put_along_axis(result, where, values, along)
    return result


def _max_or_min(name: str, input: Tensor, dim: Any, keepdim: bool, tools: tuple[Any, ...]) -> Any:
    elementwise, pick, place, result = tools
    if isinstance(dim, Tensor):
        return elementwise(input, dim)
    if dim is not None:
        return _extreme_at(name, input, dim, keepdim, place, result)
    if not input.numel():
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with "
            "the 'dim' argument."
        )
    return _extreme(f"{name.capitalize()}Backward1", input, pick, axes(None, input.ndim), False)


@method()
@numpy_names
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """The largest element; along `dim` (values, indices); against another tensor the larger of each two."""
    tools = pointwise.maximum, np.max, np.argmax, max_result
    return _max_or_min("max", input, dim if other is None else other, keepdim, tools)


@method()
@numpy_names
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """The smallest element; along `dim` (values, indices); against another tensor the smaller of each two."""
    tools = pointwise.minimum, np.min, np.argmin, min_result
    return _max_or_min("min", input, dim if other is None else other, keepdim, tools)


@method()
@numpy_names
def amax(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The largest elements along `dim`; equal ones share the gradient."""
    return _extreme("AmaxBackward0", input, np.max, axes(dim, input.ndim), keepdim)


@method()
@numpy_names
def amin(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The smallest elements along `dim`; equal ones share the gradient."""
    return _extreme("AminBackward0", input, np.min, axes(dim, input.ndim), keepdim)


def _place(name: str, input: Tensor, dim: int | None, keepdim: bool, place: Callable[..., Any]) -> Tensor:
    x = input._array
    if dim is None:
        if not x.size:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        found = place(x)
        return wrap(np.full((1,) * x.ndim if keepdim else (), found, np.int64))
    along = axis(dim, x.ndim)
    return wrap(place(x, axis=along, keepdims=keepdim).astype(np.int64) if x.ndim else np.zeros((), np.int64))


@method()
@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is; the first of equal ones."""
    return _place("argmax", input, dim, keepdim, np.argmax)


@method()
@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is; the first of equal ones."""
    return _place("argmin", input, dim, keepdim, np.argmin)


@method()
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> sort_result:
    """The elements in order along `dim`, and where they were; equal ones keep their order, asked for or not."""
    x, along = input._array, axis(dim, input.ndim)
    if descending:  # equal elements keep their order, so it is not the ascending order turned round
        order = x.shape[along] - 1 - np.flip(np.argsort(np.flip(x, along), axis=along, kind="stable"), along)
    else:
        order = np.argsort(x, axis=along, kind="stable")
    values = np.take_along_axis(x, order, along)
    back: Callable[[Array], Array] = lambda g: put_along(x, order, g, along)  # noqa: E731
    return sort_result(record("SortBackward0", values, (input, back)), wrap(order.astype(np.int64)))


@method()
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where the elements would come from if they were sorted."""
    return sort(input, dim, descending).indices


@method()
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> topk_result:
    """The k largest (or smallest) elements along `dim`, in order, and where they are."""
    along = axis(dim, input.ndim)
    if not 0 <= k <= input.shape[along]:
        raise RuntimeError("selected index k out of range")
    values, indices = sort(input, dim, descending=largest)
    part = (slice(None),) * along + (slice(0, k),)
    return topk_result(values[part], indices[part])


@method()
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element, the lower one of two; along `dim` (values, indices)."""
    if dim is None:
        values = sort(input.reshape(-1), 0).values
        return values[(values.numel() - 1) // 2]
    along = axis(dim, input.ndim)
    middle = (slice(None),) * along + (slice((input.shape[along] - 1) // 2, (input.shape[along] + 1) // 2 or 1),)
    values, indices = sort(input, along)
    middle = (slice(None),) * along + (slice((input.shape[along] - 1) // 2, (input.shape[along] - 1) // 2 + 1),)
    values, indices = values[middle], indices[middle]
    return median_result(values, indices) if keepdim else median_result(values.squeeze(along), indices.squeeze(along))


@method()
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The value below which the share `q` of the elements lies, between two neighbours by a straight line."""
    if interpolation != "linear":
        raise not_offered(f"quantile with interpolation={interpolation!r}", "use 'linear'")
    share = q._array if isinstance(q, Tensor) else np.asarray(q, input._array.dtype)
    x = input.reshape(-1) if dim is None else input.movedim(dim, 0)
    place = np.atleast_1d(share) * (x.shape[0] - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, x.shape[0] - 1)
    weight = wrap((place - low).astype(input._array.dtype).reshape((-1,) + (1,) * (x.ndim - 1)))
    ordered = sort(x, 0).values
    result = pointwise.lerp(ordered[wrap(low)], ordered[wrap(high)], weight)
    if keepdim:
        result = result.unsqueeze(-1 if dim is None else axis(dim, input.ndim) + 1)
    return result if share.ndim else result.squeeze(0)


@method()
def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False) -> Any:
    """The different elements in order; on request also which one each element is, and how often each occurs."""
    values, inverse, counts = np.unique(input._array, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(input.shape)
    extra = [wrap(inverse.astype(np.int64))] * return_inverse + [wrap(counts.astype(np.int64))] * return_counts
    return (wrap(values), *extra) if extra else wrap(values)

"""Operations that move elements and do not change them: views, joins, splits."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch.arguments import axes, axis, check_broadcast, sizes
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.recording import method, record
from grandmodel_sim.torch.recording import view as view_of
from grandmodel_sim.torch.tensors import Size, Tensor


def _target(x: Array, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with its -1 filled in.

    Raises:
        RuntimeError: it cannot hold the elements.
    """
    shown = f"shape '{list(shape)}' is invalid for input of size {x.size}"
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    known = 1
    for each in shape:
        if each < -1:
            raise RuntimeError(f"invalid shape dimension {each}")
        known *= each if each != -1 else 1
    if -1 in shape:
        if not known or x.size % known:
            raise RuntimeError(shown)
        return tuple(x.size // known if each == -1 else each for each in shape)
    if known != x.size:
        raise RuntimeError(shown)
    return shape


@method()
def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape; one size may be -1. The same memory where that is possible."""
    x = input._array
    return view_of("ViewBackward0", x.reshape(_target(x, sizes(shape))), input, lambda g: g.reshape(x.shape))


@method()
def view(self: Tensor, *shape: Any) -> Tensor:
    """The same memory in another shape.

    Raises:
        RuntimeError: the elements do not lie in memory as the shape needs it; `reshape` copies them then.
    """
    result = reshape(self, *shape)
    if self._array.size and not np.may_share_memory(result._array, self._array):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return result


@method()
def view_as(self: Tensor, other: Tensor) -> Tensor:
    """The same memory in the shape of `other`."""
    return view(self, other.shape)


@method()
def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """The same elements in the shape of `other`."""
    return reshape(self, other.shape)


@method()
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Several neighbouring dimensions as one."""
    first, last = axis(start_dim, input.ndim), axis(end_dim, input.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not input.ndim:
        return reshape(input, 1)
    shape = input.shape
    return reshape(input, (*shape[:first], int(np.prod(shape[first : last + 1], dtype=np.int64)), *shape[last + 1 :]))


@method()
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension as several."""
    where = axis(dim, input.ndim)
    return reshape(input, (*input.shape[:where], *sizes, *input.shape[where + 1 :]))


@method()
def squeeze(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Without the dimensions of size 1: all of them, or those in `dim` that are."""
    x = input._array
    drop = tuple(each for each in axes(dim, x.ndim) if x.shape[each] == 1)
    return view_of("SqueezeBackward0", x.squeeze(drop), input, lambda g: g.reshape(x.shape))


@method()
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at `dim`."""
    x = input._array
    where = axis(dim, x.ndim + 1)
    return view_of("UnsqueezeBackward0", np.expand_dims(x, where), input, lambda g: g.reshape(x.shape))


@method()
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """With two dimensions exchanged."""
    x = input._array
    if not x.ndim:
        return reshape(input, ())
    i, j = axis(dim0, x.ndim), axis(dim1, x.ndim)
    return view_of("TransposeBackward0", x.swapaxes(i, j), input, lambda g: g.swapaxes(i, j))


@method()
def t(input: Tensor) -> Tensor:
    """A matrix with rows and columns exchanged; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return transpose(input, 0, 1) if input.ndim == 2 else reshape(input, input.shape)


def _reversed(self: Tensor) -> Tensor:
    """Its dimensions in reverse: a matrix with rows and columns exchanged."""
    if self.ndim not in (0, 2):
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
            "throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
            UserWarning,
            stacklevel=2,
        )
    return permute(self, tuple(builtins.reversed(range(self.ndim))))


def _matrices_transposed(self: Tensor) -> Tensor:
    """Its last two dimensions exchanged."""
    if self.ndim < 2:
        raise RuntimeError(f"tensor.mT is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor.")
    return transpose(self, -2, -1)


setattr(Tensor, "T", property(_reversed))  # noqa: B010
setattr(Tensor, "mT", property(_matrices_transposed))  # noqa: B010


def permute(input: Tensor, dims: Sequence[int]) -> Tensor:
    """With its dimensions in another order."""
    x = input._array
    order = tuple(axis(each, x.ndim) for each in dims)
    if len(order) != x.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {x.ndim} is not equal to len(dims) = {len(order)}"
        )
    if len(set(order)) < len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    inverse = np.argsort(order)
    return view_of("PermuteBackward0", x.transpose(order), input, lambda g: g.transpose(inverse))


def _permute_method(self: Tensor, *dims: Any) -> Tensor:
    return permute(self, sizes(dims))


_permute_method.__doc__ = permute.__doc__
setattr(Tensor, "permute", _permute_method)  # noqa: B010


@method()
def movedim(input: Tensor, source: int, destination: int) -> Tensor:
    """With one dimension moved to another place."""
    where, to = axis(source, input.ndim), axis(destination, input.ndim)
    order = [each for each in range(input.ndim) if each != where]
    order.insert(to, where)
    return permute(input, order)


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """Repeated along dimensions of size 1, and along new ones in front, without copying; -1 keeps a size."""
    x, shape = input._array, tuple(int(each) for each in size)
    if len(shape) < x.ndim:
        raise RuntimeError(
            f"expand(torch.{input.dtype.title}Tensor{{{list(x.shape)}}}, size={list(shape)}): the number of sizes "
            f"provided ({len(shape)}) must be greater or equal to the number of dimensions in the tensor ({x.ndim})"
        )
    front = len(shape) - x.ndim
    full = list(shape)
    for i, old in enumerate(x.shape):
        new = shape[front + i]
        full[front + i] = old if new == -1 else new
        if old not in (1, full[front + i]):
            raise RuntimeError(
                f"The expanded size of the tensor ({new}) must match the existing size ({old}) at non-singleton "
                f"dimension {front + i}.  Target sizes: {list(shape)}.  Tensor sizes: {list(x.shape)}"
            )
    return view_of("ExpandBackward0", np.broadcast_to(x, full), input, lambda g: g)


@method()
def expand(self: Tensor, *sizes_: Any) -> Tensor:
    """Repeated along dimensions of size 1, and along new ones in front, without copying; -1 keeps a size."""
    return broadcast_to(self, sizes(sizes_))


setattr(Tensor, "broadcast_to", expand)  # noqa: B010


@method()
def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of `other`."""
    return broadcast_to(self, other.shape)


def broadcast_shapes(*shapes: Sequence[int]) -> Size:
    """The shape that tensors of these shapes have together."""
    for i, first in enumerate(shapes):
        for second in shapes[i + 1 :]:
            check_broadcast(first, second)
    return Size(np.broadcast_shapes(*(tuple(each) for each in shapes)))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All tensors in the shape that they have together."""
    shape = broadcast_shapes(*(each.shape for each in tensors))
    return tuple(broadcast_to(each, shape) for each in tensors)


@method()
def repeat(self: Tensor, *repeats: Any) -> Tensor:
    """A copy laid out so many times along each dimension."""
    times, x = sizes(repeats), self._array
    if len(times) < x.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    old = (1,) * (len(times) - x.ndim) + x.shape

    def back(g: Array) -> Any:
        split = tuple(each for both in zip(times, old, strict=True) for each in both)
        return g.reshape(split).sum(axis=tuple(range(0, 2 * len(times), 2))).reshape(x.shape)

    return record("RepeatBackward0", np.tile(x, times), (self, back))


def tile(input: Tensor, dims: Sequence[int]) -> Tensor:
    """`repeat`, with 1 for the dimensions in front that are not given."""
    return repeat(input, (1,) * (input.ndim - len(dims)) + tuple(dims))


@method()
def contiguous(self: Tensor) -> Tensor:
    """The elements row by row in memory: itself, or a copy."""
    return self if self.is_contiguous() else clone(self)


@method()
def clone(input: Tensor) -> Tensor:
    """A copy in memory of its own; gradients go back through it."""
    return record("CloneBackward0", input._array.copy(), (input, lambda g: g))


@method()
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """`transpose`, by numpy's name."""
    return transpose(input, axis0, axis1)


@method()
def ravel(input: Tensor) -> Tensor:
    """All elements as one dimension."""
    return flatten(input)


swapdims = transpose
setattr(Tensor, "swapdims", transpose)  # noqa: B010

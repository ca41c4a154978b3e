"""Operations that put tensors together, take them apart, turn and mask them."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from grandmodel_sim.torch import graph
from grandmodel_sim.torch.arguments import axes, axis, numpy_names, sizes
from grandmodel_sim.torch.dtypes import Array, common
from grandmodel_sim.torch.recording import attach, fit, method, record
from grandmodel_sim.torch.recording import view as view_of
from grandmodel_sim.torch.shapes import reshape
from grandmodel_sim.torch.tensors import Tensor, wrap


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Several tensors one after the other along a dimension that they have."""
    parts = list(tensors)
    if not parts:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for each in parts:
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element 0 in argument 0, but got {type(each).__name__}")
    if any(not each.ndim for each in parts):
        raise RuntimeError(
            f"zero-dimensional tensor (at position {[each.ndim for each in parts].index(0)}) cannot be concatenated"
        )
    parts = [each for each in parts if each.shape != (0,)] or parts[:1]  # an empty vector goes with everything
    first = parts[0]
    where = axis(dim, first.ndim)
    for number, each in enumerate(parts):
        if each.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {each.ndim}")
        for other, (expected, got) in enumerate(zip(first.shape, each.shape, strict=True)):
            if other != where and expected != got:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {where}. Expected size {expected} but got size "
                    f"{got} for tensor number {number} in the list."
                )
    kind = common(*(each._array for each in parts)).numpy
    arrays = [each._array for each in parts]
    ends = np.cumsum([each.shape[where] for each in arrays])

    def backward(g: Array) -> list[Array]:
        return [fit(piece, x) for piece, x in zip(np.split(g, ends[:-1], where), arrays, strict=True)]

    return _joined("CatBackward0", np.concatenate(arrays, where, dtype=kind), parts, backward)


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Several tensors of one shape side by side along a new dimension."""
    parts = list(tensors)
    if not parts:
        raise RuntimeError("stack expects a non-empty TensorList")
    for number, each in enumerate(parts):
        if each.shape != parts[0].shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(parts[0].shape)} at entry 0 and "
                f"{list(each.shape)} at entry {number}"
            )
    where = axis(dim, parts[0].ndim + 1)
    kind = common(*(each._array for each in parts)).numpy
    arrays = [each._array for each in parts]

    def backward(g: Array) -> list[Array]:
        return [fit(piece, x) for piece, x in zip(np.moveaxis(g, where, 0), arrays, strict=True)]

    return _joined("StackBackward0", np.stack(arrays, where, dtype=kind), parts, backward)


def _joined(name: str, array: Array, parts: list[Tensor], backward: Any) -> Tensor:
    result = wrap(array)
    if graph._recording and any(each.requires_grad for each in parts):
        attach(result, name, parts, backward, [], False)  # the parts' values are not needed
    return result


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Side by side: along the second dimension, of vectors along the first."""
    parts = [reshape(each, 1) if not each.ndim else each for each in tensors]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """One above the other: along the first dimension, of vectors as rows."""
    return cat([reshape(each, (1, -1)) if each.ndim < 2 else each for each in tensors], 0)


def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of so many elements each along `dim`, the last one shorter; or parts of the given sizes."""
    where = axis(dim, tensor.ndim)
    total = tensor.shape[where]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        parts = [builtins.min(step, total - start) for start in range(0, total, step)] or [0]
    else:
        parts = [int(each) for each in split_size_or_sections]
        if sum(parts) != total:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {total} (input tensor's size at dimension "
                f"{dim}), but got split_sizes={parts}"
            )
    starts = [sum(parts[:i]) for i in range(len(parts))]
    return tuple(narrow(tensor, where, start, length) for start, length in zip(starts, parts, strict=True))


setattr(Tensor, "split", lambda self, split_size, dim=0: split(self, split_size, dim))  # noqa: B010


@method()
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """About equal parts along `dim`, at most `chunks` of them."""
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    return split(input, -(-input.shape[axis(dim, input.ndim)] // chunks) or 1, dim)


@method()
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The parts along `dim`, each without that dimension."""
    where = axis(dim, input.ndim)
    return tuple(select(input, where, i) for i in range(input.shape[where]))


@method()
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One part along `dim`, without that dimension."""
    return input[(slice(None),) * axis(dim, input.ndim) + (index,)]


@method()
def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """So many parts along `dim` from `start` on."""
    where = axis(dim, input.ndim)
    if start + length > input.shape[where]:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({input.shape[where]}).")
    return input[(slice(None),) * where + (slice(start, start + length),)]


@method()
def unfold(self: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """All windows of `size` along a dimension, `step` apart; the window is a new last dimension."""
    x, where = self._array, axis(dimension, self.ndim)
    if size > x.shape[where]:
        raise RuntimeError(f"maximum size for tensor at dimension {where} is {x.shape[where]} but size is {size}")
    windows = np.lib.stride_tricks.sliding_window_view(x, size, where)
    every = (slice(None),) * where + (slice(None, None, step),)

    def back(g: Array) -> Array:
        result = np.zeros(x.shape, g.dtype)
        moved, parts = np.moveaxis(result, where, 0), np.moveaxis(g, where, 0)
        for offset in range(size):  # an element is in as many windows as reach over it
            moved[offset : offset + step * (len(parts) - 1) + 1 : step] += parts[..., offset]
        return result

    return view_of("UnfoldBackward0", windows[every], self, back)


# --- turning and masking ---


def flip(input: Tensor, dims: Sequence[int]) -> Tensor:
    """In reverse order along these dimensions; a copy."""
    over = axes(dims, input.ndim)
    return record("FlipBackward0", np.flip(input._array, over).copy(), (input, lambda g: np.flip(g, over)))


setattr(Tensor, "flip", lambda self, *dims: flip(self, sizes(dims)))  # noqa: B010


@method()
def roll(input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Tensor:
    """Shifted along dimensions; what falls off the end comes in at the front."""
    by: Any = shifts if isinstance(shifts, int) else tuple(shifts)
    over: Any = dims if dims is None or isinstance(dims, int) else tuple(dims)
    back: Any = -by if isinstance(by, int) else tuple(-each for each in by)
    return record("RollBackward0", np.roll(input._array, by, over), (input, lambda g: np.roll(g, back, over)))


@method()
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle of a matrix, zeros above."""
    return record("TrilBackward0", np.tril(input._array, diagonal), (input, lambda g: np.tril(g, diagonal)))


@method()
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle of a matrix, zeros below."""
    return record("TriuBackward0", np.triu(input._array, diagonal), (input, lambda g: np.triu(g, diagonal)))


@method()
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix; of a vector, the matrix with that diagonal."""
    x = input._array
    if x.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {x.ndim}D")

    def back(g: Array) -> Array:
        if x.ndim == 1:
            return np.diagonal(g, diagonal)
        result = np.zeros(x.shape, g.dtype)
        rows = np.arange(len(g)) + builtins.max(-diagonal, 0)
        result[rows, rows + diagonal] = g
        return result

    return record("DiagonalBackward0", np.diag(x, diagonal).copy(), (input, back))


@method()
def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    return cast(Tensor, diag(input).sum())


concat, concatenate = cat, cat

"""Reading and writing parts of a tensor: x[...], gather, scatter."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from grandmodel_sim.torch import dtypes, graph
from grandmodel_sim.torch.arguments import axis
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.ordering import put_along
from grandmodel_sim.torch.recording import before_change, method, record, replace, value_of, view
from grandmodel_sim.torch.shapes import broadcast_to, reshape
from grandmodel_sim.torch.tensors import Operand, Tensor, wrap

Basic = tuple[Any, ...]


def _parse(x: Array, index: Any) -> tuple[Basic, tuple[Any, ...] | None]:
    """An index as two steps: whole numbers, slices and new dimensions first, then arrays, if there are any.

    numpy treats a whole number beside an array as an array too, which can move dimensions; PyTorch does not.
    """
    parts = index if isinstance(index, tuple) else (index,)
    basic: list[Any] = []
    arrays: list[Any] = []
    for part in parts:
        if isinstance(part, Tensor):
            part = part._array
            if part.dtype.kind == "f":
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
            if not part.ndim and part.dtype.kind == "i":
                part = int(part)
        elif isinstance(part, (list, range)):
            part = np.asarray(part, None if len(part) else np.int64)
        if isinstance(part, np.ndarray):
            if part.dtype.kind not in "bi":
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
            basic += [slice(None)] * (part.ndim if part.dtype == np.bool_ else 1)
            arrays.append(part)
            continue
        if isinstance(part, slice):
            part = slice(*(None if each is None else int(each) for each in (part.start, part.stop, part.step)))
            if part.step is not None and part.step <= 0:
                raise ValueError("step must be greater than zero")
        elif isinstance(part, (bool, np.bool_)) or not (
            part is None or part is Ellipsis or isinstance(part, (int, np.integer))
        ):
            raise IndexError(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
                f"{type(part).__name__})"
            )
        basic.append(part)
        if part is None or isinstance(part, slice) or part is Ellipsis:
            arrays.append(part if part is Ellipsis else slice(None))
    if not x.ndim and any(isinstance(each, (int, np.integer, slice)) for each in basic):
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            "0-dim tensor to a number"
        )
    used = sum(each is not None and each is not Ellipsis for each in basic)
    if used > x.ndim:
        raise IndexError(f"too many indices for tensor of dimension {x.ndim}")
    if Ellipsis not in basic:
        basic.append(Ellipsis)  # keeps a view even where all dimensions are given
    return tuple(basic), tuple(arrays) if any(isinstance(each, np.ndarray) for each in arrays) else None


def _take(x: Array, basic: Basic, arrays: tuple[Any, ...] | None) -> Any:
    try:
        part = x[basic]
        if arrays is None:
            return part
        _check_masks(part, arrays)
        return part[arrays]
    except IndexError as error:
        raise IndexError(str(error).replace("axis", "dimension")) from None


def _check_masks(x: Array, arrays: tuple[Any, ...]) -> None:
    """Raise PyTorch's error if a mask does not have the shape of what it masks."""
    place = 0
    for each in arrays:
        if each is Ellipsis:
            place = x.ndim - sum(e.ndim if isinstance(e, np.ndarray) and e.dtype == np.bool_ else 1 for e in arrays) + 1
        elif isinstance(each, np.ndarray) and each.dtype == np.bool_:
            if each.shape != x.shape[place : place + each.ndim]:
                raise IndexError(
                    f"The shape of the mask {list(each.shape)} at index {place} does not match the shape of the "
                    f"indexed tensor {list(x.shape)} at index {place}"
                )
            place += each.ndim
        else:
            place += 1


def _get(self: Tensor, index: Any) -> Tensor:
    """A part of it: x[1], x[:, 0], x[mask], x[rows, columns]."""
    x = self._array
    basic, arrays = _parse(x, index)

    def back(g: Array) -> Array:
        result = np.zeros(x.shape, g.dtype)
        part = result[basic]
        if arrays is None:
            part[...] = g
        else:
            np.add.at(part, arrays, g)  # an element that was taken twice gets both gradients
        return result

    taken = _take(x, basic, arrays)
    if arrays is not None:
        # The places are kept as they are now, whatever becomes of the index.
        arrays = tuple(each.copy() if isinstance(each, np.ndarray) else each for each in arrays)
        return record("IndexBackward0", taken, (self, back))
    return view("SelectBackward0" if x.ndim > taken.ndim else "SliceBackward0", taken, self, back)


def _set(self: Tensor, index: Any, value: Any) -> None:
    """Change a part of it in place; gradients go on to what was put in."""
    x = self._array
    if graph._recording and self.is_leaf and self.requires_grad:
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    basic, arrays = _parse(x, index)
    if isinstance(value, np.ndarray):
        value = wrap(value)
    elif not isinstance(value, Tensor):
        value_of(value, "__setitem__", "value")
    target = _take(x, basic, arrays)
    if isinstance(value, Tensor) and value.shape != target.shape:
        while value.ndim > target.ndim and value.shape[0] == 1:
            value = value.squeeze(0)
        value = broadcast_to(value, target.shape)
    before = before_change(self, isinstance(value, Tensor) and value.requires_grad)
    new = value._array if isinstance(value, Tensor) else value

    def kept(g: Array) -> Array:
        g = g.copy()
        _write(g, basic, arrays, 0)
        return g

    if before is self:
        _write(x, basic, arrays, new)
        self._counter[0] += 1
        if self._made is not None:
            self._made = self._counter[0]
        return
    changed = before._array.copy()
    _write(changed, basic, arrays, new)
    replace(self, record("IndexPutBackward0", changed, (before, kept), (value, lambda g: _take(g, basic, arrays))))


def _write(x: Array, basic: Basic, arrays: tuple[Any, ...] | None, value: Any) -> None:
    if arrays is None:
        x[basic] = value
    else:
        x[basic][arrays] = value


setattr(Tensor, "__getitem__", _get)  # noqa: B010
setattr(Tensor, "__setitem__", _set)  # noqa: B010


# --- by an index of the same number of dimensions ---


def _check_index(function: str, input: Tensor, along: int, index: Tensor) -> None:
    x, i = input._array, index._array
    if i.dtype != np.int64:
        raise RuntimeError(f"{function}(): Expected dtype int32/int64 for index")
    if i.ndim != x.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    for each, (wanted, there) in enumerate(zip(i.shape, x.shape, strict=True)):
        if each != along and wanted > there:
            raise RuntimeError(
                f"Size does not match at dimension {each} expected index {list(i.shape)} to be no larger than self "
                f"{list(x.shape)} apart from dimension {along}"
            )
    _check_bounds(i, x, along)


def _check_bounds(i: Array, x: Array, along: int) -> None:
    size = x.shape[along] if x.ndim else 1
    if i.size and (i.min() < 0 or i.max() >= size):
        wrong = i[(i < 0) | (i >= size)].flat[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {along} with size {size}")


def _places(index: Array, along: int) -> tuple[Array, ...]:
    """For each dimension where the elements of `index` point."""
    grid: list[Any] = list(np.ogrid[tuple(slice(0, size) for size in index.shape)])
    grid[along] = index
    return tuple(grid)


@method()
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """From each line along `dim` the elements that `index` names; the result has the shape of `index`.

    `q.gather(1, actions)` with q (batch, actions) and actions (batch, 1) gives the value of each row's action.
    """
    x, along = input._array, axis(dim, input.ndim)
    _check_index("gather", input, along, index)
    if not x.ndim:
        return record("GatherBackward0", x.copy(), (input, lambda g: g))
    i = index._array
    places = _places(i, along)

    def back(g: Array) -> Any:
        if i.shape[along] == 1 and i.shape[:along] == x.shape[:along] and i.shape[along + 1 :] == x.shape[along + 1 :]:
            return put_along(x, i, g, along)
        result = np.zeros(x.shape, g.dtype)
        np.add.at(result, places, g)
        return result

    return record("GatherBackward0", x[places], (input, back, index))


@method()
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """`gather` with an index that is broadcast to the other dimensions."""
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1))
    along = axis(dim, input.ndim)
    shape = tuple(n if i == along else m for i, (n, m) in enumerate(zip(indices.shape, input.shape, strict=True)))
    return gather(input, along, broadcast_to(indices, shape))


@method(in_place=True)
def scatter(input: Tensor, dim: int, index: Tensor, src: Operand | None = None, *, value: Any = None) -> Tensor:
    """`input` with the elements of `src`, or one number, put where `index` points along `dim`."""
    new: Any = value if src is None else src
    along = axis(dim, input.ndim)
    _check_index("scatter", input, along, index)
    x, i = input._array, index._array
    places = _places(i, along) if x.ndim else (...,)
    part = tuple(slice(0, size) for size in i.shape)
    if isinstance(new, Tensor) and new.dtype is not input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    result = x.copy()
    result[places] = new._array[part] if isinstance(new, Tensor) else value_of(new, "scatter", "value")

    def back_input(g: Array) -> Array:
        g = g.copy()
        g[places] = 0
        return g

    def back_source(g: Array) -> Array:
        found = np.zeros(new.shape, g.dtype)
        found[part] = g[places]
        return found

    return record("ScatterBackward0", result, (input, back_input, index), (new, back_source, index))


@method(in_place=True)
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """`input` plus the elements of `src` where `index` points along `dim`; several at one place add up."""
    along = axis(dim, input.ndim)
    _check_index("scatter_add", input, along, index)
    x, i = input._array, index._array
    if src.dtype is not input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    places = _places(i, along) if x.ndim else (...,)
    part = tuple(slice(0, size) for size in i.shape)
    result = x.copy()
    np.add.at(result, cast(Any, places), src._array[part])

    def back_source(g: Array) -> Array:
        found = np.zeros(src.shape, g.dtype)
        found[part] = g[places]
        return found

    return record("ScatterAddBackward0", result, (input, lambda g: g), (src, back_source, index))


# --- by a list of places ---


@method()
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The parts along `dim` that a vector of whole numbers names, in its order."""
    x, along, i = input._array, axis(dim, input.ndim), index._array
    if i.dtype != np.int64:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if i.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if i.size and (i.min() < 0 or i.max() >= x.shape[along]):
        raise IndexError("index out of range in self")

    def back(g: Array) -> Array:
        result = np.zeros(x.shape, g.dtype)
        np.add.at(np.moveaxis(result, along, 0), i.reshape(-1), np.moveaxis(g, along, 0))
        return result

    return record("IndexSelectBackward0", x.take(i.reshape(-1), along), (input, back, index))


@method()
def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None) -> Tensor:
    """Each element so many times, one after the other."""
    x = reshape(input, -1) if dim is None else input
    where = axis(dim or 0, x.ndim)
    times = repeats._array.astype(np.intp) if isinstance(repeats, Tensor) else repeats
    return index_select(x, where, wrap(np.repeat(np.arange(x.shape[where], dtype=np.int64), times)))


@method(in_place=True)
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """`input` plus alpha times the parts of `source` at the places that a vector of whole numbers names along `dim`."""
    along, i = axis(dim, input.ndim), index._array
    result = input._array.copy()
    np.add.at(np.moveaxis(result, along, 0), i, np.moveaxis(alpha * source._array, along, 0))
    return record("IndexAddBackward0", result, (input, lambda g: g), (source, lambda g: alpha * g.take(i, along)))


@method()
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where `mask` is true, as a vector."""
    if mask.dtype is not dtypes.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape = np.broadcast_shapes(input.shape, mask.shape)
    return broadcast_to(input, shape)[broadcast_to(mask, shape)]


@method()
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Where the elements are that are not 0: one row each, or with `as_tuple` one vector for each dimension."""
    found = [each.astype(np.int64) for each in np.nonzero(np.atleast_1d(input._array))]
    return tuple(map(wrap, found)) if as_tuple else wrap(np.stack(found, axis=1))


@method()
def index_fill_(self: Tensor, dim: int, index: Tensor, value: float) -> Tensor:
    """Put one number at the places that a vector of whole numbers names along `dim`, in place."""
    self[(slice(None),) * axis(dim, self.ndim) + (index,)] = value
    return self


# --- filling in place ---


@method()
def fill_(self: Tensor, value: Operand) -> Tensor:
    """Give all elements one value, in place."""
    value_of(value, "fill_", "value")
    return copy_(self, value if isinstance(value, Tensor) else wrap(np.asarray(value, self._array.dtype)))


@method()
def zero_(self: Tensor) -> Tensor:
    """Make all elements 0, in place."""
    return fill_(self, 0)


@method()
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Take the values of another tensor, broadcast and in this tensor's type, in place."""
    if len(src.shape) and src.shape != self.shape:
        src = broadcast_to(src, self.shape)
    before = before_change(self, src.requires_grad)
    new = np.broadcast_to(src._array, self.shape).astype(self._array.dtype)
    # The old values do not matter any more: their gradient is 0.
    return replace(self, record("CopyBackwards", new, (before, np.zeros_like), (src, lambda g: g)))


@method()
def detach_(self: Tensor) -> Tensor:
    """Forget the history, in place."""
    self._node, self._requires_grad = None, False
    return self

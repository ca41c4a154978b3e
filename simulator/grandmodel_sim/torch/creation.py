"""New tensors: from data, filled with a value, in a sequence."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.arguments import sizes
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.dtypes import dtype as Type
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.recording import method
from grandmodel_sim.torch.tensors import Number, Tensor, check_device, wrap
from grandmodel_sim.torch.tensors import device as Device

Where = str | Device | None

_ACCEPTED = "float64, float32, int64, int32 and bool"


def tensor(data: Any, *, dtype: Type | None = None, device: Where = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested lists or a numpy array.

    Without `dtype`, Python's floats become float32, its whole numbers int64, and an array keeps its type.
    """
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
    return _leaf(np.array(_as_array(data, dtype)), requires_grad, device)


def as_tensor(data: Any, dtype: Type | None = None, device: Where = None) -> Tensor:
    """As `tensor`, but the memory of a tensor or a numpy array is shared if its type need not change."""
    check_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return wrap(_as_array(data, dtype))


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares an array's memory.

    An int32 array is widened to int64, which copies it: this subset has no int32, and where numpy is built for 32 bits,
    as in the browser, it is what `np.arange` gives.
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    return wrap(_as_array(ndarray, None))


def _leaf(array: Array, requires_grad: bool, device: Where = None) -> Tensor:
    check_device(device)
    result = wrap(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        result._requires_grad = True
    return result


def _as_array(data: Any, wanted: Type | None) -> Array:
    """Data as an array of one of this subset's types; without a copy where none is needed."""
    if isinstance(data, Tensor):
        data = data._array
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
        if wanted is not None:
            return array.astype(dtypes.numpy_type(wanted), copy=False)
        if array.dtype in dtypes.BY_NUMPY:
            return array
        if array.dtype == np.int32:
            return array.astype(np.int64)
        raise TypeError(
            f"can't convert np.ndarray of type {array.dtype.type.__module__}.{array.dtype.type.__name__}. The only "
            f"supported types are: {_ACCEPTED}."
        )
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    plain = _plain(data)
    try:
        array = np.array(plain)
    except ValueError:
        raise _ragged(plain, 0) from None
    if array.dtype == object:
        raise _strange(array)
    if wanted is not None:
        return array.astype(dtypes.numpy_type(wanted), copy=False)
    if array.dtype in dtypes.BY_NUMPY and array.dtype.kind == "f":
        # Lists of numpy's numbers and arrays keep their type; Python's own floats take the default.
        inner = data
        while isinstance(inner, (list, tuple)) and inner:
            inner = inner[0]
        return array if isinstance(inner, (np.generic, np.ndarray)) else array.astype(dtypes.numpy_type(None))
    if array.dtype.kind in "iu":
        return array.astype(np.int64, copy=False)
    if array.dtype.kind == "b":
        return array
    raise _strange(array)


def _plain(data: Any) -> Any:
    """Nested lists with the tensors in them, of one element each, as numbers."""
    if isinstance(data, Tensor):
        return data._only()
    if isinstance(data, (list, tuple)):
        return [_plain(each) for each in data] if any(isinstance(e, (list, tuple, Tensor)) for e in data) else data
    if hasattr(data, "__array__"):
        return np.asarray(data)
    return data


def _strange(array: Array) -> Exception:
    first = array.reshape(-1)[0]
    if isinstance(first, str):
        return TypeError("new(): invalid data type 'str'")
    return RuntimeError(f"Could not infer dtype of {type(first).__name__}")


def _ragged(data: Any, depth: int) -> ValueError:
    lengths = [len(each) if hasattr(each, "__len__") else None for each in data]
    for length, each in zip(lengths, data, strict=True):
        if length != lengths[0]:
            if length is None or lengths[0] is None:
                break
            return ValueError(f"expected sequence of length {lengths[0]} at dim {depth + 1} (got {length})")
        if hasattr(each, "__len__") and any(hasattr(inner, "__len__") for inner in each):
            deeper = _ragged(each, depth + 1)
            if "sequence of length" in str(deeper):
                return deeper
    return ValueError(f"not a sequence: the lists at dim {depth + 1} hold numbers beside lists")


# --- filled ---


def _size(size: tuple[Any, ...]) -> tuple[int, ...]:
    shape = sizes(size)
    for each in shape:
        if each < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {each}: {list(shape)}")
    return shape


def zeros(*size: Any, dtype: Type | None = None, device: Where = None, requires_grad: bool = False) -> Tensor:
    """All 0."""
    return _leaf(np.zeros(_size(size), dtypes.numpy_type(dtype)), requires_grad, device)


def ones(*size: Any, dtype: Type | None = None, device: Where = None, requires_grad: bool = False) -> Tensor:
    """All 1."""
    return _leaf(np.ones(_size(size), dtypes.numpy_type(dtype)), requires_grad, device)


def empty(*size: Any, dtype: Type | None = None, device: Where = None, requires_grad: bool = False) -> Tensor:
    """Not filled by intention; here it holds zeros, in PyTorch whatever the memory held."""
    return zeros(*size, dtype=dtype, device=device, requires_grad=requires_grad)


def full(
    size: Any,
    fill_value: Number,
    *,
    dtype: Type | None = None,
    device: Where = None,
    requires_grad: bool = False,
) -> Tensor:
    """All `fill_value`, in its type."""
    kind = dtypes.numpy_type(dtype, dtypes.of_number(fill_value))
    return _leaf(np.full(_size((size,)), fill_value, kind), requires_grad, device)


def zeros_like(
    input: Tensor, *, dtype: Type | None = None, device: Where = None, requires_grad: bool = False
) -> Tensor:
    """All 0, in the shape and type of `input`."""
    return _leaf(np.zeros(input.shape, dtypes.numpy_type(dtype, input.dtype)), requires_grad, device)


def ones_like(input: Tensor, *, dtype: Type | None = None, device: Where = None, requires_grad: bool = False) -> Tensor:
    """All 1, in the shape and type of `input`."""
    return _leaf(np.ones(input.shape, dtypes.numpy_type(dtype, input.dtype)), requires_grad, device)


def empty_like(
    input: Tensor, *, dtype: Type | None = None, device: Where = None, requires_grad: bool = False
) -> Tensor:
    """As `empty`, in the shape and type of `input`."""
    return zeros_like(input, dtype=dtype, device=device, requires_grad=requires_grad)


def full_like(
    input: Tensor,
    fill_value: Number,
    *,
    dtype: Type | None = None,
    device: Where = None,
    requires_grad: bool = False,
) -> Tensor:
    """All `fill_value`, in the shape and type of `input`."""
    return _leaf(np.full(input.shape, fill_value, dtypes.numpy_type(dtype, input.dtype)), requires_grad, device)


@method()
def new_zeros(self: Tensor, *size: Any, dtype: Type | None = None) -> Tensor:
    """All 0, in this tensor's type."""
    return zeros(*size, dtype=dtype or self.dtype)


@method()
def new_ones(self: Tensor, *size: Any, dtype: Type | None = None) -> Tensor:
    """All 1, in this tensor's type."""
    return ones(*size, dtype=dtype or self.dtype)


@method()
def new_full(self: Tensor, size: Any, fill_value: Number, *, dtype: Type | None = None) -> Tensor:
    """All `fill_value`, in this tensor's type."""
    return full(size, fill_value, dtype=dtype or self.dtype)


@method()
def new_tensor(self: Tensor, data: Any, *, dtype: Type | None = None, requires_grad: bool = False) -> Tensor:
    """A copy of `data`, in this tensor's type."""
    return tensor(data, dtype=dtype or self.dtype, requires_grad=requires_grad)


# --- sequences and matrices ---


def arange(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: Type | None = None,
    device: Where = None,
    requires_grad: bool = False,
) -> Tensor:
    """From `start` (0 if only the end is given) in steps up to, not including, `end`."""
    if end is None:
        start, end = 0, start
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(each, int) for each in (start, end, step))
    kind = dtypes.numpy_type(dtype, dtypes.int64 if whole else None)
    count = int(np.ceil((end - start) / step))
    values = start + step * np.arange(count, dtype=np.int64 if whole else np.float64)
    return _leaf(values.astype(kind), requires_grad, device)


def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: Type | None = None,
    device: Where = None,
    requires_grad: bool = False,
) -> Tensor:
    """So many numbers from `start` to `end`, both included, at equal distances."""
    return _leaf(np.linspace(start, end, steps).astype(dtypes.numpy_type(dtype)), requires_grad, device)


def eye(
    n: int, m: int | None = None, *, dtype: Type | None = None, device: Where = None, requires_grad: bool = False
) -> Tensor:
    """1 on the diagonal, 0 elsewhere."""
    return _leaf(np.eye(n, m, dtype=dtypes.numpy_type(dtype)), requires_grad, device)


def meshgrid(*tensors: Any, indexing: Any = "ij") -> tuple[Tensor, ...]:
    """Vectors as coordinates of a grid: for each one a tensor of all of the grid's points."""
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    parts: Sequence[Tensor] = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    return tuple(wrap(each.copy()) for each in np.meshgrid(*(part._array for part in parts), indexing=indexing))


def _old_constructor(name: str, kind: Type) -> Any:
    def build(*data: Any) -> Tensor:
        if len(data) == 1 and not isinstance(data[0], int):
            return wrap(np.array(_as_array(data[0], kind)))
        return zeros(*data, dtype=kind) if data else zeros(0, dtype=kind)

    build.__name__ = build.__qualname__ = name
    build.__doc__ = f"PyTorch's old constructor: data as {kind.name}, or a shape. `torch.tensor` is the new one."
    return build


FloatTensor = _old_constructor("FloatTensor", dtypes.float32)
DoubleTensor = _old_constructor("DoubleTensor", dtypes.float64)
LongTensor = _old_constructor("LongTensor", dtypes.int64)
BoolTensor = _old_constructor("BoolTensor", dtypes.bool_)


def set_default_device(device: Where) -> None:
    """Accepted for "cpu", where everything is."""
    check_device(device)


def set_num_threads(int: int) -> None:
    """Accepted without effect: numpy decides."""
    if int < 1:
        raise RuntimeError("set_num_threads expects a positive integer")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted without effect: all operations here give the same result each time."""


class _Cuda:
    """`torch.cuda`: says that there is none."""

    @staticmethod
    def is_available() -> bool:
        """Always false."""
        return False

    @staticmethod
    def device_count() -> int:
        """Always 0."""
        return 0

    @staticmethod
    def manual_seed(seed: int) -> None:
        """Nothing to seed."""

    manual_seed_all = manual_seed

    def __getattr__(self, name: str) -> Any:
        raise not_offered(f"torch.cuda.{name}", "there is no graphics processor here")


cuda = _Cuda()

"""The type of a tensor's elements: asking for it, changing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.recording import method, record, value_of
from grandmodel_sim.torch.tensors import Operand, Tensor


def quiet() -> np.errstate:
    """A block in which numpy gives inf and nan without a word, as PyTorch does."""
    return np.errstate(all="ignore")


def is_floating(*operands: Any) -> bool:
    """Whether any of these arrays, tensors or plain numbers is a floating one."""
    return any(
        isinstance(each, float)
        or (isinstance(each, np.ndarray) and each.dtype.kind == "f")
        or (isinstance(each, Tensor) and each.is_floating_point())
        for each in operands
    )


@method()
def to(
    self: Tensor,
    *args: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
) -> Tensor:
    """The tensor in another type, `x.to(torch.float64)`, or in that of another tensor; itself if nothing changes."""
    for each in args:
        if isinstance(each, dtypes.dtype):
            dtype = each
        elif isinstance(each, Tensor):
            dtype = each.dtype
        elif not isinstance(each, bool):
            device = each
    if device is not None and str(device).split(":")[0] != "cpu":
        raise not_offered(f"device {str(device)!r}", "tensors are on 'cpu'")
    kind = dtypes.numpy_type(dtype, self.dtype)
    if kind == self._array.dtype and not copy:
        return self
    with quiet():
        return record("ToCopyBackward0", self._array.astype(kind), (self, lambda g: g))


def _cast(name: str, kind: dtypes.dtype) -> Callable[[Tensor], Tensor]:
    def cast(self: Tensor) -> Tensor:
        return to(self, kind)

    cast.__name__ = cast.__qualname__ = name
    cast.__doc__ = f"The tensor as {kind.name}."
    return cast


for _name, _kind in (
    ("float", dtypes.float32),
    ("double", dtypes.float64),
    ("long", dtypes.int64),
    ("bool", dtypes.bool_),
):
    method()(_cast(_name, _kind))

to_int = _cast("long", dtypes.int64)


@method()
def type(self: Tensor, dtype: dtypes.dtype | None = None) -> Any:
    """PyTorch's old name of its type, "torch.FloatTensor"; with `dtype`, the tensor in that type."""
    return f"torch.{self.dtype.title}Tensor" if dtype is None else to(self, dtype)


@method()
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the type of `other`."""
    return to(self, other.dtype)


@method()
def cpu(self: Tensor) -> Tensor:
    """The tensor itself: it is there already."""
    return self


def result_type(tensor1: Operand, tensor2: Operand) -> dtypes.dtype:
    """The type that an operation on both has."""
    return dtypes.common(value_of(tensor1, "result_type"), value_of(tensor2, "result_type"))


def is_tensor(obj: object) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether its elements are float32 or float64."""
    return input.is_floating_point()

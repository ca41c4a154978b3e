"""Element types, and the type that two operands are computed in.

PyTorch's rule (documentation, "type promotion"): an operand raises the result's type only if it is of a higher
*category* (bool < integer < floating) than the operands that come before it in this order: tensors with dimensions,
then tensors without, then plain numbers. So float32 times a Python number or a float64 scalar stays float32, where
numpy would widen to float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class dtype:
    """The type of a tensor's elements, e.g. `torch.float32`."""

    def __init__(self, name: str, title: str, numpy: type[np.generic], category: int) -> None:
        self.name, self.title = name, title  # title: what PyTorch's messages call it, as in torch.FloatTensor
        self.numpy: np.dtype[Any] = np.dtype(numpy)
        self.category = category

    @property
    def is_floating_point(self) -> bool:
        """Whether it can carry a gradient."""
        return self.category == 2

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self.numpy.itemsize

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # a pickled or copied dtype is the same object again


bool_ = dtype("bool", "Bool", np.bool_, 0)
int64 = dtype("int64", "Long", np.int64, 1)
float32 = dtype("float32", "Float", np.float32, 2)
float64 = dtype("float64", "Double", np.float64, 2)

ALL = (bool_, int64, float32, float64)
BY_NUMPY: dict[np.dtype[Any], dtype] = {each.numpy: each for each in ALL}

#: Words for a type inside messages: "expected m1 and m2 to have the same dtype, but got: float != double".
C_NAMES = {bool_: "bool", int64: "long int", float32: "float", float64: "double"}

_default = float32


def get_default_dtype() -> dtype:
    """The type of new floating tensors, float32 unless it was changed."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Change the type of new floating tensors to `torch.float32` or `torch.float64`."""
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = d


def numpy_type(wanted: dtype | None, otherwise: dtype | None = None) -> np.dtype[Any]:
    """numpy's name of a type; of `otherwise`, or of the default type, where none is given.

    Raises:
        TypeError: `wanted` is not one of this subset's types.
    """
    if wanted is None:
        return (otherwise or _default).numpy
    if not isinstance(wanted, dtype):
        raise TypeError(f"dtype: got {wanted!r}; accepted are " + ", ".join(map(repr, ALL)))
    return wanted.numpy


def of(array: Array) -> dtype:
    """The type of an array's elements."""
    return BY_NUMPY[array.dtype]


def of_number(number: float) -> dtype:
    """The type that a plain Python number stands for."""
    if isinstance(number, bool):
        return bool_
    return int64 if isinstance(number, int) else _default


def promote(first: dtype, second: dtype) -> dtype:
    """The smallest type that holds both."""
    if first.category != second.category:
        return max(first, second, key=lambda each: each.category)
    return float64 if float64 in (first, second) else first


def common(*operands: Array | float) -> dtype:
    """The type that these arrays and plain numbers are computed in; see the module's docstring."""
    groups: list[dtype | None] = [None, None, None]  # with dimensions, without, plain numbers
    for operand in operands:
        if isinstance(operand, np.ndarray):
            group, kind = (0 if operand.ndim else 1), of(operand)
        else:
            group, kind = 2, of_number(operand)
        before = groups[group]
        groups[group] = kind if before is None else promote(before, kind)
    result: dtype | None = None
    for kind_ in groups:
        if result is None or (kind_ is not None and kind_.category > result.category):
            result = kind_
    assert result is not None
    return result

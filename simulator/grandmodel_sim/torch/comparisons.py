"""Comparisons and logic, element by element: there are no gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grandmodel_sim.torch.arguments import check_broadcast
from grandmodel_sim.torch.casting import is_floating
from grandmodel_sim.torch.recording import method, pair
from grandmodel_sim.torch.tensors import Operand, Tensor, wrap


def _comparison(name: str, operator: str, function: Callable[[Any, Any], Any]) -> Callable[[Tensor, Operand], Tensor]:
    def compare(input: Tensor, other: Operand) -> Tensor:
        a, b = pair(input, other, name)
        return wrap(function(a, b))

    compare.__name__ = compare.__qualname__ = name
    compare.__doc__ = f"Whether input {operator} other, element by element."
    return compare


eq = method("__eq__")(_comparison("eq", "==", np.equal))
ne = method("__ne__")(_comparison("ne", "!=", np.not_equal))
lt = method("__lt__")(_comparison("lt", "<", np.less))
le = method("__le__")(_comparison("le", "<=", np.less_equal))
gt = method("__gt__")(_comparison("gt", ">", np.greater))
ge = method("__ge__")(_comparison("ge", ">=", np.greater_equal))


def _logic(name: str, word: str, function: Callable[[Any, Any], Any]) -> Callable[[Tensor, Tensor], Tensor]:
    def logic(input: Tensor, other: Tensor) -> Tensor:
        a, b = pair(input, other, name)
        return wrap(function(a, b))

    logic.__name__ = logic.__qualname__ = name
    logic.__doc__ = f"Whether input {word} other holds; every number but 0 counts as true."
    return logic


logical_and = method()(_logic("logical_and", "and", np.logical_and))
logical_or = method()(_logic("logical_or", "or", np.logical_or))
logical_xor = method()(_logic("logical_xor", "xor", np.logical_xor))


@method()
def logical_not(input: Tensor) -> Tensor:
    """Whether it is false; every number but 0 counts as true."""
    return wrap(np.logical_not(input._array))


def _bitwise(name: str, word: str, function: Callable[[Any, Any], Any]) -> Callable[[Tensor, Operand], Tensor]:
    def bitwise(input: Tensor, other: Operand) -> Tensor:
        a, b = pair(input, other, name)
        if is_floating(a, b):
            raise RuntimeError(f"{name} is not implemented for floating tensors; compare first: (a > 0) & (b > 0)")
        return wrap(function(a, b))

    bitwise.__name__ = bitwise.__qualname__ = name
    bitwise.__doc__ = f"input {word} other, of bool tensors, or bit by bit of whole numbers."
    return bitwise


bitwise_and = method("__and__", "__rand__", in_place=True)(_bitwise("bitwise_and", "and", np.bitwise_and))
bitwise_or = method("__or__", "__ror__", in_place=True)(_bitwise("bitwise_or", "or", np.bitwise_or))
bitwise_xor = method("__xor__", "__rxor__", in_place=True)(_bitwise("bitwise_xor", "xor", np.bitwise_xor))


@method("__invert__")
def bitwise_not(input: Tensor) -> Tensor:
    """Not input, of a bool tensor, or bit by bit of whole numbers."""
    if input.is_floating_point():
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return wrap(np.invert(input._array))


@method()
def isnan(input: Tensor) -> Tensor:
    """Whether it is nan."""
    return wrap(np.isnan(input._array))


@method()
def isinf(input: Tensor) -> Tensor:
    """Whether it is infinite."""
    return wrap(np.isinf(input._array))


@method()
def isfinite(input: Tensor) -> Tensor:
    """Whether it is neither nan nor infinite."""
    return wrap(np.isfinite(input._array))


@method()
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Whether |input - other| ≤ atol + rtol · |other|."""
    _same_type(input, other, "isclose")
    return wrap(np.isclose(input._array, other._array, rtol, atol, equal_nan))


@method()
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for all elements."""
    _same_type(input, other, "allclose")
    return bool(np.isclose(input._array, other._array, rtol, atol, equal_nan).all())


def _same_type(input: Tensor, other: Tensor, function: str) -> None:
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype.title} did not match {other.dtype.title}")
    check_broadcast(input.shape, other.shape)


@method()
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements."""
    return bool(np.array_equal(input._array, other._array))


not_equal, greater, less, greater_equal, less_equal = ne, gt, lt, ge, le

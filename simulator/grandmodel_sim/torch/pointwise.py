"""Operations on each element: arithmetic, functions, comparisons.

Each is its forward formula and, for every input, the way back: g is the gradient of the result.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.arguments import check_broadcast
from grandmodel_sim.torch.casting import is_floating, quiet, to_int
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.recording import method, pair, record, value_of
from grandmodel_sim.torch.tensors import Number, Operand, Tensor, wrap

# --- arithmetic ---


@method("__add__", "__radd__", in_place=True)
def add(input: Operand, other: Operand, *, alpha: Number = 1) -> Tensor:
    """input + alpha · other."""
    if alpha != 1:
        other = mul(other, alpha)
    a, b = pair(input, other, "add")
    return record("AddBackward0", a + b, (input, lambda g: g), (other, lambda g: g))


@method("__sub__", "__rsub__", in_place=True)
def sub(input: Operand, other: Operand, *, alpha: Number = 1) -> Tensor:
    """input - alpha · other."""
    if alpha != 1:
        other = mul(other, alpha)
    a, b = pair(input, other, "sub")
    if getattr(a, "dtype", None) == np.bool_ and getattr(b, "dtype", None) == np.bool_:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead."
        )
    return record("SubBackward0", a - b, (input, lambda g: g), (other, np.negative))


@method("__mul__", "__rmul__", in_place=True)
def mul(input: Operand, other: Operand) -> Tensor:
    """input · other."""
    a, b = pair(input, other, "mul")
    return record("MulBackward0", a * b, (input, lambda g: g * b, other), (other, lambda g: g * a, input))


@method("__truediv__", "__rtruediv__", in_place=True)
def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; whole numbers give a floating result unless `rounding_mode` is "trunc" or "floor"."""
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        return trunc(div(input, other)) if is_floating(input, other) else to_int(trunc(div(input, other)))
    a, b = pair(input, other, "div")
    if not is_floating(a, b):
        a, b = np.asarray(a, dtypes.numpy_type(None)), np.asarray(b, dtypes.numpy_type(None))
    with quiet():
        result = a / b
    return record(
        "DivBackward0",
        result,
        (input, lambda g: g / b, other),
        (other, lambda g: -g * a / (b * b), input, other),
    )


@method("__floordiv__", "__rfloordiv__", in_place=True)
def floor_divide(input: Operand, other: Operand) -> Tensor:
    """input / other, rounded down; as in PyTorch there is no way back."""
    a, b = pair(input, other, "floor_divide")
    if not is_floating(a, b) and np.any(np.asarray(b) == 0):
        raise RuntimeError("ZeroDivisionError")
    with quiet():
        return record("NotImplemented", a // b, (input, _no_way_back), (other, _no_way_back))


def _no_way_back(g: Array) -> Array:
    raise RuntimeError("derivative for aten::floor_divide is not implemented")


@method("__mod__", "__rmod__", in_place=True)
def remainder(input: Operand, other: Operand) -> Tensor:
    """What division leaves, with the sign of `other`."""
    a, b = pair(input, other, "remainder")
    with quiet():
        result = a % b
        return record(
            "RemainderBackward0", result, (input, lambda g: g), (other, lambda g: -g * np.floor(a / b), input, other)
        )


@method("__pow__", "__rpow__", in_place=True)
def pow(input: Operand, exponent: Operand) -> Tensor:
    """input to the power of exponent."""
    a, b = pair(input, exponent, "pow")
    if not is_floating(a, b) and np.any(np.asarray(b) < 0):
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    with quiet():
        result = np.power(a, b) if not (isinstance(b, (int, float)) and b == 2) else a * a

    def back_base(g: Array) -> Any:
        return g * np.where(np.asarray(b) == 0, 0, b * np.power(a, np.asarray(b, result.dtype) - 1))

    def back_exponent(g: Array) -> Any:
        base = np.asarray(a, result.dtype)
        return g * np.where((base == 0) & (np.asarray(b) >= 0), 0, result * np.log(base))

    return (
        record(
            "PowBackward0",
            result,
            (input, back_base, exponent),
            (exponent, back_exponent, input),
            reads_result=isinstance(exponent, Tensor) and exponent.requires_grad,
        )
        if isinstance(b, np.ndarray) or not isinstance(a, np.ndarray)
        else record("PowBackward0", result, (input, (lambda g: g * (2 * a)) if b == 2 else back_base, input))
    )


def square(input: Tensor) -> Tensor:
    """input²."""
    return pow(input, 2)


@method("__neg__", in_place=True)
def neg(input: Tensor) -> Tensor:
    """-input."""
    if input.dtype is dtypes.bool_:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
            "the `~` or `logical_not()` operator instead."
        )
    return record("NegBackward0", -input._array, (input, np.negative))


@method()
def lerp(input: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """input + weight · (end - input)."""
    return add(input, mul(weight, sub(end, input)))


# --- functions of one number ---


def floating(input: Tensor, function: str) -> Array:
    """The array, in the default floating type if it holds whole numbers."""
    array = value_of(input, function, "input")
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return array if array.dtype.kind == "f" else array.astype(dtypes.numpy_type(None))


@method("__abs__", in_place=True)
def abs(input: Tensor) -> Tensor:
    """|input|; its slope at 0 is taken as 0."""
    x = input._array
    return record("AbsBackward0", np.abs(x), (input, lambda g: g * np.sign(x), input))


@method(in_place=True)
def exp(input: Tensor) -> Tensor:
    """eˣ."""
    with quiet():
        y = np.exp(floating(input, "exp"))
    return record("ExpBackward0", y, (input, lambda g: g * y), reads_result=True)


@method(in_place=True)
def expm1(input: Tensor) -> Tensor:
    """eˣ - 1, exact near 0."""
    with quiet():
        y = np.expm1(floating(input, "expm1"))
    return record("Expm1Backward0", y, (input, lambda g: g * (y + 1)), reads_result=True)


@method(in_place=True)
def log(input: Tensor) -> Tensor:
    """The natural logarithm; nan below 0."""
    x = floating(input, "log")
    with quiet():
        return record("LogBackward0", np.log(x), (input, lambda g: g / x, input))


@method(in_place=True)
def log1p(input: Tensor) -> Tensor:
    """log(1 + x), exact near 0."""
    x = floating(input, "log1p")
    with quiet():
        return record("Log1PBackward0", np.log1p(x), (input, lambda g: g / (x + 1), input))


@method(in_place=True)
def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2."""
    x = floating(input, "log2")
    with quiet():
        return record("Log2Backward0", np.log2(x), (input, lambda g: g / (x * math.log(2)), input))


@method(in_place=True)
def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10."""
    x = floating(input, "log10")
    with quiet():
        return record("Log10Backward0", np.log10(x), (input, lambda g: g / (x * math.log(10)), input))


@method(in_place=True)
def sqrt(input: Tensor) -> Tensor:
    """The square root; nan below 0."""
    with quiet():
        y = np.sqrt(floating(input, "sqrt"))
    return record("SqrtBackward0", y, (input, lambda g: g / (2 * y)), reads_result=True)


@method(in_place=True)
def rsqrt(input: Tensor) -> Tensor:
    """1 / √x."""
    with quiet():
        y = 1 / np.sqrt(floating(input, "rsqrt"))
    return record("RsqrtBackward0", y, (input, lambda g: g * (-0.5 * y * y * y)), reads_result=True)


@method(in_place=True)
def reciprocal(input: Tensor) -> Tensor:
    """1 / x."""
    with quiet():
        y = 1 / floating(input, "reciprocal")
    return record("ReciprocalBackward0", y, (input, lambda g: -g * y * y), reads_result=True)


@method(in_place=True)
def sin(input: Tensor) -> Tensor:
    """The sine."""
    x = floating(input, "sin")
    return record("SinBackward0", np.sin(x), (input, lambda g: g * np.cos(x), input))


@method(in_place=True)
def cos(input: Tensor) -> Tensor:
    """The cosine."""
    x = floating(input, "cos")
    return record("CosBackward0", np.cos(x), (input, lambda g: -g * np.sin(x), input))


@method(in_place=True)
def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    y = np.tanh(floating(input, "tanh"))
    return record("TanhBackward0", y, (input, lambda g: g * (1 - y * y)), reads_result=True)


def logistic(x: Array) -> Array:
    """1 / (1 + e⁻ˣ), without overflow: e is only raised to negative powers."""
    small = np.exp(-np.abs(x))
    result: Array = np.where(x >= 0, 1, small) / (1 + small)
    return result.astype(x.dtype, copy=False)


@method(in_place=True)
def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e⁻ˣ)."""
    y = logistic(floating(input, "sigmoid"))
    return record("SigmoidBackward0", y, (input, lambda g: g * y * (1 - y)), reads_result=True)


if sys.platform == "emscripten":
    # np.maximum on float32 takes about three times as long as np.where in WebAssembly; natively it is the other way
    # round. See grandmodel_sim.marl.networks.
    def _positive(x: Array) -> Array:
        return np.where(x > 0, x, x.dtype.type(0))

else:

    def _positive(x: Array) -> Array:
        result: Array = np.maximum(x, 0)
        return result


@method(in_place=True)
def relu(input: Tensor) -> Tensor:
    """max(x, 0); its slope at 0 is taken as 0."""
    y = _positive(input._array)
    return record("ReluBackward0", y, (input, lambda g: g * (y > 0)), reads_result=True)


@method("__round__", in_place=True)
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """To the nearest whole number, halves to the even one; the gradient is 0."""
    return record("RoundBackward0", np.round(input._array, decimals), (input, np.zeros_like))


@method(in_place=True)
def floor(input: Tensor) -> Tensor:
    """The largest whole number that is not above; the gradient is 0."""
    return record("FloorBackward0", _whole(np.floor, input), (input, np.zeros_like))


@method(in_place=True)
def ceil(input: Tensor) -> Tensor:
    """The smallest whole number that is not below; the gradient is 0."""
    return record("CeilBackward0", _whole(np.ceil, input), (input, np.zeros_like))


@method(in_place=True)
def trunc(input: Tensor) -> Tensor:
    """Without the decimals; the gradient is 0."""
    return record("TruncBackward0", _whole(np.trunc, input), (input, np.zeros_like))


def _whole(function: Callable[[Array], Array], input: Tensor) -> Array:
    return function(input._array) if input.is_floating_point() else input._array.copy()


@method(in_place=True)
def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1; the gradient is 0."""
    return record("SignBackward0", np.sign(input._array), (input, np.zeros_like))


@method(in_place=True)
def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Other numbers in place of nan (0) and the infinities (the largest and smallest finite numbers)."""
    x = input._array
    y = np.nan_to_num(x, nan=nan or 0.0, posinf=posinf, neginf=neginf)
    return record("NanToNumBackward0", y, (input, lambda g: g * np.isfinite(x)))


# --- choosing ---


@method(in_place=True)
def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """`input` held between `min` and `max`, numbers or tensors; where it is held, the gradient goes to the bound."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        result = input if min is None else _larger("ClampBackward1", input, min, ties=(1, 0))
        return result if max is None else _smaller("ClampBackward1", result, max, ties=(1, 0))
    x = input._array
    if input.dtype is dtypes.bool_:
        raise RuntimeError("clamp is not implemented for bool tensors")
    kind = dtypes.common(x, *(each for each in (min, max) if each is not None)).numpy
    x = x.astype(kind, copy=False)
    low, high = (None if each is None else kind.type(each) for each in (min, max))
    y = x if low is None else np.maximum(x, low)
    y = y if high is None else np.minimum(y, high)

    def back(g: Array) -> Array:
        inside: Any = True if low is None else x >= low
        return np.where(inside if high is None else inside & (x <= high), g, g.dtype.type(0))

    return record("ClampBackward1", y, (input, back, input))


def _larger(name: str, input: Operand, other: Operand, ties: tuple[float, float]) -> Tensor:
    a, b = pair(input, other, "maximum")
    return record(
        name,
        np.maximum(a, b),
        (input, lambda g: g * np.where(a == b, ties[0], a > b).astype(g.dtype), input, other),
        (other, lambda g: g * np.where(a == b, ties[1], a < b).astype(g.dtype), input, other),
    )


def _smaller(name: str, input: Operand, other: Operand, ties: tuple[float, float]) -> Tensor:
    a, b = pair(input, other, "minimum")
    return record(
        name,
        np.minimum(a, b),
        (input, lambda g: g * np.where(a == b, ties[0], a < b).astype(g.dtype), input, other),
        (other, lambda g: g * np.where(a == b, ties[1], a > b).astype(g.dtype), input, other),
    )


@method()
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each two elements; equal ones share the gradient."""
    return _larger("MaximumBackward0", input, other, ties=(0.5, 0.5))


@method()
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each two elements; equal ones share the gradient."""
    return _smaller("MinimumBackward0", input, other, ties=(0.5, 0.5))


def where(condition: Tensor, input: Operand | None = None, other: Operand | None = None) -> Any:
    """`input` where `condition`, else `other`; with the condition alone, the places where it holds."""
    if input is None or other is None:
        return tuple(wrap(each.astype(np.int64)) for each in np.nonzero(condition._array))
    c = condition._array
    if c.dtype != np.bool_:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.title}"
        )
    a, b = pair(input, other, "where")
    for each in (a, b):
        if isinstance(each, np.ndarray):
            check_broadcast(c.shape, each.shape)
    kind = dtypes.common(a, b).numpy
    result = np.where(c, np.asarray(a, kind), np.asarray(b, kind))
    zero = kind.type(0)
    return record(
        "WhereBackward0",
        result,
        (input, lambda g: np.where(c, g, zero), condition),
        (other, lambda g: np.where(c, zero, g), condition),
    )


def _where_method(self: Tensor, condition: Tensor, other: Operand) -> Any:
    return where(condition, self, other)


Tensor.where = _where_method  # type: ignore[attr-defined]  # the method has another order of arguments


@method(in_place=True)
def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """`input`, with `value` where `mask` is true."""
    if mask.dtype is not dtypes.bool_:
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {dtypes.C_NAMES[mask.dtype]}"
        )
    check_broadcast(input.shape, mask.shape)
    m, x = mask._array, input._array
    filler = value_of(value, "masked_fill", "value")
    zero = x.dtype.type(0)
    return record(
        "MaskedFillBackward0",
        np.where(m, np.asarray(filler, x.dtype), x),
        (input, lambda g: np.where(m, zero, g), mask),
        (value, lambda g: np.where(m, g, zero), mask),
    )


@method()
def true_divide(input: Operand, other: Operand) -> Tensor:
    """`div` without rounding."""
    return div(input, other)


# Other names that PyTorch has for the same.
subtract, multiply, divide, negative = sub, mul, div, neg
absolute, clip = abs, clamp
for _name, _function in {
    "subtract": sub,
    "multiply": mul,
    "divide": div,
    "negative": neg,
    "absolute": abs,
    "clip": clamp,
    "clip_": getattr(Tensor, "clamp_"),  # noqa: B009  (made by @method)
    "square": square,
}.items():
    setattr(Tensor, _name, _function)

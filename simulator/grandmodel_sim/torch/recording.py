"""How an operation is recorded: its result, and for each input the way back; changes in place."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes, graph
from grandmodel_sim.torch.arguments import Function, check_broadcast
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.tensors import Number, Tensor, wrap


def record(name: str, array: Any, *inputs: tuple[Any, ...], reads_result: bool = False) -> Tensor:
    """The result of an operation, and, if an input needs a gradient, how to go back.

    Args:
        name: the operation's name in PyTorch's graph.
        array: the result.
        inputs: for each input (tensor, function, *read): the function takes the gradient of the result to the gradient
            of this input, in any shape that the input was broadcast to; `read` are the tensors whose values it needs.
        reads_result: whether these functions need the result's own values.
    """
    result = wrap(array)
    if not graph._recording:
        return result
    needed = [each for each in inputs if isinstance(each[0], Tensor) and each[0]._requires_grad]
    if needed and result._array.dtype.kind == "f":
        pairs: list[tuple[Callable[[Array], Array], Array]] = [(each[1], each[0]._array) for each in needed]

        def backward(gradient: Array) -> list[Array]:
            return [fit(function(gradient), array) for function, array in pairs]

        saved = [read for each in needed for read in each[2:] if isinstance(read, Tensor)]
        attach(result, name, [each[0] for each in needed], backward, saved, reads_result)
    return result


def record_together(
    name: str, array: Array, inputs: Sequence[Tensor | None], backward: graph.Backward, reads_result: bool = False
) -> Tensor:
    """As `record`, for operations whose gradients are computed together.

    `backward` gives one gradient for each input, in its shape and type; it reads the values of all of them.
    """
    result = wrap(array)
    if graph._recording and any(each is not None and each._requires_grad for each in inputs):
        attach(result, name, inputs, backward, [each for each in inputs if each is not None], reads_result)
    return result


def attach(
    result: Tensor,
    name: str,
    inputs: Sequence[Tensor | None],
    backward: graph.Backward,
    saved: Sequence[Tensor],
    reads_result: bool,
) -> None:
    """Give a result its node."""
    edges: list[graph.Node | Tensor | None] = []
    for each in inputs:
        if each is None or not each._requires_grad:
            edges.append(None)
            continue
        if each._made is not None and each._node is not None and each._made != each._version:
            raise not_offered(
                "using a view that needs a gradient after its memory was changed in place",
                "make the view again, or compute the change out of place",
            )
        edges.append(each._node or each)
    versions = [(each._counter, each._counter[0], each._array) for each in saved]
    if reads_result:
        versions.append((result._counter, 0, result._array))
    result._node = graph.Node(name, edges, backward, versions)
    result._requires_grad = True


def fit(gradient: Array, like: Array) -> Array:
    """A gradient in the shape and type of the input: summed over the dimensions along which the input was broadcast."""
    if gradient.shape != like.shape:
        extra = gradient.ndim - like.ndim
        if extra > 0:
            gradient = gradient.sum(axis=tuple(range(extra)))
        stretched = tuple(i for i, size in enumerate(like.shape) if size == 1 != gradient.shape[i])
        if stretched:
            gradient = gradient.sum(axis=stretched, keepdims=True)
    return gradient if gradient.dtype == like.dtype else gradient.astype(like.dtype)


def view(name: str, array: Array, base: Tensor, back: Callable[[Array], Array]) -> Tensor:
    """The result of an operation that may show the memory of `base`; `back` takes its gradient to that of `base`."""
    result = record(name, array, (base, back))
    if np.may_share_memory(array, base._array):
        result._counter = base._counter
        result._made = base._counter[0]
        result._base = base._base if base._base is not None and base._base() is not None else weakref.ref(base)
    return result


# --- changes in place ---


def before_change(tensor: Tensor, needs_grad: bool = False) -> Tensor:
    """What an in-place operation computes from: the tensor, or a copy with its history where that will be needed.

    Args:
        tensor: what shall be changed.
        needs_grad: whether a value that is put in needs a gradient.

    Raises:
        RuntimeError: it is a leaf that needs a gradient, or a view of one.
    """
    if not graph._recording:
        return tensor
    base = tensor._base() if tensor._base is not None else None
    if base is not None and base.is_leaf and base._requires_grad:
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    if tensor._requires_grad and tensor._node is None:
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    if not (tensor._requires_grad or needs_grad):
        return tensor
    if base is not None:
        raise not_offered(
            "changing a part of a tensor in place, through a view, where gradients are needed",
            "assign to the part of the whole: x[i] = x[i] + y",
        )
    copy = wrap(tensor._array.copy())
    copy._node, copy._requires_grad = tensor._node, tensor._requires_grad
    return copy


def replace(tensor: Tensor, result: Tensor) -> Tensor:
    """End an in-place operation: the tensor takes the values and the history of `result`."""
    old, new = tensor.dtype, result.dtype
    if new.category > old.category:
        raise RuntimeError(f"result type {new.title} can't be cast to the desired output type {old.title}")
    if result.shape != tensor.shape:
        raise RuntimeError(
            f"output with shape {list(tensor.shape)} doesn't match the broadcast shape {list(result.shape)}"
        )
    tensor._array[...] = result._array
    tensor._counter[0] += 1
    if tensor._made is not None:
        tensor._made = tensor._counter[0]
    if result._node is not None:
        tensor._node, tensor._requires_grad = result._node, True
        # Where the way back reads the result, a later change of the tensor is an error, as in PyTorch.
        result._node.saved = [
            (tensor._counter, tensor._counter[0], array) if counter is result._counter else (counter, version, array)
            for counter, version, array in result._node.saved
        ]
    return tensor


# --- methods ---


def method(*operators: str, in_place: bool = False) -> Callable[[Function], Function]:
    """Make a function of this package a method of `Tensor` too, under its own name.

    Args:
        operators: special methods that it also serves, e.g. "__add__", "__radd__".
        in_place: also offer the form that changes the tensor itself, under the name with an underscore behind it.
    """

    def decorate(function: Function) -> Function:
        name = function.__name__
        setattr(Tensor, name, function)
        for operator in operators:
            if operator.startswith("__r"):
                setattr(Tensor, operator, _reflected(function, operator == "__rtruediv__"))
            elif operator == "__eq__":
                setattr(Tensor, operator, _operator(function, np.ndarray))
            else:
                setattr(Tensor, operator, _operator(function))
            if in_place and operator.startswith("__") and not operator.startswith("__r"):
                setattr(Tensor, "__i" + operator[2:], _operator(_changing(function)))
        if in_place:
            setattr(Tensor, name + "_", _changing(function))
        return function

    return decorate


def _operator(function: Callable[..., Any], *arrays: type) -> Callable[..., Any]:
    """As an operator. Beside an array of numpy's, all but == leave it to numpy, which computes without gradients
    and hands the result to `Tensor.__array_wrap__`, as with PyTorch."""

    def operator(self: Tensor, *others: Any) -> Any:
        if others and not isinstance(others[0], (Tensor, int, float, np.generic)):
            if not isinstance(others[0], arrays):
                return NotImplemented
            return function(self, self.__array_wrap__(others[0]))
        return function(self, *others)

    return operator


def _reflected(function: Callable[..., Any], divides: bool) -> Callable[..., Any]:
    """As an operator whose tensor comes second. Beside an array of numpy's there is only division, as with PyTorch."""

    def operator(self: Tensor, other: Any) -> Any:
        if divides and isinstance(other, np.ndarray):
            return function(1, self) * other
        if not isinstance(other, (int, float, np.generic)):
            return NotImplemented
        return function(other, self)

    return operator


def _changing(function: Callable[..., Any]) -> Callable[..., Tensor]:
    def changed(self: Tensor, *arguments: Any, **named: Any) -> Tensor:
        needs_grad = any(isinstance(each, Tensor) and each._requires_grad for each in (*arguments, *named.values()))
        return replace(self, function(before_change(self, needs_grad), *arguments, **named))

    changed.__name__ = function.__name__ + "_"
    changed.__doc__ = f"`{function.__name__}`, but the tensor itself is changed; returns it."
    return changed


# --- operands ---


def value_of(operand: Any, function: str, name: str = "other") -> Array | Number:
    """An operand's array, or its plain number.

    Raises:
        TypeError: it is neither a tensor nor a number.
    """
    if isinstance(operand, Tensor):
        return operand._array
    if type(operand) in (float, int, bool):
        return operand  # type: ignore[no-any-return]
    if isinstance(operand, np.generic) and operand.dtype.kind in "bif":
        return operand.item()  # type: ignore[no-any-return]
    raise TypeError(f"{function}(): argument '{name}' must be Tensor or a number, not {type(operand).__name__}")


def pair(input: Any, other: Any, function: str) -> tuple[Any, Any]:
    """Both operands as arrays or plain numbers, in the type that PyTorch computes in.

    Raises:
        RuntimeError: their shapes do not go together.
    """
    a, b = value_of(input, function, "input"), value_of(other, function)
    if isinstance(a, np.ndarray):
        if isinstance(b, np.ndarray):
            if a.shape != b.shape:
                check_broadcast(a.shape, b.shape)
            if a.dtype == b.dtype:
                return a, b
        elif a.dtype.kind == "f" or (a.dtype.kind == "i" and not isinstance(b, float)):
            return a, b  # numpy keeps the array's type beside a plain number, as PyTorch does
    elif isinstance(b, np.ndarray) and b.dtype.kind == "f":
        return a, b
    kind = dtypes.common(a, b).numpy
    return (
        a.astype(kind) if isinstance(a, np.ndarray) and a.dtype != kind else np.asarray(a, kind),
        b.astype(kind) if isinstance(b, np.ndarray) and b.dtype != kind else np.asarray(b, kind),
    )

"""Arguments: dimensions, shapes, and numpy's names for them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def axis(dim: int, ndim: int) -> int:
    """A dimension counted from the front.

    Raises:
        IndexError: there is no such dimension.
    """
    low, high = -max(ndim, 1), max(ndim, 1) - 1
    if not low <= dim <= high:
        raise IndexError(f"Dimension out of range (expected to be in range of [{low}, {high}], but got {dim})")
    return dim % max(ndim, 1)


def axes(dim: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Several dimensions, counted from the front; None means all."""
    if dim is None or (not isinstance(dim, int) and not len(dim)):
        return tuple(range(ndim))
    if isinstance(dim, int):
        return (axis(dim, ndim),) if ndim else (axis(dim, ndim),)[:0]
    return tuple(axis(each, ndim) for each in dim)[: ndim or 0]


def sizes(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape that was given as several numbers or as one sequence."""
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    return tuple(int(each) for each in shape)


def check_broadcast(a: Sequence[int], b: Sequence[int]) -> None:
    """Raise PyTorch's error if two shapes do not go together."""
    for back in range(1, min(len(a), len(b)) + 1):
        if a[-back] != b[-back] and a[-back] != 1 and b[-back] != 1:
            raise RuntimeError(
                f"The size of tensor a ({a[-back]}) must match the size of tensor b ({b[-back]}) at non-singleton "
                f"dimension {max(len(a), len(b)) - back}"
            )


def numpy_names(function: Function) -> Function:
    """Let a function take numpy's `axis` and `keepdims` for `dim` and `keepdim`, as PyTorch's own do."""

    @functools.wraps(function)
    def renamed(*arguments: Any, **named: Any) -> Any:
        if "axis" in named:
            named["dim"] = named.pop("axis")
        if "keepdims" in named:
            named["keepdim"] = named.pop("keepdims")
        return function(*arguments, **named)

    return renamed  # type: ignore[return-value]

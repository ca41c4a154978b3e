"""A tensor that a module owns and an optimiser changes."""

from __future__ import annotations

from typing import Any

from grandmodel_sim.torch.creation import empty
from grandmodel_sim.torch.dtypes import get_default_dtype
from grandmodel_sim.torch.tensors import Tensor


class Parameter(Tensor):
    """A tensor that a module lists among its parameters as soon as it is assigned to an attribute.

    Args:
        data: its values; the memory is shared.
        requires_grad: whether it learns.
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        """Share the memory of `data`."""
        parameter = super().__new__(cls)
        source = empty(0, dtype=get_default_dtype()) if data is None else data
        parameter._array, parameter._counter = source._array, [0]
        parameter.requires_grad = requires_grad
        return parameter

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        pass

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        twin = super().__deepcopy__(memo)
        assert isinstance(twin, Parameter)
        return twin

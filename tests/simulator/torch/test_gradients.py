"""Every gradient against central differences; they ask nobody but the forward pass."""

from __future__ import annotations

from typing import Any

import pytest
from grandmodel_sim import torch

from tests.simulator.torch import cases
from tests.simulator.torch.slopes import checked

SMOOTH = [case for case in cases.all_cases() if case.smooth]


@pytest.mark.parametrize("part", range(4))
def test_gradients_are_the_slopes_that_central_differences_find(part: int) -> None:
    assert len(SMOOTH) > 500
    assert checked(torch, SMOOTH[part::4]) == []


def test_a_wrong_gradient_is_found() -> None:
    from grandmodel_sim.torch.recording import record

    def wrong(torch: Any, x: Any) -> Any:
        return record("WrongBackward0", x._array**2, (x, lambda g: g * x._array))

    case = cases.Case("wrong", wrong, (cases.Input((3,)),))
    assert "Jacobian mismatch for output 0 with respect to input 0" in checked(torch, [case])[0]
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: wrong(torch, x), x, raise_exception=False) is False
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        torch.autograd.gradcheck(torch.exp, torch.ones(1))

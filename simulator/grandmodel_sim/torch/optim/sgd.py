"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grandmodel_sim.torch.optim.optimizer import Optimizer, check
from grandmodel_sim.torch.tensors import wrap


class SGD(Optimizer):
    """weight -= lr · step, where step is the gradient, or with momentum the decaying sum of gradients.

    Args:
        params: what learns.
        lr: learning rate.
        momentum: μ in sum = μ · sum + (1 - dampening) · gradient.
        dampening: see there.
        weight_decay: λ; the gradient is taken to be gradient + λ · weight.
        nesterov: step = gradient + μ · sum instead of the sum.
        maximize: climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check(lr, weight_decay)
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    def _update(self, weight: Any, gradient: Any, group: dict[str, Any], state: dict[str, Any]) -> None:
        if group["weight_decay"]:
            gradient = gradient + group["weight_decay"] * weight
        if group["momentum"]:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = wrap(gradient.copy())  # the first gradient counts in full
            else:
                buffer._array *= group["momentum"]
                buffer._array += (1 - group["dampening"]) * gradient
            gradient = gradient + group["momentum"] * buffer._array if group["nesterov"] else buffer._array
        weight -= group["lr"] * gradient

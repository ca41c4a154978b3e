"""Adam, and Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.optim.optimizer import Optimizer, check, counted, root
from grandmodel_sim.torch.tensors import wrap


class Adam(Optimizer):
    """Steps of about the size `lr`, whatever the gradient's (Kingma & Ba 2015).

        m = β₁·m + (1 - β₁)·g,   v = β₂·v + (1 - β₂)·g²
        weight -= lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + eps)

    Args:
        params: what learns.
        lr: learning rate.
        betas: β₁ and β₂.
        eps: keeps the quotient finite.
        weight_decay: λ; the gradient is taken to be gradient + λ · weight.
        amsgrad: not offered.
        maximize: climb instead of descending.
    """

    decoupled = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check(lr, weight_decay)
        if not eps >= 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        for number, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise ValueError(f"Invalid beta parameter at index {number}: {beta}")
        if amsgrad:
            raise not_offered("amsgrad=True", "leave it False")
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
            },
        )

    def _update(self, weight: Any, gradient: Any, group: dict[str, Any], state: dict[str, Any]) -> None:
        (beta1, beta2), lr = group["betas"], group["lr"]
        if not state:
            state["step"] = None
            state["exp_avg"], state["exp_avg_sq"] = wrap(np.zeros_like(weight)), wrap(np.zeros_like(weight))
        step = counted(state)
        if group["weight_decay"]:
            if self.decoupled:
                weight *= 1 - lr * group["weight_decay"]
            else:
                gradient = gradient + group["weight_decay"] * weight
        m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
        m += (1 - beta1) * (gradient - m)
        v *= beta2
        v += (1 - beta2) * gradient * gradient
        divisor = np.sqrt(v)
        divisor /= root(1 - beta2**step)
        divisor += group["eps"]
        weight -= lr / (1 - beta1**step) * m / divisor


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights themselves, by lr · λ a step, beside the gradient's step
    (Loshchilov & Hutter 2019).

    Args:
        params: what learns.
        lr: learning rate.
        betas: β₁ and β₂.
        eps: keeps the quotient finite.
        weight_decay: λ.
        amsgrad: not offered.
        maximize: climb instead of descending.
    """

    decoupled = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

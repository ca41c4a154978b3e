"""What all optimisers share: groups of parameters with settings, and a state for each parameter."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

from grandmodel_sim.torch import graph
from grandmodel_sim.torch.tensors import Tensor, wrap


class Optimizer:
    """Changes parameters by their gradients; derive from it and define `_update`.

    Args:
        params: tensors, or (name, tensor) pairs, or groups: dicts with "params" and settings of their own.
        defaults: settings of groups that do not give them.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + params.type()
            )
        self.defaults = defaults
        self.state: dict[Tensor, dict[str, Any]] = {}
        self.param_groups: list[dict[str, Any]] = []
        self._stepped = False  # for the schedulers, which should come after
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Let more parameters learn, with settings of their own or the defaults."""
        given = param_group["params"]
        params = [given] if isinstance(given, Tensor) else list(given)
        params = [each[1] if isinstance(each, tuple) else each for each in params]
        for each in params:
            if not isinstance(each, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(each).__name__}")
            if not each.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        known = {id(each) for group in self.param_groups for each in group["params"]}
        if known & {id(each) for each in params}:
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append({**copy.deepcopy(self.defaults), **param_group, "params": params})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or set them to 0."""
        for group in self.param_groups:
            for each in group["params"]:
                if each.grad is not None:
                    if set_to_none:
                        each.grad = None
                    else:
                        each.grad.zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient; `closure`, if given, computes the loss anew first."""
        loss = None
        if closure is not None:
            with graph.enable_grad():
                loss = closure()
        self._stepped = True
        for group in self.param_groups:
            for each in group["params"]:
                if each.grad is not None:
                    gradient = -each.grad._array if group.get("maximize") else each.grad._array
                    state = self.state.get(each, {})
                    self._update(each._array, gradient, group, state)
                    if state:
                        self.state[each] = state
                    each._counter[0] += 1
        return loss

    def _update(self, weight: Any, gradient: Any, group: dict[str, Any], state: dict[str, Any]) -> None:
        """Change `weight` in place; `gradient` must stay as it is."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Settings and states, with parameters by their numbers; the states' memory is shared."""
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for each in group["params"]:
                numbers[id(each)] = len(numbers)
            groups.append({**group, "params": [numbers[id(each)] for each in group["params"]]})
        return {"state": {numbers[id(each)]: value for each, value in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over settings and states from a `state_dict`.

        Raises:
            ValueError: it is of other groups.
        """
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(saved, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        tensors = [each for group in self.param_groups for each in group["params"]]
        numbers = [number for group in saved for number in group["params"]]
        by_number = dict(zip(numbers, tensors, strict=True))
        for group, other in zip(self.param_groups, saved, strict=True):
            group.update({key: copy.deepcopy(value) for key, value in other.items() if key != "params"})
        self.state = {by_number[int(n)]: copy.deepcopy(value) for n, value in state_dict["state"].items()}

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            text += f"\nParameter Group {number}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"


def check(lr: float, weight_decay: float) -> None:
    """Raise PyTorch's error for settings below 0."""
    if not lr >= 0.0:
        raise ValueError(f"Invalid learning rate: {lr}")
    if not weight_decay >= 0.0:
        raise ValueError(f"Invalid weight_decay value: {weight_decay}")


def counted(state: dict[str, Any]) -> float:
    """Count a step in a parameter's state; returns how many there were."""
    step = state.get("step")
    state["step"] = wrap((step._array if step is not None else 0) + 1.0).float()
    return float(state["step"].item())


def root(value: float) -> float:
    """The square root of a plain number."""
    return math.sqrt(value)

"""`torch.autograd`: gradients on request, and a check of them by central differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch.graph import enable_grad, inference_mode, no_grad, set_grad_enabled, walk_back
from grandmodel_sim.torch.missing import missing_from, not_offered
from grandmodel_sim.torch.tensors import Tensor, wrap

__all__ = ["backward", "enable_grad", "grad", "gradcheck", "inference_mode", "no_grad", "set_grad_enabled"]

Tensors = Tensor | Sequence[Tensor]


def _several(tensors: Tensors | None) -> list[Any]:
    if tensors is None:
        return []
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _starts(tensors: list[Tensor], gradients: list[Tensor | None]) -> list[Any]:
    starts = []
    for number, tensor in enumerate(tensors):
        if not tensor.requires_grad:
            raise RuntimeError(f"element {number} of tensors does not require grad and does not have a grad_fn")
        given = gradients[number] if number < len(gradients) else None
        if given is None:
            if tensor.numel() != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            array = np.ones_like(tensor._array)
        else:
            if given.shape != tensor.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{number}] has a shape of {given.shape} and output[{number}] has a "
                    f"shape of {tensor.shape}."
                )
            array = given._array.astype(tensor._array.dtype)
        starts.append((tensor._node or tensor, array))
    return starts


def backward(
    tensors: Tensors,
    grad_tensors: Tensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Add the gradient of `tensors` with respect to every leaf that they were computed from to the leaf's `grad`.

    Args:
        tensors: what is derived; single numbers, or with `grad_tensors` of any shape.
        grad_tensors: for each of them what arrives there from later on.
        retain_graph: keep what was saved, so that the same graph may be walked again.
        create_graph: not offered: second derivatives.
        inputs: only these leaves get their gradient; by default all.
    """
    if create_graph:
        raise not_offered("create_graph=True (derivatives of gradients)", "only first derivatives are recorded")
    starts = _starts(_several(tensors), _several(grad_tensors))
    if inputs is None:
        walk_back(starts, bool(retain_graph))
        return
    wanted = _several(inputs)
    found = walk_back(starts, bool(retain_graph), [each._node or each for each in wanted])
    for each in wanted:
        if id(each._node or each) in found:
            each._accumulate(found[id(each._node or each)])


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Tensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
) -> tuple[Tensor | None, ...]:
    """The gradients of `outputs` with respect to `inputs`, without touching any `grad`.

    Raises:
        RuntimeError: an input was not used, unless `allow_unused`; its gradient is None then.
    """
    if create_graph:
        raise not_offered("create_graph=True (derivatives of gradients)", "only first derivatives are recorded")
    wanted = _several(inputs)
    for each in wanted:
        if not each.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    targets = [each._node or each for each in wanted]
    found = walk_back(_starts(_several(outputs), _several(grad_outputs)), bool(retain_graph), targets)
    for number, target in enumerate(targets):
        if id(target) not in found and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {number} appears to not have been used in the graph. Set "
                "allow_unused=True if this is the desired behavior."
            )
    return tuple(wrap(np.array(found[id(each)])) if id(each) in found else None for each in targets)


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensors,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the recorded gradients with central differences, (f(x + eps) - f(x - eps)) / 2 eps, element by element.

    Args:
        func: takes `inputs`, gives a tensor or several.
        inputs: float64 tensors that need a gradient; others are left as they are.
        eps: the step to each side.
        atol: accepted difference, absolute.
        rtol: accepted difference, relative.
        raise_exception: raise where they differ; otherwise return False.

    Raises:
        RuntimeError: the gradients differ; the message names the input and the output.
    """
    tensors = _several(inputs)
    checked = [each for each in tensors if isinstance(each, Tensor) and each.requires_grad]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of the them have "
            "requires_grad=True."
        )
    outputs = _several(func(*tensors))
    derived = [number for number, each in enumerate(outputs) if each.requires_grad]
    for place, x in enumerate(checked):
        numeric = [np.zeros((each.numel(), x.numel())) for each in outputs]
        flat = x._array.reshape(-1)
        for column in range(flat.size):
            before = flat[column]
            both = []
            for step in (eps, -eps):
                flat[column] = before + step
                both.append([each._array.reshape(-1).copy() for each in _several(func(*tensors))])
            flat[column] = before
            for number in derived:
                numeric[number][:, column] = (both[0][number] - both[1][number]) / (2 * eps)
        for number in derived:
            output = outputs[number]
            recorded = np.zeros_like(numeric[number])
            for row in range(output.numel()):
                one = np.zeros(output.numel())
                one[row] = 1
                found = grad(output, x, wrap(one.reshape(output.shape)), retain_graph=True, allow_unused=True)[0]
                if found is not None:
                    recorded[row] = found._array.reshape(-1)
            if not np.allclose(recorded, numeric[number], rtol, atol):
                if not raise_exception:
                    return False
                raise RuntimeError(
                    f"Jacobian mismatch for output {number} with respect to input {place},\n"
                    f"numerical:{numeric[number].T}\nanalytical:{recorded.T}\n"
                )
    return True


def __getattr__(name: str) -> Any:
    raise missing_from("torch.autograd", name, __all__)

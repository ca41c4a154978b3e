"""The recorded computation: nodes, and the walk back through them.

Each operation on tensors that need a gradient leaves a `Node`: which nodes or leaves it was computed from, and a
function that takes the gradient of its result to the gradients of its inputs. `walk_back` visits the nodes from the
latest to the earliest. Every node is younger than those it was computed from, so this order is a topological one, and
a node is visited when all gradients that reach it have arrived.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from grandmodel_sim.torch.dtypes import Array, of

if TYPE_CHECKING:
    from grandmodel_sim.torch.tensors import Tensor

Function = TypeVar("Function", bound=Callable[..., Any])
Backward = Callable[[Array], Sequence[Array | None]]

_ages = count()

TWICE = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)


class Node:
    """One recorded operation.

    Args:
        name: as PyTorch calls it, e.g. "MulBackward0"; it is what a tensor shows as its `grad_fn`.
        inputs: for each input the node that made it, or the tensor itself if it is a leaf, or None if it needs no
            gradient.
        backward: gradient of the result → gradients of the inputs, in their order.
        saved: of each array that `backward` reads the counter of changes in place, what it showed then, and the array.
    """

    __slots__ = ("age", "backward", "inputs", "label", "retained", "saved")

    def __init__(
        self,
        name: str,
        inputs: Sequence[Node | Tensor | None],
        backward: Backward,
        saved: Sequence[tuple[list[int], int, Array]],
    ) -> None:
        self.label = name
        self.inputs = inputs
        self.backward: Backward | None = backward
        self.saved = saved
        self.age = next(_ages)
        self.retained: Tensor | None = None  # the result, if it asked for its gradient by retain_grad()

    def name(self) -> str:
        """As PyTorch calls it."""
        return self.label

    @property
    def next_functions(self) -> tuple[tuple[Node | Tensor | None, int], ...]:
        """The inputs' nodes; of a leaf, the leaf itself (PyTorch has an AccumulateGrad node there)."""
        return tuple((each, 0) for each in self.inputs)

    def gradients(self, gradient: Array, keep: bool) -> Sequence[Array | None]:
        """The gradients of the inputs; forgets the saved values unless `keep`.

        Raises:
            RuntimeError: the saved values were forgotten, or changed in place.
        """
        if self.backward is None:
            raise RuntimeError(TWICE)
        for counter, version, array in self.saved:
            if counter[0] != version:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"[torch.{of(array).title}Tensor {list(array.shape)}], which {self.label} needs, is at version "
                    f"{counter[0]}; expected version {version} instead. Hint: compute the new value out of place "
                    "(x = x + 1 instead of x += 1), or call backward() before the step that changes it."
                )
        found = self.backward(gradient)
        if self.saved and not keep:
            self.backward, self.saved = None, ()
        return found

    def __repr__(self) -> str:
        return f"<{self.label} object at {id(self):#x}>"


def walk_back(
    starts: Sequence[tuple[Node | Tensor, Array]],
    keep: bool,
    wanted: Sequence[Node | Tensor] | None = None,
) -> dict[int, Array]:
    """Take gradients from the results back to the leaves, and add them to the leaves' `grad`.

    Args:
        starts: (node or leaf, gradient that arrives at it).
        keep: whether a second walk shall be possible.
        wanted: if given, no `grad` is touched; the gradients that arrive at these are returned by their `id`.
    """
    arrived: dict[int, Array] = {}
    waiting: list[tuple[int, Node]] = []
    leaves: dict[int, Tensor] = {}
    asked = {id(each) for each in wanted or ()}
    collected: dict[int, Array] = {}

    def arrive(target: Node | Tensor, gradient: Array) -> None:
        key = id(target)
        if key in arrived:
            arrived[key] = arrived[key] + gradient
            return
        arrived[key] = gradient
        if isinstance(target, Node):
            heapq.heappush(waiting, (-target.age, target))
        else:
            leaves[key] = target

    for target, gradient in starts:
        arrive(target, gradient)
    with np.errstate(all="ignore"):
        while waiting:
            node = heapq.heappop(waiting)[1]
            gradient = arrived.pop(id(node))
            if id(node) in asked:
                collected[id(node)] = gradient
            if node.retained is not None and wanted is None:
                node.retained._accumulate(gradient)
            for target_, part in zip(node.inputs, node.gradients(gradient, keep), strict=True):
                if target_ is not None and part is not None:
                    arrive(target_, part)
    for key, leaf in leaves.items():
        if wanted is None:
            leaf._accumulate(arrived[key])
        elif key in asked:
            collected[key] = arrived[key]
    return collected


# --- whether operations are recorded ---

_recording = True


def is_grad_enabled() -> bool:
    """Whether operations are recorded now."""
    return _recording


class set_grad_enabled:
    """Record operations, or do not: from now on, or in a `with` block."""

    def __init__(self, mode: bool) -> None:
        global _recording
        self.mode = bool(mode)
        self.before = [_recording]
        _recording = self.mode

    def __enter__(self) -> None:
        global _recording
        _recording = self.mode

    def __exit__(self, *error: object) -> None:
        global _recording
        _recording = self.before[-1]


class _Mode:
    """A `with` block, or a decorator, in which `recording` holds."""

    recording: bool

    def __new__(cls, mode: Any = True) -> Any:
        """`mode` is a function where the class is used as a decorator without brackets: @torch.no_grad."""
        return cls()(mode) if callable(mode) else super().__new__(cls)

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        global _recording
        self._before.append(_recording)
        _recording = self.recording

    def __exit__(self, *error: object) -> None:
        global _recording
        _recording = self._before.pop()

    def __call__(self, function: Function) -> Function:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]


class no_grad(_Mode):
    """Do not record: results need no gradient. A `with` block or a decorator."""

    recording = False


class enable_grad(_Mode):
    """Record again inside a `no_grad` block."""

    recording = True


class inference_mode(_Mode):
    """As `no_grad`; PyTorch forbids in addition that its results be used in recorded operations later."""

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.recording = not mode

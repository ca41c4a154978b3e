"""The tensor: a numpy array, whether it needs a gradient, and the node that it came from.

What one can compute with tensors lies in the modules beside this one, a function for each operation. `@method` there
makes it a method of `Tensor` too.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from grandmodel_sim.torch import dtypes, graph
from grandmodel_sim.torch.arguments import axis
from grandmodel_sim.torch.dtypes import Array, dtype
from grandmodel_sim.torch.missing import not_offered, unsupported

Function = TypeVar("Function", bound=Callable[..., Any])
Number: TypeAlias = "int | float | bool"
Operand: TypeAlias = "Tensor | int | float | bool"


class Size(tuple[int, ...]):
    """A tensor's shape."""

    __slots__ = ()

    def numel(self) -> int:
        """How many elements a tensor of this shape has."""
        return int(np.prod(self, dtype=np.int64))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"


class device:
    """Where a tensor is: always on the processor here, whatever is asked for raises."""

    def __init__(self, type: Any, index: int | None = None) -> None:
        name = str(type)
        if name.split(":")[0] != "cpu":
            raise not_offered(f"device {name!r}", "tensors are on 'cpu'")
        self.type: str = "cpu"
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return self.type

    def __repr__(self) -> str:
        return "device(type='cpu')"


CPU = device("cpu")


def check_device(wanted: Any) -> None:
    """Raise if a device is asked for that is not there; None asks for none."""
    if wanted is not None:
        device(wanted)


class Tensor:
    """An array with a memory of how it was computed. Make one with `torch.tensor`.

    Args:
        data: nested lists give a float32 tensor; whole numbers are a shape (PyTorch's old constructor).
    """

    _array: Array
    _counter: list[int]  # [how often the memory was changed in place], shared with all views of the same memory
    _requires_grad = False
    _node: graph.Node | None = None
    _grad: Tensor | None = None
    _base: weakref.ref[Tensor] | None = None  # the tensor whose memory this one shows
    _made: int | None = None  # of a view: the counter when it was made

    __array_priority__ = 1000  # numpy lets Tensor.__rmul__ and the like take over

    def __init__(self, *data: Any) -> None:
        if len(data) == 1 and not isinstance(data[0], int):
            array = data[0]._array if isinstance(data[0], Tensor) else np.asarray(data[0])
            self._array = array.astype(dtypes.numpy_type(None))
        else:
            self._array = np.zeros(data, dtypes.numpy_type(None)) if data else np.zeros(0, dtypes.numpy_type(None))
        self._counter = [0]

    # --- what it is ---

    @property
    def shape(self) -> Size:
        """Its sizes, one for each dimension."""
        return Size(self._array.shape)

    def size(self, dim: int | None = None) -> Any:
        """Its shape, or the size of one dimension."""
        return self.shape if dim is None else self._array.shape[axis(dim, self._array.ndim)]

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return self._array.ndim

    def dim(self) -> int:
        """How many dimensions it has."""
        return self._array.ndim

    def numel(self) -> int:
        """How many elements it has."""
        return self._array.size

    nelement = numel

    def element_size(self) -> int:
        """Bytes of one element."""
        return self._array.itemsize

    @property
    def dtype(self) -> dtype:
        """The type of its elements."""
        return dtypes.of(self._array)

    @property
    def device(self) -> device:
        """Always cpu."""
        return CPU

    @property
    def is_cuda(self) -> bool:
        """Always false."""
        return False

    def is_floating_point(self) -> bool:
        """Whether its elements are float32 or float64."""
        return self.dtype.is_floating_point

    def is_contiguous(self) -> bool:
        """Whether its elements lie in memory row by row without gaps."""
        return bool(self._array.flags.c_contiguous)

    def stride(self, dim: int | None = None) -> Any:
        """Steps in memory, in elements, from one index to the next of each dimension."""
        steps = tuple(each // self._array.itemsize for each in self._array.strides)
        return steps if dim is None else steps[dim]

    # --- gradients ---

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._node is not None and not value:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if value and self._array.dtype.kind != "f":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self._requires_grad = bool(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad`; returns the tensor itself."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by hand rather than by a recorded operation."""
        return self._node is None

    @property
    def grad_fn(self) -> graph.Node | None:
        """The recorded operation that made it."""
        return self._node

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` has collected; None before, and for tensors that are no leaves."""
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and value.shape != self.shape:
            raise RuntimeError(
                f"assigned grad has data of a different size: it has shape {list(value.shape)}, the tensor "
                f"{list(self.shape)}"
            )
        self._grad = value

    def retain_grad(self) -> None:
        """Let `backward` leave a gradient here although this is no leaf."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._node is not None:
            self._node.retained = self

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradient of this tensor with respect to every leaf that it was computed from to the leaf's `grad`.

        Args:
            gradient: what arrives here from later on; may be left out for a single number, where it is 1.
            retain_graph: keep what was saved, so that `backward` may be called again.
            create_graph: not offered: second derivatives.
            inputs: only these leaves get their gradient; by default all.
        """
        from grandmodel_sim.torch.autograd import backward

        backward(self, gradient, retain_graph, create_graph, inputs)

    def _accumulate(self, gradient: Array) -> None:
        if self._grad is None:
            self._grad = wrap(np.array(gradient, self._array.dtype))  # a copy: several may share what arrived
        else:
            self._grad._array += gradient
            self._grad._counter[0] += 1

    @property
    def _version(self) -> int:
        return self._counter[0]

    def detach(self) -> Tensor:
        """The same memory without a history."""
        twin = wrap(self._array)
        twin._counter = self._counter
        return twin

    @property
    def data(self) -> Tensor:
        """The same memory without a history, and in-place changes of it go unnoticed; prefer `detach`."""
        return wrap(self._array)

    @data.setter
    def data(self, value: Tensor) -> None:
        self._array = value._array

    # --- as Python and numpy values ---

    def item(self) -> Any:
        """The one element as a Python number.

        Raises:
            RuntimeError: there is not exactly one.
        """
        if self._array.size != 1:
            raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        return self._array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers; a single number without dimensions."""
        return self._array.tolist()

    def numpy(self, *, force: bool = False) -> Array:
        """The same memory as a numpy array.

        Raises:
            RuntimeError: it needs a gradient, which would be lost; `force=True` accepts that.
        """
        if self._requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self._array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.numpy(), dtype, copy=copy)

    def __array_wrap__(self, array: Array, context: Any = None, return_scalar: bool = False) -> Tensor:
        """What numpy has computed from tensors, as a tensor without a gradient: `np.exp(x)`, and `x + array`."""
        from grandmodel_sim.torch.creation import from_numpy

        return from_numpy(array)

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[index] for index in range(len(self._array)))

    def __bool__(self) -> bool:
        if self._array.size != 1:
            values = "no values" if not self._array.size else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {values} is ambiguous")
        return bool(self._array.item())

    def _only(self) -> Any:
        if self._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self._array.item()

    def __float__(self) -> float:
        return float(self._only())

    def __int__(self) -> int:
        return int(self._only())

    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind == "f":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())

    def __contains__(self, element: object) -> bool:
        if isinstance(element, Tensor):
            return bool((self._array == element._array).any())
        return bool(np.any(self._array == element))

    def __format__(self, spec: str) -> str:
        if self._array.ndim == 0:
            return format(self._array.item(), spec)
        if spec:
            raise TypeError("unsupported format string passed to Tensor.__format__")
        return repr(self)

    def __repr__(self) -> str:
        from grandmodel_sim.torch.printing import shown

        return shown(self)

    def __hash__(self) -> int:
        return id(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._node is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment. Copy a computed tensor with tensor.detach().clone()."
            )
        twin = type(self).__new__(type(self))
        twin._array, twin._counter = self._array.copy(), [0]
        twin._requires_grad = self._requires_grad
        if self._grad is not None:
            twin._grad = wrap(self._grad._array.copy())
        memo[id(self)] = twin
        return twin

    def __dir__(self) -> list[str]:
        return sorted(name for name in super().__dir__() if name.startswith("__") or not name.startswith("_"))

    if TYPE_CHECKING:
        # Operators; the functions are in pointwise.py, linear_algebra.py and indexing.py.
        def __add__(self, other: Operand) -> Tensor: ...
        def __radd__(self, other: Operand) -> Tensor: ...
        def __sub__(self, other: Operand) -> Tensor: ...
        def __rsub__(self, other: Operand) -> Tensor: ...
        def __mul__(self, other: Operand) -> Tensor: ...
        def __rmul__(self, other: Operand) -> Tensor: ...
        def __truediv__(self, other: Operand) -> Tensor: ...
        def __rtruediv__(self, other: Operand) -> Tensor: ...
        def __pow__(self, other: Operand) -> Tensor: ...
        def __matmul__(self, other: Tensor) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __invert__(self) -> Tensor: ...
        def __and__(self, other: Operand) -> Tensor: ...
        def __or__(self, other: Operand) -> Tensor: ...
        def __lt__(self, other: Operand) -> Tensor: ...
        def __le__(self, other: Operand) -> Tensor: ...
        def __gt__(self, other: Operand) -> Tensor: ...
        def __ge__(self, other: Operand) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __setitem__(self, index: Any, value: Operand) -> None: ...

    def __getattr__(self, name: str) -> Any:
        raise unsupported("Tensor", name, dir(Tensor))


def wrap(array: Any) -> Tensor:
    """A tensor of an array's memory, without a history."""
    tensor = Tensor.__new__(Tensor)
    tensor._array = array if type(array) is np.ndarray else np.asarray(array)
    tensor._counter = [0]
    return tensor

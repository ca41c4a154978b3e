"""The tensor: a numpy array, whether it needs a gradient, and the node that it came from.

What one can compute with tensors lies in the modules beside this one, a function for each operation. `@method` there
makes it a method of `Tensor` too.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from grandmodel_sim.torch import dtypes, graph
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
                setattr(Tensor, operator, _reflected(function))
            else:
                setattr(Tensor, operator, _operator(function))
            if in_place and operator.startswith("__") and not operator.startswith("__r"):
                setattr(Tensor, "__i" + operator[2:], _operator(_changing(function)))
        if in_place:
            setattr(Tensor, name + "_", _changing(function))
        return function

    return decorate


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


def _operator(function: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Tensor, *others: Any) -> Any:
        if others and not isinstance(others[0], (Tensor, int, float, np.generic)):
            return NotImplemented
        return function(self, *others)

    return operator


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Tensor, other: Any) -> Any:
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


# --- operations: forward, and how to go back ---


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


# --- arguments ---


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


def check_broadcast(a: Sequence[int], b: Sequence[int]) -> None:
    """Raise PyTorch's error if two shapes do not go together."""
    for back in range(1, min(len(a), len(b)) + 1):
        if a[-back] != b[-back] and a[-back] != 1 and b[-back] != 1:
            raise RuntimeError(
                f"The size of tensor a ({a[-back]}) must match the size of tensor b ({b[-back]}) at non-singleton "
                f"dimension {max(len(a), len(b)) - back}"
            )

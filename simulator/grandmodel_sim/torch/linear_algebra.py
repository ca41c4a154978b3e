"""Products of vectors and matrices."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from grandmodel_sim.torch import ordering, pointwise, reductions
from grandmodel_sim.torch.arguments import axes, check_broadcast
from grandmodel_sim.torch.dtypes import C_NAMES, Array, of
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.recording import method, record, record_together
from grandmodel_sim.torch.reductions import Dim, spread
from grandmodel_sim.torch.tensors import Number, Tensor

Sequence = tuple[Any, ...] | list[Any]


if sys.platform == "emscripten":

    def product(a: Array, b: Array) -> Array:
        """a @ b. numpy has no BLAS in WebAssembly: its plain loop takes half as long if both lie along the sum."""
        if b.ndim > 1:
            b = np.ascontiguousarray(b.swapaxes(-1, -2)).swapaxes(-1, -2)
        return np.matmul(np.ascontiguousarray(a), b)

else:

    def product(a: Array, b: Array) -> Array:
        """a @ b; BLAS takes both as they lie."""
        result: Array = np.matmul(a, b)
        return result


@method("__matmul__")
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product; leading dimensions are batches and broadcast. Shapes (…, n, m) and (…, m, p) give (…, n, p).

    A vector on the left is a row, on the right a column, and that dimension is dropped from the result.
    """
    a, b = input._array, other._array
    _check(a, b)
    if a.dtype.kind == "b":
        raise RuntimeError("\"addmm_impl_cpu_\" not implemented for 'Bool'")

    def back_input(g: Array) -> Array:
        if b.ndim == 1:  # each row of `a` met the same column
            return g[..., None] * b
        if a.ndim == 1:
            return product(b, g[..., None])[..., 0]
        return product(g, b.swapaxes(-1, -2))

    def back_other(g: Array) -> Any:
        if a.ndim == 1 and b.ndim == 1:
            return g * a
        if a.ndim == 1:
            return a[:, None] * g[..., None, :]
        if b.ndim == 1:
            return (g[..., None] * a).reshape(-1, a.shape[-1]).sum(axis=0)
        if b.ndim == 2 and a.ndim > 2:  # one product instead of one a batch
            return product(a.reshape(-1, a.shape[-1]).T, g.reshape(-1, g.shape[-1]))
        return product(a.swapaxes(-1, -2), g)

    name = (
        "DotBackward0" if a.ndim == b.ndim == 1 else "MmBackward0" if a.ndim == b.ndim == 2 else "UnsafeViewBackward0"
    )
    return record(name, product(a, b), (input, back_input, other), (other, back_other, input))


def _check(a: Array, b: Array) -> None:
    """Raise PyTorch's error if two arrays cannot be multiplied."""
    if not a.ndim or not b.ndim:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {a.ndim}D and {b.ndim}D")
    if a.dtype != b.dtype:
        if a.ndim > 2 and b.ndim > 2:
            raise RuntimeError(f"expected scalar type {of(a).title} but found {of(b).title}")
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {C_NAMES[of(a)]} != {C_NAMES[of(b)]}")
    rows, columns = a.shape[-1], b.shape[-2] if b.ndim > 1 else b.shape[0]
    if rows == columns:
        if a.ndim > 2 and b.ndim > 2:
            check_broadcast(a.shape[:-2], b.shape[:-2])
        return
    if a.ndim == b.ndim == 1:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{rows}] and src [{columns}] to have the same number of "
            f"elements, but got {rows} and {columns} elements respectively"
        )
    if a.ndim == 2 and b.ndim == 1:
        raise RuntimeError(f"size mismatch, got input ({len(a)}), mat ({len(a)}x{rows}), vec ({columns})")
    if a.ndim > 2 and b.ndim > 2:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {[_product(a.shape[:-2]), rows]} but got: "
            f"{[_product(b.shape[:-2]), columns]}."
        )
    left = f"{_product(a.shape[:-1])}x{rows}"
    raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({left} and {columns}x{b.shape[-1]})")


def _product(shape: Sequence) -> int:
    return int(np.prod(shape, dtype=np.int64))


@method()
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices."""
    if input.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    return matmul(input, mat2)


@method()
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices, shapes (b, n, m) and (b, m, p)."""
    if input.ndim != 3 or mat2.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if input.ndim != 3 else "batch2 must be a 3D tensor")
    if input.shape[0] != mat2.shape[0] or input.shape[2] != mat2.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {[input.shape[0], input.shape[2]]} but "
            f"got: {list(mat2.shape[:2])}."
        )
    return matmul(input, mat2)


@method()
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """A matrix times a vector."""
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {vec.ndim}, {input.ndim}, {vec.ndim}")
    return matmul(input, vec)


@method()
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors."""
    if input.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    return matmul(input, tensor)


@method()
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Each element of one vector times each of another."""
    if input.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(
            f"outer: Expected 1-D argument {'self' if input.ndim != 1 else 'vec2'}, but got "
            f"{input.ndim if input.ndim != 1 else vec2.ndim}-D"
        )
    return input[:, None] * vec2[None, :]


@method()
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta · input + alpha · (mat1 @ mat2)."""
    return input * beta + mm(mat1, mat2) * alpha


@method()
def norm(input: Tensor, p: float | str | None = "fro", dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The length of a vector: Σ|x|ᵖ to the power 1/p, with p = 2 by default; p = inf gives the largest |x|."""
    x, over = input._array, axes(dim, input.ndim)
    if x.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + input.dtype.title
        )
    order = 2.0 if p in ("fro", None) else float(p)
    if order == np.inf:
        return ordering.amax(pointwise.abs(input), over, keepdim)
    if order == 1:
        return reductions.sum(pointwise.abs(input), over, keepdim)
    if order != 2:
        return pointwise.pow(reductions.sum(pointwise.pow(pointwise.abs(input), order), over, keepdim), 1 / order)
    y = np.sqrt((x * x).sum(axis=over, keepdims=keepdim))

    def back(g: Array) -> Any:
        length = spread(y, x, over, keepdim)
        return spread(g, x, over, keepdim) * np.where(length == 0, 0, x / np.where(length == 0, 1, length))

    return record("LinalgVectorNormBackward0", y, (input, back, input), reads_result=True)


def einsum(equation: str, *operands: Tensor) -> Tensor:
    """Einstein's summation: products of elements, summed over the indices that do not appear in the result.

    Args:
        equation: e.g. "bij,bjk->bik"; without ellipsis and without an index twice in one operand.
        operands: one for each part on the left.
    """
    tensors: Sequence = list(operands[0]) if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    left, arrow, right = equation.replace(" ", "").partition("->")
    parts = left.split(",")
    if not arrow:  # the indices that occur once, in alphabetical order
        right = "".join(sorted(each for each in set(left) - {","} if left.count(each) == 1))
    if "." in equation or any(len(set(part)) < len(part) for part in parts):
        raise not_offered("einsum with an ellipsis or with an index twice in one operand", "name each index once")
    arrays = [each._array for each in tensors]
    sizes = {
        letter: size for part, x in zip(parts, arrays, strict=True) for letter, size in zip(part, x.shape, strict=True)
    }

    def backward(g: Array) -> list[Array]:
        found = []
        for i, (part, x) in enumerate(zip(parts, arrays, strict=True)):
            others = [(p, y) for j, (p, y) in enumerate(zip(parts, arrays, strict=True)) if j != i]
            # An index that only this operand has was summed away: its gradient is the same everywhere along it.
            alone = [each for each in part if each not in right and not any(each in p for p, _ in others)]
            kept = "".join(each for each in part if each not in alone)
            gradient = np.einsum(",".join([right, *(p for p, _ in others)]) + "->" + kept, g, *(y for _, y in others))
            shape = [sizes[each] if each in kept else 1 for each in part]
            found.append(np.broadcast_to(gradient.reshape(shape), x.shape).astype(x.dtype))
        return found

    result = np.asarray(np.einsum(f"{left}->{right}", *arrays))
    return record_together("EinsumBackward0", result, tensors, backward)

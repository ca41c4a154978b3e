"""What is computed with PyTorch and with the subset alike: every operation, on small inputs made from its name.

A case is a function of the `torch` module and of its input tensors, so that the same lines run on both.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

REAL, POSITIVE, UNIT = (-2.0, 2.0), (0.3, 2.5), (0.05, 0.95)


@dataclass(frozen=True)
class Input:
    """A tensor to make: its shape, its type ("float" is float64 or float32, as the run asks) and its range."""

    shape: tuple[int, ...]
    dtype: str = "float"
    bounds: tuple[float, float] = REAL


@dataclass(frozen=True)
class Case:
    """One computation. `smooth`: whether central differences can check it."""

    name: str
    function: Callable[..., Any]
    inputs: tuple[Input, ...]
    smooth: bool = True


def numbers(name: str, count: int, low: float, high: float) -> list[float]:
    """Different numbers between two bounds, from a name: evenly spread, shaken and shuffled."""
    chance = random.Random(name)
    step = (high - low) / max(count, 1)
    found = [round(low + (i + 0.3 + 0.4 * chance.random()) * step, 4) for i in range(count)]
    chance.shuffle(found)
    return found


def tensor(torch: Any, name: str, wanted: Input, floating: str = "float64") -> Any:
    """The tensor that an `Input` describes; floating ones need a gradient."""
    count = math.prod(wanted.shape)
    if wanted.dtype == "bool":
        values: list[Any] = [random.Random(name + str(i)).random() < 0.5 for i in range(count)]
        return torch.tensor(values, dtype=torch.bool).reshape(wanted.shape)
    if wanted.dtype == "int64":
        low, high = map(int, wanted.bounds)
        values = [random.Random(f"{name}{i}").randrange(low, high) for i in range(count)]
        return torch.tensor(values, dtype=torch.int64).reshape(wanted.shape)
    kind = getattr(torch, floating if wanted.dtype == "float" else wanted.dtype)
    flat = torch.tensor(numbers(name, count, *wanted.bounds), dtype=kind)
    return flat.reshape(wanted.shape).detach().requires_grad_()


def flattened(value: Any) -> list[Any]:
    """The tensors in a result, in order."""
    if isinstance(value, (tuple, list)):
        return [each for part in value for each in flattened(part)]
    return [] if value is None else [value]


def weighted_sum(torch: Any, name: str, outputs: list[Any]) -> Any:
    """One number that depends on every element of every result, each by a factor of its own."""
    total = None
    for i, each in enumerate(outputs):
        if each.requires_grad:
            factors = torch.tensor(numbers(f"{name} factors {i}", each.numel(), 0.5, 1.5), dtype=each.dtype)
            part = (each * factors.reshape(each.shape)).sum()
            total = part if total is None else total + part
    return total


def run(torch: Any, case: Case, floating: str = "float64") -> dict[str, Any]:
    """Results as (type, shape, values), and the gradients that reach each floating input."""
    tensors = [tensor(torch, f"{case.name} {i}", each, floating) for i, each in enumerate(case.inputs)]
    outputs = flattened(case.function(torch, *tensors))
    found: dict[str, Any] = {"out": [described(each) for each in outputs]}
    loss = weighted_sum(torch, case.name, outputs)
    if loss is not None:
        loss.backward()
        found["grad"] = [None if each.grad is None else described(each.grad) for each in tensors if each.requires_grad]
    return found


def described(tensor: Any) -> list[Any]:
    """[type, shape, flat values]."""
    flat = tensor.detach().reshape(-1).tolist()
    return [str(tensor.dtype).removeprefix("torch."), list(tensor.shape), [compact(each) for each in flat]]


def compact(value: Any) -> Any:
    """A number as JSON, with nine digits."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        short = float(f"{value:.9g}")
        return int(short) if short == int(short) and abs(short) < 1e9 else short
    return int(value) if isinstance(value, bool) else value


# --- element by element ---

UNARY: dict[str, tuple[Callable[..., Any], tuple[float, float]]] = {
    "neg": (lambda t, x: -x, REAL),
    "abs": (lambda t, x: abs(x), REAL),
    "exp": (lambda t, x: t.exp(x), REAL),
    "expm1": (lambda t, x: t.expm1(x), REAL),
    "log": (lambda t, x: x.log(), POSITIVE),
    "log1p": (lambda t, x: x.log1p(), POSITIVE),
    "log2": (lambda t, x: t.log2(x), POSITIVE),
    "log10": (lambda t, x: t.log10(x), POSITIVE),
    "sqrt": (lambda t, x: x.sqrt(), POSITIVE),
    "rsqrt": (lambda t, x: x.rsqrt(), POSITIVE),
    "reciprocal": (lambda t, x: x.reciprocal(), POSITIVE),
    "square": (lambda t, x: x.square(), REAL),
    "sin": (lambda t, x: t.sin(x), REAL),
    "cos": (lambda t, x: t.cos(x), REAL),
    "tanh": (lambda t, x: x.tanh(), REAL),
    "sigmoid": (lambda t, x: x.sigmoid(), REAL),
    "relu": (lambda t, x: t.relu(x), REAL),
    "F.relu": (lambda t, x: t.nn.functional.relu(x), REAL),
    "leaky_relu": (lambda t, x: t.nn.functional.leaky_relu(x, 0.2), REAL),
    "elu": (lambda t, x: t.nn.functional.elu(x, 1.3), REAL),
    "silu": (lambda t, x: t.nn.functional.silu(x), REAL),
    "gelu tanh": (lambda t, x: t.nn.functional.gelu(x, approximate="tanh"), REAL),
    "softplus": (lambda t, x: t.nn.functional.softplus(x * 15), REAL),
    "softplus beta": (lambda t, x: t.nn.functional.softplus(x, 2.0, 3.0), REAL),
    "logsigmoid": (lambda t, x: t.nn.functional.logsigmoid(x), REAL),
    "pow 2": (lambda t, x: x**2, REAL),
    "pow 3": (lambda t, x: x**3, REAL),
    "pow -1.5": (lambda t, x: x.pow(-1.5), POSITIVE),
    "pow 0": (lambda t, x: x**0, REAL),
    "2 ** x": (lambda t, x: 2**x, REAL),
    "1 - x": (lambda t, x: 1 - x, REAL),
    "3 / x": (lambda t, x: 3 / x, POSITIVE),
    "x / 4": (lambda t, x: x / 4, REAL),
    "x * 2.5": (lambda t, x: x * 2.5, REAL),
    "True + x": (lambda t, x: True + x, REAL),
    "add alpha": (lambda t, x: t.add(x, 3, alpha=2), REAL),
    "clamp": (lambda t, x: x.clamp(-0.7, 1), REAL),
    "clamp min": (lambda t, x: t.clamp(x, min=0.2), REAL),
    "clamp max": (lambda t, x: x.clip(max=0.2), REAL),
    "round": (lambda t, x: x.round(), REAL),
    "round decimals": (lambda t, x: t.round(x, decimals=1), REAL),
    "floor": (lambda t, x: x.floor(), REAL),
    "ceil": (lambda t, x: x.ceil(), REAL),
    "trunc": (lambda t, x: x.trunc(), REAL),
    "sign": (lambda t, x: x.sign(), REAL),
    "isnan": (lambda t, x: t.isnan(x / x), REAL),
    "isfinite": (lambda t, x: t.isfinite(x), REAL),
    "nan_to_num": (lambda t, x: t.nan_to_num(x), REAL),
    "masked_fill": (lambda t, x: x.masked_fill(x > 0, -9.0), REAL),
    "where number": (lambda t, x: t.where(x > 0, x * 2, 0.5), REAL),
    "detach": (lambda t, x: x * x.detach(), REAL),
    "float": (lambda t, x: x.float() * 2, REAL),
    "double": (lambda t, x: x.double() * 2, REAL),
    "long": (lambda t, x: x.long(), REAL),
    "to bool": (lambda t, x: (x > 0).to(t.bool), REAL),
    "ones_like": (lambda t, x: t.ones_like(x) + x, REAL),
}
ROUNDING = {"round", "round decimals", "floor", "ceil", "trunc", "sign", "float", "detach"}  # no central differences

BINARY: dict[str, Callable[..., Any]] = {
    "add": lambda t, a, b: a + b,
    "sub": lambda t, a, b: a - b,
    "mul": lambda t, a, b: a * b,
    "div": lambda t, a, b: a / b,
    "pow": lambda t, a, b: t.pow(a, b),
    "maximum": lambda t, a, b: t.maximum(a, b),
    "minimum": lambda t, a, b: t.min(a, b),
    "remainder": lambda t, a, b: a % b,
    "where": lambda t, a, b: t.where(a > b, a, b * 2),
    "lt": lambda t, a, b: a < b,
    "ge": lambda t, a, b: a >= b,
    "eq": lambda t, a, b: a == b,
    "logical_and": lambda t, a, b: t.logical_and(a > 1, b > 1),
    "clamp tensor": lambda t, a, b: a.clamp(min=b),
    "lerp": lambda t, a, b: t.lerp(a, b, 0.3),
}
#: A tensor without a gradient beside an array of numpy's.
BESIDE_NUMPY: dict[str, Callable[..., Any]] = {
    "tensor + array": lambda t, x, a: x + a,
    "tensor - array": lambda t, x, a: x - a,
    "tensor * array": lambda t, x, a: x * a,
    "tensor / array": lambda t, x, a: x / a,
    "array / tensor": lambda t, x, a: a / x,
    "tensor ** array": lambda t, x, a: x**a,
    "tensor @ array": lambda t, x, a: x @ a.T,
    "tensor == array": lambda t, x, a: x == a,
    "array == tensor": lambda t, x, a: a == x,
    "and on with the mean": lambda t, x, a: (x * a).mean(-1),
    "np.exp(tensor)": lambda t, x, a: np.exp(x),
    "np.maximum(array, tensor)": lambda t, x, a: np.maximum(a, x),
}
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), ()), ((), (2,)), ((2, 1, 2), (3, 1)), ((), ())]

TYPES = ["float32", "float64", "int64", "bool"]
MIXED: dict[str, Callable[..., Any]] = {
    "add": lambda t, a, b: a + b,
    "mul": lambda t, a, b: a * b,
    "div": lambda t, a, b: a / b,
    "where": lambda t, a, b: t.where(t.tensor([True, False]), a, b),
    "lt": lambda t, a, b: a < b,
    "maximum": lambda t, a, b: t.maximum(a, b),
}
NOT_BOOL: dict[str, Callable[..., Any]] = {
    "sub": lambda t, a, b: a - b,
    "floor_divide": lambda t, a, b: a.detach() // b.detach(),
    "remainder": lambda t, a, b: a % b,
    "pow": lambda t, a, b: a**b,
}
WITH_NUMBERS: dict[str, Callable[..., Any]] = {
    "x + 1": lambda t, x: x + 1,
    "x + 1.5": lambda t, x: x + 1.5,
    "x * True": lambda t, x: x * True,
    "x / 2": lambda t, x: x / 2,
    "2 / x": lambda t, x: 2 / (x + 1),
    "x + 0-dim float64": lambda t, x: x + t.tensor(1.5, dtype=t.float64),
    "x + 0-dim int64": lambda t, x: x + t.tensor(2),
    "sum": lambda t, x: x.sum(),
    "cumsum": lambda t, x: x.cumsum(0),
    "prod": lambda t, x: x.prod(),
    "max": lambda t, x: x.max(),
    "argmax": lambda t, x: x.long().argmax(),
    "any": lambda t, x: x.any(),
    "all": lambda t, x: x.all(),
    "mean dtype": lambda t, x: x.mean(dtype=t.float64),
    "exp": lambda t, x: t.exp(x),
    "sqrt": lambda t, x: t.sqrt(x),
    "abs": lambda t, x: t.abs(x.long()),
    "softmax float": lambda t, x: t.softmax(x.float(), 0),
    "full": lambda t, x: t.full((2,), x[0].item()),
    "cat with float": lambda t, x: t.cat([x, t.ones(1)]),
    "stack": lambda t, x: t.stack([x, x]),
    "clamp": lambda t, x: x.double().clamp(0, 1),
    "isclose": lambda t, x: t.isclose(x.double(), x.double() + 1e-9),
    "count_nonzero": lambda t, x: t.count_nonzero(x),
    "unique": lambda t, x: t.unique(x.long(), return_counts=True),
    "div trunc": lambda t, x: t.div(x.long() * 7, -2, rounding_mode="trunc"),
    "div floor": lambda t, x: t.div(x.long() * 7, -2, rounding_mode="floor"),
    "invert": lambda t, x: ~(x > 0),
    "and": lambda t, x: (x > 0) & t.tensor([True, False, True]),
    "or xor": lambda t, x: ((x > 0) | t.tensor([True, False, True])) ^ t.tensor([True, True, True]),
    "multiply by bool": lambda t, x: x * (x > 0),
    "empty sum": lambda t, x: x[:0].sum(),
    "norm": lambda t, x: t.norm(x.double()),
    "bincount": lambda t, x: t.bincount(x.long().abs(), minlength=4),
    "one_hot": lambda t, x: t.nn.functional.one_hot(x.long().abs(), 5),
    "ties max": lambda t, x: (x.double() * 0).max(0),
    "sort": lambda t, x: t.sort(x.long(), descending=True, stable=True),
}


def elementwise() -> Iterator[Case]:
    """Functions of one tensor in three shapes, of two in all broadcasts, and all pairs of types."""
    for name, (function, bounds) in UNARY.items():
        for shape in ((2, 3), (), (0,)):
            yield Case(f"{name} {shape}", function, (Input(shape, bounds=bounds),), name not in ROUNDING)
    for name, function in BESIDE_NUMPY.items():
        for wanted in (Input((2, 3), bounds=POSITIVE), Input((2, 3), "int64", (1, 4))):
            yield Case(
                f"{name} {wanted.dtype}",
                lambda t, x, y, f=function: f(t, x.detach(), y.detach().numpy()),
                (Input((2, 3), bounds=POSITIVE), wanted),
                False,
            )
    for name, function in BINARY.items():
        for a, b in SHAPES:
            smooth = name != "remainder"
            yield Case(f"{name} {a} {b}", function, (Input(a, bounds=POSITIVE), Input(b, bounds=POSITIVE)), smooth)
    for first in TYPES:
        for second in TYPES:
            for name, function in (MIXED | (NOT_BOOL if "bool" not in (first, second) else {})).items():
                for a, b in (((2,), (2,)), ((2,), ()), ((), (2,))):
                    inputs = Input(a, first, (1, 4)), Input(b, second, (1, 4))
                    yield Case(f"{name} {first}{a} {second}{b}", function, inputs, False)
    for kind in TYPES:
        for name, function in WITH_NUMBERS.items():
            yield Case(f"{name} of {kind}", function, (Input((3,), kind, (1, 4)),), False)


# --- folding, products, moving, indexing ---

FOLDS: dict[str, Callable[..., Any]] = {
    "sum": lambda t, x, d, k: x.sum(d, k),
    "mean": lambda t, x, d, k: x.mean(d, keepdim=k),
    "var": lambda t, x, d, k: x.var(d, keepdim=k),
    "std": lambda t, x, d, k: x.std(dim=d, keepdim=k),
    "std biased": lambda t, x, d, k: t.std(x, d, unbiased=False, keepdim=k),
    "var correction": lambda t, x, d, k: t.var(x, dim=d, correction=0, keepdim=k),
    "amax": lambda t, x, d, k: x.amax(d, k),
    "amin": lambda t, x, d, k: x.amin(d, k),
    "logsumexp": lambda t, x, d, k: t.logsumexp(x, d, k),
    "norm": lambda t, x, d, k: x.norm(2, d, k),
    "norm 1": lambda t, x, d, k: x.norm(1, d, k),
    "norm 3": lambda t, x, d, k: x.norm(3, d, k),
    "norm inf": lambda t, x, d, k: x.norm(math.inf, d, k),
}
FOLDS_ONE: dict[str, Callable[..., Any]] = {
    "max": lambda t, x, d, k: tuple(x.max(d, k)),
    "min": lambda t, x, d, k: tuple(t.min(x, d, keepdim=k)),
    "prod": lambda t, x, d, k: x.prod(d, k),
    "argmax": lambda t, x, d, k: x.argmax(d, k),
    "argmin": lambda t, x, d, k: t.argmin(x, d, k),
    "median": lambda t, x, d, k: tuple(x.median(d, k)),
    "quantile": lambda t, x, d, k: x.quantile(0.3, d, k),
    "cumsum": lambda t, x, d, k: x.cumsum(d),
    "cumprod": lambda t, x, d, k: x.cumprod(d),
    "sort": lambda t, x, d, k: tuple(x.sort(d, descending=k)),
    "argsort": lambda t, x, d, k: x.argsort(d, descending=k),
    "topk": lambda t, x, d, k: tuple(x.topk(2, d, largest=k)),
    "softmax": lambda t, x, d, k: x.softmax(d),
    "log_softmax": lambda t, x, d, k: t.log_softmax(x, dim=d),
    "F.softmax": lambda t, x, d, k: t.nn.functional.softmax(x, dim=d),
    "normalize": lambda t, x, d, k: t.nn.functional.normalize(x, dim=d),
    "any": lambda t, x, d, k: (x > 0).any(d, k),
    "all": lambda t, x, d, k: (x > 0).all(d, k),
}
WHOLE: dict[str, Callable[..., Any]] = {
    "sum": lambda t, x: x.sum(),
    "mean": lambda t, x: x.mean(),
    "std": lambda t, x: x.std(),
    "std False": lambda t, x: x.std(False),
    "var": lambda t, x: x.var(),
    "max": lambda t, x: x.max(),
    "min": lambda t, x: x.min(),
    "prod": lambda t, x: x.prod(),
    "prod with zero": lambda t, x: (x * t.tensor([1.0, 0.0, 1.0], dtype=x.dtype)).prod(),
    "argmax": lambda t, x: x.argmax(),
    "median": lambda t, x: x.median(),
    "quantile": lambda t, x: t.quantile(x, t.tensor([0.25, 0.5], dtype=x.dtype)),
    "norm": lambda t, x: x.norm(),
    "ties": lambda t, x: (x * 0).max() + (x * 0).amin(),
}


def folds() -> Iterator[Case]:
    """Reductions over one, several and all dimensions, with and without keeping them."""
    for name, function in FOLDS.items():
        for dims in (0, -1, (0, 2)):
            for keep in (False, True):
                yield Case(
                    f"{name} dim={dims} keepdim={keep}",
                    lambda t, x, f=function, d=dims, k=keep: f(t, x, d, k),
                    (Input((2, 3, 2)),),
                )
    for name, function in FOLDS_ONE.items():
        for dim in (0, -1):
            for keep in (False, True):
                yield Case(
                    f"{name} dim={dim} keepdim={keep}",
                    lambda t, x, f=function, d=dim, k=keep: f(t, x, d, k),
                    (Input((2, 3)),),
                )
    for name, function in WHOLE.items():
        yield Case(f"{name} of all", function, (Input((2, 3)),), name != "ties")


PRODUCTS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((2, 2, 3), (3, 2)),
    ((2, 2, 3), (2, 3, 2)),
    ((2, 1, 2, 3), (2, 3, 2)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((1, 2, 3), (2, 3, 1)),
]
SEVERAL: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "mm": (lambda t, a, b: a.mm(b), ((2, 3), (3, 2))),
    "bmm": (lambda t, a, b: t.bmm(a, b), ((2, 2, 3), (2, 3, 2))),
    "mv": (lambda t, a, b: a.mv(b), ((2, 3), (3,))),
    "dot": (lambda t, a, b: a.dot(b), ((3,), (3,))),
    "outer": (lambda t, a, b: t.outer(a, b), ((2,), (3,))),
    "addmm": (lambda t, c, a, b: t.addmm(c, a, b, beta=0.5, alpha=2), ((2,), (2, 3), (3, 2))),
    "einsum bij,bjk": (lambda t, a, b: t.einsum("bij,bjk->bik", a, b), ((2, 2, 3), (2, 3, 2))),
    "einsum i,j,ij": (lambda t, a, b, c: t.einsum("i,j,ij->", a, b, c), ((2,), (3,), (2, 3))),
    "einsum implicit": (lambda t, a, b: t.einsum("ij,jk", a, b), ((2, 3), (3, 2))),
    "einsum sum": (lambda t, a, b: t.einsum("ij,k->k", a, b), ((2, 3), (2,))),
    "einsum transpose": (lambda t, a: t.einsum("ij->ji", a), ((2, 3),)),
    "cat": (lambda t, a, b: t.cat([a, b]), ((1, 2), (2, 2))),
    "cat dim": (lambda t, a, b: t.cat((a, b, a), dim=-1), ((2, 1), (2, 2))),
    "cat empty": (lambda t, a: t.cat([a, t.zeros(0, dtype=a.dtype)]), ((2, 2),)),
    "stack": (lambda t, a, b: t.stack([a, b], dim=1), ((2, 2), (2, 2))),
    "hstack": (lambda t, a, b: t.hstack([a, b]), ((2, 1), (2, 2))),
    "vstack": (lambda t, a, b: t.vstack([a, b]), ((2,), (3, 2))),
    "linear": (lambda t, x, w, b: t.nn.functional.linear(x, w, b), ((2, 2, 3), (4, 3), (4,))),
    "linear no bias": (lambda t, x, w: t.nn.functional.linear(x, w), ((3,), (2, 3))),
    "attention": (
        lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v),
        ((2, 3, 2), (2, 4, 2), (2, 4, 3)),
    ),
    "attention causal": (
        lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True),
        ((3, 2), (3, 2), (3, 2)),
    ),
    "attention mask": (
        lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(
            q, k, v, attn_mask=t.tensor([[True, False], [True, True], [False, True]]), scale=0.7
        ),
        ((3, 2), (2, 2), (2, 2)),
    ),
    "broadcast_tensors": (lambda t, a, b: t.broadcast_tensors(a, b), ((2, 1), (3,))),
    "layer_norm": (lambda t, x, w, b: t.nn.functional.layer_norm(x, (3,), w, b), ((2, 3), (3,), (3,))),
    "layer_norm 2": (lambda t, x: t.nn.functional.layer_norm(x, (2, 3)), ((2, 2, 3),)),
    "embedding": (lambda t, w: t.nn.functional.embedding(t.tensor([[0, 2], [2, 1]]), w), ((3, 2),)),
    "embedding padding": (lambda t, w: t.nn.functional.embedding(t.tensor([0, 2, 2]), w, padding_idx=0), ((3, 2),)),
    "conv1d": (lambda t, x, w, b: t.nn.functional.conv1d(x, w, b), ((2, 2, 5), (3, 2, 2), (3,))),
    "conv1d stride": (
        lambda t, x, w: t.nn.functional.conv1d(x, w, stride=2, padding=1, dilation=2),
        ((1, 2, 6), (2, 2, 2)),
    ),
    "conv1d same": (lambda t, x, w: t.nn.functional.conv1d(x, w, padding="same"), ((2, 5), (1, 2, 3))),
}


def products() -> Iterator[Case]:
    """Matrix products in all combinations of dimensions, and what takes several tensors."""
    for a, b in PRODUCTS:
        yield Case(f"matmul {a} {b}", lambda t, x, y: x @ y, (Input(a), Input(b)))
    for name, (function, shapes) in SEVERAL.items():
        yield Case(name, function, tuple(Input(each) for each in shapes), name != "embedding padding")
    yield Case("matmul int64", lambda t, x, y: x @ y, (Input((2, 3), "int64", (0, 5)), Input((3,), "int64", (0, 5))))


MOVES: dict[str, Callable[..., Any]] = {
    "reshape": lambda t, x: x.reshape(3, -1),
    "reshape tuple": lambda t, x: t.reshape(x, (2, 6)),
    "view": lambda t, x: x.view(-1, 2),
    "view_as": lambda t, x: x.view_as(t.ones(6, 2)),
    "flatten": lambda t, x: x.flatten(1),
    "flatten all": lambda t, x: t.flatten(x),
    "unflatten": lambda t, x: x.unflatten(1, (3, 1)),
    "squeeze": lambda t, x: x[:1].squeeze(),
    "squeeze dim": lambda t, x: x[:1].squeeze(0),
    "unsqueeze": lambda t, x: x.unsqueeze(-1) * 2,
    "transpose": lambda t, x: x.transpose(0, 2),
    "T": lambda t, x: x[0].T,
    "mT": lambda t, x: x.mT,
    "t": lambda t, x: x[1].t(),
    "permute": lambda t, x: x.permute(2, 0, 1),
    "permute tuple": lambda t, x: t.permute(x, (1, 2, 0)),
    "movedim": lambda t, x: x.movedim(0, -1),
    "expand": lambda t, x: x[:, :1].expand(2, 4, -1),
    "expand front": lambda t, x: x.expand(2, -1, -1, -1),
    "expand_as": lambda t, x: x[:, :, :1].expand_as(x),
    "broadcast_to": lambda t, x: t.broadcast_to(x[:1], (2, 3, 2)),
    "repeat": lambda t, x: x.repeat(1, 2, 1),
    "repeat front": lambda t, x: x[0].repeat(2, 1, 2),
    "tile": lambda t, x: t.tile(x, (2,)),
    "repeat_interleave": lambda t, x: x.repeat_interleave(2, dim=1),
    "repeat_interleave tensor": lambda t, x: t.repeat_interleave(x, t.tensor([2, 0, 1]), dim=1),
    "split": lambda t, x: x.split(2, dim=1),
    "split sizes": lambda t, x: t.split(x, [1, 2], 1),
    "chunk": lambda t, x: x.chunk(2, 1),
    "unbind": lambda t, x: x.unbind(1),
    "select": lambda t, x: x.select(1, 2),
    "narrow": lambda t, x: x.narrow(1, 1, 2),
    "unfold": lambda t, x: x.unfold(1, 2, 1),
    "unfold step": lambda t, x: t.cat([x, x], 1).unfold(1, 3, 2),
    "flip": lambda t, x: x.flip(0, 2),
    "torch.flip": lambda t, x: t.flip(x, (1,)),
    "roll": lambda t, x: x.roll(1, 1),
    "roll all": lambda t, x: t.roll(x, 5),
    "roll two": lambda t, x: x.roll((1, -1), (0, 1)),
    "tril": lambda t, x: x.tril(),
    "triu": lambda t, x: t.triu(x, diagonal=1),
    "diag": lambda t, x: t.diag(x[0], -1),
    "diag of vector": lambda t, x: t.diag(x[0, 0], 1),
    "trace": lambda t, x: t.trace(x[0]),
    "numpy's names": lambda t, x: [x.sum(axis=1, keepdims=True), x.max(axis=0).values, t.cat([x, x], axis=2)],
    "clone": lambda t, x: x.clone() * 3,
    "contiguous": lambda t, x: x.transpose(0, 1).contiguous(),
    "pad": lambda t, x: t.nn.functional.pad(x, (1, 0, 2, 1), value=0.5),
    "swapaxes": lambda t, x: x.swapaxes(0, 1),
    "iterate": lambda t, x: list(x),
    # --- indexing ---
    "x[1]": lambda t, x: x[1],
    "x[-1, 0]": lambda t, x: x[-1, 0],
    "x[0, 1, 1]": lambda t, x: x[0, 1, 1],
    "x[:, 1:]": lambda t, x: x[:, 1:],
    "x[..., 0]": lambda t, x: x[..., 0],
    "x[:, ::2]": lambda t, x: x[:, ::2],
    "x[None]": lambda t, x: x[None, :, None],
    "x[list]": lambda t, x: x[:, [0, 2, 0]],
    "x[tensor]": lambda t, x: x[t.tensor([1, 1, 0])],
    "x[tensor, tensor]": lambda t, x: x[t.tensor([1, 0]), t.tensor([2, 2])],
    "x[rows, columns] grid": lambda t, x: x[t.tensor([[1], [0]]), t.tensor([0, 2])],
    "x[0, :, tensor]": lambda t, x: x[0, :, t.tensor([1, 1, 0])],
    "x[:, tensor, 0]": lambda t, x: x[:, t.tensor([1, 1]), 0],
    "x[tensor, :, tensor]": lambda t, x: x[t.tensor([0, 1]), :, t.tensor([1, 0])],
    "x[0-dim tensor]": lambda t, x: x[t.tensor(1)],
    "x[mask]": lambda t, x: x[x > 0],
    "x[mask of rows]": lambda t, x: x[t.tensor([False, True])],
    "x[:, mask]": lambda t, x: x[:, t.tensor([True, False, True])],
    "x[mask 2d]": lambda t, x: x[t.tensor([[True, False, True], [False, False, True]])],
    "x[..., mask]": lambda t, x: x[..., t.tensor([True, False])],
    "x[arange, actions]": lambda t, x: x[t.arange(2), t.tensor([2, 0])],
    "masked_select": lambda t, x: t.masked_select(x, x < 0.5),
    "nonzero": lambda t, x: t.nonzero(x > 0),
    "where places": lambda t, x: t.where(x > 0),
    "gather": lambda t, x: x[0].gather(1, t.tensor([[1], [0], [1]])),
    "gather many": lambda t, x: t.gather(x[0], 0, t.tensor([[0, 2], [0, 1], [0, 0], [2, 2]])),
    "gather smaller": lambda t, x: x.gather(1, t.tensor([[[2]], [[0]]])),
    "take_along_dim": lambda t, x: t.take_along_dim(x, x.argmax(1, keepdim=True), 1),
    "index_select": lambda t, x: x.index_select(1, t.tensor([2, 0, 2])),
    "scatter": lambda t, x: x[0].scatter(1, t.tensor([[1], [0], [1]]), x[1, :, :1]),
    "scatter value": lambda t, x: x[0].scatter(1, t.tensor([[1], [0]]), 5.0),
    "scatter_add": lambda t, x: x[0].scatter_add(0, t.tensor([[0, 0], [2, 0], [0, 1]]), x[1]),
    "index_add": lambda t, x: x[0].index_add(0, t.tensor([1, 1]), x[1, :2], alpha=2),
    "set x[1]": lambda t, x: changed(x, lambda y: y.__setitem__(1, 3.0)),
    "set from itself": lambda t, x: changed(x, lambda y: y.__setitem__(0, x[1] * 2)),
    "set column": lambda t, x: changed(x, lambda y: y.__setitem__((slice(None), 0), x[:, 1])),
    "set broadcast": lambda t, x: changed(x, lambda y: y.__setitem__((slice(None), 1), x[0, 0])),
    "set mask": lambda t, x: changed(x, lambda y: y.__setitem__(x > 0.5, 0.25)),
    "set tensor": lambda t, x: changed(x, lambda y: y.__setitem__(t.tensor([1, 0]), x)),
    "set in zeros": lambda t, x: changed(t.zeros(2, 3, 2, dtype=x.dtype), lambda y: y.__setitem__(0, x[1] ** 2)),
    "in place": lambda t, x: changed(x, lambda y: y.mul_(2).add_(x).sub_(1).div_(3).clamp_(-1, 1)),
    "in place exp": lambda t, x: changed(x, lambda y: y.exp_()),
    "in place operators": lambda t, x: in_place_operators(x),
    "fill_": lambda t, x: changed(x, lambda y: y[0].shape) + changed(x.detach(), lambda y: y.fill_(2)),
    "zero_": lambda t, x: changed(x, lambda y: y.zero_()) + x,
    "copy_": lambda t, x: changed(x, lambda y: y.copy_(x[0] * 2)),
    "masked_fill_": lambda t, x: changed(x, lambda y: y.masked_fill_(x < 0, 1)),
    "scatter_": lambda t, x: changed(
        t.zeros(3, 2, dtype=x.dtype), lambda y: y.scatter_(1, t.tensor([[1], [0], [1]]), x[0, :, :1])
    ),
    "index_fill_": lambda t, x: changed(x, lambda y: y.index_fill_(1, t.tensor([0, 2]), -1)),
    "no_grad": lambda t, x: without_gradient(t, x) + x,
    "used twice": lambda t, x: x * x.sum() + x[0] * x.mean(0) - x.view(-1)[0],
    "chain": lambda t, x: ((x.exp() + 1).log() * x).tanh().sum(1).softmax(-1),
}
DETACHED = {"no_grad", "fill_", "in place operators"}  # a part is taken without its gradient
BY_HAND = DETACHED | {"set mask", "masked_fill_", "x[mask]", "masked_select", "nonzero", "where places"}


def changed(x: Any, change: Callable[[Any], Any]) -> Any:
    """A copy that was changed in place, and came from `x`."""
    copy = x * 1
    change(copy)
    return copy


def in_place_operators(x: Any) -> Any:
    """A copy changed by +=, *=, -= and /=."""
    y = x * 1
    y += x
    y *= 0.5
    y -= x.detach()
    y /= 3
    y[:, 0] = y[:, 1] * 2
    return y


def without_gradient(torch: Any, x: Any) -> Any:
    """Computed under no_grad, in its three forms."""

    @torch.no_grad()
    def inner() -> Any:
        assert not torch.is_grad_enabled()
        return x * 2

    with torch.no_grad():
        first = x * 3
        with torch.enable_grad():
            assert torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    with torch.set_grad_enabled(False):
        second = x * 5
    return inner() + first + second


def moves() -> Iterator[Case]:
    """Views, joins, splits, indexing and changes in place, on one tensor of shape (2, 3, 2)."""
    for name, function in MOVES.items():
        yield Case(name, function, (Input((2, 3, 2)),), name not in BY_HAND)


# --- losses and distributions ---


def losses() -> Iterator[Case]:
    """Every loss with every reduction."""
    labels = Input((4,), "int64", (0, 3))
    for reduction in ("mean", "sum", "none"):
        for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
            yield Case(
                f"{name} {reduction}",
                lambda t, x, y, n=name, r=reduction: getattr(t.nn.functional, n)(x, y, reduction=r),
                (Input((2, 3)), Input((2, 3))),
            )
        yield Case(
            f"huber_loss delta {reduction}",
            lambda t, x, y, r=reduction: t.nn.HuberLoss(r, delta=0.4)(x, y),
            (Input((2, 3)), Input((2, 3))),
        )
        yield Case(
            f"smooth_l1_loss beta {reduction}",
            lambda t, x, y, r=reduction: t.nn.SmoothL1Loss(reduction=r, beta=0.4)(x, y),
            (Input((2, 3)), Input((2, 3))),
        )
        for name, options in CROSS_ENTROPIES.items():
            yield Case(
                f"cross_entropy {name} {reduction}",
                lambda t, x, y, o=options, r=reduction: t.nn.functional.cross_entropy(x, y, reduction=r, **o(t, x)),
                (Input((4, 3)), labels),
            )
        yield Case(
            f"nll_loss {reduction}",
            lambda t, x, y, r=reduction: t.nn.functional.nll_loss(t.log_softmax(x, 1), y, reduction=r),
            (Input((4, 3)), labels),
        )
        yield Case(
            f"cross_entropy of probabilities {reduction}",
            lambda t, x, y, r=reduction: t.nn.CrossEntropyLoss(reduction=r)(x, y.softmax(1)),
            (Input((4, 3)), Input((4, 3))),
        )
        yield Case(
            f"cross_entropy over time {reduction}",
            lambda t, x, y, r=reduction: t.nn.functional.cross_entropy(x, y, reduction=r),
            (Input((2, 3, 2)), Input((2, 2), "int64", (0, 3))),
        )
        yield Case(
            f"binary_cross_entropy {reduction}",
            lambda t, x, y, r=reduction: t.nn.BCELoss(reduction=r)(x, y.detach()),
            (Input((2, 3), bounds=UNIT), Input((2, 3), bounds=UNIT)),
            False,
        )
        yield Case(
            f"with logits {reduction}",
            lambda t, x, y, r=reduction: t.nn.BCEWithLogitsLoss(reduction=r)(x, y),
            (Input((2, 3)), Input((2, 3), bounds=UNIT)),
        )
        yield Case(
            f"with logits pos_weight {reduction}",
            lambda t, x, y, r=reduction: t.nn.functional.binary_cross_entropy_with_logits(
                x, y.detach(), reduction=r, pos_weight=t.tensor(2.0, dtype=x.dtype)
            ),
            (Input((2, 3)), Input((2, 3), bounds=UNIT)),
            False,
        )
        yield Case(
            f"kl_div {reduction}",
            lambda t, x, y, r=reduction: t.nn.functional.kl_div(x.log_softmax(1), y.softmax(1), reduction=r),
            (Input((2, 3)), Input((2, 3))),
        )
    yield Case(
        "kl_div batchmean log",
        lambda t, x, y: t.nn.KLDivLoss(reduction="batchmean", log_target=True)(x.log_softmax(1), y.log_softmax(1)),
        (Input((2, 3)), Input((2, 3))),
    )
    yield Case(
        "cross_entropy of one",
        lambda t, x, y: t.nn.functional.cross_entropy(x, y[0]),
        (Input((3,)), Input((1,), "int64", (0, 3))),
    )
    yield Case(
        "actor-critic loss",
        lambda t, x, v: (
            -t.distributions.Categorical(logits=x).log_prob(t.tensor([0, 2])) * v.detach() + 0.5 * v**2
        ).mean(),
        (Input((2, 3)), Input((2,))),
        False,
    )


CROSS_ENTROPIES: dict[str, Callable[..., dict[str, Any]]] = {
    "plain": lambda t, x: {},
    "weight": lambda t, x: {"weight": t.tensor([0.5, 1.0, 2.0], dtype=x.dtype)},
    "ignore": lambda t, x: {"ignore_index": 1},
    "smoothing": lambda t, x: {"label_smoothing": 0.2},
}

DISTRIBUTIONS: dict[str, Callable[..., Any]] = {
    "Categorical log_prob": lambda t, x: t.distributions.Categorical(logits=x).log_prob(t.tensor([0, 2])),
    "Categorical log_probs": lambda t, x: t.distributions.Categorical(logits=x).log_prob(t.tensor([[0, 2], [1, 0]])),
    "Categorical of probs": lambda t, x: t.distributions.Categorical(x.softmax(-1)).log_prob(t.tensor([0, 2])),
    "Categorical entropy": lambda t, x: t.distributions.Categorical(logits=x).entropy(),
    "Categorical entropy of probs": lambda t, x: t.distributions.Categorical(x.exp()).entropy(),
    "Categorical probs": lambda t, x: t.distributions.Categorical(logits=x).probs,
    "Categorical logits": lambda t, x: t.distributions.Categorical(probs=x.exp()).logits,
    "Categorical mode": lambda t, x: t.distributions.Categorical(logits=x).mode,
    "Categorical kl": lambda t, x: t.distributions.kl_divergence(
        t.distributions.Categorical(logits=x), t.distributions.Categorical(probs=x.exp() + 1)
    ),
    "Normal log_prob": lambda t, x: t.distributions.Normal(x[0], x[1].exp()).log_prob(x.mean(0)),
    "Normal numbers": lambda t, x: t.distributions.Normal(0.5, 2.0).log_prob(x.float()),
    "Normal broadcast": lambda t, x: t.distributions.Normal(x, 0.5).log_prob(x[0]),
    "Normal entropy": lambda t, x: t.distributions.Normal(x[0], x[1].exp()).entropy(),
    "Normal moments": lambda t, x: [
        t.distributions.Normal(x[0], x[1].exp()).mean,
        t.distributions.Normal(x[0], x[1].exp()).variance,
        t.distributions.Normal(x[0], x[1].exp()).stddev,
    ],
    "Normal kl": lambda t, x: t.distributions.kl_divergence(
        t.distributions.Normal(x[0], x[1].exp()), t.distributions.Normal(x[1], 1.5)
    ),
    "Bernoulli log_prob": lambda t, x: t.distributions.Bernoulli(logits=x).log_prob((x > 0).to(x.dtype)),
    "Bernoulli entropy": lambda t, x: t.distributions.Bernoulli(x.sigmoid()).entropy(),
    "Bernoulli variance": lambda t, x: t.distributions.Bernoulli(x.sigmoid()).variance,
    "Bernoulli kl": lambda t, x: t.distributions.kl_divergence(
        t.distributions.Bernoulli(x[0].sigmoid()), t.distributions.Bernoulli(logits=x[1])
    ),
}


def distributions() -> Iterator[Case]:
    """Everything of a distribution that is not drawn."""
    for name, function in DISTRIBUTIONS.items():
        yield Case(name, function, (Input((2, 3)),), name != "Normal numbers")


def all_cases() -> list[Case]:
    """All of them."""
    return [*elementwise(), *folds(), *products(), *moves(), *losses(), *distributions()]

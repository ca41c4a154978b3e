"""Random tensors.

The numbers come from numpy's PCG64, not from PyTorch's Mersenne Twister: the same seed gives the same numbers in every
process here, and other numbers than real PyTorch. Nothing that is compared across the two may rest on them. Without
`manual_seed` the stream starts from 0, so an unseeded program repeats itself too, which PyTorch does not promise.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.creation import Where, _leaf, _size
from grandmodel_sim.torch.dtypes import Array
from grandmodel_sim.torch.dtypes import dtype as Type
from grandmodel_sim.torch.recording import before_change, method, replace
from grandmodel_sim.torch.tensors import Number, Tensor, check_device, wrap


class Generator:
    """A stream of random numbers of its own; give it to a function as `generator`."""

    def __init__(self, device: Where = None) -> None:
        check_device(device)
        self.manual_seed(0)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from a seed."""
        self._seed = operator.index(seed)
        # numpy's seeds are not negative; PyTorch's are taken modulo 2⁶⁴.
        self._draw = np.random.Generator(np.random.PCG64(self._seed % 2**64))
        return self

    def initial_seed(self) -> int:
        """The seed it started from."""
        return self._seed

    def get_state(self) -> Any:
        """Where the stream is, for `set_state`; not in PyTorch's format."""
        return self._draw.bit_generator.state

    def set_state(self, new_state: Any) -> None:
        """Go back to where `get_state` was called."""
        self._draw.bit_generator.state = new_state


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default stream from a seed. The numbers differ from PyTorch's for the same seed."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """PyTorch would take a seed from chance; here the stream goes on, and its seed is returned."""
    return default_generator.initial_seed()


def initial_seed() -> int:
    """The seed of the default stream."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """Where the default stream is; not in PyTorch's format."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Set the default stream to a state from `get_rng_state`."""
    default_generator.set_state(new_state)


def _draw(generator: Generator | None) -> np.random.Generator:
    return (generator or default_generator)._draw


def _uniform(shape: tuple[int, ...], kind: np.dtype[Any], generator: Generator | None) -> Array:
    return _draw(generator).random(shape, kind.type) if shape else np.asarray(_draw(generator).random(None, kind.type))


def _normal(shape: tuple[int, ...], kind: np.dtype[Any], generator: Generator | None) -> Array:
    return np.asarray(_draw(generator).standard_normal(shape or None, kind.type), kind)


def rand(
    *size: Any,
    generator: Generator | None = None,
    dtype: Type | None = None,
    device: Where = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from 0 to 1, uniform."""
    return _leaf(_uniform(_size(size), dtypes.numpy_type(dtype), generator), requires_grad, device)


def randn(
    *size: Any,
    generator: Generator | None = None,
    dtype: Type | None = None,
    device: Where = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from the standard normal distribution."""
    return _leaf(_normal(_size(size), dtypes.numpy_type(dtype), generator), requires_grad, device)


def rand_like(input: Tensor, *, dtype: Type | None = None, requires_grad: bool = False) -> Tensor:
    """As `rand`, in the shape and type of `input`."""
    return rand(input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def randn_like(input: Tensor, *, dtype: Type | None = None, requires_grad: bool = False) -> Tensor:
    """As `randn`, in the shape and type of `input`."""
    return randn(input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Type | None = None,
    device: Where = None,
) -> Tensor:
    """Whole numbers from `low` (0 if one bound is given) to below `high`."""
    if size is None:
        low, high, size = 0, low, high
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    drawn = _draw(generator).integers(low, high, _size((size,)), np.int64)
    return _leaf(np.asarray(drawn).astype(dtypes.numpy_type(dtype, dtypes.int64)), False, device)


def randperm(n: int, *, generator: Generator | None = None, dtype: Type | None = None) -> Tensor:
    """The whole numbers from 0 to n - 1 in random order."""
    return wrap(_draw(generator).permutation(n).astype(dtypes.numpy_type(dtype, dtypes.int64)))


def normal(
    mean: Tensor | float,
    std: Tensor | float = 1.0,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Numbers from normal distributions with these means and standard deviations."""
    m = mean._array if isinstance(mean, Tensor) else mean
    s = std._array if isinstance(std, Tensor) else std
    if np.any(np.asarray(s) < 0):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    shape = _size((size,)) if size is not None else np.broadcast_shapes(np.shape(m), np.shape(s))
    kind = m.dtype if isinstance(m, np.ndarray) else s.dtype if isinstance(s, np.ndarray) else dtypes.numpy_type(None)
    return wrap((_normal(shape, kind, generator) * s + m).astype(kind))


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that `input` gives, else 0."""
    p = input._array
    if np.any((p < 0) | (p > 1)):
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    return wrap((_uniform(p.shape, p.dtype, generator) < p).astype(p.dtype))


@method()
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Places drawn with the probabilities in each row of `input`, which need not sum to 1; shape (rows, num_samples).

    Without replacement no place comes twice: the largest of p / Exponential(1) are taken, one draw for all.
    """
    p = input._array
    if p.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.title}")
    if p.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if num_samples < 1:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > p.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not np.all(np.isfinite(p)) or np.any(p < 0):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    total = p.sum(axis=-1, keepdims=True)
    if np.any(total <= 0):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    draw = _draw(generator)
    if replacement or num_samples == 1:
        below = np.cumsum(p / total, axis=-1, dtype=np.float64)
        u = draw.random((*p.shape[:-1], num_samples)) * below[..., -1:]
        places = (u[..., None] >= below[..., None, :]).sum(axis=-1)
    else:
        race = p / draw.standard_exponential(p.shape)
        places = np.argsort(-race, axis=-1, kind="stable")[..., :num_samples]
    return wrap(places.astype(np.int64))


# --- filling in place ---


def _fill(tensor: Tensor, values: Array) -> Tensor:
    before_change(tensor)
    tensor._node, tensor._requires_grad = None, tensor._requires_grad and tensor._node is None
    return replace(tensor, wrap(values))


@method()
def uniform_(self: Tensor, a: Number = 0, b: Number = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from `a` to `b`, uniform, in place."""
    x = self._array
    return _fill(self, (a + (b - a) * _uniform(x.shape, x.dtype, generator)).astype(x.dtype))


@method()
def normal_(self: Tensor, mean: Number = 0, std: Number = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill from a normal distribution, in place."""
    x = self._array
    return _fill(self, (mean + std * _normal(x.shape, x.dtype, generator)).astype(x.dtype))


@method()
def random_(self: Tensor, low: int, high: int | None = None, *, generator: Generator | None = None) -> Tensor:
    """Fill with whole numbers from `low` (0 if one bound is given) to below `high`, in place."""
    return (
        _fill(self, randint(low, high, self.shape, generator=generator)._array.astype(self._array.dtype))
        if (high is not None)
        else _fill(self, randint(0, low, self.shape, generator=generator)._array.astype(self._array.dtype))
    )

"""`torch.distributions`: to draw from, to take the logarithm of a probability of, to measure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from grandmodel_sim.torch import dtypes, graph, pointwise
from grandmodel_sim.torch.casting import quiet
from grandmodel_sim.torch.creation import full, tensor
from grandmodel_sim.torch.missing import missing_from, not_offered
from grandmodel_sim.torch.nn import functional as F
from grandmodel_sim.torch.randomness import _normal, bernoulli, multinomial
from grandmodel_sim.torch.shapes import broadcast_tensors, broadcast_to
from grandmodel_sim.torch.tensors import Operand, Size, Tensor, wrap

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "kl_divergence"]


class Distribution:
    """A distribution, or a batch of them.

    Args:
        batch_shape: shape of the batch.
        event_shape: shape of one draw.
        validate_args: whether values are checked; they are by default.
    """

    _parameters: tuple[str, ...] = ()

    def __init__(
        self,
        batch_shape: Sequence[int] = (),
        event_shape: Sequence[int] = (),
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        self._validate_args = validate_args is not False

    @property
    def batch_shape(self) -> Size:
        """How many distributions there are."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one draw from one of them."""
        return self._event_shape

    def _extended(self, sample_shape: Sequence[int]) -> tuple[int, ...]:
        return (*sample_shape, *self._batch_shape, *self._event_shape)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.variance.sqrt()  # type: ignore[no-any-return]

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draws, without a gradient; shape sample_shape + batch_shape."""
        with graph.no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draws through which gradients go back to the parameters, where that is possible."""
        raise NotImplementedError

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability, or of the density, of `value`."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The entropy, in nats."""
        raise NotImplementedError

    def _check_parameter(self, name: str, value: Tensor, valid: Any, rule: str) -> None:
        if self._validate_args and not np.all(valid):
            raise ValueError(
                f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                f"{self!r} to satisfy the constraint {rule}, but found invalid values:\n{value}"
            )

    def _check_value(self, value: Tensor, valid: Any, support: str) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        for own, given in zip(reversed(self._batch_shape), reversed(value.shape), strict=False):
            if own != given and own != 1 and given != 1:
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {self._batch_shape}."
                )
        if not np.all(valid(value._array)):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                f"support ({support}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        shown = []
        for name in self._parameters:
            if name in self.__dict__:
                value = self.__dict__[name]
                shown.append(f"{name}: {value if value.numel() == 1 and not value.ndim else value.shape}")
        return f"{type(self).__name__}({', '.join(shown)})"


class Categorical(Distribution):
    """One of K classes, 0 to K - 1.

    Args:
        probs: probabilities, or numbers in their proportion, along the last dimension.
        logits: instead, their logarithms up to a constant.
    """

    _parameters = ("probs", "logits")

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        given = probs if probs is not None else logits
        assert given is not None
        if not given.ndim:
            raise ValueError(
                f"`{'probs' if probs is not None else 'logits'}` parameter must be at least one-dimensional."
            )
        super().__init__(given.shape[:-1], (), validate_args)
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
            p = probs._array
            with quiet():
                valid = np.all(p >= 0) and np.all(np.abs(self.probs._array.sum(-1) - 1) < 1e-6)
            self._check_parameter("probs", probs, valid, "Simplex()")
        else:
            assert logits is not None
            self.logits = logits - logits.logsumexp(-1, keepdim=True)
            valid = np.all(~np.isnan(self.logits._array))
            self._check_parameter("logits", self.logits, valid, "IndependentConstraint(Real(), 1)")

    def __getattr__(self, name: str) -> Any:
        # Of probabilities and logits one is given; the other is computed when it is asked for.
        if name == "logits" and "probs" in self.__dict__:
            eps = float(np.finfo(self.probs._array.dtype).eps)
            self.logits = self.probs.clamp(min=eps, max=1 - eps).log()
            return self.logits
        if name == "probs" and "logits" in self.__dict__:
            self.probs = F.softmax(self.logits, -1)
            return self.probs
        raise AttributeError(f"'Categorical' object has no attribute '{name}'", name=name, obj=self)

    def __repr__(self) -> str:
        given = next(name for name in self.__dict__ if name in self._parameters)
        return f"Categorical({given}: {self.__dict__[given].shape})"

    @property
    def mode(self) -> Tensor:
        """The most probable class."""
        return self.probs.argmax(-1)  # type: ignore[no-any-return]

    @property
    def mean(self) -> Tensor:
        """nan: classes have no mean."""
        return full(self._batch_shape, math.nan, dtype=self.probs.dtype)

    @property
    def variance(self) -> Tensor:
        """nan: classes have no variance."""
        return full(self._batch_shape, math.nan, dtype=self.probs.dtype)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Classes drawn; shape sample_shape + batch_shape, int64."""
        flat = self.probs.detach().reshape(-1, self.probs.shape[-1])
        drawn = multinomial(flat, int(np.prod(tuple(sample_shape), dtype=np.int64)), True)
        return drawn.T.reshape(self._extended(sample_shape))  # type: ignore[no-any-return]

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Not possible: no gradient goes through a choice."""
        raise NotImplementedError("Categorical has no rsample; use log_prob to let gradients through")

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of each class in `value`."""
        classes = self.logits.shape[-1]
        self._check_value(
            value,
            lambda v: (v >= 0) & (v <= classes - 1) & (v % 1 == 0),
            f"IntegerInterval(lower_bound=0, upper_bound={classes - 1})",
        )
        index, log_p = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return log_p.gather(-1, index[..., :1]).squeeze(-1)  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """-Σ p log p; log K where all classes are equally probable."""
        low = float(np.finfo(self.logits._array.dtype).min)
        return -(self.logits.clamp(min=low) * self.probs).sum(-1)  # type: ignore[no-any-return]


class Bernoulli(Distribution):
    """1 with a probability, else 0.

    Args:
        probs: the probability.
        logits: instead, log(p / (1 - p)).
    """

    _parameters = ("probs", "logits")

    def __init__(
        self, probs: Operand | None = None, logits: Operand | None = None, validate_args: bool | None = None
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        if probs is not None:
            self.probs = probs if isinstance(probs, Tensor) else tensor(float(probs))
            super().__init__(self.probs.shape, (), validate_args)
            p = self.probs._array
            self._check_parameter(
                "probs", self.probs, (p >= 0) & (p <= 1), "Interval(lower_bound=0.0, upper_bound=1.0)"
            )
        else:
            assert logits is not None
            self.logits = logits if isinstance(logits, Tensor) else tensor(float(logits))
            super().__init__(self.logits.shape, (), validate_args)
            self._check_parameter("logits", self.logits, ~np.isnan(self.logits._array), "Real()")

    def __getattr__(self, name: str) -> Any:
        if name == "logits" and "probs" in self.__dict__:
            eps = float(np.finfo(self.probs._array.dtype).eps)
            p = self.probs.clamp(min=eps, max=1 - eps)
            self.logits = p.log() - (-p).log1p()
            return self.logits
        if name == "probs" and "logits" in self.__dict__:
            self.probs = self.logits.sigmoid()
            return self.probs
        raise AttributeError(f"'Bernoulli' object has no attribute '{name}'", name=name, obj=self)

    @property
    def mean(self) -> Tensor:
        """p."""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """p · (1 - p)."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """0 or 1, in the type of the probabilities."""
        return bernoulli(broadcast_to(self.probs.detach(), self._extended(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of 0 or 1."""
        self._check_value(value, lambda v: (v == 0) | (v == 1), "Boolean()")
        logits, target = broadcast_tensors(self.logits, value.to(self.logits.dtype))
        return -F.binary_cross_entropy_with_logits(logits, target, reduction="none")

    def entropy(self) -> Tensor:
        """-p log p - (1 - p) log(1 - p)."""
        return F.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")


class Normal(Distribution):
    """The normal distribution.

    Args:
        loc: mean μ.
        scale: standard deviation σ, above 0.
    """

    _parameters = ("loc", "scale")

    def __init__(self, loc: Operand, scale: Operand, validate_args: bool | None = None) -> None:
        like = next((each.dtype for each in (loc, scale) if isinstance(each, Tensor)), dtypes.get_default_dtype())
        tensors = [each if isinstance(each, Tensor) else tensor(float(each), dtype=like) for each in (loc, scale)]
        self.loc, self.scale = broadcast_tensors(*tensors)
        super().__init__(self.loc.shape, (), validate_args)
        self._check_parameter("loc", self.loc, ~np.isnan(self.loc._array), "Real()")
        self._check_parameter("scale", self.scale, self.scale._array > 0, "GreaterThan(lower_bound=0.0)")

    @property
    def mean(self) -> Tensor:
        """μ."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """μ."""
        return self.loc

    @property
    def stddev(self) -> Tensor:
        """σ."""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """σ²."""
        return self.scale**2

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """μ + σ · ε with ε standard normal: gradients go back to μ and σ."""
        noise = _normal(self._extended(sample_shape), self.loc._array.dtype, None)
        return self.loc + wrap(noise) * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        """-(value - μ)² / 2σ² - log σ - log √2π."""
        self._check_value(value, lambda v: ~np.isnan(v), "Real()")
        return -((value - self.loc) ** 2) / (2 * self.scale**2) - self.scale.log() - math.log(math.sqrt(2 * math.pi))  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """1/2 + 1/2 · log 2π + log σ."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()  # type: ignore[no-any-return]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """Σ p log(p / q): how much `p` differs from `q`; both of one kind."""
    if isinstance(p, Categorical) and isinstance(q, Categorical):
        part = p.probs * (p.logits - q.logits)
        part = pointwise.where((q.probs == 0).expand_as(part), math.inf, part)
        part = pointwise.where((p.probs == 0).expand_as(part), 0.0, part)
        return part.sum(-1)  # type: ignore[no-any-return]
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio = (p.scale / q.scale) ** 2
        return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log())  # type: ignore[no-any-return]
    if isinstance(p, Bernoulli) and isinstance(q, Bernoulli):
        return p.probs * (p.logits - q.logits) + F.softplus(q.logits) - F.softplus(p.logits)
    raise not_offered(
        f"kl_divergence({type(p).__name__}, {type(q).__name__})", "two Categorical, Normal or Bernoulli are compared"
    )


def __getattr__(name: str) -> Any:
    raise missing_from("torch.distributions", name, __all__)

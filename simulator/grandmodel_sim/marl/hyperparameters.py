"""What can be set on a MAPPO or IPPO trainer, in one place."""

import math
from dataclasses import dataclass, fields
from typing import Any, Self

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.mlp import ACTIVATIONS


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The defaults are GrandModel's where it names a value (γ, λ, clip, learning rate, entropy, value weight, gradient
    norm, epochs) and those of the MAPPO paper's code elsewhere.

    Attributes:
        copies: B, environments played side by side.
        rollout_steps: T, steps in each of them between two updates. An update learns from T · B · A decisions.
        epochs: passes over those decisions.
        minibatches: parts of a pass, each with a gradient step of its own; 1 takes all at once, as MAPPO does.
        learning_rate: Adam's, for the policy.
        critic_learning_rate: Adam's, for the critic; None: the same.
        anneal_updates: the learning rates fall linearly to 0 over this many updates; None: they stay.
        discount: γ, per step.
        gae_lambda: λ, 0..1.
        clip: ε of the surrogate: how far a probability may move, as a share of what it was.
        value_clip: ε of the value loss, in the critic's units; None does without.
        huber_delta: where the value loss turns from square to linear, in the critic's units; None: it stays square.
        value_weight: factor on the value loss.
        value_memory: β of the value normalisation, 0..1; None leaves returns as they are.
        normalise_advantages: whether to give the advantages of a batch mean 0 and deviation 1.
        entropy_weight: c, reward per nat for staying undecided.
        max_grad_norm: longer gradients are scaled down to this length; policy and critic separately.
        target_kl: no further epoch once the policy has moved this far (approximate KL, nats); None: no such stop.
        hidden_sizes: hidden units, layer by layer, of the policy and of the critic.
        activation: "relu" or "tanh". In WebAssembly a tanh takes about twenty times as long.
        share_parameters: one policy and one critic for all agents, told apart by a one-hot name in their inputs; False
            gives each its own.
        initial_log_std: log σ of continuous actions at the start.

    Raises:
        BadInput: for a value that cannot be used.
    """

    copies: int = 8
    rollout_steps: int = 128
    epochs: int = 10
    minibatches: int = 1
    learning_rate: float = 3e-4
    critic_learning_rate: float | None = None
    anneal_updates: int | None = None
    discount: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.2
    value_clip: float | None = 0.2
    huber_delta: float | None = 10.0
    value_weight: float = 0.5
    value_memory: float | None = 0.99999
    normalise_advantages: bool = True
    entropy_weight: float = 0.01
    max_grad_norm: float = 0.5
    target_kl: float | None = None
    hidden_sizes: tuple[int, ...] = (64, 64)
    activation: str = "relu"
    share_parameters: bool = True
    initial_log_std: float = 0.0

    def __post_init__(self) -> None:
        for name in ("copies", "rollout_steps", "epochs", "minibatches"):
            _whole(name, getattr(self, name))
        if self.anneal_updates is not None:
            _whole("anneal_updates", self.anneal_updates)
        for name in ("discount", "gae_lambda"):
            _number(name, getattr(self, name), 0, 1)
        for name in ("learning_rate", "clip", "max_grad_norm"):
            _number(name, getattr(self, name), 0, math.inf, above=True)
        for name in ("critic_learning_rate", "value_clip", "huber_delta", "target_kl"):
            if getattr(self, name) is not None:
                _number(name, getattr(self, name), 0, math.inf, above=True)
        for name in ("value_weight", "entropy_weight"):
            _number(name, getattr(self, name), 0, math.inf)
        if self.value_memory is not None and not (_is_number(self.value_memory) and 0 <= self.value_memory < 1):
            raise BadInput("value_memory", self.value_memory, "give a number from 0 to below 1, or None")
        _number("initial_log_std", self.initial_log_std, -20, 2)
        for name in ("normalise_advantages", "share_parameters"):
            if not isinstance(getattr(self, name), bool):
                raise BadInput(name, getattr(self, name), "give True or False")
        if not isinstance(self.hidden_sizes, tuple | list) or not self.hidden_sizes:
            raise BadInput(
                "hidden_sizes", self.hidden_sizes, "give one whole number for each hidden layer, as (64, 64)"
            )
        for size in self.hidden_sizes:
            _whole("hidden_sizes", size)
        object.__setattr__(self, "hidden_sizes", tuple(self.hidden_sizes))
        if self.activation not in ACTIVATIONS:
            raise BadInput("activation", self.activation, f"the activations are {', '.join(ACTIVATIONS)}")

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict` after a way through JSON, which makes lists of tuples.

        Raises:
            BadInput: for a name that is not a hyper-parameter.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise BadInput("hyperparameters", name, f"the hyper-parameters are {', '.join(sorted(known))}")
        return cls(**values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadInput(name, value, "give a whole number from 1")


def _number(name: str, value: Any, low: float, high: float, above: bool = False) -> None:
    if not _is_number(value) or value < low or value > high or (above and value == low):
        limit = f"above {low}" if above else f"from {low}"
        raise BadInput(name, value, f"give a number {limit}" + ("" if high == math.inf else f" to {high}"))

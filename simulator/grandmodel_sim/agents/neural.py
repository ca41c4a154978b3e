"""The base class of agents that learn: an `nn.Module` with the interface that a training loop calls.

A subclass writes three methods: `forward` (what the networks say), `select_action` (what is done) and `compute_loss`
(what is learnt from). Written with calls only that PyTorch and `grandmodel_sim.torch` share, so it runs on both.

Shapes: B states in a batch, T bars in a window, F features of a bar, A actions.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.errors import BadInput
from grandmodel_sim.notebook.torch_finder import offer_torch

offer_torch()

import torch  # type: ignore[import-not-found]  # noqa: E402
from torch import nn  # noqa: E402


@dataclass(frozen=True)
class AgentConfig:
    """The settings of an agent and of its training; MAPPO's usual values unless told otherwise.

    A dataclass and not a dictionary: `config.hidden_dim` works, and a misspelt name is an error at once.

    Attributes:
        input_dim: features of a bar, F.
        hidden_dim: width of the embedder and of the heads.
        num_layers: layers of the embedder's GRU.
        action_dim: number of actions, A.
        learning_rate: step length of the optimiser.
        dropout: share of the embedding that is set to 0 while training.
        gamma: discount of rewards, per bar.
        gae_lambda: λ of generalised advantage estimation (Schulman et al., arXiv:1506.02438).
        clip: ε of PPO (Schulman et al., arXiv:1707.06347): how far a probability ratio may count away from 1.
        entropy_weight: weight of the entropy bonus.
        value_weight: weight of the value loss.
        max_grad_norm: length to which a longer gradient is shortened.
    """

    input_dim: int
    hidden_dim: int = 32
    num_layers: int = 1
    action_dim: int = 3
    learning_rate: float = 3e-4
    dropout: float = 0.0
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.2
    entropy_weight: float = 0.01
    value_weight: float = 0.5
    max_grad_norm: float = 0.5

    def __post_init__(self) -> None:
        for name in ("input_dim", "hidden_dim", "num_layers", "action_dim"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise BadInput(name, value, "give a whole number from 1")
        for name, low, high in (
            ("learning_rate", 0.0, 1.0),
            ("dropout", 0.0, 0.9),
            ("gamma", 0.0, 1.0),
            ("gae_lambda", 0.0, 1.0),
            ("clip", 0.0, 1.0),
            ("entropy_weight", 0.0, 1.0),
            ("value_weight", 0.0, 100.0),
            ("max_grad_norm", 0.0, 1e6),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise BadInput(name, value, f"give a number from {low:g} to {high:g}")


class BaseAgent(nn.Module, ABC):  # type: ignore[misc]
    """An agent with networks: subclass it, and call `super().__init__(config)` first.

    `nn.Module` finds the networks that are set as attributes, and only after its own `__init__` has run. From it come
    `parameters()` for the optimiser, `train()` and `eval()` for dropout, and `state_dict()` for saving.

    Args:
        config: an `AgentConfig`.

    Raises:
        BadInput: for a config of another type, such as a dictionary.
    """

    def __init__(self, config: AgentConfig) -> None:
        super().__init__()
        if not isinstance(config, AgentConfig):
            accepted = "give an AgentConfig"
            if isinstance(config, dict):
                accepted += ": AgentConfig(**config). A dictionary has keys and no attributes"
            raise BadInput("config", config, accepted)
        self.config = config
        self.name = type(self).__name__

    @abstractmethod
    def forward(self, states: Any) -> tuple[Any, Any]:
        """What the networks say of states [B, T, F]: logits [B, A] and values [B]."""

    @abstractmethod
    def select_action(self, states: Any, legal: Any = None, greedy: bool = False) -> tuple[Any, Any, Any]:
        """Choose for states [B, T, F]: actions (int64), their log-probabilities and the values, each [B].

        Args:
            states: float, [B, T, F].
            legal: bool, [B, A]; True where an action is allowed. None allows all.
            greedy: take the most probable action instead of drawing one.
        """

    @abstractmethod
    def compute_loss(
        self, states: Any, actions: Any, old_log_probs: Any, advantages: Any, returns: Any, legal: Any = None
    ) -> tuple[Any, Any, Any, Any]:
        """Losses on a batch: total, policy, value, and the entropy; each a tensor of one number.

        Args:
            states: [B, T, F].
            actions: [B], as they were taken.
            old_log_probs: [B], their log-probabilities at the time.
            advantages: [B]; data, not a path for gradients.
            returns: [B]; what the values should have been.
            legal: bool, [B, A], or None.
        """

    def check_states(self, states: Any) -> None:
        """Refuse what no decision should rest on.

        Raises:
            BadInput: unless `states` is a floating-point tensor [B, T, input_dim] without NaN or infinity.
        """
        width = self.config.input_dim
        if not isinstance(states, torch.Tensor):
            raise BadInput("states", type(states).__name__, "give a tensor: torch.as_tensor(array)")
        if states.dim() != 3 or states.shape[2] != width:
            raise BadInput("states", tuple(states.shape), f"the shape is (states, bars, {width} features)")
        if not states.is_floating_point():
            raise BadInput("states", str(states.dtype), "give floating-point numbers: states.float()")
        bad = int((~torch.isfinite(states)).sum().item())
        if bad:
            raise BadInput(
                "states", f"{bad} values that are NaN or infinite", "an agent must not trade on them; repair the data"
            )

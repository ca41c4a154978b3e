"""From agents in copies of an environment to rows of networks, and back.

Letters: T steps, B copies, A agents, G networks (1 if all agents share it, else A), R rows of one network.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from grandmodel_sim.marl.networks import Array


@dataclass(slots=True)
class Batch:
    """What an update learns from: one row for each decision, shape (G, R, …)."""

    inputs: Array
    views: Array  # the critic's inputs
    actions: NDArray[Any]
    masks: NDArray[np.bool_] | None
    log_probs: Array
    advantage: Array
    old_values: Array  # in the critic's units
    targets: Array  # in the critic's units
    active: Array | None  # 1 or 0

    def picked(self, rows: Any) -> "Batch":
        """Some of the rows: a slice, or their numbers."""
        parts: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, part in parts.items():
            parts[name] = None if part is None else part[:, rows]
        return Batch(**parts)


class Layout:
    """How the agents' decisions are laid out for the networks.

    Args:
        agents: A.
        shared: whether all agents share one network, which is then told whose turn it is by a one-hot name.
        dtype: of the networks.

    Attributes:
        groups: G.
        names: how many numbers a name takes.
    """

    def __init__(self, agents: int, shared: bool, dtype: DTypeLike) -> None:
        self.agents, self.dtype = agents, np.dtype(dtype)
        self.groups = 1 if shared else agents
        self._names = np.eye(agents, dtype=dtype) if shared and agents > 1 else np.zeros((agents, 0), dtype)
        self.names = self._names.shape[1]

    def grouped(self, x: NDArray[Any]) -> NDArray[Any]:
        """(B, A, …) → (G, R, …)."""
        return x.reshape(1, -1, *x.shape[2:]) if self.groups == 1 else x.swapaxes(0, 1)

    def ungrouped(self, x: NDArray[Any]) -> NDArray[Any]:
        """(G, R, …) → (B, A, …)."""
        return x.reshape(-1, self.agents, *x.shape[2:]) if self.groups == 1 else x.swapaxes(0, 1)

    def rows(self, x: NDArray[Any]) -> NDArray[Any]:
        """(T, B, A, …) → (G, R, …)."""
        if self.groups == 1:
            return x.reshape(1, -1, *x.shape[3:])
        return np.ascontiguousarray(np.moveaxis(x, 2, 0)).reshape(self.agents, -1, *x.shape[3:])

    def steps(self, rows: NDArray[Any], steps: int) -> NDArray[Any]:
        """(G, R) → (T, B, A), the way back from `rows`."""
        if self.groups == 1:
            return rows.reshape(steps, -1, self.agents)
        return np.moveaxis(rows.reshape(self.agents, steps, -1), 0, 2)

    def named(self, x: Array) -> Array:
        """(…, A, D) → (…, A, D + names): each agent's name behind what it sees."""
        if not self.names:
            return x.astype(self.dtype, copy=False)
        named = np.empty((*x.shape[:-1], x.shape[-1] + self.names), self.dtype)
        named[..., : x.shape[-1]], named[..., x.shape[-1] :] = x, self._names
        return named

    def views(self, observations: Array, states: Array | None, active: NDArray[np.bool_] | None) -> Array:
        """The critic's inputs, shape (T, B, A, C): the state (T, B, S), or the agent's own observation (T, B, A, D);
        zeros if the agent does not act; then its name."""
        seen = observations if states is None else np.repeat(states[:, :, None], self.agents, axis=2)
        return self.named(seen if active is None else seen * active[..., None])

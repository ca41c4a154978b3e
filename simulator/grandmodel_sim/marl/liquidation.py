"""Liquidation: sell an inventory together, neither so fast that the market moves nor so slowly that risk stays.

The cost model is the discrete one of Almgren & Chriss, "Optimal execution of portfolio transactions" (Journal of Risk
3, 2001), with linear temporary impact and a penalty on what is still held. With X_t the agents' common inventory
before step t and V_t what they sell in it,

    reward_t = −(η·V_t² + φ·X_{t+1}²),     X_{t+1} = X_t − V_t,

in units of the cost of selling an inventory of 1 at once. What is left in the last step is sold in it. Actions are
continuous, and the best cost is known exactly (`best_cost`), so it can be said how good a trained policy is.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.parallel import ParallelEnvironment
from grandmodel_sim.marl.spaces import Box
from grandmodel_sim.marl.vector import ArrayEnvironment, Flags, Floats

STEPS = 10
IMPACT = 1.0  # η
RISK = 0.1  # φ


def best_cost(steps: int = STEPS) -> float:
    """The lowest cost of selling an inventory of 1 in `steps` steps; for an inventory of X it is X² times as much.

    The cost from step t on is c_t·X². Selling the share f of X costs (η·f² + (φ + c_{t+1})·(1 − f)²)·X², which is
    least for f = (φ + c_{t+1}) / (η + φ + c_{t+1}); and c of the last step is η.
    """
    cost = IMPACT
    for _ in range(steps - 1):
        cost = IMPACT * (RISK + cost) / (IMPACT + RISK + cost)
    return cost


class Liquidations(ArrayEnvironment):
    """B inventories side by side, each split between the agents.

    Args:
        batch: B.
        num_agents: sellers; each holds an equal part at the start.
        steps: steps in an episode.
    """

    progress = ("held", "taken")

    def __init__(self, batch: int, num_agents: int = 2, steps: int = STEPS) -> None:
        for name, value in (("num_agents", num_agents), ("steps", steps)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise BadInput(name, value, "give a whole number from 1")
        super().__init__(batch, [f"seller_{i}" for i in range(num_agents)], 3, Box((1,), -1.0, 1.0))
        self.steps = steps
        self.held = np.zeros((batch, num_agents))
        self.taken = np.zeros(batch, dtype=np.int64)
        self._never = np.zeros(batch, dtype=bool)

    def begin(self, which: Flags, options: Mapping[str, Any] | None = None) -> None:
        """A common inventory between 0.5 and 1.5, drawn anew for each episode."""
        inventory = self.draw.uniform(0.5, 1.5, size=(int(np.count_nonzero(which)), 1))
        self.held[which] = inventory / len(self.agents)
        self.taken[which] = 0

    def observations(self) -> Floats:
        """The agent's own inventory times A, the common inventory, and the share of the steps that is left."""
        seen = np.empty((self.batch, len(self.agents), 3), dtype=np.float32)
        seen[..., 0] = self.held * len(self.agents)
        seen[..., 1] = self.held.sum(axis=1, keepdims=True)
        seen[..., 2] = (1 - self.taken / self.steps)[:, None]
        return seen

    def step(self, actions: NDArray[Any]) -> tuple[Floats, Flags, Flags]:
        """Sell the share (1 + action) / 2 of what each agent holds, shape (B, A, 1); in the last step all of it."""
        share = (1 + np.clip(actions[..., 0].astype(np.float64), -1, 1)) / 2
        self.taken += 1
        over = self.taken >= self.steps
        sold = np.where(over[:, None], self.held, self.held * share)
        self.held = self.held - sold
        cost = IMPACT * sold.sum(axis=1) ** 2 + RISK * self.held.sum(axis=1) ** 2
        rewards = np.repeat(-cost[:, None], len(self.agents), axis=1).astype(np.float32)
        return rewards, over, self._never


class Liquidation(ParallelEnvironment):
    """Agents sell an inventory between them; each gets the common reward.

    Args:
        num_agents: sellers.
        steps: steps in an episode.

    Raises:
        BadInput: for fewer than one agent or step.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "liquidation_v0", "render_modes": []}

    def __init__(self, num_agents: int = 2, steps: int = STEPS) -> None:
        super().__init__(lambda batch: Liquidations(batch, num_agents, steps))

"""Many copies of one market, stepped together: the environment as arrays.

The agents share one account. Each holds −1, 0 or +1 contract; orders of the same bar are netted before they reach the
exchange, and the cost of the net order is shared among those who traded, in proportion to what they traded.
"""

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.market.instruments import Instrument
from grandmodel_sim.marl.dataset import Dataset

#: A reward of 1 is this many dollars (GrandModel's own scale: tanh(pnl / 100), here without the tanh, which would
#: hide large losses).
DOLLARS_PER_REWARD = 100.0

#: Action → position: index 0 is short.
POSITIONS = np.array([-1.0, 0.0, 1.0], dtype=np.float32)
N_ACTIONS = len(POSITIONS)


class BatchedMarket:
    """`batch` episodes side by side; all arrays have the leading shape (batch,) or (batch, agents).

    Args:
        data: the market.
        agents: contracts' owners per episode.
        starts: first decision bar of each episode, shape (batch,).
        length: decisions per episode.
        instrument: point value and costs.
    """

    def __init__(
        self, data: Dataset, agents: int, starts: NDArray[np.int64], length: int, instrument: Instrument
    ) -> None:
        self.data, self.instrument, self.length = data, instrument, length
        self.starts = starts
        self.step_index = 0
        self.positions: NDArray[np.float32] = np.zeros((len(starts), agents), dtype=np.float32)

    @property
    def at(self) -> NDArray[np.int64]:
        """The present bar of each episode, shape (batch,)."""
        return self.starts + self.step_index

    @property
    def time_left(self) -> float:
        """Share of the episode that is still to come, from 1 to 0."""
        return 1 - self.step_index / self.length

    def step(self, actions: NDArray[np.int64]) -> tuple[NDArray[np.float32], bool]:
        """Take positions, then let one bar go by.

        Args:
            actions: indices into `POSITIONS`, shape (batch, agents).

        Returns:
            Rewards after costs, shape (batch, agents), and whether the episodes are over. On the last step all
            positions are closed, at the usual cost.
        """
        target = POSITIONS[actions]
        cost = self._cost(target - self.positions)
        move = self.data.move[self.at][:, None]
        rewards = target * move * self.instrument.point_value - cost
        self.positions = target
        self.step_index += 1
        done = self.step_index >= self.length
        if done:
            rewards -= self._cost(-self.positions)
            self.positions = np.zeros_like(self.positions)
        return (rewards / DOLLARS_PER_REWARD).astype(np.float32), done

    def _cost(self, orders: NDArray[np.float32]) -> NDArray[np.float32]:
        """Dollars charged to each agent for its order, shape as `orders`."""
        size = np.abs(orders)
        total = size.sum(axis=1, keepdims=True)
        net = np.abs(orders.sum(axis=1, keepdims=True))
        share = np.divide(size, total, out=np.zeros_like(size), where=total > 0)
        dollars: NDArray[np.float32] = self.instrument.cost_per_side * net * share
        return dollars

"""Many copies of one market, stepped together: the environment as arrays.

The agents share one account. Each holds −1, 0 or +1 contract; orders of the same bar are netted before they reach the
exchange, and the cost of the net order is shared among those who traded, in proportion to what they traded.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.instruments import Instrument
from grandmodel_sim.marl.dataset import Dataset
from grandmodel_sim.marl.spaces import Discrete
from grandmodel_sim.marl.vector import ArrayEnvironment, Flags, Floats

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


def critic_input(market: BatchedMarket) -> NDArray[np.float32]:
    """The global state of each episode, shape (batch, features + agents + 1)."""
    newest = market.data.values[market.at]
    left = np.full((len(newest), 1), market.time_left, dtype=np.float32)
    return np.concatenate([newest, market.positions, left], axis=1)


class TradingCopies(ArrayEnvironment):
    """B trading sessions as the array environment behind `TradingEnvironment`.

    All sessions have the same length, so they end and begin together.

    Args:
        batch: B.
        agents: names.
        data: the market.
        length: decisions per episode.
        instrument: point value and costs.
    """

    def __init__(self, batch: int, agents: Sequence[str], data: Dataset, length: int, instrument: Instrument) -> None:
        windows = len(data.features) * data.window_size
        super().__init__(batch, agents, windows + 1, Discrete(N_ACTIONS), len(data.features) + len(agents) + 1)
        self.data, self.length, self.instrument = data, length, instrument
        self._always, self._never = np.ones(batch, dtype=bool), np.zeros(batch, dtype=bool)
        self.market = BatchedMarket(data, len(agents), np.full(batch, data.first), length, instrument)

    @property
    def starts_between(self) -> tuple[int, int]:
        """First and last bar at which an episode can start."""
        return self.data.first, self.data.last + 1 - self.length

    def begin(self, which: Flags, options: Mapping[str, Any] | None = None) -> None:
        """Begin at random bars, or all at bar `options["start"]`."""
        first, last = self.starts_between
        start = (options or {}).get("start")
        if start is None:
            starts = self.draw.integers(first, last + 1, size=self.batch)
        elif isinstance(start, int | np.integer) and first <= start <= last:
            starts = np.full(self.batch, int(start))
        else:
            raise BadInput("options['start']", start, f"give a bar from {first} to {last}")
        self.market = BatchedMarket(self.data, len(self.agents), starts, self.length, self.instrument)

    def observations(self) -> Floats:
        """Flat window (feature after feature, oldest bar first), then the agent's own position."""
        rows = np.minimum(self.market.at - self.data.window_size + 1, len(self.data.table) - 1)
        if len(self.agents) == 1:
            seen = self.data.table.take(rows, axis=0)[:, None]
        else:
            seen = self.data.table[np.repeat(rows[:, None], len(self.agents), axis=1)]
        seen[..., -1] = self.market.positions
        return seen

    def states(self) -> Floats:
        """Newest features, every agent's position, the share of the session left."""
        return critic_input(self.market)

    def step(self, actions: NDArray[Any]) -> tuple[Floats, Flags, Flags]:
        """Take positions (0 short, 1 flat, 2 long) and let one bar go by."""
        rewards, done = self.market.step(actions)
        return rewards, self._never, self._always if done else self._never

    def save(self) -> dict[str, Any]:
        """The random stream, and where each session stands."""
        market = self.market
        return {
            "draw": self.draw.bit_generator.state,
            "starts": market.starts.copy(),
            "positions": market.positions.copy(),
            "step_index": market.step_index,
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Go back to where `save` was called.

        Raises:
            BadInput: if it was saved by another number of sessions or agents.
        """
        positions = np.array(saved.get("positions", []), dtype=np.float32)
        if positions.shape != self.market.positions.shape:
            raise BadInput(
                "saved",
                f"positions of shape {positions.shape}",
                f"this environment has positions of shape {self.market.positions.shape}",
            )
        market = BatchedMarket(self.data, len(self.agents), np.array(saved["starts"]), self.length, self.instrument)
        market.positions, market.step_index = positions, int(saved["step_index"])
        self.draw.bit_generator.state = saved["draw"]
        self.market = market

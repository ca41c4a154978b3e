"""The trading environment of Lab 2.1, shaped like a PettingZoo ParallelEnv.

Each agent holds −1, 0 or +1 contract of ES for one 5-minute bar at a time. Its reward is its profit or loss over that
bar after costs, in units of $100. See `grandmodel_sim.marl.market` for the costs, which the agents share.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.marl.dataset import Dataset, Normalizer, generated_bars
from grandmodel_sim.marl.market import DOLLARS_PER_REWARD, BatchedMarket, TradingCopies
from grandmodel_sim.marl.parallel import Observation, ParallelEnvironment, Step

EPISODE_LENGTH = 78  # decisions; one regular session of 5-minute bars


class TradingEnvironment(ParallelEnvironment):
    """A series of bars, seen through a window, traded by several agents at once.

    `step` works on plain floats: for one session that is several times as fast as arrays of one row, which
    `copies` and `batch` use for many. Both give the same rewards, to single precision.

    Args:
        data_file: CSV file with timestamp, open, high, low, close, volume; time runs forward. Or bars. None generates
            20 sessions of the simulated market.
        window_size: bars that an observation looks back, the newest included.
        features: names from `grandmodel_sim.features.columns.FEATURES`, which says what each of them is.
        normalizer: means and deviations of the *training* file, `training_env.normalizer`. None measures this file
            itself, which is right for training and leaks the future into a test.
        num_agents: how many agents `reset` and `step` serve; `MARLTrainer` brings its own number.
        episode_length: decisions in one episode.
        symbol: ES or NQ, for point value and costs.

    Raises:
        BadInput: for a file, column, feature, window or length that cannot be used; the message says what would be.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "grandmodel_trading_v0", "render_modes": []}

    def __init__(
        self,
        data_file: str | Path | Sequence[Bar] | None = None,
        window_size: int = 50,
        features: Sequence[str] = ("close", "volume", "mlmi", "fvg"),
        *,
        normalizer: Normalizer | None = None,
        num_agents: int = 2,
        episode_length: int = EPISODE_LENGTH,
        symbol: str = "ES",
    ) -> None:
        for name, value in (("num_agents", num_agents), ("episode_length", episode_length)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise BadInput(name, value, "give a whole number from 1")
        self.instrument = instrument(symbol)
        source = generated_bars(symbol=symbol) if data_file is None else data_file
        data = self.data = self._dataset(source, window_size, features, normalizer)
        self.data_file = data.name
        self.window_size, self.features = window_size, data.features
        self.normalizer = data.normalizer
        self.episode_length = episode_length
        room = data.last - data.first + 1
        if room < episode_length:
            raise BadInput(
                "episode_length",
                episode_length,
                f"{data.name} has room for {room} decisions after a window of {window_size} bars",
            )
        names = self._names(num_agents)
        super().__init__(lambda batch: TradingCopies(batch, names, data, episode_length, self.instrument))
        self._start = self._taken = 0
        self._held = [0.0] * num_agents  # contracts of each agent
        self._moves: list[float] = data.move.tolist()

    def _dataset(
        self,
        source: str | Path | Sequence[Bar],
        window_size: int,
        features: Sequence[str],
        normalizer: Normalizer | None,
    ) -> Dataset:
        return Dataset(source, window_size, features, normalizer)

    def _names(self, num_agents: int) -> list[str]:
        return [f"agent_{i}" for i in range(num_agents)]

    # --- PettingZoo's ParallelEnv ---

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Begin an episode at a random bar, or at bar `options["start"]`.

        Options of other names are ignored, as PettingZoo's own test of environments demands.

        Raises:
            BadInput: for a start that leaves no room for a window or an episode.
        """
        self._one.restart(seed, options)
        self._start, self._taken = int(self._sessions.market.starts[0]), 0
        self._held = [0.0] * len(self.possible_agents)
        self.agents, self._begun = list(self.possible_agents), True
        return self._observe(), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, int]) -> Step:
        """Let every agent take its position and one bar go by.

        Returns:
            Observations, rewards, terminations (never: the market goes on), truncations (the session is over) and
            infos, by agent.

        Raises:
            BadInput: if an agent's action is missing or not 0, 1 or 2.
            RuntimeError: before `reset`, or after the end of an episode.
        """
        agents = self.agents
        if not agents:
            raise RuntimeError("step() without a running episode: call reset() first")
        wanted = []
        for agent in agents:
            action = actions.get(agent)
            if type(action) is not int:
                action = self._whole(agent, action)
            if not 0 <= action <= 2:
                raise self._refusal(agent, action)
            wanted.append(action - 1.0)
        rewards = self._trade(wanted)
        done = self._taken >= self.episode_length
        observations = self._observe()
        infos: dict[str, dict[str, Any]] = {
            agent: {"position": held} for agent, held in zip(agents, self._held, strict=True)
        }
        if done:
            self.agents = []
        return (
            observations,
            dict(zip(agents, rewards, strict=True)),
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, done),
            infos,
        )

    def _trade(self, wanted: list[float]) -> list[float]:
        """What `BatchedMarket.step` does, for one session: take the positions, let one bar go by, close at the end."""
        value = self._moves[self._start + self._taken] * self.instrument.point_value
        fee = self._fee([want - held for want, held in zip(wanted, self._held, strict=True)])
        dollars = [want * value - abs(want - held) * fee for want, held in zip(wanted, self._held, strict=True)]
        self._taken += 1
        if self._taken >= self.episode_length:
            fee = self._fee(wanted)
            dollars = [got - abs(want) * fee for got, want in zip(dollars, wanted, strict=True)]
            wanted = [0.0] * len(wanted)
        self._held = wanted
        return [got / DOLLARS_PER_REWARD for got in dollars]

    def _fee(self, orders: list[float]) -> float:
        """Dollars per contract ordered: the cost of the net order, shared among all who ordered."""
        total = sum(map(abs, orders))
        return self.instrument.cost_per_side * abs(sum(orders)) / total if total else 0.0

    def _whole(self, agent: str, action: Any) -> int:
        """A NumPy integer as a plain one."""
        if isinstance(action, np.integer):
            return int(action)
        raise self._refusal(agent, action)

    def _refusal(self, agent: str, action: object) -> BadInput:
        return BadInput(f"actions[{agent!r}]", action, "give 0 (short), 1 (flat) or 2 (long) for every agent")

    def _observe(self) -> dict[str, Observation]:
        row = self.data.table[self._start + self._taken - self.window_size + 1]
        seen = {}
        for agent, held in zip(self.agents, self._held, strict=True):
            own = seen[agent] = row.copy()
            own[-1] = held
        return seen

    def state(self) -> NDArray[np.float32]:
        """What the central critic sees: newest features, every agent's position, the share of the session left."""
        if not self._begun:
            raise RuntimeError("state() without an episode: call reset() first")
        newest = self.data.values[self._start + self._taken]
        return np.array([*newest, *self._held, 1 - self._taken / self.episode_length], dtype=np.float32)

    @property
    def _sessions(self) -> TradingCopies:
        assert isinstance(self._one, TradingCopies)
        return self._one

    # --- for the trainer ---

    @property
    def starts_between(self) -> tuple[int, int]:
        """First and last bar at which an episode can start."""
        return self._sessions.starts_between

    def batch(self, starts: NDArray[np.int64], num_agents: int) -> BatchedMarket:
        """Episodes side by side, one from each start, shape (batch,)."""
        return BatchedMarket(self.data, num_agents, starts, self.episode_length, self.instrument)

    def spread_starts(self, count: int) -> NDArray[np.int64]:
        """`count` starts spread evenly over the file, shape (count,): the fixed episodes that evaluation uses.

        They do not overlap as long as `count` episodes fit.

        Raises:
            BadInput: for a count below 1.
        """
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise BadInput("num_episodes", count, "give a whole number from 1")
        first, last = self.starts_between
        fitting = (last - first) // self.episode_length + 1
        if count <= fitting:
            return first + self.episode_length * np.round(np.linspace(0, fitting - 1, count)).astype(np.int64)
        return np.round(np.linspace(first, last, count)).astype(np.int64)

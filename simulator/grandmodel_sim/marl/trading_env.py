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
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.marl.dataset import Dataset, Normalizer
from grandmodel_sim.marl.market import N_ACTIONS, BatchedMarket
from grandmodel_sim.marl.spaces import Box, Discrete

EPISODE_LENGTH = 78  # decisions; one regular session of 5-minute bars

Observation = NDArray[np.float32]


class TradingEnvironment:
    """A market in a CSV file, seen through a window, traded by several agents at once.

    Args:
        data_file: CSV file with timestamp, open, high, low, close, volume; time runs forward.
        window_size: bars that an observation looks back, the newest included.
        features: names from `grandmodel_sim.features.columns.FEATURES`: close, volume, mlmi, fvg.
        normalizer: means and deviations of the *training* file, `training_env.normalizer`. None measures this file
            itself, which is right for training and leaks the future into a test.
        num_agents: how many agents `reset` and `step` serve; `MARLTrainer` brings its own number.
        episode_length: decisions in one episode.
        symbol: ES or NQ, for point value and costs.

    Raises:
        BadInput: for a file, column, feature, window or length that cannot be used; the message says what would be.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "grandmodel_trading_v0", "render_modes": []}
    render_mode = None

    def __init__(
        self,
        data_file: str | Path,
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
        self.data_file = str(data_file)
        self.data = Dataset(data_file, window_size, features, normalizer)
        self.window_size, self.features = window_size, self.data.features
        self.normalizer = self.data.normalizer
        self.episode_length = episode_length
        self.instrument = instrument(symbol)
        room = self.data.last - self.data.first + 1
        if room < episode_length:
            raise BadInput(
                "episode_length",
                episode_length,
                f"{data_file} has room for {room} decisions after a window of {window_size} bars",
            )
        self.possible_agents = [f"agent_{i}" for i in range(num_agents)]
        self.agents: list[str] = []
        self._observation = {agent: Box((len(self.features) * window_size + 1,)) for agent in self.possible_agents}
        self._action = {agent: Discrete(N_ACTIONS) for agent in self.possible_agents}
        self._draw = np.random.default_rng(0)
        self._market: BatchedMarket | None = None

    # --- PettingZoo's ParallelEnv ---

    @property
    def num_agents(self) -> int:
        """Agents that are still acting."""
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        """Agents at the start of an episode."""
        return len(self.possible_agents)

    @property
    def unwrapped(self) -> "TradingEnvironment":
        """Itself."""
        return self

    def observation_space(self, agent: str) -> Box:
        """Flat window (feature after feature, oldest bar first), then the agent's own position."""
        return self._observation[agent]

    def action_space(self, agent: str) -> Discrete:
        """0 short, 1 flat, 2 long."""
        return self._action[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Begin an episode at a random bar, or at bar `options["start"]`.

        Raises:
            BadInput: for a start that leaves no room for a window or an episode.
        """
        if seed is not None:
            self._draw = np.random.default_rng(seed)
        first, last = self.starts_between
        start = (options or {}).get("start")
        if start is None:
            start = int(self._draw.integers(first, last + 1))
        elif not first <= start <= last:
            raise BadInput("options['start']", start, f"give a bar from {first} to {last}")
        self.agents = list(self.possible_agents)
        self._market = BatchedMarket(
            self.data, len(self.agents), np.array([start]), self.episode_length, self.instrument
        )
        return self._observe(), {agent: {} for agent in self.agents}

    def step(
        self, actions: dict[str, int]
    ) -> tuple[dict[str, Observation], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Let every agent take its position and one bar go by.

        Returns:
            Observations, rewards, terminations (never: the market goes on), truncations (the session is over) and
            infos, by agent.

        Raises:
            BadInput: if an agent's action is missing or not 0, 1 or 2.
            RuntimeError: before `reset`, or after the end of an episode.
        """
        if self._market is None or not self.agents:
            raise RuntimeError("step() without a running episode: call reset() first")
        agents = self.agents
        for agent in agents:
            if not self._action[agent].contains(actions.get(agent)):
                raise BadInput(
                    f"actions[{agent!r}]", actions.get(agent), "give 0 (short), 1 (flat) or 2 (long) for every agent"
                )
        rewards, done = self._market.step(np.array([[int(actions[agent]) for agent in agents]]))
        observations = self._observe()
        infos: dict[str, dict[str, Any]] = {
            agent: {"position": float(self._market.positions[0, i])} for i, agent in enumerate(agents)
        }
        if done:
            self.agents = []
        return (
            observations,
            {agent: float(rewards[0, i]) for i, agent in enumerate(agents)},
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, done),
            infos,
        )

    def state(self) -> NDArray[np.float32]:
        """What the central critic sees: newest features, every agent's position, the share of the session left."""
        if self._market is None:
            raise RuntimeError("state() without an episode: call reset() first")
        global_state: NDArray[np.float32] = critic_input(self._market)[0]
        return global_state

    def render(self) -> None:
        """Nothing is drawn."""

    def close(self) -> None:
        """Nothing is held open."""

    def _observe(self) -> dict[str, Observation]:
        market = self._market
        assert market is not None
        window = self.data.windows(np.minimum(market.at, self.data.last + 1))[0]
        return {
            agent: np.append(window, market.positions[0, i]).astype(np.float32) for i, agent in enumerate(self.agents)
        }

    # --- for the trainer ---

    @property
    def starts_between(self) -> tuple[int, int]:
        """First and last bar at which an episode can start."""
        return self.data.first, self.data.last + 1 - self.episode_length

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


def critic_input(market: BatchedMarket) -> NDArray[np.float32]:
    """The global state of each episode, shape (batch, features + agents + 1)."""
    newest = market.data.values[market.at]
    left = np.full((len(newest), 1), market.time_left, dtype=np.float32)
    return np.concatenate([newest, market.positions, left], axis=1)

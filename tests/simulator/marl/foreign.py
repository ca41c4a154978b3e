"""A ParallelEnv that is none of ours: plain Python, agents that differ, die one by one, and may not do everything."""

from typing import Any, ClassVar

import numpy as np


class Number:
    """A Discrete space as Gymnasium has it, without Gymnasium."""

    def __init__(self, n: int, start: int = 0) -> None:
        self.n, self.start = n, start
        self._draw = np.random.default_rng(0)

    def seed(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def sample(self, mask: Any = None) -> int:
        return self.start + int(self._draw.choice(np.arange(self.n) if mask is None else np.flatnonzero(mask)))


class Interval:
    """A Box space with arrays for bounds."""

    def __init__(self, low: list[float], high: list[float]) -> None:
        self.low, self.high = np.array(low, np.float32), np.array(high, np.float32)
        self.shape = self.low.shape
        self._draw = np.random.default_rng(0)

    def seed(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def sample(self) -> np.ndarray:
        return self._draw.uniform(self.low, self.high).astype(np.float32)


class Lottery:
    """Three players with 2, 3 and 3 choices. Each sees which choice is good now; a bad one ends the player's game (a
    termination), ten rounds end everybody's (a truncation). Player c's first choice is forbidden, and player c's
    choices are numbered from 5."""

    metadata: ClassVar[dict[str, Any]] = {"name": "lottery_v0"}
    rounds = 10

    def __init__(self) -> None:
        self.possible_agents = ["a", "b", "c"]
        self.agents: list[str] = []
        self._spaces = {"a": Number(2), "b": Number(3), "c": Number(3, start=5)}
        self._seen = {"a": Number(2), "b": Interval([0, 0, 0], [1, 1, 1]), "c": Interval([0, 0, 0], [1, 1, 1])}
        self.refused: list[str] = []

    @property
    def num_agents(self) -> int:
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        return 3

    def observation_space(self, agent: str) -> Any:
        return self._seen[agent]

    def action_space(self, agent: str) -> Any:
        return self._spaces[agent]

    def reset(self, seed: int | None = None, options: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        if seed is not None:
            self._draw = np.random.default_rng(seed)
        self.agents, self.round = list(self.possible_agents), 0
        self._deal()
        return self._observe(self.agents)

    def step(self, actions: dict[str, int]) -> Any:
        assert set(actions) == set(self.agents), "only those who play may act"
        acting, self.round = self.agents, self.round + 1
        rewards, ended, cut = {}, {}, {}
        for agent in acting:
            choice = actions[agent] - self._spaces[agent].start
            assert 0 <= choice < self._spaces[agent].n, "an action beyond the agent's own space"
            assert not (agent == "c" and choice == 0), "a forbidden action"
            rewards[agent] = float(choice == self.good[agent])
            ended[agent] = choice != self.good[agent]
            cut[agent] = self.round >= self.rounds and not ended[agent]
        self.agents = [agent for agent in acting if not ended[agent] and not cut[agent]]
        self._deal()
        observations, infos = self._observe(acting)
        return observations, rewards, ended, cut, infos

    def _deal(self) -> None:
        self.good = {
            "a": int(self._draw.integers(2)),
            "b": int(self._draw.integers(3)),
            "c": int(self._draw.integers(1, 3)),
        }

    def _observe(self, agents: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        three = np.eye(3, dtype=np.float32)
        seen = {agent: self.good[agent] if agent == "a" else three[self.good[agent]] for agent in agents}
        return seen, {agent: {"action_mask": np.array([0, 1, 1])} if agent == "c" else {} for agent in agents}


class Target:
    """One player names two numbers, of very different ranges; the reward is higher, the nearer they are to 30 and 0.2.
    Ten rounds."""

    metadata: ClassVar[dict[str, Any]] = {"name": "target_v0"}

    def __init__(self) -> None:
        self.possible_agents = ["only"]
        self.agents: list[str] = []
        self._space, self._seen = Interval([0, -1], [100, 1]), Interval([0], [1])

    @property
    def num_agents(self) -> int:
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        return 1

    def observation_space(self, agent: str) -> Any:
        return self._seen

    def action_space(self, agent: str) -> Any:
        return self._space

    def reset(self, seed: int | None = None, options: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        self.agents, self.round = ["only"], 0
        return {"only": np.ones(1, np.float32)}, {"only": {}}

    def step(self, actions: dict[str, np.ndarray]) -> Any:
        named, self.round = actions["only"], self.round + 1
        assert named.shape == (2,) and (named >= self._space.low).all() and (named <= self._space.high).all()
        reward = -abs(float(named[0]) - 30) / 100 - abs(float(named[1]) - 0.2)
        over = self.round >= 10
        if over:
            self.agents = []
        return {"only": np.ones(1, np.float32)}, {"only": reward}, {"only": False}, {"only": over}, {"only": {}}

    def state(self) -> np.ndarray:
        raise NotImplementedError

"""An array environment with a batch of one, in the shape of PettingZoo's ParallelEnv: dictionaries by agent.

The interface is that of `pettingzoo.ParallelEnv` (1.27); PettingZoo itself is not needed.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.spaces import Box, Discrete
from grandmodel_sim.marl.vector import ArrayEnvironment

Observation = NDArray[np.float32]
Step = tuple[
    dict[str, Observation], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]
]  # observations, rewards, terminations, truncations, infos


class ParallelEnvironment:
    """Base of this package's environments.

    Args:
        copies: makes the array environment of a given batch.

    Attributes:
        possible_agents: all agents' names.
        agents: those still acting; empty before `reset` and after the end.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "grandmodel_v0", "render_modes": []}
    render_mode = None

    def __init__(self, copies: Callable[[int], ArrayEnvironment]) -> None:
        self._copies = copies
        self._one = copies(1)
        self.possible_agents = list(self._one.agents)
        self.agents: list[str] = []
        self._begun = False
        size, action = self._one.observation_size, self._one.action_space
        self._observation = {agent: Box((size,)) for agent in self.possible_agents}
        # One space each: agents that sample should not share a random stream.
        self._action: dict[str, Discrete | Box] = {
            agent: Discrete(action.n) if isinstance(action, Discrete) else Box(action.shape, action.low, action.high)
            for agent in self.possible_agents
        }

    @property
    def num_agents(self) -> int:
        """Agents that are still acting."""
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        """Agents at the start of an episode."""
        return len(self.possible_agents)

    @property
    def unwrapped(self) -> Self:
        """Itself."""
        return self

    def observation_space(self, agent: str) -> Box:
        """The space of `agent`'s observations; the same object at every call."""
        return self._observation[agent]

    def action_space(self, agent: str) -> Discrete | Box:
        """The space of `agent`'s actions; the same object at every call."""
        return self._action[agent]

    def copies(self, batch: int) -> ArrayEnvironment:
        """`batch` copies of this environment that are stepped together."""
        return self._copies(batch)

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Begin an episode. With a seed, this and all later episodes follow from it.

        Args:
            seed: a whole number from 0; None goes on with the present random stream.
            options: for environments that say which; others are ignored, as PettingZoo's own test demands.

        Raises:
            BadInput: for another seed.
        """
        self._one.restart(seed, options)
        self.agents, self._begun = list(self.possible_agents), True
        return self._seen(self.agents), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, Any]) -> Step:
        """Let every agent act once.

        Returns:
            Observations, rewards, terminations, truncations and infos, by agent.

        Raises:
            BadInput: if an agent's action is missing or not in its space.
            RuntimeError: before `reset`, or after the end of an episode.
        """
        if not self.agents:
            raise RuntimeError("step() without a running episode: call reset() first")
        agents = self.agents
        for agent in agents:
            if not self._action[agent].contains(actions.get(agent)):
                raise BadInput(f"actions[{agent!r}]", actions.get(agent), f"give a member of {self._action[agent]}")
        rewards, terminated, truncated = self._one.step(np.array([[actions[agent] for agent in agents]]))
        ended, cut = bool(terminated[0]), bool(truncated[0])
        if ended or cut:
            self.agents = []
        return (
            self._seen(agents),
            {agent: float(rewards[0, place]) for place, agent in enumerate(agents)},
            dict.fromkeys(agents, ended),
            dict.fromkeys(agents, cut),
            {agent: {} for agent in agents},
        )

    def state(self) -> Observation:
        """What a central critic may see.

        Raises:
            RuntimeError: before `reset`.
        """
        if not self._begun:
            raise RuntimeError("state() without an episode: call reset() first")
        state: Observation = self._one.states()[0]
        return state

    def render(self) -> None:
        """Nothing is drawn."""

    def close(self) -> None:
        """Nothing is held open."""

    def _seen(self, agents: list[str]) -> dict[str, Observation]:
        rows = self._one.observations()[0]
        return {agent: rows[place] for place, agent in enumerate(agents)}

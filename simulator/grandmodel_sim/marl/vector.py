"""Many copies of an environment, stepped together as arrays: what a trainer plays on.

Letters: B copies, A agents, D numbers in an observation, S in the state, K actions to choose from.

`VectorEnvironment` is all that a trainer asks for. `ArrayEnvironment` is the base of this package's own environments:
a subclass says how copies begin and how they go on, and gets new episodes, final observations and saving from here.
`grandmodel_sim.marl.copies` makes the same out of any ParallelEnv.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.spaces import Box, Discrete

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step of all copies led to.

    Attributes:
        rewards: shape (B, A).
        terminated: the agent's episode is over and nothing more will come, shape (B, A).
        truncated: it was cut off by a limit, and more would have come, shape (B, A).
        over: copies that have begun a new episode, shape (B,).
        final_observations: what the agents saw at the end, before a new episode began, shape (B, A, D); None if no
            agent was truncated.
        final_states: the same for the global state, shape (B, S).
    """

    rewards: Floats
    terminated: Flags
    truncated: Flags
    over: Flags
    final_observations: Floats | None = None
    final_states: Floats | None = None


class VectorEnvironment(Protocol):
    """B copies of one environment. A copy whose episode is over begins the next one within `advance`."""

    batch: int
    agents: tuple[str, ...]
    observation_size: int
    state_size: int
    action_space: Discrete | Box

    def restart(self, seed: int) -> None:
        """Begin an episode in every copy; all later randomness follows from `seed`."""

    def observations(self) -> Floats:
        """What each agent sees now, shape (B, A, D)."""

    def states(self) -> Floats:
        """What a central critic may see, shape (B, S)."""

    def active(self) -> Flags | None:
        """Which agents act now, shape (B, A); None if all do. The others' actions are ignored."""

    def action_masks(self) -> Flags | None:
        """Which actions are allowed, shape (B, A, K); None if all are."""

    def advance(self, actions: NDArray[Any]) -> Outcome:
        """Act once in every copy: actions of shape (B, A), or (B, A, k) for a Box of shape (k,)."""

    def save(self) -> dict[str, Any]:
        """Everything that the future depends on: numbers, texts, lists and arrays by name."""

    def load(self, saved: Mapping[str, Any]) -> None:
        """Go back to where `save` was called."""


def shape_of(env: VectorEnvironment) -> str:
    """What must be the same for agents to move from one environment to another, as a text."""
    space = env.action_space
    actions = f"{space.n} actions" if isinstance(space, Discrete) else f"actions of shape {space.shape}"
    return f"agents {', '.join(env.agents)}; observations of {env.observation_size} numbers; {actions}"


def check_seed(seed: object) -> None:
    """Raise unless `seed` can start a random stream.

    Raises:
        BadInput: if it is not a whole number from 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise BadInput("seed", seed, "give a whole number from 0")


class ArrayEnvironment(ABC):
    """Base of environments whose copies are rows of arrays.

    Args:
        batch: B.
        agents: their names.
        observation_size: D.
        action_space: the same for every agent.
        state_size: S; A · D, all observations side by side, unless `states` is overridden.
    """

    #: Attributes that hold an episode's progress, arrays whose first axis is B: saved, and set by `begin`.
    progress: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        batch: int,
        agents: Sequence[str],
        observation_size: int,
        action_space: Discrete | Box,
        state_size: int | None = None,
    ) -> None:
        if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
            raise BadInput("batch", batch, "give a whole number of copies from 1")
        self.batch, self.agents = batch, tuple(agents)
        self.observation_size, self.action_space = observation_size, action_space
        self.state_size = state_size or len(self.agents) * observation_size
        self.draw = np.random.default_rng(0)
        self._nobody = np.zeros((batch, len(self.agents)), dtype=bool)
        self._nobody.setflags(write=False)  # many outcomes share it

    # --- what a subclass says ---

    @abstractmethod
    def begin(self, which: Flags, options: Mapping[str, Any] | None = None) -> None:
        """Begin an episode in the copies `which`, shape (B,), drawing from `self.draw`."""

    @abstractmethod
    def observations(self) -> Floats:
        """What each agent sees now, shape (B, A, D)."""

    @abstractmethod
    def step(self, actions: NDArray[Any]) -> tuple[Floats, Flags, Flags]:
        """Act once. Returns rewards (B, A), and which copies terminated and were truncated, (B,) each."""

    # --- what it gets ---

    def states(self) -> Floats:
        """All observations side by side, shape (B, A · D)."""
        return self.observations().reshape(self.batch, -1)

    def active(self) -> Flags | None:
        """All agents act until the episode is over."""
        return None

    def action_masks(self) -> Flags | None:
        """All actions are allowed."""
        return None

    def restart(self, seed: int | None, options: Mapping[str, Any] | None = None) -> None:
        """Begin an episode in every copy; None goes on with the present random stream.

        Raises:
            BadInput: for a seed that is no whole number from 0.
        """
        if seed is not None:
            check_seed(seed)
            self.draw = np.random.default_rng(seed)
        self.begin(np.ones(self.batch, dtype=bool), options)

    def advance(self, actions: NDArray[Any]) -> Outcome:
        """Act once in every copy, and begin the next episode in those that are over."""
        rewards, terminated, truncated = self.step(actions)
        over = terminated | truncated
        if not over.any():
            return Outcome(rewards, self._nobody, self._nobody, over)
        final_observations = final_states = None
        if truncated.any():
            final_observations, final_states = self.observations(), self.states()
        self.begin(over)
        agents = len(self.agents)
        return Outcome(
            rewards,
            np.repeat(terminated[:, None], agents, axis=1),
            np.repeat(truncated[:, None], agents, axis=1),
            over,
            final_observations,
            final_states,
        )

    def save(self) -> dict[str, Any]:
        """The random stream and the episodes' progress."""
        return {"draw": self.draw.bit_generator.state, **{name: getattr(self, name).copy() for name in self.progress}}

    def load(self, saved: Mapping[str, Any]) -> None:
        """Go back to where `save` was called.

        Raises:
            BadInput: if it was saved by copies of another kind or number.
        """
        for name in self.progress:
            if name not in saved or np.shape(saved[name])[:1] != (self.batch,):
                raise BadInput("saved", sorted(saved), f"it must hold {name!r} for {self.batch} copies")
        self.draw.bit_generator.state = saved["draw"]
        for name in self.progress:
            setattr(self, name, np.array(saved[name]))

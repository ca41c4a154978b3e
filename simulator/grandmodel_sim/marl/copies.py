"""Any ParallelEnv as a vector environment: N copies, stepped one after the other.

For environments that are not arrays themselves, PettingZoo's and a learner's own among them. Agents may differ in what
they see and how many actions they have: observations are flattened and padded with zeros, missing actions are masked.
A mask of the environment's own is taken from the observation or the info under "action_mask", PettingZoo's convention.

Such an environment cannot be asked for its inner state. What `save` keeps is each copy's seed and the actions since:
`load` resets and plays them again. That is exact for every environment whose `reset(seed)` fixes its future.
"""

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.heads import into_bounds
from grandmodel_sim.marl.parallel import ParallelEnvironment
from grandmodel_sim.marl.spaces import Box, Discrete
from grandmodel_sim.marl.vector import Flags, Floats, Outcome, VectorEnvironment, check_seed


def vectorise(environment: Any, batch: int) -> VectorEnvironment:
    """`batch` copies of an environment.

    Args:
        environment: an environment of this package; or a class or function that makes a ParallelEnv; or a ParallelEnv,
            which is then copied with `copy.deepcopy`.
        batch: how many.

    Raises:
        BadInput: for something else, or an observation or action space that cannot be used.
    """
    if isinstance(environment, ParallelEnvironment):
        return environment.copies(batch)
    if hasattr(environment, "possible_agents") and not isinstance(environment, type):
        return ParallelCopies([copy.deepcopy(environment) for _ in range(batch)])
    if callable(environment):
        first = environment()
        if isinstance(first, ParallelEnvironment):
            return first.copies(batch)
        if hasattr(first, "possible_agents"):
            return ParallelCopies([first, *(environment() for _ in range(batch - 1))])
    raise BadInput(
        "environment",
        type(environment).__name__,
        "give an environment of PettingZoo's ParallelEnv shape, possible_agents included, or a function that makes one",
    )


class ParallelCopies:
    """Copies of a ParallelEnv behind arrays; see the module's docstring.

    Args:
        environments: at least one; all of one kind.

    Raises:
        BadInput: for spaces that are neither Discrete nor Box, or a mixture of them among the actions.
    """

    def __init__(self, environments: list[Any]) -> None:
        self.environments, self.batch = environments, len(environments)
        first = environments[0]
        self.agents: tuple[str, ...] = tuple(first.possible_agents)
        self._encode = {agent: _encoder(agent, first.observation_space(agent)) for agent in self.agents}
        self.observation_size = max(size for size, _ in self._encode.values())
        spaces = [first.action_space(agent) for agent in self.agents]
        self._choices: list[int] = []
        self._first: list[int] = []
        if all(hasattr(space, "n") for space in spaces):
            self._choices = [int(space.n) for space in spaces]
            self._first = [int(getattr(space, "start", 0)) for space in spaces]
            self.action_space: Discrete | Box = Discrete(max(self._choices))
        elif all(hasattr(space, "low") and tuple(space.shape) == tuple(spaces[0].shape) for space in spaces):
            self._shape = tuple(spaces[0].shape)
            size = math.prod(self._shape)
            self._low = [np.broadcast_to(np.asarray(space.low), self._shape).reshape(size) for space in spaces]
            self._high = [np.broadcast_to(np.asarray(space.high), self._shape).reshape(size) for space in spaces]
            self.action_space = Box((size,))
        else:
            raise BadInput("action_space", spaces, "give all agents Discrete spaces, or all Box spaces of one shape")
        self._has_state = all(callable(getattr(env, "state", None)) for env in self.environments)
        self.state_size = 0
        self._observations = np.zeros((self.batch, len(self.agents), self.observation_size), np.float32)
        self._active = np.zeros((self.batch, len(self.agents)), dtype=bool)
        self._masks = np.ones((self.batch, len(self.agents), max(self._choices, default=1)), dtype=bool)
        self._seed = 0
        self._episodes = [0] * self.batch
        self._journal: list[list[NDArray[Any]]] = [[] for _ in range(self.batch)]
        self.restart(0)
        self.state_size = self.states().shape[1]

    # --- what a trainer asks for ---

    def restart(self, seed: int) -> None:
        """Begin an episode in every copy, each with a seed of its own drawn from `seed`.

        Raises:
            BadInput: for a seed that is no whole number from 0.
        """
        check_seed(seed)
        self._seed, self._episodes = seed, [0] * self.batch
        for row in range(self.batch):
            self._reset(row)

    def observations(self) -> Floats:
        """What each agent sees now, flattened and padded, zeros for agents that do not act: shape (B, A, D)."""
        return self._observations.copy()

    def states(self) -> Floats:
        """`state()` of each copy, or all observations side by side where there is none, shape (B, S)."""
        if self._has_state:
            try:
                rows = [np.asarray(env.state(), dtype=np.float32).reshape(-1) for env in self.environments]
                return np.stack(rows)
            except NotImplementedError:  # how PettingZoo's base class says that there is none
                self._has_state = False
        return self._observations.reshape(self.batch, -1).copy()

    def active(self) -> Flags | None:
        """Which agents act now, shape (B, A)."""
        return self._active.copy()

    def action_masks(self) -> Flags | None:
        """Which actions are allowed, shape (B, A, K); None for continuous ones."""
        return self._masks.copy() if self._choices else None

    def advance(self, actions: NDArray[Any]) -> Outcome:
        """Act once in every copy, and begin the next episode in those where nobody acts any more."""
        shape = (self.batch, len(self.agents))
        rewards = np.zeros(shape, np.float32)
        terminated, truncated = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        for row in range(self.batch):
            self._step(row, actions[row], rewards[row], terminated[row], truncated[row])
        over: Flags = np.logical_not(self._active.any(axis=1))
        final_observations = final_states = None
        if truncated.any():
            final_observations, final_states = self.observations(), self.states()
        for row in np.flatnonzero(over):
            self._reset(int(row))
        self._hide_inactive()
        return Outcome(rewards, terminated, truncated, over, final_observations, final_states)

    def save(self) -> dict[str, Any]:
        """Seeds, and the actions of the present episodes."""
        return {
            "seed": self._seed,
            "episodes": list(self._episodes),
            "journal": [np.array(actions) for actions in self._journal],
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Go back to where `save` was called, by playing the present episodes again.

        Raises:
            BadInput: if it was saved by another number of copies.
        """
        if len(saved.get("journal", ())) != self.batch:
            raise BadInput("saved", sorted(saved), f"it must hold the journal of {self.batch} copies")
        self._seed, self._episodes = int(saved["seed"]), [int(number) - 1 for number in saved["episodes"]]
        nothing = np.zeros(len(self.agents), np.float32)
        for row, journal in enumerate(saved["journal"]):
            self._reset(row)
            for actions in journal:
                self._step(row, actions, nothing.copy(), nothing.astype(bool), nothing.astype(bool))
        self._hide_inactive()

    # --- one copy ---

    def _reset(self, row: int) -> None:
        path = np.random.SeedSequence([self._seed, row, self._episodes[row]])
        self._episodes[row] += 1
        self._journal[row] = []
        observations, infos = self.environments[row].reset(seed=int(path.generate_state(1)[0] >> 1))
        self._see(row, observations, infos)

    def _step(self, row: int, actions: NDArray[Any], rewards: Floats, terminated: Flags, truncated: Flags) -> None:
        env, acted = self.environments[row], self._active[row].copy()
        self._journal[row].append(np.array(actions))
        chosen = {agent: self._action(place, actions[place]) for place, agent in enumerate(self.agents) if acted[place]}
        observations, earned, ended, cut, infos = env.step(chosen)
        self._see(row, observations, infos)
        for place, agent in enumerate(self.agents):
            if acted[place]:
                rewards[place] = earned.get(agent, 0.0)
                truncated[place] = bool(cut.get(agent, False))
                # An agent that is gone without a word has come to its end.
                gone = not self._active[row, place] and not truncated[place]
                terminated[place] = bool(ended.get(agent, False)) or gone

    def _action(self, place: int, action: Any) -> Any:
        if self._choices:
            return int(action) + self._first[place]
        return into_bounds(action, self._low[place], self._high[place]).reshape(self._shape)

    def _see(self, row: int, observations: Mapping[str, Any], infos: Mapping[str, Any]) -> None:
        """Take in what agents saw; those that have just finished still see their last observation."""
        acting = set(self.environments[row].agents)
        self._observations[row] = 0
        self._masks[row] = True
        for place, agent in enumerate(self.agents):
            self._active[row, place] = agent in acting
            seen = observations.get(agent)
            if seen is None:
                continue
            size, encode = self._encode[agent]
            mask = infos.get(agent, {}).get("action_mask")
            if isinstance(seen, Mapping):
                mask = seen.get("action_mask", mask)
                seen = seen["observation"]
            numbers = encode(seen)
            name = f"observations[{agent!r}]"
            if numbers.shape != (size,):
                raise BadInput(name, np.shape(seen), f"its space says {size} numbers: send as many")
            if not np.isfinite(numbers).all():
                raise BadInput(name, seen, "give finite numbers")
            self._observations[row, place, :size] = numbers
            if self._choices:
                count = self._choices[place]
                self._masks[row, place, count:] = False
                if mask is not None:
                    self._masks[row, place, :count] = np.asarray(mask, dtype=bool)

    def _hide_inactive(self) -> None:
        self._observations[~self._active] = 0


def _encoder(agent: str, space: Any) -> tuple[int, Callable[[Any], Any]]:
    """How many numbers an observation becomes, and the function that makes them."""
    inner = getattr(space, "spaces", None)
    if isinstance(inner, Mapping) and "observation" in inner:
        space = inner["observation"]
    if hasattr(space, "n"):
        size, start = int(space.n), int(getattr(space, "start", 0))
        one_hot = np.eye(size, dtype=np.float32)
        return size, lambda seen: one_hot[int(seen) - start]
    if hasattr(space, "low") and getattr(space, "shape", None) is not None:
        return math.prod(space.shape), lambda seen: np.asarray(seen, dtype=np.float32).reshape(-1)
    raise BadInput(f"observation_space({agent!r})", space, "give a Box or a Discrete space")

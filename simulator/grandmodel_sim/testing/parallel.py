"""Is it a ParallelEnv, and does a seed fix all of it?

PettingZoo's own `parallel_seed_test` compares the first step only. Here every observation, reward, flag and info of
whole episodes goes into one digest, which can also be compared across processes.

    from grandmodel_sim.marl import MatrixGame
    from grandmodel_sim.testing import check_parallel_env
    check_parallel_env(MatrixGame)
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any

MAX_STEPS = 1000


def trajectory_digest(env: Any, seed: int = 0, episodes: int = 2, max_steps: int = MAX_STEPS) -> str:
    """SHA-256 over everything that `env` shows in `episodes` episodes with actions sampled from its spaces.

    Only the first episode is seeded: the later ones show whether the random stream goes on as it should.

    Args:
        env: a ParallelEnv.
        seed: of the environment and, agent by agent, of its action spaces.
        episodes: how many.
        max_steps: an episode is left there if it has not ended.
    """
    digest = hashlib.sha256()
    for place, agent in enumerate(env.possible_agents):
        env.action_space(agent).seed(seed + place)
    for episode in range(episodes):
        observations, infos = env.reset(seed=seed) if episode == 0 else env.reset()
        _feed(digest, [observations, infos])
        for _ in range(max_steps):
            if not env.agents:
                break
            actions = {agent: _sample(env, agent, observations, infos) for agent in env.agents}
            observations, rewards, terminations, truncations, infos = env.step(actions)
            _feed(digest, [actions, observations, rewards, terminations, truncations, infos])
    return digest.hexdigest()


def check_parallel_env(make: Callable[[], Any], seeds: tuple[int, ...] = (0, 1), max_steps: int = MAX_STEPS) -> None:
    """Check the interface step by step over whole episodes, then that a seed fixes whole trajectories.

    Args:
        make: makes the environment: a class, or a function without arguments.
        seeds: one episode each.
        max_steps: an episode is left there if it has not ended.

    Raises:
        AssertionError: with a sentence that says what must hold.
    """
    env = make()
    _check_spaces(env)
    for seed in seeds:
        _check_episode(env, seed, max_steps)
        one, two = (trajectory_digest(make(), seed, 2, max_steps) for _ in range(2))
        assert one == two, f"two new environments must show the same under seed {seed}: draw only from a seeded stream"
        again = trajectory_digest(env, seed, 2, max_steps)
        assert again == one, f"reset(seed={seed}) must forget what happened before: reset all state and every stream"


def _check_spaces(env: Any) -> None:
    assert isinstance(getattr(env, "possible_agents", None), list), "possible_agents must be a list"
    assert "name" in getattr(env, "metadata", {}), "metadata must be a dict with a 'name'"
    assert env.max_num_agents == len(env.possible_agents), "max_num_agents must count possible_agents"
    for agent in env.possible_agents:
        for space in (env.observation_space, env.action_space):
            assert space(agent) is space(agent), f"{space.__name__}({agent!r}) must return the same object every time"


def _check_episode(env: Any, seed: int, max_steps: int) -> None:
    observations, infos = env.reset(seed=seed)
    assert env.agents and set(env.agents) <= set(env.possible_agents), "after reset, agents act"
    _check_dicts({"observations": observations, "infos": infos}, env.agents)
    gone: set[Any] = set()
    for _ in range(max_steps):
        acting = list(env.agents)
        assert env.num_agents == len(acting), "num_agents must count agents"
        if not acting:
            break
        actions = {agent: _sample(env, agent, observations, infos) for agent in acting}
        observations, rewards, terminations, truncations, infos = env.step(actions)
        named = {
            "observations": observations,
            "rewards": rewards,
            "terminations": terminations,
            "truncations": truncations,
            "infos": infos,
        }
        _check_dicts(named, acting)
        for agent in acting:
            seen = observations[agent]
            plain = seen["observation"] if isinstance(seen, Mapping) and "observation" in seen else seen
            shape = getattr(env.observation_space(agent), "shape", None)
            if shape is not None and hasattr(plain, "shape"):
                assert tuple(plain.shape) == tuple(shape), f"{agent!r} sees {plain.shape}, its space says {shape}"
            assert math.isfinite(rewards[agent]), f"the reward of {agent!r} must be a finite number"
            if terminations[agent] or truncations[agent]:
                gone.add(agent)
        assert not gone & set(env.agents), f"agents whose episode is over must not act again: {gone & set(env.agents)}"
        left = [agent for agent in acting if agent not in gone and agent not in env.agents]
        assert not left, f"{left} left `agents` without a termination or truncation"


def _check_dicts(named: Mapping[str, Any], agents: list[Any]) -> None:
    for name, part in named.items():
        assert isinstance(part, dict), f"{name} must be a dict by agent"
        assert set(part) == set(agents), f"{name} must have exactly the agents that acted: {agents}, not {list(part)}"


def _sample(env: Any, agent: Any, observations: Mapping[Any, Any], infos: Mapping[Any, Any]) -> Any:
    """A random action, an allowed one where the environment gives a mask."""
    seen = observations[agent]
    mask = seen.get("action_mask") if isinstance(seen, Mapping) else None
    if mask is None:
        mask = infos[agent].get("action_mask")
    space = env.action_space(agent)
    return space.sample() if mask is None else space.sample(mask)


def _feed(digest: "hashlib._Hash", thing: Any) -> None:
    """Everything in order of its appearance, arrays by type, shape and bytes."""
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            digest.update(repr(key).encode())
            _feed(digest, value)
    elif isinstance(thing, list | tuple):
        digest.update(f"{len(thing)}:".encode())
        for value in thing:
            _feed(digest, value)
    elif hasattr(thing, "tobytes"):
        digest.update(f"{thing.dtype}{thing.shape}".encode() + thing.tobytes())
    else:
        digest.update(repr(thing).encode())

"""Policies that need no learning. A trained agent that does not beat the best of them has learnt nothing of use."""

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.market import N_ACTIONS, BatchedMarket
from grandmodel_sim.marl.play import play
from grandmodel_sim.marl.trading_env import TradingEnvironment

SHORT, FLAT, LONG = range(N_ACTIONS)

BASELINES = ("flat", "random", "long", "short")


def baseline_reward(
    environment: TradingEnvironment, policy: str, num_episodes: int = 10, *, num_agents: int = 2, seed: int = 0
) -> float:
    """Mean reward per agent and session of a policy that does not learn, over the same sessions that
    `MARLTrainer.evaluate` uses.

    Args:
        environment: the market.
        policy: "flat" never trades (its reward is exactly 0), "random" picks short, flat or long on every bar, "long"
            and "short" hold.
        num_episodes: sessions.
        num_agents: agents.
        seed: for "random".

    Raises:
        BadInput: for an unknown policy.
    """
    if policy not in BASELINES:
        raise BadInput("policy", policy, f"the baselines are {', '.join(BASELINES)}")
    draw = np.random.default_rng(seed)

    def act(market: BatchedMarket) -> NDArray[np.int64]:
        if policy == "random":
            return draw.integers(0, N_ACTIONS, size=market.positions.shape)
        return np.full(market.positions.shape, {"flat": FLAT, "long": LONG, "short": SHORT}[policy], dtype=np.int64)

    return float(play(environment, act, num_episodes, num_agents).mean())

"""Playing fixed sessions with a policy: the one way in which trained agents and baselines are judged."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.marl.market import BatchedMarket
from grandmodel_sim.marl.trading_env import TradingEnvironment

Policy = Callable[[BatchedMarket], NDArray[np.int64]]


def play(environment: TradingEnvironment, policy: Policy, num_episodes: int, num_agents: int) -> NDArray[np.float64]:
    """Play sessions spread evenly over the file.

    Args:
        environment: the market.
        policy: gives actions, shape (episodes, agents), for a market.
        num_episodes: how many sessions.
        num_agents: how many agents trade in each.

    Returns:
        Rewards after costs in units of $100, shape (num_episodes, num_agents).
    """
    market = environment.batch(environment.spread_starts(num_episodes), num_agents)
    total = np.zeros((num_episodes, num_agents))
    done = False
    while not done:
        rewards, done = market.step(policy(market))
        total += rewards
    return total

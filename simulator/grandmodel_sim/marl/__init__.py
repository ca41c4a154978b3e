"""Multi-agent reinforcement learning on the simulated market: an environment, MAPPO in numpy, baselines and evidence.

Nothing here is hidden behind a framework: `networks` holds forward and backward passes, `mappo` the update, `trainer`
the loop.
"""

from grandmodel_sim.marl.baselines import BASELINES, baseline_reward
from grandmodel_sim.marl.dataset import Normalizer
from grandmodel_sim.marl.evidence import Evidence, evidence
from grandmodel_sim.marl.trading_env import TradingEnvironment
from grandmodel_sim.marl.trainer import MARLTrainer

__all__ = [
    "BASELINES",
    "Evidence",
    "MARLTrainer",
    "Normalizer",
    "TradingEnvironment",
    "baseline_reward",
    "evidence",
]

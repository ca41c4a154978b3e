"""Multi-agent reinforcement learning: environments, MAPPO and IPPO in numpy, baselines and evidence.

Nothing here is hidden behind a framework. Environments have the shape of PettingZoo's ParallelEnv, and each is backed
by an array class that steps many copies at once (`vector`). `networks` holds forward and backward passes, `mappo` the
formulas of the update, `trainer` the loop of Lab 2.1.
"""

from grandmodel_sim.marl.baselines import BASELINES, baseline_reward
from grandmodel_sim.marl.cartpole import CartPole
from grandmodel_sim.marl.dataset import Normalizer
from grandmodel_sim.marl.evidence import Evidence, evidence
from grandmodel_sim.marl.liquidation import Liquidation
from grandmodel_sim.marl.matrix_game import MatrixGame
from grandmodel_sim.marl.trading_env import TradingEnvironment
from grandmodel_sim.marl.trainer import MARLTrainer

__all__ = [
    "BASELINES",
    "CartPole",
    "Evidence",
    "Liquidation",
    "MARLTrainer",
    "MatrixGame",
    "Normalizer",
    "TradingEnvironment",
    "baseline_reward",
    "evidence",
]

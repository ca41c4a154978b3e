"""Multi-agent reinforcement learning: environments, MAPPO and IPPO in numpy, baselines and evidence.

Nothing here is hidden behind a framework. Environments have the shape of PettingZoo's ParallelEnv, and each is backed
by an array class that steps many copies at once (`vector`). `mappo` holds the formulas of the update, `networks` and
`mlp` the forward and backward passes, `mappo_trainer` the loop for any environment, `trainer` that of Lab 2.1.
"""

from grandmodel_sim.marl.baselines import BASELINES, baseline_reward
from grandmodel_sim.marl.cartpole import CartPole
from grandmodel_sim.marl.dataset import Normalizer
from grandmodel_sim.marl.evidence import Evidence, evidence
from grandmodel_sim.marl.hyperparameters import Hyperparameters
from grandmodel_sim.marl.learning_curve import LearningCurve
from grandmodel_sim.marl.liquidation import Liquidation
from grandmodel_sim.marl.mappo_trainer import IPPOTrainer, MAPPOTrainer
from grandmodel_sim.marl.matrix_game import MatrixGame
from grandmodel_sim.marl.metrics import Evaluation, Metrics
from grandmodel_sim.marl.tactical_env import TacticalEnvironment
from grandmodel_sim.marl.trading_env import TradingEnvironment
from grandmodel_sim.marl.trainer import MARLTrainer

__all__ = [
    "BASELINES",
    "CartPole",
    "Evaluation",
    "Evidence",
    "Hyperparameters",
    "IPPOTrainer",
    "LearningCurve",
    "Liquidation",
    "MAPPOTrainer",
    "MARLTrainer",
    "MatrixGame",
    "Metrics",
    "Normalizer",
    "TacticalEnvironment",
    "TradingEnvironment",
    "baseline_reward",
    "evidence",
]

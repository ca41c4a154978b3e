"""The environments that every test of this room runs on."""

from grandmodel_sim.marl import CartPole, Liquidation, MatrixGame, TacticalEnvironment, TradingEnvironment
from grandmodel_sim.marl.parallel import ParallelEnvironment

ENVIRONMENTS: tuple[type[ParallelEnvironment], ...] = (
    CartPole,
    Liquidation,
    MatrixGame,
    TacticalEnvironment,
    TradingEnvironment,
)

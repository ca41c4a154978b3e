"""Two-player matrix games: the smallest test of what learners without a common plan can and cannot find.

Climbing and penalty are the games of Claus & Boutilier, "The Dynamics of Reinforcement Learning in Cooperative
Multiagent Systems" (AAAI 1998). Both players get the same payoff. The best joint action of the climbing game, 11, lies
beside a loss of 30: learners that cannot trust each other settle on 7. That is not a fault of the learner, and a
learner that finds 11 on its own from a uniform start has usually been given the other's actions by mistake.

An episode is 25 rounds with an observation that never changes, as in Papoudakis et al., "Benchmarking Multi-Agent Deep
Reinforcement Learning Algorithms in Cooperative Tasks" (NeurIPS 2021).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.parallel import ParallelEnvironment
from grandmodel_sim.marl.spaces import Discrete
from grandmodel_sim.marl.vector import ArrayEnvironment, Flags, Floats

Payoff = Sequence[Sequence[float]]

CLIMBING: Payoff = ((11, -30, 0), (-30, 7, 6), (0, 0, 5))
ROUNDS = 25


class MatrixGames(ArrayEnvironment):
    """B matrix games side by side.

    Args:
        batch: B.
        payoff: shape (K, K); row: the first player's action, column: the second's.
        rounds: rounds in an episode.
    """

    progress = ("played",)

    def __init__(self, batch: int, payoff: Payoff = CLIMBING, rounds: int = ROUNDS) -> None:
        try:
            self.payoff = np.array(payoff, dtype=np.float32)
        except (ValueError, TypeError):
            raise BadInput("payoff", payoff, "give rows of numbers") from None
        shape = self.payoff.shape
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2 or not np.isfinite(self.payoff).all():
            raise BadInput("payoff", payoff, "give as many rows as columns, at least two, all finite numbers")
        if isinstance(rounds, bool) or not isinstance(rounds, int) or rounds < 1:
            raise BadInput("rounds", rounds, "give a whole number from 1")
        super().__init__(batch, ("row", "column"), 1, Discrete(len(self.payoff)), state_size=1)
        self.rounds = rounds
        self.played = np.zeros(batch, dtype=np.int64)
        self._seen = np.ones((batch, 2, 1), dtype=np.float32)
        self._never = np.zeros(batch, dtype=bool)

    def begin(self, which: Flags, options: Mapping[str, Any] | None = None) -> None:
        """Nothing is random here."""
        self.played[which] = 0

    def observations(self) -> Floats:
        """Always 1: there is nothing to see."""
        return self._seen.copy()

    def states(self) -> Floats:
        """Always 1."""
        return self._seen[:, 0].copy()

    def step(self, actions: NDArray[Any]) -> tuple[Floats, Flags, Flags]:
        """Play one round. The game has no end of its own: the limit of rounds truncates it."""
        self.played += 1
        common = self.payoff[actions[:, 0], actions[:, 1]]
        return np.repeat(common[:, None], 2, axis=1), self._never, self.played >= self.rounds


class MatrixGame(ParallelEnvironment):
    """A matrix game for two players, "row" and "column".

    Args:
        payoff: what both get, by row and column; the climbing game if it is left out.
        rounds: rounds in an episode.

    Raises:
        BadInput: for a payoff that is no square matrix of numbers, or fewer than one round.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "matrix_game_v0", "render_modes": []}

    def __init__(self, payoff: Payoff = CLIMBING, rounds: int = ROUNDS) -> None:
        super().__init__(lambda batch: MatrixGames(batch, payoff, rounds))

    @classmethod
    def climbing(cls) -> Self:
        """Independent learners reach 7; 11 is the best."""
        return cls(CLIMBING)

    @classmethod
    def penalty(cls, k: float = -100) -> Self:
        """Two equally good corners of 10, and a penalty of `k` for a missed meeting. Independent learners reach 10
        for k = 0 and 2, the safe middle, for k = −100."""
        return cls(((10, 0, k), (0, 2, 0), (k, 0, 10)))

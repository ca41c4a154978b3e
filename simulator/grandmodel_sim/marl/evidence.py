"""Does it really learn? Trained agents against the best baseline, over several seeds, with the market's structure on
and off.

Each seed has market data, initial weights and random baseline of its own. The figure of a seed is

    trained − max(random, flat)

in mean reward per agent and session after costs, over all held-out sessions. `Evidence.lower` is the lower end of the
95 % confidence interval of its mean
(Student's t). The claims:

- structure on: `lower > 0`, the agents beat both baselines;
- structure off: `mean <= 0`, they do not beat flat: there is nothing to learn but noise, and trading on it costs.
"""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.generator import STRUCTURE
from grandmodel_sim.marl.baselines import baseline_reward
from grandmodel_sim.marl.trading_env import TradingEnvironment
from grandmodel_sim.marl.trainer import MARLTrainer
from grandmodel_sim.workspace import tree

# 97.5 % points of Student's t for 1..30 degrees of freedom; the normal's beyond.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """The result of `evidence`.

    Attributes:
        structure: κ of the market.
        trained: mean reward per agent and session of the trained agents, by seed; flat is 0.
        random: the same of the random policy.
        margins: trained − max(random, 0), by seed.
    """

    structure: float
    episodes: int
    sessions: int
    seeds: tuple[int, ...]
    trained: tuple[float, ...]
    random: tuple[float, ...]

    @property
    def margins(self) -> tuple[float, ...]:
        """trained − best baseline, by seed."""
        return tuple(t - max(r, 0.0) for t, r in zip(self.trained, self.random, strict=True))

    @property
    def mean(self) -> float:
        """Mean margin."""
        return sum(self.margins) / len(self.margins)

    @property
    def half_width(self) -> float:
        """Half the width of the 95 % confidence interval of the mean margin."""
        n = len(self.margins)
        deviation = math.sqrt(sum((m - self.mean) ** 2 for m in self.margins) / (n - 1))
        return (_T[n - 2] if n - 2 < len(_T) else 1.96) * deviation / math.sqrt(n)

    @property
    def lower(self) -> float:
        """Lower end of the 95 % confidence interval of the mean margin."""
        return self.mean - self.half_width

    @property
    def upper(self) -> float:
        """Upper end of that interval."""
        return self.mean + self.half_width

    @property
    def beats_baselines(self) -> bool:
        """Whether it can be claimed that the agents beat the best baseline."""
        return self.lower > 0


def evidence(
    structure: float = STRUCTURE, seeds: Sequence[int] = range(10), episodes: int = 100, sessions: int = 39
) -> Evidence:
    """Train agents with the settings of Lab 2.1 on each seed's training file and judge them on its test file.

    Args:
        structure: κ of the market; 0 switches the structure off.
        seeds: at least two.
        episodes: training episodes.
        sessions: held-out sessions of 78 bars; 39 do not overlap in the 40-session test file behind a window of 50
            bars.

    Raises:
        BadInput: for fewer than two seeds.
    """
    if len(seeds) < 2:
        raise BadInput("seeds", list(seeds), "give at least two, or there is no interval")
    trained, random = [], []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            root = tree.write(Path(folder), seed, structure=structure)
            env = TradingEnvironment(root / "data/training/sample_data.csv", 50)
            test = TradingEnvironment(root / "data/testing/sample_data.csv", 50, normalizer=env.normalizer)
        trainer = MARLTrainer(env, num_agents=2, hidden_size=128, learning_rate=0.001, batch_size=32, seed=seed)
        for _ in range(episodes):
            trainer.train_episode()
        trained.append(trainer.evaluate(test, sessions))
        random.append(baseline_reward(test, "random", sessions, seed=seed))
    return Evidence(structure, episodes, sessions, tuple(seeds), tuple(trained), tuple(random))


def main() -> None:
    """Print the evidence for the lab's claim, with the structure on and off."""
    for structure in (STRUCTURE, 0.0):
        result = evidence(structure)
        np.set_printoptions(precision=1, suppress=True)
        print(f"structure {structure}: trained {np.array(result.trained)}, random {np.array(result.random)}")
        print(f"  margin {result.mean:.2f}, 95 % interval {result.lower:.2f} to {result.upper:.2f}")


if __name__ == "__main__":
    main()

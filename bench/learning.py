"""What the trainers are claimed to learn, at full length.

- Independent learners in matrix games end where theory and the literature say (Claus & Boutilier 1998; Papoudakis et
  al. 2021, table 3): 7 per round in the climbing game, 10 in penalty with k = 0, 2 with k = -100, on every seed.
- CartPole: at least 475 of 500 within 300,000 steps, mean of the greedy policy over 100 episodes and five seeds.
- Liquidation: the common cost comes within 2 % of the exact optimum, mean of three seeds.

`academy bench learning` runs it and writes the figures with a hash of the code that they belong to.
`tests/simulator/marl/test_claims.py` does the same on few seeds.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from grandmodel_sim import marl
from grandmodel_sim.marl import CartPole, Hyperparameters, IPPOTrainer, Liquidation, MAPPOTrainer, MatrixGame
from grandmodel_sim.marl.liquidation import Liquidations, best_cost

# Each round is a game of its own: what comes later does not depend on it, so the discount is 0.
MATRIX = Hyperparameters(
    copies=20,
    rollout_steps=25,
    epochs=4,
    learning_rate=3e-3,
    entropy_weight=0.03,
    discount=0.0,
    gae_lambda=0.0,
    hidden_sizes=(16,),
    share_parameters=False,
)
MATRIX_UPDATES = 200
GAMES: dict[str, tuple[Callable[[], MatrixGame], float]] = {
    "climbing": (MatrixGame.climbing, 7.0),
    "penalty k=0": (lambda: MatrixGame.penalty(0), 10.0),
    "penalty k=-100": (lambda: MatrixGame.penalty(-100), 2.0),
}

CARTPOLE_UPDATES = 290  # of 1,024 steps: 296,960
CARTPOLE = Hyperparameters(
    copies=8, rollout_steps=128, epochs=4, minibatches=4, learning_rate=1e-3, anneal_updates=CARTPOLE_UPDATES
)
CARTPOLE_LEAST = 475.0

LIQUIDATION_UPDATES = 100
LIQUIDATION = Hyperparameters(
    copies=16,
    rollout_steps=50,
    epochs=10,
    learning_rate=1e-3,
    anneal_updates=LIQUIDATION_UPDATES,
    entropy_weight=0.0,
    discount=1.0,
    initial_log_std=-1.0,
)
LIQUIDATION_MOST = 1.02


def matrix_game(name: str, seed: int) -> float:
    """Payoff per round of two independent learners after training."""
    trainer = IPPOTrainer(GAMES[name][0], MATRIX, seed=seed)
    trainer.train(MATRIX_UPDATES)
    return trainer.evaluate(episodes=1).reward_per_step


def cartpole(seed: int) -> float:
    """Mean length of 100 episodes of the greedy policy after 296,960 steps."""
    trainer = IPPOTrainer(CartPole, CARTPOLE, seed=seed)
    trainer.train(CARTPOLE_UPDATES)
    return trainer.evaluate(episodes=100).reward


def liquidation(seed: int) -> float:
    """Cost of two sellers' trained policy as a multiple of the lowest possible."""
    trainer = MAPPOTrainer(Liquidation, LIQUIDATION, seed=seed)
    trainer.train(LIQUIDATION_UPDATES)
    return times_the_optimum(trainer)


def times_the_optimum(trainer: MAPPOTrainer) -> float:
    """Cost of a policy as a multiple of the lowest possible, mean over 100 inventories."""
    played = trainer.evaluate(Liquidation, episodes=100, seed=5)
    env = Liquidations(100)  # the same inventories
    env.restart(5)
    best = best_cost() * env.held.sum(axis=1) ** 2
    return float((-played.rewards[:, 0] / best).mean())


def claims(say: Callable[[str], None], seeds: Iterable[int] = range(20)) -> list[dict[str, Any]]:
    """All claims with the figures of every seed."""
    found = []
    for name, (_, expected) in GAMES.items():
        say(f"Matrix games: {name}")
        values = [matrix_game(name, seed) for seed in seeds]
        holds = all(abs(value - expected) < 1e-6 for value in values)
        found.append(_claim(f"{name}, independent learners", f"{expected:g} on every seed", values, holds, MATRIX))
    say("CartPole")
    values = [cartpole(seed) for seed in range(5)]
    holds = float(np.mean(values)) >= CARTPOLE_LEAST
    found.append(
        _claim("CartPole, greedy, 296,960 steps", f">= {CARTPOLE_LEAST:g} in the mean", values, holds, CARTPOLE)
    )
    say("Liquidation")
    values = [liquidation(seed) for seed in range(3)]
    holds = float(np.mean(values)) <= LIQUIDATION_MOST
    wanted = f"<= {LIQUIDATION_MOST:g} times the optimum in the mean"
    found.append(_claim("Liquidation, continuous actions", wanted, values, holds, LIQUIDATION))
    return found


def _claim(what: str, claim: str, values: list[float], holds: bool, settings: Hyperparameters) -> dict[str, Any]:
    return {"what": what, "claim": claim, "values": values, "holds": holds, "settings": asdict(settings)}


def code_hash() -> str:
    """SHA-256 of the code that the figures depend on: `grandmodel_sim.marl` and this file."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(marl.__file__).parent.glob("*.py")), Path(__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Measure and print one line of JSON."""
    found = claims(lambda text: print(text, file=sys.stderr, flush=True))
    versions = {"python": sys.version.split()[0], "numpy": np.__version__}
    print(json.dumps({"code": code_hash(), "versions": versions, "claims": found}))


if __name__ == "__main__":
    main()

"""How fast the simulator steps and trains, as ratios against peers in one process, in turns.

`academy bench speed` runs this in a virtual environment that holds the peers (bench/requirements.lock) and PyTorch
where it can be had. One line of JSON goes to stdout. Steps are counted per environment: a batch of 256 that steps once
has made 256 steps. One thread for all, and its processor time, so that a busy machine does not decide.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from grandmodel_sim import World
from grandmodel_sim.marl import CartPole, Hyperparameters, IPPOTrainer, TradingEnvironment
from grandmodel_sim.marl.dataset import generated_bars

BATCH = 256
TRADING_DAY = 6.5 * 3600

Measure = Callable[[], float]


def row(what: str, unit: str, ours: Measure, peer: Measure | None, against: str, aim: str, runs: int) -> dict[str, Any]:
    """Measure both in turns, once before for nothing, so that what is loaded on first use is loaded."""
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        for place, measure in enumerate((ours, peer)):
            if measure is not None:
                value = measure()
                if turn:
                    found[place].append(value)
    return {"what": what, "against": against, "unit": unit, "ours": found[0], "peer": found[1], "aim": aim}


# --- the trading environment ---


def batched(env: TradingEnvironment, calls: int = 1500) -> Measure:
    copies = env.copies(BATCH)
    actions = np.random.default_rng(0).integers(0, 3, size=(calls, BATCH, 1))

    def measure() -> float:
        copies.restart(0)
        copies.observations()
        started = time.process_time()
        for action in actions:
            copies.advance(action)
            copies.observations()
        return calls * BATCH / (time.process_time() - started)

    return measure


def single(env: TradingEnvironment, steps: int = 40_000) -> Measure:
    choices = np.random.default_rng(0).integers(0, 3, size=steps).tolist()
    agent = env.possible_agents[0]

    def measure() -> float:
        env.reset(seed=0)
        started = time.process_time()
        for choice in choices:
            if not env.agents:
                env.reset()
            env.step({agent: choice})
        return steps / (time.process_time() - started)

    return measure


def environment_rows(runs: int) -> list[dict[str, Any]]:
    from bench.peers import gym_trading

    bars = generated_bars(0, sessions=20)
    env = TradingEnvironment(bars, gym_trading.WINDOW, num_agents=1, episode_length=gym_trading.EPISODE)
    closes = np.array([bar.close for bar in bars])
    window = f"4 features, window {gym_trading.WINDOW}"

    trading = gym_trading.trading_env(env.data.values, closes)
    anything = gym_trading.any_trading(env.data.values, closes)

    def theirs(peer: Any, choices: int) -> Measure:
        return lambda: gym_trading.steps_per_second(peer, choices, 15_000, time.process_time)

    return [
        row(
            f"trading environment, batch {BATCH}, {window}",
            "steps/s",
            batched(env),
            theirs(trading, 3),
            "gym-trading-env 0.3.5",
            ">= 50",
            runs,
        ),
        row(
            f"trading environment, batch {BATCH}, {window}",
            "steps/s",
            batched(env),
            theirs(anything, 2),
            "gym-anytrading 2.0.0",
            ">= 15",
            runs,
        ),
        row(
            f"one trading environment, dictionaries, {window}",
            "steps/s",
            single(env),
            theirs(trading, 3),
            "gym-trading-env 0.3.5",
            ">= 1",
            runs,
        ),
    ]


# --- training ---


def settings(copies: int, hidden: int) -> Hyperparameters:
    return Hyperparameters(
        copies=copies, rollout_steps=256, epochs=4, minibatches=4, learning_rate=1e-3, hidden_sizes=(hidden, hidden)
    )


def numpy_training(copies: int, hidden: int, updates: int) -> Measure:
    trainer = IPPOTrainer(CartPole, settings(copies, hidden), seed=0)

    def measure() -> float:
        before, started = trainer.steps, time.process_time()
        trainer.train(updates)
        return (trainer.steps - before) / (time.process_time() - started)

    return measure


def torch_training(copies: int, hidden: int, updates: int, per_step: bool) -> Measure | None:
    try:
        import torch

        from bench.peers.torch_ppo import TorchPPO
    except ImportError:
        return None
    torch.set_num_threads(1)
    peer = TorchPPO(settings(copies, hidden), per_step=per_step)

    def measure() -> float:
        started = time.process_time()
        for _ in range(updates):
            peer.update()
        return updates * copies * 256 / (time.process_time() - started)

    return measure


def training_rows(runs: int) -> list[dict[str, Any]]:
    found = []
    for copies, hidden, per_step, aim in (
        (4, 64, True, ">= 4"),
        (4, 64, False, ""),
        (8, 64, True, ""),
        (8, 64, False, ""),
        (8, 256, True, "report"),
        (8, 256, False, "report"),
    ):
        updates = 8 if hidden == 64 else 2
        peer = torch_training(copies, hidden, updates, per_step)
        way = "asked at every step, as CleanRL does" if per_step else "asked once a rollout, as ours"
        against = f"PyTorch, one thread, {way}" if peer else "PyTorch is not installed: left out"
        what = f"PPO on CartPole, {copies} copies, rollout 256, hidden {hidden}"
        found.append(row(what, "steps/s", numpy_training(copies, hidden, updates), peer, against, aim, runs))
    return found


# --- the World ---


def world_day() -> float:
    world = World(7)
    world.bars("ES")  # reads in the sixteen sessions of history that a world begins with
    started = time.process_time()
    world.advance(TRADING_DAY)
    return 1000 * (time.process_time() - started)


def world_row(runs: int) -> dict[str, Any]:
    return row("World: a trading day of 78 bars", "ms", world_day, None, "", "< 100 ms", runs)


def main() -> None:
    """Measure everything and print it as one line of JSON."""
    runs = int(os.environ.get("BENCH_RUNS", "5"))
    rows = [*environment_rows(runs), *training_rows(runs), world_row(runs)]
    versions = {"python": sys.version.split()[0], "numpy": np.__version__}
    if "torch" in sys.modules:
        versions["torch"] = sys.modules["torch"].__version__
    print(json.dumps({"versions": versions, "runs": runs, "rows": rows}))


if __name__ == "__main__":
    main()

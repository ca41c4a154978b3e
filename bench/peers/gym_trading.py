"""`gym-trading-env` and `gym-anytrading` on our bars and features, each used directly, without Gymnasium's wrappers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

WINDOW = 50
EPISODE = 78


def trading_env(values: np.ndarray, closes: np.ndarray) -> Any:
    """gym-trading-env: positions short, flat and long, a window of the same features, sessions from random starts.

    Args:
        values: normalised features, shape (bars, features).
        closes: shape (bars,).
    """
    with warnings.catch_warnings():
        import pandas
        from gym_trading_env.environments import TradingEnv

        frame = pandas.DataFrame({f"feature_{i}": column for i, column in enumerate(values.T)})
        frame["close"] = closes
        frame.index = pandas.date_range("2025-01-06", periods=len(frame), freq="5min")
        return TradingEnv(
            frame,
            positions=[-1, 0, 1],
            trading_fees=0.0001,
            windows=WINDOW,
            max_episode_duration=EPISODE,
            verbose=0,
        )


def any_trading(values: np.ndarray, closes: np.ndarray) -> Any:
    """gym-anytrading's stock environment: sell and buy, the same features; an episode is the whole series."""
    import pandas
    from gym_anytrading.envs import StocksEnv

    class OurFeatures(StocksEnv):
        def _process_data(self) -> tuple[np.ndarray, np.ndarray]:
            return closes.astype(np.float32), values.astype(np.float32)

    return OurFeatures(df=pandas.DataFrame({"Close": closes}), window_size=WINDOW, frame_bound=(WINDOW, len(closes)))


def steps_per_second(env: Any, choices: int, steps: int, clock: Any) -> float:
    """Step with actions drawn beforehand, resetting where an episode ends."""
    actions = np.random.default_rng(0).integers(0, choices, size=steps).tolist()
    env.reset()
    started = clock()
    for action in actions:
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset()
    return steps / (clock() - started)

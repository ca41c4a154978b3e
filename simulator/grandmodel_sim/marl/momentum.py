"""A market with momentum, to try an agent on: Lab 4.1.

Momentum is a hidden direction that lasts: up or down, and at each bar it turns with probability `1 / TREND_BARS`. The
close moves by

    σ · (strength · direction + ε),   ε standard normal,

rounded to ticks. With `strength=0` there is nothing to learn, and all else stays as it is. The momentum here is many
times what anybody has found in real index futures: an agent must be able to find it within a minute.

Prices are drawn with `random`, so a seed gives the same series everywhere. Shapes: N bars in a series, B episodes side
by side, T bars in a window, F features of a bar.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.market.instruments import ES, Instrument
from grandmodel_sim.randomness import stream

STRENGTH = 0.4  # drift of a bar, in units of its σ
TREND_BARS = 24  # mean length of a direction
SIGMA_POINTS = 6.0  # σ of a 5-minute bar of ES
EPISODE_LENGTH = 39  # decisions in an episode: half a session
DOLLARS_PER_REWARD = 100.0
POSITIONS = (-1, 0, 1)  # action → position: 0 short, 1 flat, 2 long

States = NDArray[np.float32]
Choose = Callable[[States, NDArray[np.bool_]], NDArray[np.int64]]


def momentum_closes(seed: int, bars: int, strength: float = STRENGTH) -> NDArray[np.float64]:
    """A seeded series of closes of ES, shape (bars,), in points.

    Raises:
        BadInput: for less than one bar, or a strength outside 0..1.
    """
    if isinstance(bars, bool) or not isinstance(bars, int) or bars < 1:
        raise BadInput("bars", bars, "give a whole number from 1")
    if not 0 <= strength <= 1:
        raise BadInput("strength", strength, "give a number from 0 (nothing to learn) to 1")
    draw = stream(seed, "momentum", ES.symbol)
    price, direction = ES.start_price, 1.0 if draw.random() < 0.5 else -1.0
    closes = []
    for _ in range(bars):
        if draw.random() < 1 / TREND_BARS:
            direction = -direction
        price += SIGMA_POINTS * (strength * direction + draw.gauss(0, 1))
        price = max(price, 100.0)
        closes.append(ES.round(price))
    return np.array(closes)


class MomentumMarket:
    """Episodes side by side on one series: hold −1, 0 or +1 contract from bar to bar.

    Arrays by episode, as `BatchedMarket` of Lab 2.1 has them, and no dictionaries by agent: it is made from bars and
    features, and is not one of the package's environments of ParallelEnv shape.

    A state is a window of features, oldest bar first, and with each bar the present position. Two rules limit what is
    legal: no turn from long to short (or back) in one step, and on the last bar only flat. The reward is the profit or
    loss of the next bar after costs ($2.50 and one tick per contract and side), in units of $100.

    Args:
        closes: shape (N,).
        features: shape (N, F − 1), known at the close of their bar; the rows of the first `window` bars may be NaN.
        window: bars of a state, T.
        episode_length: decisions of an episode.
        instrument: point value and costs.

    Raises:
        BadInput: for shapes that do not fit, features that are not finite, or a series that is too short.
    """

    def __init__(
        self,
        closes: NDArray[np.float64],
        features: NDArray[np.float64],
        window: int = 8,
        episode_length: int = EPISODE_LENGTH,
        instrument: Instrument = ES,
    ) -> None:
        closes, features = np.asarray(closes, dtype=np.float64), np.asarray(features, dtype=np.float32)
        for name, value in (("window", window), ("episode_length", episode_length)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise BadInput(name, value, "give a whole number from 1")
        if closes.ndim != 1 or features.ndim != 2 or len(features) != len(closes):
            came = f"closes {closes.shape}, features {features.shape}"
            raise BadInput("features", came, "one row for each close: closes (N,), features (N, …)")
        self.first = 2 * window - 1  # the oldest bar of the first window may itself look `window` bars back
        self.last = len(closes) - 1 - episode_length
        if self.last < self.first:
            shortest = self.first + episode_length + 1
            raise BadInput("closes", f"{len(closes)} bars", f"an episode after two windows needs at least {shortest}")
        bad = int((~np.isfinite(features[window:])).any(axis=1).sum())
        if bad:
            raise BadInput("features", f"{bad} bars that are not finite", f"only the first {window} bars may be NaN")
        self.closes, self.features = closes, features
        self.window, self.episode_length, self.instrument = window, episode_length, instrument
        self.input_dim = features.shape[1] + 1
        self._move = np.diff(closes)
        self._windows = np.lib.stride_tricks.sliding_window_view(features, window, axis=0)  # (N − T + 1, F − 1, T)
        self._at: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._step = 0
        self.positions: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def random_starts(self, count: int, seed: int) -> NDArray[np.int64]:
        """`count` bars to start from, for training."""
        return np.random.default_rng(seed).integers(self.first, self.last + 1, count)

    def spread_starts(self) -> NDArray[np.int64]:
        """As many starts as fit without overlap, for evaluation."""
        return np.arange(self.first, self.last + 1, self.episode_length)

    def reset(self, starts: NDArray[np.int64]) -> tuple[States, NDArray[np.bool_]]:
        """Begin an episode at each of these bars; states (B, T, F) and legal actions (B, 3).

        Raises:
            BadInput: for a start that leaves no room for a window or an episode.
        """
        starts = np.asarray(starts, dtype=np.int64)
        if starts.ndim != 1 or not len(starts) or starts.min() < self.first or starts.max() > self.last:
            raise BadInput("starts", starts, f"give a list of bars from {self.first} to {self.last}")
        self._at, self._step = starts.copy(), 0
        self.positions = np.zeros(len(starts), dtype=np.int64)
        return self._observe()

    def step(self, actions: NDArray[np.int64]) -> tuple[States, NDArray[np.bool_], NDArray[np.float32], bool]:
        """Take positions and let one bar go by: next states, legal actions, rewards (B,), and whether it is over.

        Raises:
            BadInput: for actions that are not legal.
            RuntimeError: without a running episode.
        """
        if not len(self._at) or self._step >= self.episode_length:
            raise RuntimeError("step() without a running episode: call reset() first")
        actions = np.asarray(actions)
        if actions.shape != self.positions.shape or not np.issubdtype(actions.dtype, np.integer):
            came = f"{actions.dtype} of shape {actions.shape}"
            raise BadInput("actions", came, f"give whole numbers of shape {self.positions.shape}")
        known = (actions >= 0) & (actions <= 2)
        allowed = known & self.legal()[np.arange(len(actions)), np.where(known, actions, 1)]
        if not allowed.all():
            first = int((~allowed).argmax())
            came = f"{int(actions[first])} for episode {first}, whose position is {int(self.positions[first])}"
            raise BadInput("actions", came, "each must be True in the mask of legal actions")
        target = np.array(POSITIONS)[actions]
        cost = np.abs(target - self.positions) * self.instrument.cost_per_side
        rewards = (target * self._move[self._at] * self.instrument.point_value - cost) / DOLLARS_PER_REWARD
        self.positions = target
        self._at, self._step = self._at + 1, self._step + 1
        states, legal = self._observe()
        return states, legal, rewards.astype(np.float32), self._step >= self.episode_length

    def legal(self) -> NDArray[np.bool_]:
        """Which actions are allowed now, (B, 3): no turn in one step, and flat only on the last bar."""
        allowed = np.abs(np.array(POSITIONS) - self.positions[:, None]) < 2
        if self._step >= self.episode_length - 1:
            allowed[:] = False
            allowed[:, 1] = True
        return allowed

    def _observe(self) -> tuple[States, NDArray[np.bool_]]:
        windows = self._windows[self._at - self.window + 1].transpose(0, 2, 1)
        held = np.broadcast_to(self.positions[:, None, None], (len(windows), self.window, 1))
        return np.concatenate([windows, held], axis=2).astype(np.float32), self.legal()


def average_reward(market: MomentumMarket, choose: Choose) -> float:
    """Mean reward of an episode under a policy, over all episodes that fit without overlap.

    Args:
        market: where to play.
        choose: takes states (B, T, F) and legal actions (B, 3), returns actions (B,).
    """
    states, legal = market.reset(market.spread_starts())
    total, done = np.zeros(len(states)), False
    while not done:
        states, legal, rewards, done = market.step(choose(states, legal))
        total += rewards
    return float(total.mean())


def flat(states: States, legal: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Never trade."""
    return np.ones(len(states), dtype=np.int64)


def dice(seed: int) -> Choose:
    """A policy that draws among the legal actions."""
    draw = np.random.default_rng(seed)

    def choose(states: States, legal: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.asarray((draw.random(legal.shape) * legal).argmax(axis=1))

    return choose


def follow(feature: int) -> Choose:
    """The rule to beat: long while the newest value of a feature is above 0, short while it is below; flat in between.

    Args:
        feature: its column in what the market was given.
    """

    def choose(states: States, legal: NDArray[np.bool_]) -> NDArray[np.int64]:
        wish = 1 + np.sign(states[:, -1, feature]).astype(np.int64)
        return np.where(legal[np.arange(len(wish)), wish], wish, 1)  # flat is always legal

    return choose

"""The market of Lab 4.1: its momentum, its rules, its accounts, and no look ahead."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.momentum import (
    SIGMA_POINTS,
    STRENGTH,
    TREND_BARS,
    MomentumMarket,
    average_reward,
    dice,
    flat,
    follow,
    momentum_closes,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def moves_only(closes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """One feature: the move into each bar."""
    return np.append(0.0, np.diff(closes))[:, None]


def small(seed: int = 3, bars: int = 60, **more: Any) -> MomentumMarket:
    closes = momentum_closes(seed, bars)
    return MomentumMarket(closes, moves_only(closes), **{"window": 4, "episode_length": 10, **more})


def test_a_seed_is_a_series_in_whole_ticks() -> None:
    one, same, other = momentum_closes(7, 500), momentum_closes(7, 500), momentum_closes(8, 500)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.array_equal(one * 4, np.round(one * 4))
    assert np.array_equal(momentum_closes(7, 200), one[:200]), "a longer series begins like a shorter one"


def test_the_series_is_the_same_on_every_machine() -> None:
    text = ",".join(f"{close:.2f}" for close in momentum_closes(7, 1000))
    assert hashlib.sha256(text.encode()).hexdigest() == GOLDEN


def test_moves_follow_each_other_as_the_docstring_says() -> None:
    """For a direction that turns with probability p, the correlation of moves k apart is s² (1 - 2p)^k / (1 + s²)."""
    moves = np.diff(momentum_closes(5, 60_000)) / SIGMA_POINTS
    assert moves.std() == pytest.approx(np.sqrt(1 + STRENGTH**2), rel=0.02)
    for apart in (1, 6, 20):
        expected = STRENGTH**2 * (1 - 2 / TREND_BARS) ** apart / (1 + STRENGTH**2)
        found = np.corrcoef(moves[:-apart], moves[apart:])[0, 1]
        assert found == pytest.approx(expected, abs=4 / np.sqrt(len(moves)))


def test_without_strength_nothing_follows() -> None:
    moves = np.diff(momentum_closes(5, 60_000, strength=0))
    for apart in (1, 6, 20):
        assert abs(np.corrcoef(moves[:-apart], moves[apart:])[0, 1]) < 4 / np.sqrt(len(moves))


def test_the_accounts_by_hand() -> None:
    closes = 6000.0 + np.arange(30) * 2.0
    env = MomentumMarket(closes, moves_only(closes), window=4, episode_length=3)
    env.reset(np.array([10, 12]))
    _, _, rewards, done = env.step(np.array([2, 0]))  # one long, one short: 2 points of $50, and $15 to get in
    assert rewards.tolist() == pytest.approx([(100 - 15) / 100, (-100 - 15) / 100])
    assert not done
    _, _, rewards, done = env.step(np.array([2, 1]))  # hold; close
    assert rewards.tolist() == pytest.approx([1.0, -0.15])
    _, _, rewards, done = env.step(np.array([1, 1]))
    assert rewards.tolist() == pytest.approx([-0.15, 0.0])
    assert done
    with pytest.raises(RuntimeError, match="reset"):
        env.step(np.array([1, 1]))


def test_the_rules_of_the_desk() -> None:
    env = small()
    _, legal = env.reset(np.array([20, 20, 20]))
    assert legal.all()
    _, legal, _, _ = env.step(np.array([0, 1, 2]))
    assert legal.tolist() == [[True, True, False], [True, True, True], [False, True, True]]
    with pytest.raises(BadInput, match="mask of legal actions"):
        env.step(np.array([2, 1, 2]))
    for _ in range(8):
        _, legal, _, _ = env.step(np.array([0, 1, 2]))
    assert legal.tolist() == [[False, True, False]] * 3, "flat on the last bar"


def test_a_refused_action_changes_nothing() -> None:
    env = small()
    env.reset(np.array([20]))
    env.step(np.array([2]))
    for wrong in (np.array([0]), np.array([3]), np.array([2.0]), np.array([2, 2])):
        with pytest.raises(BadInput, match=r"^actions: "):
            env.step(wrong)
    assert env.positions.tolist() == [1]
    assert env.step(np.array([2]))[0].shape == (1, 4, 2)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 1000), st.integers(8, 40))
def test_a_state_knows_nothing_of_later_bars(seed: int, start: int) -> None:
    closes = momentum_closes(seed, 60)
    later = closes.copy()
    later[start + 1 :] += 40.0
    states = []
    for series in (closes, later):
        env = MomentumMarket(series, moves_only(series), window=4, episode_length=10)
        states.append(env.reset(np.array([start]))[0])
    assert np.array_equal(*states)
    assert states[0][0, -1, 0] == np.float32(closes[start] - closes[start - 1]), "the newest bar is the present one"


def test_episodes_for_evaluation_do_not_overlap_and_random_ones_are_seeded() -> None:
    env = small()
    starts = env.spread_starts()
    assert (np.diff(starts) == env.episode_length).all()
    assert starts[0] == env.first
    assert env.last - env.episode_length < starts[-1] <= env.last
    assert env.random_starts(50, seed=1).tolist() == env.random_starts(50, seed=1).tolist()
    assert {*env.random_starts(2000, seed=1).tolist()} == set(range(env.first, env.last + 1))


def test_flat_earns_nothing_dice_loses_and_the_rule_wins() -> None:
    closes = momentum_closes(4, 6000)
    mean = np.full((len(closes), 1), np.nan)
    mean[6:, 0] = closes[6:] - closes[:-6]
    env = MomentumMarket(closes, mean)
    assert average_reward(env, flat) == 0
    assert average_reward(env, dice(1)) == average_reward(env, dice(1)) != average_reward(env, dice(2))
    assert -10 < average_reward(env, dice(1)) < 5
    assert average_reward(env, follow(feature=0)) > 12


def chance_of_up(closes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What an observer who knows the market's law believes after each bar: P(direction is up), by Bayes' rule."""
    believed, chances = 0.5, [0.5]
    for move in np.diff(closes) / SIGMA_POINTS:
        before = believed * (1 - 1 / TREND_BARS) + (1 - believed) / TREND_BARS
        up = before * np.exp(-((move - STRENGTH) ** 2) / 2)
        down = (1 - before) * np.exp(-((move + STRENGTH) ** 2) / 2)
        believed = up / (up + down)
        chances.append(believed)
    return np.array(chances)


def test_the_rule_is_near_the_best_that_can_be_known() -> None:
    """So the lab may say that an agent cannot be much better than the rule."""
    best, rule = [], []
    for seed in range(1, 6):
        closes = momentum_closes(seed, 6000)
        mean = np.append(np.zeros(6), closes[6:] - closes[:-6])
        env = MomentumMarket(closes, np.column_stack([mean, chance_of_up(closes) - 0.5]))
        rule.append(average_reward(env, follow(feature=0)))
        best.append(average_reward(env, follow(feature=1)))
    assert np.mean(rule) < np.mean(best) < 1.2 * np.mean(rule)


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"closes": np.zeros((60, 2))}, "features"),
        ({"features": np.zeros((59, 1))}, "features"),
        ({"features": np.full((60, 1), np.nan)}, "features"),
        ({"window": 0}, "window"),
        ({"episode_length": 2.0}, "episode_length"),
        ({"episode_length": 55}, "closes"),
    ],
)
def test_what_cannot_be_a_market_is_named(change: dict[str, Any], argument: str) -> None:
    closes = momentum_closes(1, 60)
    with pytest.raises(BadInput) as error:
        MomentumMarket(**{"closes": closes, "features": moves_only(closes), "window": 4, **change})
    assert error.value.argument == argument


@pytest.mark.parametrize("starts", [[], [0], [1000], [[20]]])
def test_a_start_without_room_is_refused(starts: list[Any]) -> None:
    with pytest.raises(BadInput, match="give a list of bars from 7 to 49"):
        small().reset(np.array(starts, dtype=np.int64))


@pytest.mark.parametrize(("bars", "strength", "argument"), [(0, 0.4, "bars"), (10, 1.5, "strength")])
def test_a_series_that_cannot_be_is_refused(bars: int, strength: float, argument: str) -> None:
    with pytest.raises(BadInput) as error:
        momentum_closes(1, bars, strength)
    assert error.value.argument == argument


GOLDEN = "b00b770b62e8edecc9b4e4cac996a1369329b97fa6a2104e7329664467e3c51d"

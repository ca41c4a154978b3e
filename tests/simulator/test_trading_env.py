"""The environment's contract: PettingZoo's shape, rewards that can be checked by hand, no look ahead, plain errors."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.market.csvfile import read_csv, to_csv
from grandmodel_sim.marl import BASELINES, TradingEnvironment, baseline_reward

FEATURES = ["close", "volume", "mlmi", "fvg"]
SHORT, FLAT, LONG = 0, 1, 2


@pytest.fixture(scope="module")
def env(checkout: Path) -> TradingEnvironment:
    return TradingEnvironment(checkout / "data/testing/sample_data.csv", 50, FEATURES)


def play(env: TradingEnvironment, seed: int) -> list[Any]:
    """A whole episode with actions from the spaces; everything that was seen."""
    for agent in env.possible_agents:
        env.action_space(agent).seed(seed)
    observations, infos = env.reset(seed=seed)
    seen: list[Any] = [observations, infos]
    while env.agents:
        seen.append(env.step({agent: env.action_space(agent).sample() for agent in env.agents}))
    return seen


def test_an_episode_has_the_shape_of_a_parallel_environment(env: TradingEnvironment) -> None:
    observations, infos = env.reset(seed=1)
    assert env.possible_agents == ["agent_0", "agent_1"]
    assert set(observations) == set(infos) == set(env.agents) == set(env.possible_agents)
    for agent in env.agents:
        assert env.observation_space(agent) is env.observation_space(agent)
        assert env.action_space(agent) is env.action_space(agent)
        assert env.observation_space(agent).contains(observations[agent])
        assert observations[agent].shape == (4 * 50 + 1,)
        assert observations[agent].dtype == np.float32
    for step in range(78):
        five = env.step(dict.fromkeys(env.agents, LONG))
        assert all(set(part) == set(env.possible_agents) for part in five)
        assert not any(five[2].values())
        assert all(done is (step == 77) for done in five[3].values())
        assert env.state().shape == (4 + 2 + 1,)
    assert (env.agents, env.num_agents, env.max_num_agents) == ([], 0, 2)
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        env.step({})


def test_the_same_seed_gives_the_same_episode_throughout(env: TradingEnvironment, checkout: Path) -> None:
    twin = TradingEnvironment(checkout / "data/testing/sample_data.csv", 50, FEATURES)
    first, second, other = play(env, 4), play(twin, 4), play(env, 5)
    assert repr(first) == repr(second)
    assert repr(first) != repr(other)


def test_the_newest_bar_is_last_in_the_window_and_the_next_is_not_in_it(env: TradingEnvironment) -> None:
    start = 200
    observations, _ = env.reset(options={"start": start})
    window = observations["agent_0"][:-1].reshape(4, 50)
    np.testing.assert_array_equal(window, env.data.values[start - 49 : start + 1].T)
    after = env.step(dict.fromkeys(env.agents, FLAT))[0]
    np.testing.assert_array_equal(after["agent_0"][:-1].reshape(4, 50)[:, -1], env.data.values[start + 1])


def test_no_observation_changes_if_the_future_does(env: TradingEnvironment, checkout: Path, tmp_path: Path) -> None:
    bars, now = read_csv(checkout / "data/testing/sample_data.csv"), 400
    later = [
        type(bar)(bar.time, bar.open + 5, bar.high + 9, bar.low + 5, bar.close + 5, bar.volume * 2) for bar in bars
    ]
    path = tmp_path / "other.csv"
    path.write_text(to_csv(bars[: now + 1] + later[now + 1 :]))
    other = TradingEnvironment(path, 50, FEATURES, normalizer=env.normalizer)
    for start in range(100, now + 1, 37):
        one, two = env.reset(options={"start": start})[0], other.reset(options={"start": start})[0]
        np.testing.assert_array_equal(one["agent_0"], two["agent_0"])
    changed = [
        env.reset(options={"start": now + 1})[0]["agent_0"],
        other.reset(options={"start": now + 1})[0]["agent_0"],
    ]
    assert not np.array_equal(*changed)


def test_rewards_are_profit_minus_costs_in_hundreds_of_dollars(env: TradingEnvironment) -> None:
    start, side = 300, 15.0  # $2.50 and one tick of $12.50
    move = env.data.move[start : start + 3] * 50
    env.reset(options={"start": start})

    def step(first: int, second: int) -> list[float]:
        return [100 * reward for reward in env.step({"agent_0": first, "agent_1": second})[1].values()]

    # Both buy: the net order is two contracts, each pays for one.
    assert step(LONG, LONG) == pytest.approx([move[0] - side, move[0] - side], abs=1e-3)
    # One turns from long to short (two contracts), the other holds.
    assert step(SHORT, LONG) == pytest.approx([-move[1] - 2 * side, move[1]], abs=1e-3)
    # They swap sides: four contracts change hands between them, none at the exchange.
    assert step(LONG, SHORT) == pytest.approx([move[2], -move[2]], abs=1e-3)


def test_positions_are_closed_at_the_end_and_that_costs_too(env: TradingEnvironment) -> None:
    env.reset(options={"start": 300})
    total = 0.0
    while env.agents:
        total += env.step({"agent_0": LONG, "agent_1": FLAT})[1]["agent_0"]
    expected = env.data.move[300:378].sum() * 50 - 2 * 15.0
    assert 100 * total == pytest.approx(expected, abs=0.05)


def test_many_episodes_at_once_earn_what_each_earns_alone(env: TradingEnvironment) -> None:
    draw = np.random.default_rng(0)
    starts, actions = np.array([120, 700, 1500]), draw.integers(0, 3, size=(78, 3, 2))
    market = env.batch(starts, 2)
    together = sum(market.step(action)[0] for action in actions)
    for row, start in enumerate(starts):
        env.reset(options={"start": int(start)})
        alone = np.zeros(2)
        for action in actions[:, row]:
            alone += list(env.step(dict(zip(env.agents, action.tolist(), strict=True)))[1].values())
        np.testing.assert_allclose(together[row], alone, atol=1e-4)


def test_evaluation_sessions_do_not_overlap_while_they_fit(env: TradingEnvironment) -> None:
    first, last = env.starts_between
    for count in (1, 2, 10, 39):
        starts = env.spread_starts(count)
        assert len(starts) == count
        assert first <= starts[0] and starts[-1] <= last
        assert (np.diff(starts) >= 78).all()
    assert len(env.spread_starts(200)) == 200
    with pytest.raises(BadInput, match="num_episodes: got 0"):
        env.spread_starts(0)


def test_baselines_flat_earns_nothing_and_random_pays_for_its_trades(env: TradingEnvironment) -> None:
    rewards = {policy: baseline_reward(env, policy, 39, seed=1) for policy in BASELINES}
    assert rewards["flat"] == 0
    assert -15 < rewards["random"] < -3
    assert rewards["long"] + rewards["short"] == pytest.approx(-4 * 15 / 100, abs=1e-3)
    assert baseline_reward(env, "random", 39, seed=1) == rewards["random"] != baseline_reward(env, "random", 39, seed=2)
    with pytest.raises(BadInput, match="policy: got 'best'; the baselines are flat, random, long, short"):
        baseline_reward(env, "best")


def test_a_normalizer_comes_from_the_training_file(env: TradingEnvironment, checkout: Path) -> None:
    train = TradingEnvironment(checkout / "data/training/sample_data.csv", 50, FEATURES)
    test = TradingEnvironment(checkout / "data/testing/sample_data.csv", 50, FEATURES, normalizer=train.normalizer)
    np.testing.assert_allclose(train.data.values.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(train.data.values.std(axis=0), 1, atol=1e-4)
    assert test.normalizer is train.normalizer
    assert not np.allclose(test.data.values, env.data.values)
    assert train.data.times[-1] < test.data.times[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data_file": "none.csv"}, "data_file: got 'none.csv'; there is no such file"),
        ({"window_size": 0}, "window_size: got 0; give a whole number of bars from 1"),
        ({"window_size": 2.5}, "window_size: got 2.5"),
        ({"window_size": ...}, r"window_size: got \.\.\.; give"),
        ({"window_size": 10_000}, "window_size: got 10000; .* has 3120 bars; the window must be shorter"),
        ({"window_size": 3100}, "episode_length: got 78; .* has room for 20 decisions"),
        ({"features": ["close", "magic"]}, "features: got 'magic'; the features are close, volume, mlmi, fvg"),
        ({"features": []}, "features: got"),
        ({"num_agents": 0}, "num_agents: got 0"),
        ({"episode_length": True}, "episode_length: got True"),
        ({"data_file": 5}, "data_file: got 5; give the path of a CSV file, or a list of bars"),
        ({"data_file": None, "normalizer": 3}, "normalizer: got 3; give the `normalizer` of the training environment"),
        ({"data_file": []}, r"data_file: got \[\]; give at least one bar"),
        ({"data_file": [1, 2, 3] * 100}, r"bars\[0\]: got 1; give a Bar"),
        ({"symbol": "CL"}, "symbol: got 'CL'; the simulator trades ES and NQ"),
    ],
)
def test_bad_arguments_are_named(checkout: Path, arguments: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "data_file": checkout / "data/testing/sample_data.csv",
        "window_size": 50,
        "features": FEATURES,
    }
    with pytest.raises(BadInput, match=message):
        TradingEnvironment(**{**good, **arguments})


def test_a_normalizer_of_other_features_is_refused(env: TradingEnvironment, checkout: Path) -> None:
    with pytest.raises(BadInput, match=r"normalizer: .* the features \['fvg'\]"):
        TradingEnvironment(checkout / "data/testing/sample_data.csv", 50, ["fvg"], normalizer=env.normalizer)


def test_bad_actions_and_starts_are_named(env: TradingEnvironment) -> None:
    with pytest.raises(BadInput, match=r"options\['start'\]: got 3; give a bar from 49 to 3041"):
        env.reset(options={"start": 3})
    for seed in (-1, "x", 1.5, True):
        with pytest.raises(BadInput, match=r"seed: got .*; give a whole number from 0"):
            env.reset(seed=seed)  # type: ignore[arg-type]
    env.reset(seed=0)
    for action in (3, -1, "long", None, 1.0):
        with pytest.raises(BadInput, match=r"actions\['agent_1'\]: got .*; give 0 \(short\), 1 \(flat\) or 2 \(long\)"):
            env.step({"agent_0": 1, "agent_1": action})  # type: ignore[dict-item]

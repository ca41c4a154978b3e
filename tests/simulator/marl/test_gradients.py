"""Derivatives against central differences: networks, heads, losses, and the trainer's whole step at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.marl import CartPole, Hyperparameters, IPPOTrainer, Liquidation, MAPPOTrainer, MatrixGame
from grandmodel_sim.marl.heads import FORBIDDEN, Categorical, Normal, into_bounds
from grandmodel_sim.marl.mappo import ValueNorm, advantages, explained_variance, normalised, surrogate, value_loss
from grandmodel_sim.marl.mlp import MLP
from hypothesis import given, settings
from hypothesis import strategies as st


def central_difference(vector: np.ndarray, loss: Callable[[], float], step: float = 1e-6) -> np.ndarray:
    """Derivative of `loss` with respect to each entry of `vector`."""
    result = np.zeros_like(vector)
    for i in range(vector.size):
        kept = vector[i]
        vector[i] = kept + step
        up = loss()
        vector[i] = kept - step
        result[i] = (up - loss()) / (2 * step)
        vector[i] = kept
    return result


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("groups", [1, 3])
def test_a_network_s_gradient_is_the_derivative(activation: str, groups: int) -> None:
    draw = np.random.default_rng(3)
    network = MLP(draw, groups, (4, 6, 5, 2), 1.0, activation, dtype=np.float64)
    network.vector += 0.1 * draw.normal(size=network.vector.size)  # biases too
    x, target = draw.normal(size=(groups, 7, 4)), draw.normal(size=(groups, 7, 2))

    def loss() -> float:
        return float(((network(x) - target) ** 2).sum() / 2)

    layers = network.forward(x)
    network.backward(layers, layers[-1] - target)
    np.testing.assert_allclose(network.gradients, central_difference(network.vector, loss), rtol=1e-5, atol=1e-6)


def test_a_network_starts_orthogonal_and_a_policy_nearly_uniform() -> None:
    network = MLP(np.random.default_rng(0), 2, (3, 8, 4), 0.01, extra={"log_std": (4,)}, dtype=np.float64)
    assert network.vector.size == 2 * (3 * 8 + 8 + 8 * 4 + 4 + 4)
    for weight in network.weights["W0"]:
        np.testing.assert_allclose(weight.T @ weight, 2 * np.eye(3), atol=1e-12)
    for weight in network.weights["W1"]:
        np.testing.assert_allclose(weight @ weight.T, 1e-4 * np.eye(4), atol=1e-12)
    assert not network.weights["b0"].any()
    network.weights["W0"][:] = 7  # views of one vector
    assert (network.vector[: 2 * 3 * 8] == 7).all()
    with pytest.raises(BadInput, match="activation: got 'gelu'; the activations are relu, tanh"):
        MLP(np.random.default_rng(0), 1, (1, 1), 1.0, "gelu")


def head_case(kind: str) -> tuple[Any, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    draw = np.random.default_rng(8)
    outputs = draw.normal(size=(1, 9, 3))
    if kind == "categorical":
        return Categorical(3), outputs, draw.integers(0, 3, size=(1, 9)), {}
    if kind == "masked":
        actions = draw.integers(0, 2, size=(1, 9))
        return Categorical(3), outputs + np.array([0, 0, FORBIDDEN]), actions, {}
    return Normal(3), outputs, draw.normal(size=(1, 9, 3)), {"log_std": 0.3 * draw.normal(size=(1, 1, 3))}


@pytest.mark.parametrize("kind", ["categorical", "masked", "normal"])
def test_a_head_s_gradient_is_the_derivative(kind: str) -> None:
    head, outputs, actions, extra = head_case(kind)
    gain, bonus = np.random.default_rng(1).normal(size=(1, 9)), 0.3
    outputs = outputs.copy()

    def loss() -> float:
        found = head.evaluate(outputs, actions, extra)
        return float(-(gain * found.log_probs).sum() - bonus * found.entropy.sum())

    dextra = {name: np.zeros_like(value) for name, value in extra.items()}
    ours = head.gradient(head.evaluate(outputs, actions, extra), gain, bonus, dextra)
    # A forbidden logit is too large for a difference; its derivative must be 0.
    moved = outputs[..., :2] if kind == "masked" else outputs
    flat = np.ascontiguousarray(moved).reshape(-1)

    def at() -> float:
        outputs[..., : moved.shape[-1]] = flat.reshape(moved.shape)
        return loss()

    expected = central_difference(flat, at).reshape(moved.shape)
    np.testing.assert_allclose(ours[..., : moved.shape[-1]], expected, rtol=1e-5, atol=1e-7)
    if kind == "masked":
        assert np.abs(ours[..., 2]).max() < 1e-9
    for name, value in extra.items():
        whole = value.reshape(-1)
        np.testing.assert_allclose(dextra[name].reshape(-1), central_difference(whole, loss), rtol=1e-5)


def test_heads_sample_as_often_as_their_probabilities_say() -> None:
    draw = np.random.default_rng(2)
    head, p = Categorical(3), np.array([0.2, 0.5, 0.3])
    drawn = head.sample(np.log(p)[None].repeat(20_000, axis=0), head.noise(draw, (20_000,)))
    np.testing.assert_allclose(np.bincount(drawn) / 20_000, p, atol=0.015)
    masked = head.sample(np.array([[0.0, FORBIDDEN, 0.0]] * 500), head.noise(draw, (500,)))
    assert set(masked.tolist()) == {0, 2}
    normal, extra = Normal(1), {"log_std": np.log(np.full((1, 1, 1), 0.5))}
    numbers = normal.sample(np.full((1, 20_000, 1), 3.0), normal.noise(draw, (1, 20_000)), extra)
    assert (numbers.mean(), numbers.std()) == (pytest.approx(3, abs=0.02), pytest.approx(0.5, abs=0.02))


def test_the_normal_head_by_hand() -> None:
    # The density of N(1, 2²) at 4, which is 1.5 deviations away, and its entropy.
    found = Normal(1).evaluate(
        np.ones((1, 1, 1)), np.full((1, 1, 1), 4.0), {"log_std": np.log(np.full((1, 1, 1), 2.0))}
    )
    assert found.log_probs[0, 0] == pytest.approx(-0.5 * 2.25 - np.log(2) - 0.5 * np.log(2 * np.pi))
    assert found.entropy[0, 0] == pytest.approx(0.5 * np.log(2 * np.pi * np.e * 4))


def test_continuous_actions_are_spread_over_bounds_that_are_there() -> None:
    actions = np.array([[-3.0, -1.0], [0.0, 0.5], [2.0, 9.0]], np.float32)
    np.testing.assert_allclose(into_bounds(actions, 0.0, 10.0), [[0, 0], [5, 7.5], [10, 10]])
    bounded = into_bounds(actions, np.array([-np.inf, -1.0]), np.array([np.inf, np.inf]))
    np.testing.assert_allclose(bounded, [[-3, -1], [0, 0.5], [2, 9]])
    assert bounded.dtype == np.float32


@pytest.mark.parametrize("delta", [None, 0.4])
@pytest.mark.parametrize("clip", [None, 0.2])
def test_the_value_loss_s_slope_is_its_derivative(clip: float | None, delta: float | None) -> None:
    draw = np.random.default_rng(4)
    values, old, targets = draw.normal(size=40), draw.normal(size=40), draw.normal(size=40)
    old[:20] = values[:20] + draw.uniform(-0.15, 0.15, size=20)
    _, slope = value_loss(values, old, targets, clip, delta)
    expected = central_difference(values, lambda: float(value_loss(values, old, targets, clip, delta)[0].sum()))
    np.testing.assert_allclose(slope, expected, atol=1e-8)
    assert (slope == 0).any() is np.bool_(clip is not None)


def test_the_value_loss_by_hand() -> None:
    def one(value: float, old: float, target: float, clip: float | None = 0.2, delta: float | None = 10) -> list[float]:
        loss, slope = value_loss(np.array([value]), np.array([old]), np.array([target]), clip, delta)
        return [float(loss[0]), float(slope[0])]

    assert one(1.0, 1.0, 3.0) == [2.0, -2.0]
    assert one(2.0, 1.0, 3.0) == pytest.approx([0.5 * 1.8**2, 0])  # it has moved by more than 0.2 already
    assert one(0.0, 1.0, 3.0) == pytest.approx([4.5, -3])  # away from the target: the larger loss is the plain one
    assert one(0.0, 0.0, 30.0, clip=None) == [10 * (30 - 5), -10]


def test_ended_and_cut_episodes_in_advantages() -> None:
    rewards = np.array([1.0, 2.0, 4.0, 8.0])
    values = np.array([0.5, 0.25, 1.0, 2.0, 3.0])
    after = values[1:].copy()
    after[1] = 10.0  # what was seen last before the cut
    ended, cut = np.array([False, False, True, False]), np.array([False, True, False, False])
    found = advantages(rewards, values, 0.5, 0.5, after=after, terminated=ended, truncated=cut)
    last = 8 + 0.5 * 3 - 2
    cut_one = 2 + 0.5 * 10 - 0.25
    np.testing.assert_allclose(found, [1 + 0.5 * 0.25 - 0.5 + 0.25 * cut_one, cut_one, 4 - 1.0, last])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(1, 4))
def test_advantages_of_a_batch_are_those_of_its_episodes(seed: int, length: int, copies: int) -> None:
    draw = np.random.default_rng(seed)
    r, v = draw.normal(size=(length, copies)), draw.normal(size=(length + 1, copies))
    ended, cut = draw.random((length, copies)) < 0.2, draw.random((length, copies)) < 0.2
    after = np.where(ended | cut, draw.normal(size=(length, copies)), v[1:])
    found = advantages(r, v, 0.9, 0.8, after=after, terminated=ended, truncated=cut)
    for copy in range(copies):
        first = 0
        for t in range(length):
            if ended[t, copy] or cut[t, copy] or t == length - 1:
                last = 0.0 if ended[t, copy] else after[t, copy]
                part = advantages(r[first : t + 1, copy], np.append(v[first : t + 1, copy], last), 0.9, 0.8)
                np.testing.assert_allclose(found[first : t + 1, copy], part, atol=1e-12)
                first = t + 1


def test_advantages_are_normalised_over_active_decisions_only() -> None:
    advantage, active = np.array([[1.0, 500.0], [3.0, 5.0]]), np.array([[True, False], [True, True]])
    found = normalised(advantage, active)
    assert (found[active].mean(), found[active].std()) == (pytest.approx(0), pytest.approx(1, abs=1e-4))


def test_the_surrogate_stops_at_the_clip_range() -> None:
    old = np.zeros(5)
    found = surrogate(np.log([1.5, 1.5, 0.5, 0.5, 1.1]), old, np.array([1.0, -1.0, 1.0, -1.0, 1.0]), 0.2)
    np.testing.assert_allclose(found.value, [1.2, -1.5, 0.5, -0.8, 1.1])
    np.testing.assert_allclose(found.gain, [0, -1.5, 0.5, 0, 1.1])  # constant only where the way out was the good way
    assert found.outside.tolist() == [True, True, True, True, False]
    assert (found.kl > 0).all()


def test_value_norm_forgets_its_start_and_knows_the_returns() -> None:
    norm = ValueNorm(0.9)
    assert (norm.mean, norm.std) == (0, 1)
    returns = np.random.default_rng(0).normal(40, 7, size=400).astype(np.float32)
    norm.update(returns)
    assert norm.mean == pytest.approx(returns.mean(), rel=1e-6)
    assert norm.std == pytest.approx(returns.std(), rel=1e-4)
    np.testing.assert_allclose(norm.grow(norm.shrink(returns)), returns, rtol=1e-6)
    norm.update(returns + 10)
    assert norm.mean == pytest.approx(returns.mean() + 10 / 1.9, rel=1e-6)  # weights 0.09 and 0.1
    constant = ValueNorm()
    constant.update(np.full(5, 3.0))
    assert constant.std == pytest.approx(0.1)


def test_explained_variance() -> None:
    returns = np.array([1.0, 2.0, 3.0])
    assert explained_variance(returns, returns) == 1
    assert explained_variance(np.zeros(3), returns) == 0
    assert explained_variance(-returns, returns) < 0
    assert np.isnan(explained_variance(returns, np.ones(3)))


@pytest.mark.parametrize(
    ("trainer", "environment", "shared"),
    [
        (MAPPOTrainer, Liquidation, True),
        (IPPOTrainer, Liquidation, False),
        (MAPPOTrainer, MatrixGame, False),
        (IPPOTrainer, CartPole, True),
    ],
)
def test_a_gradient_step_follows_the_derivative_of_the_whole_loss(
    trainer: type[MAPPOTrainer], environment: Any, shared: bool
) -> None:
    few = Hyperparameters(
        copies=3, rollout_steps=7, hidden_sizes=(5,), share_parameters=shared, max_grad_norm=1e9, entropy_weight=0.03
    )
    agents = trainer(environment, few, seed=2, dtype=np.float64)
    agents._collect()
    batch, _ = agents._batch()
    draw = np.random.default_rng(1)
    # Away from the point where the rollout was collected, so that some ratios are clipped.
    agents.actor.vector += 0.8 * draw.normal(size=agents.actor.vector.size)
    agents.critic.vector += 0.2 * draw.normal(size=agents.critic.vector.size)

    def policy() -> float:
        decisions = agents._head.evaluate(agents.actor(batch.inputs), batch.actions, agents.actor.weights)
        objective = surrogate(decisions.log_probs, batch.log_probs, batch.advantage, few.clip)
        return float(-objective.value.mean() - few.entropy_weight * decisions.entropy.mean())

    def critic() -> float:
        values = agents.critic(batch.views)[..., 0]
        loss, _ = value_loss(values, batch.old_values, batch.targets, few.value_clip, few.huber_delta)
        return few.value_weight * float(loss.mean())

    expected_actor = central_difference(agents.actor.vector, policy)
    expected_critic = central_difference(agents.critic.vector, critic)
    expected_loss = policy()
    step = agents._gradient_step(batch)
    np.testing.assert_allclose(agents.actor.gradients, expected_actor, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(agents.critic.gradients, expected_critic, rtol=1e-4, atol=1e-7)
    assert step["clip_fraction"] > 0
    assert step["policy_loss"] == pytest.approx(expected_loss)
    assert step["actor_norm"] == pytest.approx(np.linalg.norm(expected_actor), rel=1e-4)

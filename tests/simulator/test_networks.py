"""Gradients against finite differences, advantages against their definition, the optimiser against its formula."""

from collections.abc import Callable

import numpy as np
import pytest
from grandmodel_sim.marl.mappo import ValueScale, advantages, policy_loss
from grandmodel_sim.marl.networks import Actor, Adam, Critic, orthogonal, softmax
from hypothesis import given, settings
from hypothesis import strategies as st

N, A, D, H, K, S = 7, 3, 5, 11, 3, 4


def finite_difference(weight: np.ndarray, loss: Callable[[], float], step: float = 1e-6) -> np.ndarray:
    """Central differences of `loss` with respect to every entry of `weight`."""
    result = np.zeros_like(weight)
    for index in np.ndindex(weight.shape):
        kept = weight[index]
        weight[index] = kept + step
        up = loss()
        weight[index] = kept - step
        result[index] = (up - loss()) / (2 * step)
        weight[index] = kept
    return result


def actor_and_batch(seed: int, spread: float) -> tuple[Actor, dict[str, np.ndarray]]:
    draw = np.random.default_rng(seed)
    actor = Actor(draw, D, A, H, K, dtype=np.float64)
    actor.weights["Wo"][:] = draw.normal(size=(H, K))
    batch = {
        "windows": draw.normal(size=(N, D)),
        "positions": draw.integers(-1, 2, size=(N, A)).astype(float),
        "actions": draw.integers(0, K, size=(N, A)),
        "advantage": draw.normal(size=(N, A)),
    }
    p = softmax(actor.forward(batch["windows"], batch["positions"]).logits)
    chosen = np.take_along_axis(p, batch["actions"][..., None], axis=-1)[..., 0]
    batch["old"] = np.log(chosen) + draw.uniform(-spread, spread, size=(N, A))
    return actor, batch


@pytest.mark.parametrize("spread", [0.0, 1.0], ids=["on-policy", "clipped"])
@pytest.mark.parametrize("name", ["Wx", "wp", "Wa", "b", "Wo", "bo"])
def test_the_policy_gradient_is_the_derivative_of_the_policy_loss(name: str, spread: float) -> None:
    actor, b = actor_and_batch(5, spread)

    def loss() -> float:
        logits = actor.forward(b["windows"], b["positions"]).logits
        return policy_loss(logits, b["actions"], b["old"], b["advantage"], 0.2, 0.03).loss

    done = actor.forward(b["windows"], b["positions"])
    result = policy_loss(done.logits, b["actions"], b["old"], b["advantage"], 0.2, 0.03)
    assert (result.clipped > 0) == (spread > 0)
    ours = actor.backward(done, result.dlogits)[name]
    np.testing.assert_allclose(ours, finite_difference(actor.weights[name], loss), atol=2e-7, rtol=2e-5)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_the_value_gradient_is_the_derivative_of_the_squared_error(name: str) -> None:
    draw = np.random.default_rng(2)
    critic = Critic(draw, S, A, H, dtype=np.float64)
    states, target = draw.normal(size=(N, S)), draw.normal(size=(N, A))

    def loss() -> float:
        return float(((critic.forward(states)[0] - target) ** 2).mean() / 2)

    values, hidden = critic.forward(states)
    ours = critic.backward(states, hidden, (values - target) / target.size)[name]
    np.testing.assert_allclose(ours, finite_difference(critic.weights[name], loss), atol=1e-8, rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.floats(0, 1), st.floats(0, 1))
def test_advantages_are_the_discounted_sum_of_later_surprises(seed: int, length: int, gamma: float, lam: float) -> None:
    draw = np.random.default_rng(seed)
    r, v = draw.normal(size=(length, 2)), draw.normal(size=(length + 1, 2))
    surprise = r + gamma * v[1:] - v[:-1]
    expected = [
        sum(((gamma * lam) ** (later - t)) * surprise[later] for later in range(t, length)) for t in range(length)
    ]
    np.testing.assert_allclose(advantages(r, v, gamma, lam), expected, atol=1e-12)


def test_full_trust_in_rewards_gives_returns_minus_values() -> None:
    r, v = np.array([[1.0], [2.0], [4.0]]), np.array([[0.5], [0.25], [1.0], [0.0]])
    np.testing.assert_allclose(advantages(r, v, 0.5, 1.0) + v[:-1], [[3.0], [4.0], [4.0]])


def test_a_decision_that_left_the_clip_range_the_good_way_is_not_pushed_further() -> None:
    logits = np.log(np.array([[[0.2, 0.3, 0.5]]]))
    old = np.log(np.array([[0.25]]))  # the action has doubled its probability since
    pushed = policy_loss(logits, np.array([[2]]), old, np.array([[1.0]]), 0.2, 0.0)
    assert np.all(pushed.dlogits == 0)
    pulled = policy_loss(logits, np.array([[2]]), old, np.array([[-1.0]]), 0.2, 0.0)
    assert pulled.dlogits[0, 0, 2] > 0
    assert pushed.clipped == pulled.clipped == 1  # both have left it, whichever way is good


def test_entropy_of_a_uniform_policy_is_log_k() -> None:
    result = policy_loss(
        np.zeros((2, 1, K)), np.zeros((2, 1), int), np.full((2, 1), -np.log(K)), np.ones((2, 1)), 0.2, 0.0
    )
    assert result.entropy == pytest.approx(np.log(K))
    assert result.approx_kl == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("rows", "columns"), [(8, 3), (3, 8), (5, 5)])
def test_initial_weights_are_orthogonal(rows: int, columns: int) -> None:
    w = orthogonal(np.random.default_rng(1), rows, columns, 2.0, np.float64)
    product = w.T @ w if rows >= columns else w @ w.T
    np.testing.assert_allclose(product, 4 * np.eye(min(rows, columns)), atol=1e-12)


def test_adam_s_first_step_has_the_size_of_the_learning_rate_and_clips_the_norm() -> None:
    weights = {"w": np.array([1.0, 1.0])}
    adam = Adam(weights, rate=0.1, max_norm=0.5)
    assert adam.step({"w": np.array([30.0, -40.0])}) == 50.0
    np.testing.assert_allclose(weights["w"], [0.9, 1.1], atol=1e-5)
    np.testing.assert_allclose(adam.first["w"], [0.03, -0.04])  # a tenth of the gradient after clipping to length 0.5


def test_weight_decay_shrinks_weights_that_get_no_gradient() -> None:
    weights = {"w": np.array([2.0])}
    Adam(weights, rate=0.1, max_norm=1.0, decay=0.5).step({"w": np.array([0.0])})
    np.testing.assert_allclose(weights["w"], [1.9])


def test_value_scale_takes_returns_to_unit_size_and_back() -> None:
    scale, returns = ValueScale(), np.random.default_rng(0).normal(40, 7, size=500)
    scale.update(returns)
    small = scale.shrink(returns)
    assert (abs(small.mean()), small.std()) == (pytest.approx(0, abs=1e-6), pytest.approx(1, abs=1e-5))
    np.testing.assert_allclose(scale.grow(small), returns)

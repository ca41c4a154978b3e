"""Random numbers: repeatable, and distributed as they should be. They are not PyTorch's, so nothing is compared."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from grandmodel_sim import torch
from grandmodel_sim.torch import nn
from hypothesis import given, settings
from hypothesis import strategies as st

from academy import paths

N = 20_000


def test_the_same_seed_gives_the_same_numbers_in_every_process() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(paths.SIMULATOR)!r})\nfrom grandmodel_sim import torch\n"
        "torch.manual_seed(5)\n"
        "print(torch.rand(2).tolist(), torch.randint(0, 9, (4,)).tolist(), torch.randperm(5).tolist())\n"
        "print(torch.nn.Linear(2, 1).weight.tolist(), torch.multinomial(torch.tensor([1.0, 2.0]), 1).item())"
    )
    said = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout for _ in range(2)}
    assert len(said) == 1 and "[" in said.pop()


def test_streams_are_apart_and_can_be_put_back() -> None:
    torch.manual_seed(1)
    first = torch.rand(3)
    own = torch.Generator().manual_seed(1)
    assert torch.equal(torch.rand(3, generator=own), first)
    state = torch.get_rng_state()
    a = torch.randn(4)
    torch.randn(9, generator=own)
    torch.set_rng_state(state)
    assert torch.equal(torch.randn(4), a)
    assert torch.initial_seed() == 1 and torch.manual_seed(-3).initial_seed() == -3
    assert not torch.equal(torch.rand(3), torch.rand(3))


def test_draws_have_the_moments_and_ranges_that_they_promise() -> None:
    torch.manual_seed(0)
    u, z = torch.rand(N), torch.randn(N)
    assert (u.dtype, z.dtype) == (torch.float32, torch.float32)
    assert u.min() >= 0 and u.max() < 1
    assert u.mean().item() == pytest.approx(0.5, abs=0.01)
    assert (z.mean().item(), z.std().item()) == (pytest.approx(0, abs=0.03), pytest.approx(1, abs=0.02))
    whole = torch.randint(-2, 3, (N,))
    assert whole.unique().tolist() == [-2, -1, 0, 1, 2] and whole.dtype is torch.int64
    assert torch.randint(4, (5, 2)).shape == (5, 2)
    assert torch.randperm(50).sort().values.tolist() == list(range(50))
    shifted = torch.normal(torch.full((N,), 3.0), 0.5)
    assert (shifted.mean().item(), shifted.std().item()) == (pytest.approx(3, abs=0.02), pytest.approx(0.5, abs=0.01))
    assert torch.bernoulli(torch.full((N,), 0.3)).mean().item() == pytest.approx(0.3, abs=0.015)
    assert torch.rand(2, dtype=torch.float64).dtype is torch.float64
    assert torch.empty(N).uniform_(-1, 3).mean().item() == pytest.approx(1, abs=0.03)
    assert torch.empty(N).normal_(2, 0.1).std().item() == pytest.approx(0.1, abs=0.003)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.lists(st.floats(0.05, 5), min_size=2, max_size=5))
def test_multinomial_draws_in_proportion(seed: int, weights: list[float]) -> None:
    torch.manual_seed(seed)
    p = torch.tensor(weights)
    drawn = torch.multinomial(p, 4000, replacement=True)
    shares = torch.bincount(drawn, minlength=len(weights)).float() / 4000
    assert torch.allclose(shares, p / p.sum(), atol=0.05)
    once = torch.multinomial(p, len(weights))
    assert sorted(once.tolist()) == list(range(len(weights)))  # without replacement each comes once


def test_multinomial_never_draws_what_is_impossible_and_takes_rows() -> None:
    torch.manual_seed(3)
    p = torch.tensor([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
    drawn = torch.multinomial(p, 500, replacement=True)
    assert drawn.shape == (2, 500) and drawn.dtype is torch.int64
    assert drawn[0].unique().tolist() == [1] and drawn[1].unique().tolist() == [0, 2]
    assert torch.multinomial(p, 1).shape == (2, 1)
    assert torch.multinomial(torch.tensor([0.2, 0.8]), 1).shape == (1,)


def test_distributions_draw_what_they_describe() -> None:
    torch.manual_seed(2)
    c = torch.distributions.Categorical(logits=torch.tensor([[0.0, 1.0, 2.0], [1.0, 0.0, -1.0]]))
    drawn = c.sample((N,))
    assert drawn.shape == (N, 2) and c.sample().shape == (2,) and not drawn.requires_grad
    for batch in range(2):
        shares = torch.bincount(drawn[:, batch], minlength=3).float() / N
        assert torch.allclose(shares, c.probs[batch], atol=0.015)
    n = torch.distributions.Normal(torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0]))
    draws = n.sample((N,))
    assert torch.allclose(draws.mean(0), n.mean, atol=0.08) and torch.allclose(draws.std(0), n.stddev, atol=0.05)
    b = torch.distributions.Bernoulli(torch.tensor(0.7))
    assert b.sample((N,)).mean().item() == pytest.approx(0.7, abs=0.01)


def test_gradients_pass_through_rsample_and_not_through_sample() -> None:
    loc, scale = torch.zeros(1000, requires_grad=True), torch.ones(1000, requires_grad=True)
    n = torch.distributions.Normal(loc, scale)
    z = n.rsample()
    z.sum().backward()
    assert torch.equal(loc.grad, torch.ones(1000)) and torch.allclose(scale.grad, z.detach())
    assert not n.sample().requires_grad
    with pytest.raises(NotImplementedError, match="use log_prob"):
        torch.distributions.Categorical(torch.ones(2)).rsample()


def test_dropout_acts_in_training_only_and_keeps_the_mean() -> None:
    torch.manual_seed(4)
    layer, x = nn.Dropout(0.25), torch.ones(N, requires_grad=True)
    y = layer(x)
    assert y.detach().unique().tolist() == [0.0, pytest.approx(4 / 3)]
    assert (y == 0).float().mean().item() == pytest.approx(0.25, abs=0.015)
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())
    assert layer.eval()(x) is x
    assert torch.equal(nn.Dropout(1.0)(x), torch.zeros(N))


def test_first_weights_have_the_size_that_their_inventors_ask_for() -> None:
    torch.manual_seed(6)
    weight = torch.empty(80, 200)
    cases = {
        "xavier_uniform_": math.sqrt(2 / 280),
        "xavier_normal_": math.sqrt(2 / 280),
        "kaiming_uniform_": math.sqrt(2 / 200),
        "kaiming_normal_": math.sqrt(2 / 200),
    }
    for name, spread in cases.items():
        assert getattr(nn.init, name)(weight) is weight
        assert weight.std().item() == pytest.approx(spread, rel=0.03), name
    nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu")
    assert weight.std().item() == pytest.approx(math.sqrt(2 / 80), rel=0.03)
    for name, value in (("zeros_", 0.0), ("ones_", 1.0)):
        assert getattr(nn.init, name)(weight).unique().tolist() == [value]
    assert nn.init.constant_(weight, 0.3).unique().tolist() == [pytest.approx(0.3)]
    assert torch.equal(nn.init.eye_(torch.empty(2, 3)), torch.eye(2, 3))
    layer = nn.Linear(50, 400)
    bound = 1 / math.sqrt(50)
    for each in layer.parameters():
        assert bound * 0.95 < each.abs().max() <= bound
    assert nn.Embedding(300, 40).weight.std().item() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("shape", [(8, 3), (3, 8), (5, 5), (4, 2, 3)])
def test_orthogonal_weights_are(shape: tuple[int, ...]) -> None:
    w = nn.init.orthogonal_(nn.Parameter(torch.empty(shape, dtype=torch.float64)), gain=2).detach().flatten(1)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    assert torch.allclose(product, 4 * torch.eye(len(product), dtype=torch.float64))

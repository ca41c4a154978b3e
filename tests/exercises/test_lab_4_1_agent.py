"""The base class and the embedder of Lab 4.1: what they accept, and what they say of what they do not."""

from __future__ import annotations

from typing import Any

import pytest
from grandmodel_sim.errors import BadInput
from grandmodel_sim.notebook.torch_finder import offer_torch

offer_torch()

import torch  # noqa: E402
from grandmodel_sim.agents.embedders import TemporalEmbedder  # noqa: E402
from grandmodel_sim.agents.neural import AgentConfig, BaseAgent  # noqa: E402


class Agent(BaseAgent):
    """The least that can be instantiated."""

    def forward(self, states: Any) -> Any:
        return states, states

    def select_action(self, states: Any, legal: Any = None, greedy: bool = False) -> Any:
        self.check_states(states)
        return states, states, states

    def compute_loss(self, *batch: Any, **more: Any) -> Any:
        return batch


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("input_dim", 0),
        ("hidden_dim", 2.5),
        ("num_layers", True),
        ("action_dim", -1),
        ("learning_rate", float("nan")),
        ("dropout", 0.95),
        ("gamma", 1.01),
        ("clip", -0.1),
        ("max_grad_norm", "0.5"),
    ],
)
def test_a_setting_that_cannot_be_is_named(setting: str, value: Any) -> None:
    with pytest.raises(BadInput, match=f"^{setting}: got ") as error:
        AgentConfig(**{"input_dim": 3, setting: value})
    assert error.value.argument == setting


def test_a_misspelt_setting_is_an_error() -> None:
    with pytest.raises(TypeError, match="hiden_dim"):
        AgentConfig(input_dim=3, hiden_dim=4)  # type: ignore[call-arg]


def test_a_dictionary_is_refused_with_the_way_out() -> None:
    with pytest.raises(BadInput, match=r"AgentConfig\(\*\*config\)"):
        Agent({"input_dim": 3})  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", ["forward", "select_action", "compute_loss"])
def test_an_agent_must_have_all_three_methods(missing: str) -> None:
    methods = {name: getattr(Agent, name) for name in ("forward", "select_action", "compute_loss") if name != missing}
    with pytest.raises(TypeError, match=missing):
        type("Incomplete", (BaseAgent,), methods)(AgentConfig(input_dim=3))


def test_the_name_is_the_class_and_networks_are_found() -> None:
    agent = Agent(AgentConfig(input_dim=3))
    assert agent.name == "Agent"
    agent.embedder = TemporalEmbedder(3, 4)
    assert {name.split(".")[0] for name in agent.state_dict()} == {"embedder"}


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ([[[1.0, 2.0, 3.0]]], "list"),
        (torch.zeros(4, 3), r"\(4, 3\)"),
        (torch.zeros(2, 8, 5), r"\(2, 8, 5\)"),
        (torch.zeros(2, 8, 3, dtype=torch.int64), "int64"),
        (torch.full((2, 8, 3), float("nan")), "48 values that are NaN"),
        (torch.full((1, 1, 3), float("inf")), "3 values that are NaN or infinite"),
    ],
)
def test_states_that_no_decision_should_rest_on(states: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Agent(AgentConfig(input_dim=3)).select_action(states)


def test_good_states_pass() -> None:
    states = torch.zeros(2, 8, 3)
    assert Agent(AgentConfig(input_dim=3)).select_action(states)[0] is states


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("count", [1, 5])
def test_the_embedder_pools_a_window_to_one_vector(layers: int, count: int) -> None:
    torch.manual_seed(3)
    embedder = TemporalEmbedder(3, 16, layers)
    states = torch.randn(count, 8, 3)
    assert tuple(embedder.sequence(states).shape) == (count, 8, 16)
    pooled = embedder(states).detach().numpy()
    assert pooled.shape == (count, 16)
    assert abs(pooled.mean(axis=1)).max() < 1e-5, "LayerNorm brings the mean of each vector to 0"


def test_the_embedder_knows_the_order_of_the_bars() -> None:
    torch.manual_seed(3)
    embedder = TemporalEmbedder(3, 16)
    states = torch.randn(1, 8, 3)
    backwards = torch.as_tensor(states.numpy()[:, ::-1].copy())
    assert abs((embedder(states) - embedder(backwards)).detach().numpy()).max() > 1e-3


def test_each_bar_counts_and_batches_do_not_mix() -> None:
    torch.manual_seed(3)
    embedder = TemporalEmbedder(3, 16)
    states = torch.randn(2, 8, 3)
    before = embedder(states).detach().numpy().copy()
    changed = states.numpy().copy()
    changed[0, 0] += 1.0  # the oldest bar of the first state
    after = embedder(torch.as_tensor(changed)).detach().numpy()
    assert abs(after[0] - before[0]).max() > 1e-6
    assert abs(after[1] - before[1]).max() < 1e-6

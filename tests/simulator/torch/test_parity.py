"""The subset against PyTorch: recorded everywhere, live where PyTorch is installed."""

from __future__ import annotations

import importlib.machinery
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from grandmodel_sim import torch

from tests.simulator.torch import cases, programs
from tests.simulator.torch.compare import close, complaints, complaints_in_float32, differences
from tests.simulator.torch.record import recorded, scripts_hash

FAMILIES: dict[str, Callable[[], Iterator[cases.Case]]] = {
    "elementwise": cases.elementwise,
    "folds": cases.folds,
    "products": cases.products,
    "moves": cases.moves,
    "losses": cases.losses,
    "distributions": cases.distributions,
}


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    return recorded()


def test_what_was_recorded_belongs_to_these_scripts_and_to_this_pytorch(theirs: dict[str, Any]) -> None:
    assert theirs["scripts"] == scripts_hash(), "run tests/simulator/torch/record.py again; its docstring says how"
    assert torch.__version__.split("+")[0] == theirs["torch"] == "2.13.0"
    assert set(theirs["cases"]) == {case.name for case in cases.all_cases()}


@pytest.mark.parametrize("family", FAMILIES)
def test_values_types_and_gradients_are_pytorch_s_in_float64(theirs: dict[str, Any], family: str) -> None:
    assert complaints(torch, FAMILIES[family](), theirs["cases"]) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_values_types_and_gradients_are_pytorch_s_in_float32(theirs: dict[str, Any], family: str) -> None:
    assert complaints_in_float32(torch, FAMILIES[family](), theirs) == []


def check_module(name: str, expected: dict[str, Any]) -> list[str]:
    ours = programs.run_module(torch, name)
    found = [] if ours["state"] == expected["state"] else [f"state {ours['state']}, PyTorch has {expected['state']}"]
    for i, (a, b) in enumerate(zip(ours["out"], expected["out"], strict=True)):
        found += differences(f"result {i}", a, b, 1e-6)
    assert ours["grad"].keys() == expected["grad"].keys()
    for key, value in ours["grad"].items():
        found += differences(f"gradient of {key}", value, expected["grad"][key], 1e-6)
    return found


@pytest.mark.parametrize("name", programs.MODULES)
def test_a_module_gives_pytorch_s_results_gradients_and_state(theirs: dict[str, Any], name: str) -> None:
    assert check_module(name, theirs["modules"][name]) == []


@pytest.mark.parametrize("name", programs.OPTIMISERS)
def test_an_optimiser_takes_pytorch_s_steps(theirs: dict[str, Any], name: str) -> None:
    ours, expected = programs.run_optimiser(torch, name), theirs["optimisers"][name]
    assert ours[-2:] == expected[-2:]
    assert close(ours[:-2], expected[:-2], 1e-6), (ours, expected)


@pytest.mark.parametrize("name", programs.SCHEDULES)
def test_a_schedule_sets_pytorch_s_rates(theirs: dict[str, Any], name: str) -> None:
    assert close(programs.run_schedule(torch, name), theirs["schedules"][name], 1e-8)


def test_a_training_of_25_steps_has_pytorch_s_losses(theirs: dict[str, Any]) -> None:
    assert close(programs.run_training(torch), theirs["training"], 1e-9)


@pytest.mark.parametrize("name", programs.TEXTS)
def test_things_look_as_in_pytorch(theirs: dict[str, Any], name: str) -> None:
    assert programs.run_text(torch, name) == theirs["texts"][name]


@pytest.mark.parametrize("name", programs.ERRORS)
def test_an_error_says_what_pytorch_says(theirs: dict[str, Any], name: str) -> None:
    assert programs.run_error(torch, name) == theirs["errors"][name]


@pytest.mark.skipif(
    importlib.machinery.PathFinder.find_spec("torch") is None, reason="PyTorch is not installed; see record.py"
)
@pytest.mark.filterwarnings("ignore")  # PyTorch's own, about what will change
def test_pytorch_itself_still_does_what_was_recorded(theirs: dict[str, Any]) -> None:
    import torch as real

    assert real is not torch
    assert complaints(real, cases.all_cases(), theirs["cases"]) == []
    assert [name for name in programs.ERRORS if programs.run_error(real, name) != theirs["errors"][name]] == []
    assert [name for name in programs.TEXTS if programs.run_text(real, name) != theirs["texts"][name]] == []

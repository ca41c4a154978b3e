"""Every name that the subset offers is PyTorch's, and takes what PyTorch's takes."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from grandmodel_sim import torch

from tests.simulator.torch import record

#: Names whose arguments cannot be compared, with the reason.
NOT_COMPARED = {
    "torch.dtype": "PyTorch's cannot be made by hand, ours is made in dtypes.py",
    "torch.Tensor.random_": "PyTorch's arguments are called from and to, which Python reserves",
    "torch.Tensor.uniform_": "PyTorch's arguments are called from and to, which Python reserves",
    "torch.no_grad": "its argument is there for use as a decorator without brackets",
    "torch.enable_grad": "its argument is there for use as a decorator without brackets",
    "torch.autograd.no_grad": "its argument is there for use as a decorator without brackets",
    "torch.autograd.enable_grad": "its argument is there for use as a decorator without brackets",
    "torch.nonzero": "as_tuple is in PyTorch's documentation, not in its table of operations",
    "torch.Tensor.nonzero": "as_tuple is in PyTorch's documentation, not in its table of operations",
    "torch.result_type": "PyTorch's documentation calls them tensor1 and tensor2, its table of operations otherwise",
}

#: Arguments that one of PyTorch's forms needs and another lacks, so that they can be left out.
IN_ONE_FORM = {"stable", "decimals", "indexing"}
THEIRS = record.recorded()["signatures"]


def test_the_recording_covers_what_is_offered() -> None:
    again = "run tests/simulator/torch/record.py again; its docstring says how"
    assert {path: sorted(names) for path, names in THEIRS.items()} == {
        path: record.offered(path) for path in (*record.NAMESPACES, *record.CLASSES)
    }, again


def test_nothing_is_offered_that_pytorch_lacks() -> None:
    absent = [f"{path}.{name}" for path, names in THEIRS.items() for name, what in names.items() if what == "absent"]
    assert absent == []


def plain(default: str) -> str:
    """A default as both write it: 1 for 1.0, () for an empty list."""
    if default in ("[]", "torch.Size([])", "()"):
        return "()"
    default = {"[1]": "1", "[0]": "0"}.get(default, default)
    try:
        return repr(float(default))
    except ValueError:
        return default


def complaint(path: str, name: str, thing: Any, theirs: list[list[str]]) -> str | None:
    """Which of our arguments PyTorch does not take, or takes with another default."""
    ours = [
        each
        for each in inspect.signature(thing).parameters.values()
        if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD) and each.name not in ("self", "input")
    ]
    known = {row[0] for row in theirs}
    if "self" in known and ours and ours[0].name == "tensor":  # the first one, under another name
        ours = ours[1:]
    unknown = [each.name for each in ours if each.name not in known]
    if unknown:
        return f"{path}.{name} takes {unknown}; PyTorch's takes {sorted(known)}"
    for each in ours:
        defaults = {plain(row[1]) for row in theirs if row[0] == each.name}
        if each.default in (each.empty, None) or (defaults == {""} and each.name in IN_ONE_FORM):
            continue
        if plain(repr(each.default)) not in defaults:
            return f"{path}.{name}: {each.name} is {each.default!r} by default; PyTorch has {sorted(defaults)}"
    return None


@pytest.mark.parametrize("path", THEIRS)
def test_arguments_have_pytorch_s_names_and_defaults(path: str) -> None:
    found = []
    for name, theirs in THEIRS[path].items():
        ours = getattr(record.subset(path), name)
        if theirs is None or f"{path}.{name}" in NOT_COMPARED or not callable(ours):
            continue
        found.append(complaint(path, name, ours, theirs))
    assert [each for each in found if each] == []
    assert any(theirs is not None for theirs in THEIRS[path].values())


def test_a_wrong_name_or_default_would_be_noticed() -> None:
    def softmax(input: Any, axes: int = 1) -> None: ...
    def clip(input: Any, min: float = 1.0) -> None: ...

    assert complaint("torch", "softmax", softmax, THEIRS["torch"]["softmax"]) is not None
    assert complaint("torch", "clip", clip, THEIRS["torch"]["clip"]) is not None


def test_all_that_is_listed_is_there() -> None:
    for path in record.NAMESPACES:
        module = record.subset(path)
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert "Linear" in dir(torch.nn) and "engine" not in dir(torch)

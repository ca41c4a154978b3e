"""Compare what the subset computes with what was recorded from PyTorch: all complaints at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from tests.simulator.torch import cases


def close(ours: Any, theirs: Any, tolerance: float) -> bool:
    """Whether two lists of numbers agree, each to `tolerance` relative to its size or to 1."""
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(close(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))
    if isinstance(ours, str) or isinstance(theirs, str) or ours is None or theirs is None:
        return bool(ours == theirs)
    return math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance)


def differences(what: str, ours: Any, theirs: Any, tolerance: float, types: bool = True) -> list[str]:
    """What differs between two tensors as `cases.described` gives them."""
    if ours is None or theirs is None:
        return [] if ours is theirs else [f"{what}: {ours}, PyTorch has {theirs}"]
    if types and ours[0] != theirs[0]:
        return [f"{what}: {ours[0]}, PyTorch has {theirs[0]}"]
    if ours[1] != theirs[1]:
        return [f"{what}: shape {ours[1]}, PyTorch has {theirs[1]}"]
    return [] if close(ours[2], theirs[2], tolerance) else [f"{what}: {ours[2]}, PyTorch has {theirs[2]}"]


def complaints(torch: Any, chosen: Iterable[cases.Case], theirs: dict[str, Any]) -> list[str]:
    """What differs in float64, values and gradients, to 1e-6."""
    found = []
    for case in chosen:
        try:
            ours = cases.run(torch, case)
        except Exception as error:
            found.append(f"{case.name}: {type(error).__name__}: {error}")
            continue
        expected = theirs[case.name]
        for kind in ("out", "grad"):
            if len(ours.get(kind, [])) != len(expected.get(kind, [])):
                found.append(f"{case.name}: another number of {kind} than PyTorch has")
                continue
            for i, (a, b) in enumerate(zip(ours.get(kind, []), expected.get(kind, []), strict=True)):
                found += differences(f"{case.name}, {kind} {i}", a, b, 1e-6 if b and "32" not in b[0] else 2e-6)
    return found


def complaints_in_float32(torch: Any, chosen: Iterable[cases.Case], theirs: dict[str, Any]) -> list[str]:
    """What differs in float32 from PyTorch's float64, beyond rounding, and which types are others than PyTorch's."""
    found = []
    for case in chosen:
        if case.name not in theirs["types in float32"]:
            continue
        ours = cases.run(torch, case, "float32")
        for i, (mine, kind) in enumerate(zip(ours["out"], theirs["types in float32"][case.name], strict=True)):
            if mine[0] != kind:
                found.append(f"{case.name}, result {i}: {mine[0]}, PyTorch has {kind}")
        for kind in ("out", "grad"):
            for a, b in zip(ours.get(kind, []), theirs["cases"][case.name].get(kind, []), strict=True):
                found += differences(f"{case.name}, {kind} in float32", a, b, 2e-4, types=False)
    return found

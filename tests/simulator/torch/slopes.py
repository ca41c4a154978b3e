"""Central differences of the cases' results, against the gradients that were recorded on the way."""

from __future__ import annotations

from typing import Any

from tests.simulator.torch import cases


def checked(torch: Any, chosen: list[cases.Case]) -> list[str]:
    """Of which cases the recorded gradient is not the slope that central differences find."""
    found = []
    for case in chosen:
        tensors = [cases.tensor(torch, f"{case.name} {i}", each) for i, each in enumerate(case.inputs)]

        def scalar(*inputs: Any, case: cases.Case = case) -> Any:
            return cases.weighted_sum(torch, case.name, cases.flattened(case.function(torch, *inputs)))

        if scalar(*tensors) is None:
            continue  # comparisons, places and the like: there is nothing to derive
        try:
            torch.autograd.gradcheck(scalar, tensors, atol=2e-6, rtol=2e-6)
        except RuntimeError as error:
            found.append(f"{case.name}: {error}")
    return found

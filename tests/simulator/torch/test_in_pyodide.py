"""The same comparisons in Pyodide under Node: WebAssembly, 32 bits, no PyTorch, `import torch` by the finder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.exercises.test_cells_in_pyodide import in_pyodide
from tests.simulator.torch.record import RECORDED

pytestmark = pytest.mark.browser  # it needs Node and the runtime of the built site
HERE = Path(__file__).resolve().parent

JOB = """
import json, sys, types

SOURCES = json.loads({sources!r})

def prepared():
    from grandmodel_sim.notebook.torch_finder import offer_torch
    offer_torch()
    import torch
    assert torch.__name__ == "grandmodel_sim.torch" and sys.maxsize < 2**32
    for path in ("tests", "tests.simulator", "tests.simulator.torch"):
        sys.modules.setdefault(path, types.ModuleType(path))
    for name, source in SOURCES.items():
        path = "tests.simulator.torch." + name
        if path not in sys.modules:
            module = sys.modules[path] = types.ModuleType(path)
            setattr(sys.modules["tests.simulator.torch"], name, module)
            exec(compile(source, name, "exec"), module.__dict__)
    from tests.simulator.torch import cases, compare, programs, slopes
    return torch, cases, compare, programs, slopes

async def job():
    torch, cases, compare, programs, slopes = prepared()
    theirs = json.loads({recorded!r})
    return json.dumps({body})
"""

BODIES = {
    "values and gradients": "compare.complaints(torch, cases.all_cases(), theirs['cases'])",
    "float32": "compare.complaints_in_float32(torch, cases.all_cases(), theirs)",
    "slopes": "slopes.checked(torch, [case for case in cases.all_cases() if case.smooth])",
    # A missing file has another number there, which the page translates.
    "errors": "[name for name in programs.ERRORS if name != 'missing file' "
    "and programs.run_error(torch, name) != theirs['errors'][name]]",
    "texts": "[name for name in programs.TEXTS if programs.run_text(torch, name) != theirs['texts'][name]]",
    "training": "[] if compare.close(programs.run_training(torch), theirs['training'], 1e-9) else ['losses differ']",
}


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    sources = json.dumps(
        {name: (HERE / f"{name}.py").read_text() for name in ("cases", "compare", "programs", "slopes")}
    )
    recorded = RECORDED.read_text(encoding="utf-8")
    return in_pyodide(
        [
            {
                "id": name,
                "code": JOB.format(sources=sources, recorded=recorded, body=body),
                "packages_from": "import torch",
            }
            for name, body in BODIES.items()
        ]
    )


@pytest.mark.parametrize("name", BODIES)
def test_webassembly_agrees_with_pytorch(results: dict[str, Any], name: str) -> None:
    assert "error" not in results[name], results[name]["error"][-3000:]
    assert json.loads(results[name]["ok"]) == []

"""Record what PyTorch does, for the tests to compare with where PyTorch is absent.

    python -m venv ENV && ENV/bin/pip install torch==2.13.0 numpy==2.2.5
    ENV/bin/python tests/simulator/torch/record.py

It writes `recorded.json` beside this file.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RECORDED = HERE / "recorded.json"
SCRIPTS = ("cases.py", "programs.py", "record.py")

#: Where the subset offers names, and the classes among them whose methods are compared too.
NAMESPACES = (
    "torch",
    "torch.autograd",
    "torch.distributions",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.optim",
    "torch.optim.lr_scheduler",
)
CLASSES = (
    "torch.Tensor",
    "torch.Generator",
    "torch.nn.Module",
    "torch.nn.Sequential",
    "torch.nn.ModuleList",
    "torch.nn.ModuleDict",
    "torch.nn.GRU",
    "torch.nn.MultiheadAttention",
    "torch.optim.Optimizer",
    "torch.optim.lr_scheduler.LRScheduler",
    "torch.distributions.Distribution",
    "torch.distributions.Categorical",
    "torch.distributions.Normal",
    "torch.distributions.Bernoulli",
)


def scripts_hash() -> str:
    """A hash of the code that says what is recorded."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in SCRIPTS)).hexdigest()


def recorded() -> dict[str, Any]:
    """What PyTorch did."""
    return dict(json.loads(RECORDED.read_text(encoding="utf-8")))


def subset(path: str) -> Any:
    """The subset's module or class at a path such as "torch.nn.Module"."""
    return _at(path, "grandmodel_sim.torch")


def offered(path: str) -> list[str]:
    """The names that the subset offers there."""
    thing = subset(path)
    if inspect.ismodule(thing):
        return sorted(name for name in thing.__all__ if not name.startswith("_"))
    return sorted(name for name in dir(thing) if not name.startswith("_"))


def _at(path: str, package: str) -> Any:
    import importlib

    thing = importlib.import_module(package)
    for name in path.split(".")[1:]:
        thing = getattr(thing, name)
    return thing


def shown(default: object) -> str:
    """A default as text; a module without its path, which is another on every machine."""
    return f"<module {default.__name__!r}>" if inspect.ismodule(default) else repr(default)


def parameters(thing: Any, name: str) -> list[list[str]] | None:
    """[[name, default]] of what a function or class takes, over all its forms; None if that is not to be found out."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return _built_in(name)
    found = []
    for each in signature.parameters.values():
        if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            return _built_in(name)
        found.append([each.name, "" if each.default is each.empty else shown(each.default)])
    return found


def _built_in(name: str) -> list[list[str]] | None:
    """What PyTorch's own table of operations says of one; its `self` is what functions call `input`."""
    import torch

    found = []
    for schema in torch._C._jit_get_schemas_for_operator(f"aten::{name}"):
        for each in schema.arguments:
            row = [each.name, repr(each.default_value) if each.has_default_value() else ""]
            if row not in found:
                found.append(row)
    if any(name == "pin_memory" for name, _ in found):  # Python's form of such a function takes this too
        found.append(["requires_grad", "False"])
    return found or None


def main() -> None:
    """Record everything."""
    sys.path[:0] = [str(ROOT), str(ROOT / "simulator")]
    import torch

    from tests.simulator.torch import cases, programs

    torch.manual_seed(0)
    torch.set_num_threads(1)
    everything = cases.all_cases()
    assert len({case.name for case in everything}) == len(everything)
    errors = []
    recorded: dict[str, Any] = {}
    for case in everything:
        try:
            recorded[case.name] = cases.run(torch, case)
        except Exception as error:  # all that cannot be recorded is said at once
            errors.append(f"{case.name}: {type(error).__name__}: {error}")
    if errors:
        raise SystemExit("\n".join(errors))
    floats = [case for case in everything if any(each.dtype == "float" for each in case.inputs)]
    content = {
        "torch": torch.__version__.split("+")[0],
        "scripts": scripts_hash(),
        "cases": recorded,
        "types in float32": {
            case.name: [each[0] for each in cases.run(torch, case, "float32")["out"]] for case in floats
        },
        "modules": {name: programs.run_module(torch, name) for name in programs.MODULES},
        "optimisers": {name: programs.run_optimiser(torch, name) for name in programs.OPTIMISERS},
        "schedules": {name: programs.run_schedule(torch, name) for name in programs.SCHEDULES},
        "training": programs.run_training(torch),
        "texts": {name: programs.run_text(torch, name) for name in programs.TEXTS},
        "errors": {name: programs.run_error(torch, name) for name in programs.ERRORS},
        "signatures": {
            path: {
                name: parameters(getattr(_at(path, "torch"), name), name)
                if hasattr(_at(path, "torch"), name)
                else "absent"
                for name in offered(path)
            }
            for path in (*NAMESPACES, *CLASSES)
        },
    }
    lines = []
    for key, value in content.items():
        if isinstance(value, dict):  # one line an entry, so that a change can be read
            rows = [f"  {json.dumps(name)}: {json.dumps(each, separators=(',', ':'))}" for name, each in value.items()]
            inner = ",\n".join(rows)
            lines.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(recorded)} cases, {RECORDED.stat().st_size} bytes")


if __name__ == "__main__":
    main()

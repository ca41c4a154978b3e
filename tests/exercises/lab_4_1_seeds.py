"""Lab 4.1's solution with twenty seeds, in its market and in one without momentum: what its page says of them.

`PYTHONPATH=simulator python tests/exercises/lab_4_1_seeds.py` trains forty agents, which takes some minutes, and writes
`lab_4_1_seeds.json` with a hash of the solution's code, so that a change of code is noticed and one of a comment is
not.
"""

import contextlib
import hashlib
import io
import json
import math
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

SEEDS = range(1, 21)
HERE = Path(__file__)
SOLUTION = HERE.parents[2] / "exercises" / "4.1-custom-agent" / "solution.py"
WITHOUT = ("bars=12_000)", "bars=12_000, strength=0)")
NAMES = ("agent", "rule", "dice")


def solution_hash() -> str:
    """SHA-256 of the solution's lines, comments and empty lines left out."""
    lines = [line.split("  # ")[0].rstrip() for line in SOLUTION.read_text().splitlines()]
    code = [line for line in lines if line and not line.lstrip().startswith("#")]
    return hashlib.sha256("\n".join(code).encode()).hexdigest()


def run(seed: int, momentum: bool) -> dict[str, float]:
    """The rewards on held-out bars that one run of the solution ends with."""
    code = SOLUTION.read_text()
    changes = [("SEED = 7", f"SEED = {seed}"), *([] if momentum else [WITHOUT])]
    for old, new in changes:
        assert code.count(old) == 1, old
        code = code.replace(old, new)
    names: dict[str, Any] = {"__name__": "lab_4_1"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "lab 4.1", "exec", dont_inherit=True), names)
    return {name: round(float(names[f"{name}_reward"]), 2) for name in NAMES}


def summary(runs: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Mean and half the width of its 95 % interval over the seeds, of each policy and of agent minus rule."""
    columns = {name: [one[name] for one in runs] for name in NAMES}
    columns["difference"] = [one["agent"] - one["rule"] for one in runs]
    width = 2.093 / math.sqrt(len(runs))  # Student's t with 19 degrees of freedom
    return {name: (statistics.fmean(values), width * statistics.stdev(values)) for name, values in columns.items()}


def record() -> None:
    """Train all agents and write what they earned."""
    from grandmodel_sim import workspace
    from grandmodel_sim.notebook.torch_finder import offer_torch

    offer_torch()
    with tempfile.TemporaryDirectory(prefix="grandmodel-") as folder:
        for name, content in workspace.files(7, data=False).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        sys.path.insert(0, os.path.realpath(folder))
        found = {
            "solution": solution_hash(),
            "momentum": [run(seed, momentum=True) for seed in SEEDS],
            "nothing": [run(seed, momentum=False) for seed in SEEDS],
        }
    HERE.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    record()

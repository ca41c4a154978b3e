"""Measure what Lab 2.1 claims: that its agents learn, and that without the market's structure they do not.

Ten seeds with the structure on and ten with it off, each trained and judged exactly as the lab does it, by
`grandmodel_sim.marl.evidence`. The page shows the figures of this very build.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from academy import paths
from academy.errors import StepFailed
from academy.execute.imports import files_behind

RESULTS = paths.CACHE / "claims.json"
SEEDS = 10
CHUNK = 2


def inputs() -> list[Path]:
    """What the figures depend on; an edit elsewhere in the simulator does not ask for a new measurement."""
    return files_behind("grandmodel_sim.marl.evidence")


# Runs where simulator/ is on the path; the virtual environment does not install the wheel.
WORKER = """
import dataclasses, json, sys
from grandmodel_sim.marl.evidence import Evidence, evidence
from grandmodel_sim.market.generator import STRUCTURE

if sys.argv[1] == "run":
    state, first, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    found = evidence(STRUCTURE if state == "on" else 0.0, range(first, first + count))
    json.dump(dataclasses.asdict(found), sys.stdout)
else:
    parts = json.load(sys.stdin)
    joined = {key: sum((part[key] for part in parts), []) for key in ("seeds", "trained", "random")}
    found = Evidence(**{**parts[0], **{key: tuple(value) for key, value in joined.items()}})
    shown = ("margins", "mean", "lower", "upper", "beats_baselines")
    json.dump({**dataclasses.asdict(found), **{name: getattr(found, name) for name in shown}}, sys.stdout)
"""


def measure(say: Callable[[str], None] = lambda text: None) -> None:
    """Write `.cache/claims.json`: for "on" and "off" the figures of every seed and the interval of their margin.

    Raises:
        StepFailed: a run failed; the message holds what it said.
    """
    jobs = [(state, first) for state in ("on", "off") for first in range(0, SEEDS, CHUNK)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        parts: dict[str, list[dict[str, Any]]] = {"on": [], "off": []}
        for number, ((state, _), part) in enumerate(zip(jobs, pool.map(_run, jobs), strict=True), 1):
            say(f"{number * CHUNK} of {2 * SEEDS} trainings of Lab 2.1")
            parts[state].append(part)
    RESULTS.write_text(json.dumps({state: _joined(found) for state, found in parts.items()}, indent=1) + "\n")


def _run(job: tuple[str, int]) -> dict[str, Any]:
    state, first = job
    return _worker("run", state, str(first), str(CHUNK))


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """All seeds of one state as one piece of evidence, with the interval that the simulator computes for it."""
    return _worker("join", data=json.dumps(parts))


def _worker(*arguments: str, data: str = "") -> dict[str, Any]:
    # One thread each: the trainings run side by side, and sums do not depend on how a matrix was cut.
    env = {**os.environ, "PYTHONPATH": str(paths.SIMULATOR), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WORKER, *arguments], input=data, capture_output=True, text=True, env=env
    )
    if done.returncode:
        raise StepFailed(f"The learning claim could not be measured:\n{done.stderr.strip()[-2000:]}")
    return dict(json.loads(done.stdout))

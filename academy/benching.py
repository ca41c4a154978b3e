"""`make bench`: ratios against peers in the same run, and the learning claims at full length. Never a timed test.

    boot       from click to first output, in Chromium, against a bare page
    speed      stepping and training against other libraries, in one process; the same training in the page
    learning   what the trainers are claimed to learn

Peers are installed into a virtual environment of their own, .cache/bench/venv, by this command alone. Each part keeps
its figures in .cache/bench.json until it is run again.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from academy import build, paths
from academy.browser_program import find_or_install
from academy.errors import StepFailed
from academy.steps import Runner

RESULTS = paths.CACHE / "bench.json"
SITE = build.Target(paths.CACHE / "bench" / "site", "http://127.0.0.1:8797/")
PORT = 8797
VENV = paths.CACHE / "bench" / "venv"
LOCK = paths.ROOT / "bench" / "requirements.lock"
TORCH = "torch==2.13.0"
RUNTIME_STEPS = ("Install browser packages", "Build the simulator wheel", "Assemble the runtime")
PARTS = ("boot", "speed", "learning")
SCHEMA = 2

Row = dict[str, Any]


def run(console: Console, parts: Sequence[str] = PARTS) -> bool:
    """Measure some parts, print one table, write `.cache/bench.json`. Returns whether all claims hold."""
    if str(paths.ROOT) not in sys.path:
        sys.path.insert(0, str(paths.ROOT))  # bench/ is not installed
    runs = int(os.environ.get("BENCH_RUNS", "5"))
    kept = _kept()
    for part in PARTS:
        if part in (parts or PARTS):
            console.print(f"Measuring: {part}")
            kept[part] = {"boot": _boot, "speed": _speed, "learning": _learning}[part](console, runs)
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    shown = [part for part in PARTS if part in (parts or PARTS)]
    console.print(_table(kept, shown, runs))
    console.print(f"Written to {RESULTS.relative_to(paths.ROOT)}")
    return all(claim["holds"] for part in shown for claim in kept[part].get("claims", []))


def _kept() -> dict[str, Any]:
    """What earlier runs found."""
    try:
        found = json.loads(RESULTS.read_text())
    except (FileNotFoundError, ValueError):
        found = {}
    return found if found.get("schema") == SCHEMA else {"schema": SCHEMA}


# --- the parts ---


def _boot(console: Console, runs: int) -> dict[str, Any]:
    chromium = find_or_install(console)
    build.build(SITE, console)
    from bench import boot

    rows = [
        {"what": row.what, "against": row.against, "unit": "ms", "ours": row.ours, "peer": row.peer, "aim": ""}
        for row in boot.measure(SITE.folder, PORT, chromium, runs)
    ]
    return {"runs": runs, "rows": rows}


def _speed(console: Console, runs: int) -> dict[str, Any]:
    chromium = find_or_install(console)
    Runner(paths.CACHE / "steps.json", console).run([step for step in build.steps(SITE) if step.title in RUNTIME_STEPS])
    from bench import in_pyodide

    python = _peers(console)
    found = _json([str(python), "-m", "bench.speed"], "The speed of the simulator", BENCH_RUNS=str(runs))
    found["rows"] += in_pyodide.measure(chromium, runs)
    return found


def _learning(console: Console, runs: int) -> dict[str, Any]:
    return _json([sys.executable, "-m", "bench.learning"], "The learning claims")


def _json(command: list[str], what: str, **settings: str) -> dict[str, Any]:
    """The last line that a program prints, which is JSON. Its words on the way go through."""
    places = os.pathsep.join([str(paths.SIMULATOR), str(paths.ROOT)])
    # One thread: a ratio of two thread pools says little, and sums do not depend on how a matrix was cut.
    env = {**os.environ, "PYTHONPATH": places, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **settings}
    done = subprocess.run(command, cwd=paths.ROOT, env=env, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise StepFailed(f"{what} could not be measured; the reason stands above.")
    return dict(json.loads(done.stdout.splitlines()[-1]))


# --- the peers ---


def _peers(console: Console) -> Path:
    """The Python of the peers' environment, made anew when their lock has changed."""
    python, stamp = VENV / "bin" / "python", VENV / "bench.lock"
    wanted = hashlib.sha256(sys.version.encode() + LOCK.read_bytes()).hexdigest()
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        console.print("  installing the peers (once; later runs skip this)")
        _call([sys.executable, "-m", "venv", "--clear", str(VENV)])
        _call([*_pip(python), "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)])
        _torch(console, python)
        stamp.write_text(wanted)
    return python


def _torch(console: Console, python: Path) -> None:
    """PyTorch, where it comes without gigabytes of graphics libraries, or where BENCH_TORCH=1 asks for it anyway."""
    asked = [*_pip(python), "--dry-run", "--report", "-", TORCH]
    done = subprocess.run(asked, capture_output=True, text=True)
    if done.returncode:
        console.print("  PyTorch cannot be had here: its rows are left out")
        return
    names = [item["metadata"]["name"].lower() for item in json.loads(done.stdout)["install"]]
    if any(name.startswith("nvidia") for name in names) and os.environ.get("BENCH_TORCH") != "1":
        console.print(
            "  PyTorch would bring graphics libraries here: its rows are left out (BENCH_TORCH=1 brings them)"
        )
        return
    _call([*_pip(python), TORCH])


def _pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise StepFailed(f"The peers could not be installed:\n{done.stderr.strip()[-2000:]}")


# --- the table ---


def _table(found: dict[str, Any], parts: Sequence[str], runs: int) -> Table:
    table = Table(title=f"Medians of {runs} runs in turns (smallest to largest)")
    for heading in ("what", "ours", "peer", "ratio", "aim", "against"):
        table.add_column(heading, justify="right" if heading in ("ours", "peer", "ratio") else "left")
    for part in parts:
        for row in found[part].get("rows", []):
            table.add_row(
                row["what"], _spread(row, "ours"), _spread(row, "peer"), ratio(row), row["aim"], row["against"]
            )
        for claim in found[part].get("claims", []):
            values = claim["values"]
            mean = f"{statistics.fmean(values):.4g} ({min(values):.4g}-{max(values):.4g})"
            state = "holds" if claim["holds"] else "DOES NOT HOLD"
            table.add_row(claim["what"], mean, "-", "-", claim["claim"], f"{state}, {len(values)} seeds")
        table.add_section()
    return table


def _spread(row: Row, side: str) -> str:
    values = row[side]
    if not values:
        return "-"
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}-{max(values):,.0f}) {row['unit']}"


def ratio(row: Row) -> str:
    """Ours to the peer's, median over median: of times, below 1 is faster; of steps per second, above 1 is."""
    return f"{statistics.median(row['ours']) / statistics.median(row['peer']):.2f}" if row["peer"] else "-"

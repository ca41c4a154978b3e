"""The inner loop: content first (it explains itself), then format, lint, types and unit tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from academy import paths

PYTHON_ROOMS = ["academy", "macros", "simulator", "tests", "bench", "exercises"]
UNIT_TESTS = ["tests/academy", "tests/macros", "tests/simulator", "tests/quiz", "tests/exercises/test_exercises.py"]
MODULES = paths.ROOT / "node_modules"

# Tests run side by side: with a thread pool each, the linear algebra of all of them fights over the same cores.
QUIET_LIBRARIES = {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}


def run(console: Console, *, content_only: bool = False) -> int:
    """Run all checks, show each one's own words where it fails, and return the exit code."""
    failed = not content(console)
    if content_only:
        return int(failed)
    failed |= bool(static(console))
    units = [room for room in UNIT_TESTS if (paths.ROOT / room).exists()]
    failed |= not _tool(
        console,
        "Unit tests",
        [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "not long and not browser", *units],
    )
    return int(failed)


def static(console: Console) -> int:
    """Format, lint and types of both languages; TypeScript only where its packages are."""
    results = [_tool(console, title, command) for title, command in _tools()]
    if not _has_node_packages():
        console.print("  TypeScript                      not checked: no node_modules here (`make build` brings them)")
    return int(not all(results))


def _has_node_packages() -> bool:
    return (MODULES / ".academy-lock").exists() and (paths.BROWSER / "src" / "generated").exists()


def content(console: Console) -> bool:
    """Check curriculum, questions, exercises and pages; print every problem at once."""
    from academy.content import check

    started = time.monotonic()
    report = check()
    for warning in report.warnings:
        console.print(f"{warning}", style="yellow", soft_wrap=True)
    for problem in report.problems:
        console.print(f"{problem}", style="red", soft_wrap=True)
    planned = ", ".join(f"{count} {kind}" for kind, count in report.planned.items() if count)
    state = f"{len(report.problems)} to mend" if report.problems else "in order"
    console.print(
        f"  Content                {time.monotonic() - started:6.1f} s  {state}; still planned: {planned or 'nothing'}"
    )
    return not report.problems


def _tools() -> list[tuple[str, list[str]]]:
    here = Path(sys.executable).parent
    rooms = [room for room in PYTHON_ROOMS if (paths.ROOT / room).exists()]
    tools = [
        ("Python format", [str(here / "ruff"), "format", "--check", "--quiet", *rooms]),
        ("Python lint", [str(here / "ruff"), "check", "--quiet", *rooms]),
        ("Python types", [str(here / "mypy")]),
    ]
    if _has_node_packages():
        tools += [
            ("TypeScript types", [str(here / "node"), "node_modules/typescript/bin/tsc", "-p", "browser", "--noEmit"]),
            (
                "TypeScript lint",
                [str(here / "node"), "node_modules/@biomejs/biome/bin/biome", "check", "browser", "tests"],
            ),
        ]
    return tools


def _tool(console: Console, title: str, command: list[str]) -> bool:
    started = time.monotonic()
    env = {**os.environ, **QUIET_LIBRARIES}
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, env=env)
    console.print(
        f"  {title:<22} {time.monotonic() - started:6.1f} s  {'in order' if not done.returncode else 'FAILED'}"
    )
    if done.returncode:
        console.print((done.stdout + done.stderr).strip(), markup=False, soft_wrap=True)
    return not done.returncode

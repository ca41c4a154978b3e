"""Everything that must hold before a change lands: build once, then the rooms of tests/ one after the other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from academy import build, checks, paths
from academy.assets import bundle, node
from academy.browser_program import find_or_install
from academy.linking import served_on

# The address is fixed, because instant navigation works only where the sitemap says that the site is.
TEST_PORT = int(os.environ.get("ACADEMY_TEST_PORT", "8799"))
TARGET = build.Target(paths.CACHE / "test" / "site", f"http://127.0.0.1:{TEST_PORT}/")
SUBPATH_PORT = TEST_PORT - 1
SUBPATH = "/courses/grandmodel"
SUBPATH_TARGET = build.Target(paths.CACHE / "test" / "subpath", f"http://localhost:{SUBPATH_PORT}{SUBPATH}/")

# In this order: what is quickest to read when it fails comes first.
ROOMS = ["academy", "macros", "simulator", "quiz", "progress", "exercises", "runtime", "site", "browser"]
SLOWEST = re.compile(r"^([0-9.]+)s (?:call|setup|teardown) +(.+)$", re.MULTILINE)


@dataclass
class Outcome:
    """What one room's tests said."""

    room: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    slow: list[tuple[float, str]] = field(default_factory=list)


def run(console: Console, arguments: list[str], *, long: bool = False) -> int:
    """Check, build, test; print the minutes per room and the ten slowest tests; return the exit code.

    Args:
        arguments: for pytest; with any, only what they select is run.
        long: also the tests marked `long`.
    """
    started = time.monotonic()
    chromium = find_or_install(console)
    # Before the static checks: on a clean checkout they would otherwise leave TypeScript out.
    node.install_packages()
    bundle.generate_contracts()
    if not arguments and checks.static(console):
        return 1
    console.print("Building")
    build.build(TARGET, console)
    build.build(SUBPATH_TARGET, console)
    env = {**os.environ, **checks.QUIET_LIBRARIES, "ACADEMY_CHROMIUM": str(chromium)}
    with served_on(TARGET.folder, TEST_PORT), served_on(SUBPATH_TARGET.folder, SUBPATH_PORT, SUBPATH):
        if arguments:
            return _pytest(["-n", "2", *arguments], env).returncode
        outcomes = [_room(console, room, env, long) for room in ROOMS if _has_tests(room)]
        outcomes.append(_typescript(console, env))
    _summary(console, outcomes, time.monotonic() - started)
    return int(any(outcome.failed for outcome in outcomes))


def _has_tests(room: str) -> bool:
    return any((paths.ROOT / "tests" / room).glob("test_*.py"))


def _pytest(arguments: list[str], env: dict[str, str], capture: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=paths.ROOT, env=env, text=True, capture_output=capture)


def _room(console: Console, room: str, env: dict[str, str], long: bool) -> Outcome:
    started = time.monotonic()
    selected = [] if long else ["-m", "not long"]
    done = _pytest(["-q", "-n", "2", "--dist", "loadfile", f"tests/{room}", *selected], env, capture=True)
    outcome = Outcome(room, time.monotonic() - started)
    for count, what in re.findall(
        r"(\d+) (passed|failed|skipped|error)", done.stdout.splitlines()[-1] if done.stdout else ""
    ):
        name = "failed" if what == "error" else what
        setattr(outcome, name, getattr(outcome, name) + int(count))
    if done.returncode and not outcome.failed:
        outcome.failed = 1
    outcome.slow = [(float(seconds), name) for seconds, name in SLOWEST.findall(done.stdout)]
    state = "passed" if not outcome.failed else "FAILED"
    console.print(
        f"  {room:<12} {outcome.seconds:6.1f} s  {state}  ({outcome.passed} passed, {outcome.skipped} skipped)"
    )
    if outcome.failed:
        console.print(done.stdout + done.stderr, markup=False, soft_wrap=True)
    return outcome


def _typescript(console: Console, env: dict[str, str]) -> Outcome:
    """The unit tests of the browser code, by Node's own test runner."""
    started = time.monotonic()
    files = sorted(str(path.relative_to(paths.ROOT)) for path in (paths.ROOT / "tests").rglob("*.test.ts"))
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [str(node), "--test", "--test-reporter=tap", *files], cwd=paths.ROOT, env=env, text=True, capture_output=True
    )
    outcome = Outcome("typescript", time.monotonic() - started)
    counts = dict(re.findall(r"^# (pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE))
    outcome.passed, outcome.skipped = int(counts.get("pass", 0)), int(counts.get("skipped", 0))
    outcome.failed = int(counts.get("fail", 0)) or int(done.returncode != 0)
    state = "passed" if not outcome.failed else "FAILED"
    console.print(
        f"  typescript   {outcome.seconds:6.1f} s  {state}  ({outcome.passed} passed, {outcome.skipped} skipped)"
    )
    if outcome.failed:
        console.print(done.stdout + done.stderr, markup=False, soft_wrap=True)
    return outcome


def _summary(console: Console, outcomes: list[Outcome], seconds: float) -> None:
    console.print("\nMinutes per room")
    for outcome in outcomes:
        console.print(f"  {outcome.room:<12} {outcome.seconds / 60:5.1f}")
    console.print(f"  {'in all':<12} {seconds / 60:5.1f}")
    console.print("\nThe ten slowest tests")
    for slow_seconds, name in sorted((slow for outcome in outcomes for slow in outcome.slow), reverse=True)[:10]:
        console.print(f"  {slow_seconds:6.1f} s  {name}", markup=False, soft_wrap=True)
    missing = [name for name, program in {"PyTorch (gradients oracle)": "torch"}.items() if not _importable(program)]
    missing += [name for name in ("kubectl", "promtool", "firefox") if not shutil.which(name)]
    console.print(f"\nOptional tools not here: {', '.join(missing) or 'none'}")
    passed, failed, skipped = (sum(getattr(o, what) for o in outcomes) for what in ("passed", "failed", "skipped"))
    console.print(f"\n{passed} passed, {failed} failed, {skipped} skipped", highlight=False)


def _importable(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None

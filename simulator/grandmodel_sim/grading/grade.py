"""Run a learner's code in a fresh place and judge what it left behind."""

import os
import tempfile
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grandmodel_sim.demo_keys import ENVIRONMENT
from grandmodel_sim.grading.checks import Check, load_checks
from grandmodel_sim.grading.run import CheckFailed, Run
from grandmodel_sim.notebook.display import close_figures
from grandmodel_sim.notebook.errors import format_error
from grandmodel_sim.notebook.streams import Redirected, forget_modules
from grandmodel_sim.notebook.torch_finder import offer_torch
from grandmodel_sim.notebook.virtual_time import learner_builtins, workspace_modules
from grandmodel_sim.world import World

STDOUT_SHOWN = 20_000  # characters of the learner's output that the report carries


def grade(
    exercise_id: str,
    code: str,
    checks_source: str,
    *,
    files: Mapping[str, bytes],
    seed: int = 7,
    world: World | None = None,
) -> dict[str, Any]:
    """Run `code` in a temporary folder that holds `files`, then every check; return the report as JSON-able values.

    Checks that fail, or that stop with an exception of their own, give a result in words; none of them ends the run,
    so that partial credit is always given.

    Args:
        exercise_id: for the report, and for file names in tracebacks.
        code: the learner's answer.
        checks_source: the text of the exercise's `checks.py`.
        files: the workspace to run in: relative path → content.
        seed: the seed from which `files` were made.
        world: the world to run against; a new one with `seed` by default. It is brought to where the exercise begins.
    """
    offer_torch()
    checks = load_checks(checks_source, f"exercise {exercise_id} checks")
    filename = f"exercise {exercise_id}"
    world = world or World(seed)
    kept = None
    if checks.begins is not None:
        checks.begins.bring(world)
        kept = checks.begins.keep(world) if checks.begins.keep else None
    began_ms = world.now_ms
    printed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="grandmodel-") as folder:
        root = Path(os.path.realpath(folder)) / "GrandModel"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        root.mkdir(exist_ok=True)
        main = types.ModuleType("__main__")
        main.__dict__["__builtins__"] = learner_builtins()
        error: BaseException | None = None
        with (
            _current(world),
            _keys(),
            workspace_modules(str(root)),
            Redirected(
                lambda stream, text: printed.append(text), cwd=str(root), argv=[filename], path=[str(root)], main=main
            ),
        ):
            try:
                exec(compile(code, filename, "exec", dont_inherit=True), main.__dict__)
            except BaseException as raised:  # SystemExit and the like must not end the grader either
                error = raised
            namespace = {name: value for name, value in main.__dict__.items() if not name.startswith("__")}
            run = Run(
                namespace,
                root=root,
                world=world,
                code=code,
                stdout="".join(printed),
                error=error,
                seed=seed,
                began_ms=began_ms,
                kept=kept,
            )
            results = [_result(item, run) for item in checks.checks]
            messages = [
                {"kind": "mistake", "title": item.title, "text": item.text}
                for item in checks.mistakes
                if _applies(item.when, run)
            ]
        forget_modules(str(root))
        close_figures()  # or the next cell would show what this answer has drawn
    points = sum(result["points"] for result in results)
    return {
        "exercise": exercise_id,
        "points": points,
        "max": checks.points,
        "passed": points == checks.points,
        "checks": results,
        "messages": messages,
        "stdout": run.stdout[:STDOUT_SHOWN],
        "error": format_error(error, {filename: code}, roots=[str(root)]) if error else None,
    }


@contextmanager
def _current(world: World) -> Iterator[None]:
    """Let `World.current()` mean this world while an answer is judged, and the learner's own again afterwards."""
    before = World._current
    world.make_current()
    try:
        yield
    finally:
        World._current = before


@contextmanager
def _keys() -> Iterator[None]:
    """The environment in which an answer finds its API keys, as in the page; what is set already stays."""
    missing = {name: value for name, value in ENVIRONMENT.items() if name not in os.environ}
    os.environ.update(missing)
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)


def _result(item: Check, run: Run) -> dict[str, Any]:
    result: dict[str, Any] = {"name": item.name, "step": item.step, "points": 0, "max": item.points, "passed": False}
    try:
        item.function(run)
    except CheckFailed as failed:
        return {**result, "expected": failed.expected, "found": failed.found, "look": failed.look}
    except Exception as error:
        found = f"looking at the result gave {type(error).__name__}: {error}"
        return {
            **result,
            "expected": item.name,
            "found": found,
            "look": "whether the values have the types that the step asks for",
        }
    return {**result, "points": item.points, "passed": True, "expected": "", "found": "", "look": ""}


def _applies(when: Any, run: Run) -> bool:
    try:
        return bool(when(run))
    except Exception:
        return False  # a mistake is only claimed if it is recognised for certain

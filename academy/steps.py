"""Build steps that are skipped when nothing that they depend on has changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

IGNORED = {"__pycache__", "node_modules", "generated", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def fingerprint(*inputs: Path | str) -> str:
    """A hash of files, of all files below folders, and of plain strings."""
    digest = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            digest.update(b"=" + item.encode())
            continue
        for path in _files(item):
            digest.update(path.relative_to(item).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(item: Path) -> Iterable[Path]:
    if item.is_file():
        return [item]
    return sorted(path for path in item.rglob("*") if path.is_file() and not IGNORED & set(path.parts))


@dataclass(frozen=True)
class Step:
    """One step: what it is called, what it reads, what it writes, and how it is done.

    `work` receives a function that shows a short text beside the step's name.
    """

    title: str
    inputs: Callable[[], str]
    outputs: tuple[Path, ...]
    work: Callable[[Callable[[str], None]], None]


class Runner:
    """Runs steps in order, shows them, and remembers the inputs under which each one last succeeded."""

    def __init__(self, memory: Path, console: Console | None = None) -> None:
        self.memory = memory
        self.console = console or Console()
        self.ran: list[str] = []

    def run(self, steps: list[Step]) -> None:
        """Do what is needed. A step that fails raises; the steps before it stay remembered."""
        known = self._load()
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("[dim]{task.fields[note]}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        ) as progress:
            bar = progress.add_task("", total=len(steps), note="")
            for step in steps:
                progress.update(bar, description=step.title, note="")
                inputs = step.inputs()
                if known.get(step.title) == inputs and all(output.exists() for output in step.outputs):
                    progress.advance(bar)
                    continue
                started = time.monotonic()
                known.pop(step.title, None)
                step.work(lambda text: progress.update(bar, note=text))
                known[step.title] = inputs  # as they were before the work: an edit made meanwhile counts as new
                self._save(known)
                self.ran.append(step.title)
                self.console.print(f"  {step.title:<28} {time.monotonic() - started:6.1f} s", highlight=False)
                progress.advance(bar)

    def _load(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.memory.read_text()))
        except (OSError, ValueError):
            return {}

    def _save(self, known: dict[str, str]) -> None:
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        self.memory.write_text(json.dumps(known, indent=1))

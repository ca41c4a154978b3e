"""`@check`, `mistake` and `begins`, and how a `checks.py` is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grandmodel_sim.errors import BadInput
from grandmodel_sim.grading.begins import Beginning, Keep, beginning
from grandmodel_sim.grading.run import Run
from grandmodel_sim.notebook.errors import remember_source

CheckFunction = Callable[[Run], object]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, and what it is worth."""

    name: str
    points: int
    step: str
    function: CheckFunction


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer that is known: `when(run)` recognises it, `text` explains it."""

    title: str
    when: Callable[[Run], object]
    text: str


@dataclass(slots=True)
class CheckSet:
    """All checks and known mistakes of an exercise, in the order of the file, and where its World begins."""

    checks: list[Check] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    begins: Beginning | None = None

    @property
    def points(self) -> int:
        """The most that can be reached."""
        return sum(item.points for item in self.checks)


_collecting: list[CheckSet] = []


def _current() -> CheckSet:
    # Outside load_checks(), as when a checks.py is imported by an editor or a linter, there is nothing to collect into.
    return _collecting[-1] if _collecting else CheckSet()


def check(name: str, *, points: int, step: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as a check worth `points`, shown under the exercise's step `step`.

    Raises:
        BadInput: for points below 1.
    """
    if isinstance(points, bool) or not isinstance(points, int) or points < 1:
        raise BadInput("points", points, "give a whole number from 1")

    def register(function: CheckFunction) -> CheckFunction:
        _current().checks.append(Check(name, points, step, function))
        return function

    return register


def mistake(title: str, *, when: Callable[[Run], object], text: str) -> None:
    """Register a known wrong answer with the explanation that it earns."""
    _current().mistakes.append(Mistake(title, when, text))


def begins(
    moment: datetime, acts: Sequence[tuple[datetime, str, Mapping[str, Any]]] = (), keep: Keep | None = None
) -> None:
    """Say what has happened in the World before the learner's code runs.

    Args:
        moment: how far the World has run, aware.
        acts: what people did on the way: (when, method of World, its arguments), in time order.
        keep: called with the world as it is then; its answer is `run.kept` in the checks.

    Raises:
        BadInput: for a naive time, a time out of order, an unknown act, or a second call.
    """
    current = _current()
    if current.begins is not None:
        raise BadInput("begins", str(current.begins), "an exercise begins once")
    current.begins = beginning(moment, acts, keep)


def load_checks(source: str, filename: str = "checks.py") -> CheckSet:
    """Run the text of a `checks.py` and return what it registered.

    Raises:
        BadInput: if it registers no check, or two of the same name.
    """
    found = CheckSet()
    _collecting.append(found)
    try:
        remember_source(filename, source)
        namespace: dict[str, Any] = {"__name__": "checks", "__file__": filename}
        exec(compile(source, filename, "exec", dont_inherit=True), namespace)
    finally:
        _collecting.pop()
    names = [item.name for item in found.checks]
    if not names:
        raise BadInput("checks", filename, "at least one function must be marked with @check")
    double = {name for name in names if names.count(name) > 1}
    if double:
        raise BadInput("checks", sorted(double), "each check needs a name of its own")
    return found

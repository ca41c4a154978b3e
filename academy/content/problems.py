"""What the check says: one problem is one line that tells where, what is wrong, and what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from academy.errors import AcademyError

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """`path` is relative to the repository's root; `line` and `column` count from 1, as editors do."""

    path: str
    line: int
    column: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        prefix = "warning: " if self.severity == "warning" else ""
        return f"{self.path}:{self.line}:{self.column}: {prefix}{self.message}"


class ContentError(AcademyError):
    """The content cannot be loaded. `problems` holds everything that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class CheckReport:
    """The outcome of `academy check`. `planned` counts what is still to be written, per kind."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    planned: dict[str, int]

    @property
    def ok(self) -> bool:
        return not self.problems

    def lines(self) -> list[str]:
        """The report as text: errors, warnings, the count of planned content, and one closing sentence."""
        planned = ", ".join(_plural(count, kind.removesuffix("s")) for kind, count in self.planned.items() if count)
        found = [str(problem) for problem in (*self.problems, *self.warnings)]
        count = f"{_plural(len(self.problems), 'error')}, {_plural(len(self.warnings), 'warning')}"
        return [*found, f"planned: {planned or 'nothing'}", f"content check: {count}"]


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

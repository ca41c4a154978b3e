"""What a check may look at: the state that a learner's code left behind."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grandmodel_sim.world import World


class CheckFailed(Exception):
    """A check's condition was not met; carries what was expected, what was found and where to look."""

    def __init__(self, expected: str, found: str, look: str = "") -> None:
        self.expected, self.found, self.look = expected, found, look
        super().__init__(f"expected {expected}; found {found}")


class Run:
    """A finished run of a learner's code.

    Attributes:
        namespace: the names that the code left, read by `run["name"]` and `run.get("name")`.
        code: the code itself, for the rare check that state cannot decide.
        stdout: all that it printed.
        error: the exception that ended it, or None.
        root: the folder in which it ran.
        world: the world that it ran against.
        seed: the seed from which its inputs were made.
        began_ms: the world's instant when it began, in virtual milliseconds.
        kept: what `begins(keep=…)` found in the world then.
        memo: a place where one check may leave what another needs, so that nothing costly runs twice.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        *,
        root: str | Path,
        world: World,
        code: str = "",
        stdout: str = "",
        error: BaseException | None = None,
        seed: int = 7,
        began_ms: int | None = None,
        kept: Any = None,
    ) -> None:
        self.namespace = dict(namespace)
        self.code, self.stdout, self.error = code, stdout, error
        self.root, self.world, self.seed = Path(root), world, seed
        self.began_ms = world.now_ms if began_ms is None else began_ms
        self.kept = kept
        self.memo: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """The value of a name.

        Raises:
            CheckFailed: if the code did not get as far as giving it one.
        """
        if name not in self.namespace:
            why = f"; the code stopped before it: {type(self.error).__name__}: {self.error}" if self.error else ""
            raise CheckFailed(f"a variable called {name}", f"there is none{why}", f"the line that should set {name}")
        return self.namespace[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or `default`."""
        return self.namespace.get(name, default)

    def expect(self, condition: object, *, expected: str, found: object, look: str = "") -> None:
        """Fail the check unless `condition` holds.

        Raises:
            CheckFailed: with these three texts, which the learner reads.
        """
        if not condition:
            raise CheckFailed(expected, str(found), look)

    def expect_close(self, name: str, value: float, *, tolerance: float, look: str = "") -> None:
        """Fail the check unless the number called `name` is within `tolerance` (absolute) of `value`."""
        found = self[name]
        try:
            number = float(found)
        except (TypeError, ValueError):
            raise CheckFailed(f"{name} is a number", f"{type(found).__name__}: {found!r:.80}", look) from None
        near = math.isfinite(number) and abs(number - value) <= tolerance
        self.expect(near, expected=f"{name} within {tolerance:g} of {value:.4g}", found=f"{number:.6g}", look=look)

    def file(self, name: str) -> Path:
        """The path of a file that the code should have written.

        Raises:
            CheckFailed: if it is not there.
        """
        path = self.root / name
        if not path.is_file():
            folder = path.parent
            there = sorted(item.name for item in folder.iterdir()) if folder.is_dir() else None
            found = f"{name} is missing" + (
                f"; its folder holds {', '.join(there) or 'nothing'}"
                if there is not None
                else "; nor is its folder there"
            )
            raise CheckFailed(f"a file {name}", found, "the line that saves it")
        return path

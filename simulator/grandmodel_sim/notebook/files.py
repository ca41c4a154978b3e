"""The workspace on disk, as the page sees it: deltas in, deltas out."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from grandmodel_sim.errors import BadInput

IGNORED = {"__pycache__", ".pytest_cache"}


class Files:
    """Files under one folder, with a memory of what the page already knows."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, str] = {}

    def write(self, delta: Mapping[str, bytes | None], known: bool = True) -> None:
        """Apply changes: path → content, None deletes. Paths are relative to the root, or absolute under it.

        Args:
            delta: what changed.
            known: whether the page has these already; if not, the next `read_delta` reports them.

        Raises:
            BadInput: for a path that leaves the workspace.
        """
        for name, content in delta.items():
            path = self._locate(name)
            relative = path.relative_to(self.root).as_posix()
            if content is None:
                path.unlink(missing_ok=True)
                self._known.pop(relative, None)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(content))
            if known:
                self._known[relative] = _hash(bytes(content))

    def read_delta(self) -> dict[str, bytes | None]:
        """What changed on disk since the page last knew: relative path → content, None for a deleted file."""
        delta: dict[str, bytes | None] = {}
        present: dict[str, str] = {}
        for path in sorted(self.root.rglob("*")):
            if not path.is_file() or IGNORED & set(path.parts):
                continue
            name, content = path.relative_to(self.root).as_posix(), path.read_bytes()
            present[name] = _hash(content)
            if self._known.get(name) != present[name]:
                delta[name] = content
        delta.update((name, None) for name in self._known if name not in present)
        self._known = present
        return delta

    def _locate(self, name: str) -> Path:
        path = PurePosixPath(name)
        if path.is_absolute():
            try:
                path = path.relative_to(self.root.as_posix())
            except ValueError:
                raise BadInput("path", name, f"give a path under {self.root}") from None
        if ".." in path.parts or not path.parts:
            raise BadInput("path", name, f"give a path under {self.root}")
        return self.root / path


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

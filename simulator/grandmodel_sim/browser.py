"""The session behind a page: the one module that knows that a browser exists.

It is plain Python and runs natively too, where the site's build uses it to execute the pages' cells. In the page's
worker:

    session = Session(emit=emit)                 # emit(kind, text); kinds below
    await session.run_cell(code, "1.1", "cell first-bars")
    for stream, text in session.run_command(["kubectl", "get", "pods"], "", cwd, env): …

`emit` kinds: stdout, stderr, result (repr of the last expression), html, table, svg, png, error, input-request (the
prompt). Commands are stepped: each step yields ("stdout" | "stderr", text), or ("wait", seconds) when nothing happens
for a while; the generator's return value is the exit code, and closing it is Ctrl-C. The caller runs one job at a
time, except that a waiting command may be stepped between others.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import types
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grandmodel_sim import commands
from grandmodel_sim.commands import Chunks, CommandContext
from grandmodel_sim.demo_keys import ENVIRONMENT
from grandmodel_sim.errors import SnapshotError
from grandmodel_sim.notebook.cell import run_cell
from grandmodel_sim.notebook.complete import complete
from grandmodel_sim.notebook.display import show_figures, show_value
from grandmodel_sim.notebook.errors import format_error
from grandmodel_sim.notebook.files import Files
from grandmodel_sim.notebook.imports import packages_for
from grandmodel_sim.notebook.streams import Redirected
from grandmodel_sim.notebook.torch_finder import offer_torch
from grandmodel_sim.notebook.virtual_time import learner_builtins, workspace_modules
from grandmodel_sim.world import World

ROOT = "/home/learner/GrandModel"

#: Python frames before RecursionError. WebAssembly's own stack is short: the interpreter's default would let it
#: overflow, which ends the worker.
RECURSION_LIMIT = 600

Emit = Callable[[str, str], None]


class Session:
    """One learner's interpreter: a world, a workspace, and a namespace for each page.

    Args:
        world_seed: seed of the world and of the workspace's data.
        emit: takes (kind, text) of everything that a cell shows; by default nothing is shown.
        root: the workspace's folder; by default `ROOT` in the page, and natively a temporary one that goes with the
            session.
    """

    def __init__(self, world_seed: int = 7, emit: Emit | None = None, root: str | None = None) -> None:
        offer_torch()
        self.world = World(world_seed)
        if root is None:
            root = ROOT if sys.platform == "emscripten" else tempfile.mkdtemp(prefix="grandmodel-")
            if root != ROOT:
                weakref.finalize(self, shutil.rmtree, root, ignore_errors=True)
        self.root = root
        self._seed = world_seed
        self._emit: Emit = emit or (lambda kind, text: None)
        self._pages: dict[str, types.ModuleType] = {}
        self._files = Files(root)
        self._has_workspace = False
        self._answer: asyncio.Future[str] | None = None
        self._kept = ""  # the last snapshot's text
        os.environ.setdefault("MPLBACKEND", "Agg")
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        warnings.filterwarnings(
            "ignore", message=".*non-interactive.*"
        )  # plt.show() under Agg; figures are shown by us
        if sys.platform == "emscripten":
            sys.setrecursionlimit(RECURSION_LIMIT)
            os.chdir(root)

    # --- cells ---

    async def run_cell(self, code: str, page: str, filename: str) -> bool:
        """Run a cell in its page's namespace; returns whether it ended without an error.

        Args:
            code: the cell's source.
            page: the page whose variables it shares, e.g. "1.1".
            filename: what tracebacks call it, e.g. "cell first-bars".
        """
        self.prepare(code)
        self.world.make_current()
        main = self._page(page)
        with (
            workspace_modules(self.root),
            Redirected(self._emit, cwd=self.root, argv=[""], path=[self.root], main=main),
        ):
            try:
                value = await run_cell(code, filename, main.__dict__, self._ask, self._ask_now())
                sys.stdout.flush()
                show_value(value, self._emit)
            except SystemExit as exit_:
                if exit_.code not in (None, 0):
                    self._emit("stderr", f"The code ended itself: sys.exit({exit_.code!r})\n")
            except BaseException as error:
                sys.stdout.flush()
                sys.stderr.flush()
                self._emit("error", format_error(error, {filename: code}, roots=[self.root]))
                return False
            show_figures(self._emit)
        return True

    def run_cell_now(self, code: str, page: str, filename: str) -> bool:
        """`run_cell` for callers without an event loop (the site's build); the code must not wait for anything."""
        coroutine = self.run_cell(code, page, filename)
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return bool(stop.value)
        coroutine.close()
        raise RuntimeError(f"{filename}: the code waits (input() or await), and there is nobody to answer here")

    def reset_page(self, page: str) -> None:
        """Forget a page's variables."""
        self._pages.pop(page, None)

    def complete(self, code: str, cursor: int, page: str) -> str:
        """A JSON list of the names that may finish the word before `cursor`; for `a.b.c` of its last part."""
        return json.dumps(complete(code, cursor, self._page(page).__dict__))

    def packages_for(self, code: str) -> str:
        """A JSON list of the packages (numpy, pandas, matplotlib) that must be loaded before `code` runs."""
        return json.dumps(packages_for(code))

    def answer_input(self, text: str) -> None:
        """Answer the `input()` that waits; does nothing if none does."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(str(text))

    async def _ask(self, prompt: str) -> str:
        sys.stdout.flush()
        try:
            self._answer = asyncio.get_running_loop().create_future()
        except RuntimeError:
            raise RuntimeError("input() has nobody to answer it here") from None
        self._emit("input-request", prompt)
        try:
            return await self._answer
        finally:
            self._answer = None

    def _ask_now(self) -> Callable[[str], str] | None:
        """How to wait inside a function: by stack switching, where the browser has it; None elsewhere."""
        if sys.platform != "emscripten":
            return None
        from pyodide.ffi import can_run_sync, run_sync  # type: ignore[import-not-found]

        return (lambda prompt: str(run_sync(self._ask(prompt)))) if can_run_sync() else None

    def _page(self, page: str) -> types.ModuleType:
        if page not in self._pages:
            self._pages[page] = types.ModuleType("__main__")
            self._pages[page].__dict__["__builtins__"] = learner_builtins()
        return self._pages[page]

    # --- terminal ---

    def run_command(
        self,
        argv: Sequence[str],
        stdin: str = "",
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        write: Emit | None = None,
    ) -> Chunks:
        """Run a command of `grandmodel_sim.commands` in steps; see the module's docstring.

        Args:
            argv: the command and its arguments.
            stdin: all of its standard input.
            cwd: its working directory; the workspace's folder by default.
            env: its environment variables.
            write: if given, `python` sends its output here as it comes instead of yielding it at the end.
        """
        self.world.make_current()
        context = CommandContext(
            argv=[str(word) for word in _plain(argv)],
            world=self.world,
            stdin=stdin,
            cwd=cwd or self.root,
            env=dict(_plain(env or {})),
            root=self.root,
            write=write,
        )
        if context.name.startswith("python"):
            self.ensure_workspace()
        return (yield from commands.run(context))

    def command_names(self) -> str:
        """A JSON list of the commands that `run_command` knows."""
        return json.dumps(sorted(commands.COMMANDS))

    def environment(self) -> str:
        """A JSON object of the variables that the terminal's shell begins with, as cells have them."""
        return json.dumps(ENVIRONMENT)

    def advance(self, seconds: float) -> None:
        """Let virtual time go by, as `sleep` does in the terminal."""
        self.world.advance(seconds)

    def http(self, method: str, path: str, body: str = "") -> str:
        """Ask the world's HTTP API, as the trading desk does: with an operator's rights and without rate limits.

        Args:
            method: GET, POST, PUT or DELETE.
            path: path and query, such as `/api/v1/bars?symbol=ES`.
            body: JSON text, or nothing.

        Returns:
            JSON text of an object: status (a number), headers (names to values) and body (text, mostly JSON).
        """
        from grandmodel_sim.http import DESK, Request, handle  # pages without a desk never need it

        answer = handle(self.world, Request.of(str(method), str(path), body=str(body)), DESK)
        return json.dumps({"status": answer.status, "headers": dict(answer.headers), "body": answer.body})

    # --- exercises ---

    def begin_exercise(self, exercise_json: str) -> bool:
        """Let the world go on to where an exercise begins, and say so; returns whether it had to.

        A world that is past it is left as it is.
        """
        from grandmodel_sim.grading import load_checks

        exercise = json.loads(exercise_json)
        begins = load_checks(exercise["checks"], f"exercise {exercise['id']} checks").begins
        if begins is None or not begins.bring(self.world):
            return False
        self._emit("stdout", f"The world has gone on to {begins}, where lab {exercise['id']} begins.\n")
        return True

    def check_exercise(self, exercise_json: str, code: str, seed: int = 7) -> str:
        """Grade an answer in a folder and a world of its own; returns the report as JSON."""
        from grandmodel_sim import workspace
        from grandmodel_sim.grading import grade

        exercise = json.loads(exercise_json)
        files = workspace.files(int(seed))
        return json.dumps(grade(exercise["id"], code, exercise["checks"], files=files, seed=int(seed)))

    # --- state ---

    def snapshot(self) -> str:
        """The world as JSON text, under 256 kB.

        While a cell waits for an answer in the middle of a step, which cannot be played again, it is the text before.
        """
        if not self._kept or not self.world.bus.busy:
            self._kept = json.dumps(self.world.snapshot(), separators=(",", ":"))
        return self._kept

    def restore(self, text: str) -> None:
        """Become the world of a snapshot.

        Raises:
            SnapshotError: if it cannot be read or replayed; the world is then left as it was.
        """
        try:
            snapshot = json.loads(text)
        except ValueError as error:
            raise SnapshotError(f"snapshot is not JSON: {error}") from error
        self.world.restore(snapshot)

    def write_files(self, delta: Mapping[str, bytes | None]) -> None:
        """Apply the page's changes to the workspace: path → content, None deletes."""
        self._files.write(
            {name: None if content is None else _bytes(content) for name, content in _plain(delta).items()}
        )

    def read_delta(self) -> dict[str, bytes | None]:
        """What the workspace gained, changed or lost (None) since the page last knew."""
        return self._files.read_delta()

    def ensure_workspace(self) -> None:
        """Put a fresh GrandModel checkout in place, once, beside what is there; `read_delta` then reports its files."""
        if not self._has_workspace:  # a look at the folder would not do: the learner's own files may be there first
            from grandmodel_sim import workspace

            self._has_workspace = True
            missing = {
                name: content
                for name, content in workspace.files(self._seed).items()
                if not (Path(self.root) / name).exists()
            }
            self._files.write(missing, known=False)

    def prepare(self, code: str) -> None:
        """Put the workspace in place if `code` may want it; the page calls it first, to know the given files."""
        # Making the data files takes a moment; code that cannot want them should not wait for it.
        if any(word in code for word in ("src", "data/", "open(", "Path", "os.", "listdir")):
            self.ensure_workspace()


def _plain(value: Any) -> Any:
    """A JavaScript list or object as a Python one; Python values as they are."""
    return value.to_py() if hasattr(value, "to_py") else value


def _bytes(content: Any) -> bytes:
    content = _plain(content)
    return content.encode() if isinstance(content, str) else bytes(content)

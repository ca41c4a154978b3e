"""Streams, working directory, arguments and import path, changed for the length of a run and put back after it."""

import io
import os
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

Write = Callable[[str, str], None]


# An unfinished line is held back only so long: a program that never ends its line must not fill the memory unseen.
LONGEST_HELD = 2_000


class Stream(io.TextIOBase):
    """A text stream that hands each finished line to a function; an unfinished one on `flush`, or when it gets long."""

    def __init__(self, name: str, write: Write) -> None:
        self._name, self._write, self._held = name, write, ""
        self._handing_on = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always UTF-8."""
        return "utf-8"

    def writable(self) -> bool:
        """Always true."""
        return True

    def write(self, text: str) -> int:
        """Take text; hand on what ends with a newline."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._handing_on:  # the receiver prints: without this its output would come back to it, endlessly
            if sys.__stdout__ is not None:
                sys.__stdout__.write(text)
            return len(text)
        self._held += text
        end = self._held.rfind("\n") + 1
        if not end and len(self._held) > LONGEST_HELD:
            end = len(self._held)
        if end:
            done, self._held = self._held[:end], self._held[end:]
            self._hand_on(done)
        return len(text)

    def flush(self) -> None:
        """Hand on an unfinished line."""
        if self._held:
            held, self._held = self._held, ""
            self._hand_on(held)

    def _hand_on(self, text: str) -> None:
        self._handing_on = True
        try:
            self._write(self._name, text)
        finally:
            self._handing_on = False


def forget_modules(*roots: str) -> None:
    """Drop modules that were imported from these folders, so that the next import reads the files again."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        paths = [file] if file else list(getattr(module, "__path__", []))  # a package without __init__.py has no file
        if any(str(path).startswith(root.rstrip("/") + "/") for path in paths for root in roots if path):
            del sys.modules[name]


class Redirected:
    """A context in which code sees its own streams, working directory, `sys.argv`, import path and `__main__`."""

    def __init__(
        self,
        write: Write,
        stdin: str = "",
        cwd: str | None = None,
        argv: Sequence[str] | None = None,
        path: Sequence[str] = (),
        main: types.ModuleType | None = None,
    ) -> None:
        self._new = (Stream("stdout", write), Stream("stderr", write), io.StringIO(stdin))
        self._cwd, self._argv, self._path, self._main = cwd, argv, path, main

    def __enter__(self) -> "Redirected":
        self._old: tuple[Any, ...] = (
            sys.stdout,
            sys.stderr,
            sys.stdin,
            sys.argv,
            sys.path[:],
            os.getcwd(),
            sys.modules["__main__"],
        )
        sys.stdout, sys.stderr, sys.stdin = self._new
        if self._argv is not None:
            sys.argv = list(self._argv)
        if self._cwd is not None and os.path.isdir(self._cwd):
            os.chdir(self._cwd)
        sys.path[:0] = dict.fromkeys(self._path)
        if self._main is not None:
            sys.modules["__main__"] = self._main
        return self

    def __exit__(self, *error: object) -> None:
        self._new[0].flush()
        self._new[1].flush()
        sys.stdout, sys.stderr, sys.stdin, sys.argv, sys.path[:], cwd, sys.modules["__main__"] = self._old
        if os.path.isdir(cwd):
            os.chdir(cwd)

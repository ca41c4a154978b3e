"""Virtual time for the learner's own code: its `time.sleep` lets the World go on, its clocks are the World's.

A monitor that looks every 30 seconds for half an hour would block a page for half an hour, on a World that stands still
meanwhile. Here `time.sleep(30)` advances the World by 30 virtual seconds and returns at once.

Only code of the learner sees this, that is cells, answers to exercises, `python file.py` and the modules of the
workspace: they run with builtins whose `__import__` hands out the two modules below in place of `time` and `datetime`.
Libraries import the real ones. Why it is so: docs/decisions/009-virtual-time.md.
"""

import builtins
import datetime as real_datetime
import os
import sys
import time as real_time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

from grandmodel_sim.clock import START, from_ms, to_ms
from grandmodel_sim.world import World

# --- time ---


def sleep(seconds: Any, /) -> None:
    """Let virtual time go by: the World advances by `seconds`, at least a millisecond if they are above 0.

    Raises:
        TypeError, ValueError: as `time.sleep` does.
        BadInput: for more than 30 days.
    """
    if isinstance(seconds, str | bytes) or not hasattr(type(seconds), "__float__"):
        raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as an integer")
    length = float(seconds)
    if length < 0:
        raise ValueError("sleep length must be non-negative")
    # What rounds to nothing must still take time, or a loop around it would never end.
    World.current().advance(max(length, 0.001) if length else 0)


def time() -> float:
    """Seconds since 1970 by the World's clock."""
    return World.current().now_ms / 1000


def time_ns() -> int:
    """Nanoseconds since 1970 by the World's clock, which counts milliseconds."""
    return World.current().now_ms * 1_000_000


def monotonic() -> float:
    """Virtual seconds since the World began."""
    return (World.current().now_ms - to_ms(START)) / 1000


def monotonic_ns() -> int:
    """Virtual nanoseconds since the World began."""
    return (World.current().now_ms - to_ms(START)) * 1_000_000


def gmtime(seconds: float | None = None, /) -> real_time.struct_time:
    """UTC of an instant, by default of now in the World."""
    return real_time.gmtime(time() if seconds is None else seconds)


def localtime(seconds: float | None = None, /) -> real_time.struct_time:
    """Local time of an instant, by default of now in the World. The page's local time is UTC."""
    return real_time.localtime(time() if seconds is None else seconds)


def ctime(seconds: float | None = None, /) -> str:
    """An instant as text, by default now in the World."""
    return real_time.ctime(time() if seconds is None else seconds)


def asctime(moment: Any = None, /) -> str:
    """A time tuple as text, by default now in the World."""
    return real_time.asctime(localtime() if moment is None else moment)


def strftime(form: str, moment: Any = None, /) -> str:
    """A time tuple as text of a given form, by default now in the World."""
    return real_time.strftime(form, localtime() if moment is None else moment)


# --- datetime ---


class _LooksReal(type):
    """Makes `isinstance` and `issubclass` ask for the real class, whose instances the two classes below make."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _REAL[cls]) if cls in _REAL else type.__instancecheck__(cls, instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _REAL[cls]) if cls in _REAL else type.__subclasscheck__(cls, subclass)


class _Date(real_datetime.date, metaclass=_LooksReal):
    """`datetime.date` with a `today()` of the World."""

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        return real_datetime.date.__new__(_REAL.get(cls, cls), *arguments, **named)

    @classmethod
    def today(cls) -> Any:
        """The World's date."""
        return _Datetime.now().date()


class _Datetime(real_datetime.datetime, metaclass=_LooksReal):
    """`datetime.datetime` with a `now()` of the World. Its instances are ordinary datetimes."""

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        return real_datetime.datetime.__new__(_REAL.get(cls, cls), *arguments, **named)

    @classmethod
    def now(cls, tz: real_datetime.tzinfo | None = None) -> Any:
        """The World's instant: aware with `tz`, else naive local time."""
        moment = from_ms(World.current().now_ms)
        return moment.astimezone(tz) if tz is not None else moment.astimezone().replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        """The same as `now()`."""
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        """The World's instant in UTC, naive."""
        return from_ms(World.current().now_ms).replace(tzinfo=None)


_REAL: dict[type, Any] = {_Date: real_datetime.date, _Datetime: real_datetime.datetime}
for _virtual, _real in _REAL.items():
    _virtual.__module__, _virtual.__name__, _virtual.__qualname__ = "datetime", _real.__name__, _real.__name__


# --- the modules, and who gets them ---


def _module(real: ModuleType, **replaced: Any) -> ModuleType:
    module = ModuleType(real.__name__, real.__doc__)
    vars(module).update({name: value for name, value in vars(real).items() if name != "__builtins__"}, **replaced)
    return module


_CLOCKS = (sleep, time, time_ns, monotonic, monotonic_ns, gmtime, localtime, ctime, asctime, strftime)

#: What the learner's `import` hands out. perf_counter and process_time stay real: they measure the learner's own code.
MODULES: dict[str, ModuleType] = {
    "time": _module(real_time, **{function.__name__: function for function in _CLOCKS}),
    "datetime": _module(real_datetime, date=_Date, datetime=_Datetime),
}


def _import(
    name: str,
    globals: Mapping[str, Any] | None = None,
    locals: Mapping[str, Any] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    if level == 0 and name in MODULES:
        return MODULES[name]
    return builtins.__import__(name, globals, locals, fromlist or (), level)


def learner_builtins() -> dict[str, Any]:
    """Builtins for a namespace in which a learner's code will run: `namespace["__builtins__"]`."""
    return {**vars(builtins), "__import__": _import}


class _WorkspaceLoader(SourceFileLoader):
    """Loads a module of the workspace as learner's code."""

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = learner_builtins()
        super().exec_module(module)


class _WorkspaceFinder:
    """Finds the modules that lie under some folders, as the usual finder does, for `_WorkspaceLoader`."""

    def __init__(self, *roots: str) -> None:
        self._roots = tuple(os.path.join(os.path.realpath(root), "") for root in roots)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return None
        file = spec.loader.path
        if not os.path.realpath(file).startswith(self._roots):
            return None
        spec.loader = _WorkspaceLoader(spec.loader.name, file)
        return spec


@contextmanager
def workspace_modules(*roots: str) -> Iterator[None]:
    """While it lasts, modules of these folders are imported as learner's code."""
    finder = _WorkspaceFinder(*roots)
    usual = next((index for index, one in enumerate(sys.meta_path) if one is PathFinder), len(sys.meta_path))
    sys.meta_path.insert(usual, finder)
    try:
        yield
    finally:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)

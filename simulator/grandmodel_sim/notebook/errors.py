"""Errors as a learner should see them: own frames only, the line marked, a plain sentence for the usual mistakes."""

import linecache
import traceback
from collections.abc import Mapping, Sequence

#: Longest traceback, in frames; a runaway recursion would fill the page otherwise.
MOST_FRAMES = 12


def remember_source(filename: str, code: str) -> None:
    """Let tracebacks quote `code` as the text of `filename`, although there is no such file."""
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)


def format_error(error: BaseException, sources: Mapping[str, str], roots: Sequence[str] = ()) -> str:
    """The traceback of `error`, cut to frames of `sources` and of files under `roots`, and a hint if there is one.

    Args:
        error: what was raised.
        sources: file name → text of the code that was run from memory.
        roots: folders whose files are the learner's too.
    """
    for filename, text in sources.items():
        if filename.startswith(("<", "cell ", "exercise ")):
            remember_source(filename, text)
    report = traceback.TracebackException.from_exception(error, compact=True)
    seen: set[int] = set()
    part: traceback.TracebackException | None = report
    while part is not None and id(part) not in seen:
        seen.add(id(part))
        _cut(part, sources, roots)
        part = part.__cause__ or part.__context__
    text = "".join(report.format())
    hint = explain(error)
    return f"{text}\n{hint}\n" if hint else text


def _cut(part: traceback.TracebackException, sources: Mapping[str, str], roots: Sequence[str]) -> None:
    folders = tuple(root.rstrip("/") + "/" for root in roots)
    own = [frame for frame in part.stack if frame.filename in sources or frame.filename.startswith(("cell ", *folders))]
    if len(own) > MOST_FRAMES:
        own = [*own[: MOST_FRAMES // 2], *own[-MOST_FRAMES // 2 :]]
    part.stack[:] = own  # in place: StackSummary.from_list() would lose the columns that carry the marks


def explain(error: BaseException) -> str:
    """One sentence on what to do next, for errors whose own message does not say it; empty for the others."""
    text = str(error)
    if isinstance(error, ModuleNotFoundError):
        if error.name == "torch":
            return "Hint: PyTorch does not run in the page. The trainer here is written in numpy: delete the import."
        return (
            f"Hint: the page has no module called {error.name!r}. Check the spelling; it has the standard library, "
            "numpy, pandas, matplotlib, grandmodel_sim and the workspace's src."
        )
    if isinstance(error, FileNotFoundError) and error.filename:
        return (
            f"Hint: {error.filename!s} is not there. Paths start at the workspace's folder; "
            "a folder that you write into must be made first."
        )
    if isinstance(error, TypeError) and "__format__" in text:
        return "Hint: a format such as :.4f needs one number. Take a value out of the list or dictionary, or its mean."
    if isinstance(error, RecursionError):
        return "Hint: a function called itself too often. Check the case that should end the recursion."
    return ""

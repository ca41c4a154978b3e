"""Errors as a learner should see them: own frames only, the line marked, a plain sentence for the usual mistakes."""

import errno
import linecache
import re
import sys
import traceback
from collections.abc import Mapping, Sequence

from grandmodel_sim.notebook.display import cut

#: Longest traceback, in frames; a runaway recursion would fill the page otherwise.
MOST_FRAMES = 12

#: Linux's numbers of the errors that files and folders give. Emscripten, under Pyodide, has numbers of its own (a
#: missing file is 44), which no manual explains.
LINUX_NUMBERS = {
    "EPERM": 1,
    "ENOENT": 2,
    "EIO": 5,
    "EBADF": 9,
    "ENOMEM": 12,
    "EACCES": 13,
    "EBUSY": 16,
    "EEXIST": 17,
    "EXDEV": 18,
    "ENOTDIR": 20,
    "EISDIR": 21,
    "EINVAL": 22,
    "EMFILE": 24,
    "EFBIG": 27,
    "ENOSPC": 28,
    "ESPIPE": 29,
    "EROFS": 30,
    "EMLINK": 31,
    "EPIPE": 32,
    "ENAMETOOLONG": 36,
    "ENOSYS": 38,
    "ENOTEMPTY": 39,
    "ELOOP": 40,
}


def linux_number(number: int | None, names: Mapping[int, str] = errno.errorcode) -> int | None:
    """The number that Linux has for an error of this platform; as it is where the table does not know it.

    Args:
        number: `OSError.errno`.
        names: this platform's names of its numbers.
    """
    return number if number is None else LINUX_NUMBERS.get(names.get(number, ""), number)


def linux_text(text: str, error: BaseException, names: Mapping[int, str] = errno.errorcode) -> str:
    """`text` with the number of `error`, and of those that led to it, as Linux has them."""
    seen: set[int] = set()
    part: BaseException | None = error
    found: dict[int, int] = {}
    while part is not None and id(part) not in seen:
        seen.add(id(part))
        if isinstance(part, OSError) and part.errno is not None:
            found[part.errno] = linux_number(part.errno, names) or part.errno
        part = part.__cause__ or part.__context__
    # In one pass: the number that one error gets may be the number that another one had.
    return re.sub(r"\[Errno (\d+)\]", lambda match: f"[Errno {found.get(int(match[1]), match[1])}]", text)


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
    text = cut("".join(report.format()).rstrip("\n")) + "\n"
    if sys.platform == "emscripten":
        text = linux_text(text, error)
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
        if (error.name or "").startswith("torch."):
            return "Hint: the page has a subset of PyTorch, with what the labs use; dir(torch) lists it."
        return (
            f"Hint: the page has no module called {error.name!r}. Check the spelling; it has the standard library, "
            "numpy, pandas, matplotlib, a subset of torch, grandmodel_sim and the workspace's src."
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

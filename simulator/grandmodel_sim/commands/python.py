"""`python`: runs a file, `-c` code, `-m` module or standard input in the interpreter that is already running.

Each run gets a fresh `__main__` and the shell's environment; modules of the workspace are imported anew, as a new
process would.
"""

import os
import runpy
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from grandmodel_sim.commands.context import Chunks, CommandContext
from grandmodel_sim.notebook.errors import format_error, linux_number
from grandmodel_sim.notebook.streams import Redirected, forget_modules
from grandmodel_sim.notebook.virtual_time import learner_builtins, workspace_modules

USAGE = "usage: python [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n"
HELP = """usage: python [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options of the simulated python:
-c cmd : program passed in as string
-h     : print this help message and exit
-m mod : run library module as a script
-u     : output is never held back here; accepted
-V     : print the Python version number and exit (also --version)
file   : program read from script file
-      : program read from stdin
"""


def run(context: CommandContext) -> Chunks:
    """Run one `python` command line."""
    words = list(context.argv[1:])
    while words and words[0] in ("-u", "-B", "-I", "-E", "-s", "-q"):
        words.pop(0)
    first = words[0] if words else "-"
    if first in ("-V", "--version"):
        yield "stdout", "Python " + sys.version.split()[0] + "\n"
        return 0
    if first in ("-h", "--help"):
        yield "stdout", HELP
        return 0
    if first in ("-c", "-m") and len(words) == 1:
        yield "stderr", f"Argument expected for the {first} option\n{USAGE}"
        return 2
    if first.startswith("-") and first not in ("-", "-c", "-m"):
        yield "stderr", f"Unknown option: {first if first.startswith('--') else first[:2]}\n{USAGE}"
        return 2
    if not words and not context.stdin:
        yield "stderr", "python: there is no interactive mode here; give a file, -c CODE or code on standard input\n"
        return 2

    source, filename, arguments, folder = "", "<string>", words[1:], context.cwd
    if first == "-c":
        source, arguments = words[1], ["-c", *words[2:]]
    elif first == "-m":
        arguments = words[1:]
    elif first == "-":
        source, filename, arguments = context.stdin, "<stdin>", ["-", *words[1:]] if words else [""]
    else:
        filename, arguments = context.path(first), words
        folder = os.path.dirname(filename)
        try:
            with open(filename, encoding="utf-8") as file:
                source = file.read()
        except IsADirectoryError:
            yield "stderr", f"python: can't find '__main__' module in '{filename}'\n"
            return 1
        except UnicodeDecodeError as error:
            yield "stderr", f"python: {filename} is not UTF-8 text: {error.reason} at byte {error.start}\n"
            return 1
        except OSError as error:
            yield (
                "stderr",
                f"python: can't open file '{filename}': [Errno {linux_number(error.errno)}] {error.strerror}\n",
            )
            return 2

    chunks: list[tuple[str, str]] = []
    write = context.write or (lambda stream, text: chunks.append((stream, text)))
    run_it = Program(source, filename, arguments, folder, module=arguments[0] if first == "-m" else "")
    code = run_it.run(context, write, stdin="" if first == "-" else context.stdin)
    yield from chunks
    return code


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be run: `source` under the name `filename`, or a `module`; its `sys.argv` and its own folder."""

    source: str
    filename: str
    arguments: list[str]
    folder: str
    module: str = ""

    def run(self, context: CommandContext, write: Callable[[str, str], None], stdin: str) -> int:
        """Run it as `__main__`; returns the exit code."""
        forget_modules(context.root)
        main = types.ModuleType("__main__")
        main.__dict__["__builtins__"] = own = learner_builtins()
        path = [self.folder, context.root]
        with (
            _environment(context.env),
            workspace_modules(*path),
            Redirected(write, stdin=stdin, cwd=context.cwd, argv=self.arguments, path=path, main=main),
        ):
            try:
                if self.module:
                    runpy.run_module(self.module, {"__builtins__": own}, run_name="__main__", alter_sys=True)
                else:
                    if not self.filename.startswith("<"):
                        main.__dict__["__file__"] = self.filename
                    exec(compile(self.source, self.filename, "exec", dont_inherit=True), main.__dict__)
            except SystemExit as exit_:
                if exit_.code is None or isinstance(exit_.code, int):
                    return exit_.code or 0
                write("stderr", f"{exit_.code}\n")
                return 1
            except BaseException as error:  # a program may end in any way; the shell goes on
                write("stderr", format_error(error, {self.filename: self.source}, roots=(context.root, self.folder)))
                return 1
        return 0


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """While it lasts, `os.environ` holds these variables too."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

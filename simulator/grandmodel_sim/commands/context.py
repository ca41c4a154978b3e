"""What a command is given and what it gives back.

A command is a generator: it yields `(stream, text)` pairs and returns its exit code. `stream` is `"stdout"`,
`"stderr"` or `"wait"`; with `"wait"` the text is a number of real seconds after which to ask for the next pair (used
by commands that follow something, so that they do not spin). Closing the generator is what Ctrl-C does.
"""

import posixpath
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from grandmodel_sim.world import World

Chunk = tuple[str, str]
Chunks = Generator[Chunk, None, int]


@dataclass(slots=True)
class CommandContext:
    """One call of a command.

    Attributes:
        argv: the words of the command, its own name first.
        stdin: all of standard input, as text.
        cwd: working directory, absolute.
        env: environment variables.
        world: the world to read and act on.
        root: the workspace's directory, for the commands that read files.
        write: if given, takes `(stream, text)` at once, for output that should not wait until the command yields.
    """

    argv: Sequence[str]
    world: World
    stdin: str = ""
    cwd: str = "/home/learner/GrandModel"
    env: Mapping[str, str] = field(default_factory=dict)
    root: str = "/home/learner/GrandModel"
    write: Callable[[str, str], None] | None = None

    @property
    def name(self) -> str:
        """The command's own name."""
        return self.argv[0]

    def path(self, text: str) -> str:
        """`text` as an absolute path, seen from the working directory."""
        return posixpath.normpath(posixpath.join(self.cwd, text))

"""The commands of the simulated terminal that speak for the world; one file a command.

`cat`, pipes and the like belong to the shell, which is not here.
"""

from collections.abc import Callable

from grandmodel_sim.commands import date, kubectl, python
from grandmodel_sim.commands.context import Chunk, Chunks, CommandContext


def _curl(context: CommandContext) -> Chunks:
    from grandmodel_sim.commands import curl  # it needs the whole HTTP API, and most pages never call it

    return (yield from curl.run(context))


COMMANDS: dict[str, Callable[[CommandContext], Chunks]] = {
    "curl": _curl,
    "date": date.run,
    "kubectl": kubectl.run,
    "python": python.run,
    "python3": python.run,
}


def run(context: CommandContext) -> Chunks:
    """Run `context.argv`. A name that is not in `COMMANDS` gives the shell's own message and exit code 127."""
    command = COMMANDS.get(context.name)
    if command is None:
        yield "stderr", f"bash: {context.name}: command not found\n"
        return 127
    return (yield from command(context))


__all__ = ["COMMANDS", "Chunk", "Chunks", "CommandContext", "run"]

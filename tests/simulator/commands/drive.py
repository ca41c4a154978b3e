"""Step a command as the page does, and gather what it says."""

from grandmodel_sim import commands


def drive(context: commands.CommandContext, steps: int = 500) -> tuple[str, str, int]:
    """stdout, stderr and exit code; a command that goes on after `steps` pieces is ended as by Ctrl-C, with 130."""
    out = {"stdout": "", "stderr": "", "wait": ""}
    generator = commands.run(context)
    for _ in range(steps):
        try:
            stream, text = next(generator)
        except StopIteration as end:
            return out["stdout"], out["stderr"], end.value
        out[stream] += str(text)
    generator.close()
    return out["stdout"], out["stderr"], 130

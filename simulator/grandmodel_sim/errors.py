"""Every exception that the simulator raises on purpose.

SimulatorError
├── BadInput (also a ValueError)      an argument, a file or a column that cannot be used
├── UnknownScenario (also a ValueError)
├── SnapshotError (also a ValueError) a snapshot that is damaged or belongs to another release
└── NotFound (also a LookupError)     a pod, a deployment, a service that is not there
"""

LONGEST_SHOWN = 1000  # characters of a value in a message


class SimulatorError(Exception):
    """Base of all errors that the simulator raises on purpose."""


class BadInput(SimulatorError, ValueError):
    """An argument, a file or a column that cannot be used.

    The message names what was wrong, what came, and what is accepted.
    """

    def __init__(self, argument: str, came: object, accepted: str) -> None:
        self.argument = argument
        self.came = came
        self.accepted = accepted
        super().__init__(f"{argument}: got {_shown(came)}; {accepted}")


def _shown(came: object) -> str:
    """What came as text. What has no text of a bearable length is named by its type."""
    if came is ...:
        return "..."
    try:
        text = repr(came)
    except Exception:  # a whole number of more than 4,300 digits, or somebody's own class
        return f"a value of type {type(came).__name__} that cannot be shown"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text)} characters)"


class UnknownScenario(SimulatorError, ValueError):
    """A scenario name that this release does not have."""


class SnapshotError(SimulatorError, ValueError):
    """A snapshot that is damaged, or made by another release of the simulator."""


class NotFound(SimulatorError, LookupError):
    """An object of the simulated cluster that is not there."""

"""Every exception that the simulator raises on purpose.

SimulatorError
├── BadInput (also a ValueError)      an argument, a file or a column that cannot be used
├── UnknownScenario (also a ValueError)
├── SnapshotError (also a ValueError) a snapshot that is damaged or belongs to another release
└── NotFound (also a LookupError)     a pod, a deployment, a service that is not there
"""


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
        shown = "..." if came is ... else repr(came)
        super().__init__(f"{argument}: got {shown}; {accepted}")


class UnknownScenario(SimulatorError, ValueError):
    """A scenario name that this release does not have."""


class SnapshotError(SimulatorError, ValueError):
    """A snapshot that is damaged, or made by another release of the simulator."""


class NotFound(SimulatorError, LookupError):
    """An object of the simulated cluster that is not there."""

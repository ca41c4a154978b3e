"""Errors that stop a command. Each one is a sentence for the person at the keyboard, never a traceback.

AcademyError
├── ToolMissing      something that should be on this machine is not
├── VendorError      a vendored file could not be fetched or is not what its pin says
├── StepFailed       a build step's own tool reported an error
└── ContentError     the course cannot be loaded (academy.content.problems)
"""


class AcademyError(Exception):
    """Base class: the command line prints the message and exits with 1."""


class ToolMissing(AcademyError):
    """A program is missing; the message says how to get it."""


class VendorError(AcademyError):
    """A vendored file is missing, or its hash differs from the pinned one."""


class StepFailed(AcademyError):
    """A build step failed; the message holds the tool's own words."""

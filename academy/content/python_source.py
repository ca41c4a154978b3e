"""Python text as a tree, or the place and reason why it is not Python. Nothing is run."""

import ast
import warnings
from dataclasses import dataclass


@dataclass(frozen=True)
class NotPython:
    """`line` and `column` count from 1 inside the text."""

    line: int
    column: int
    reason: str


def parse(text: str) -> ast.Module | NotPython:
    """The syntax tree. Warnings about odd but legal code are the linter's business, not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            return NotPython(error.lineno or 1, max(error.offset or 1, 1), error.msg)
        except (ValueError, RecursionError) as error:  # null bytes before 3.12; nesting beyond all use
            return NotPython(1, 1, str(error))

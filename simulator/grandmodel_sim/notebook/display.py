"""What a value looks like under a cell: its repr, its table, or the figures that were left open."""

import io
import sys
from collections.abc import Callable

Emit = Callable[[str, str], None]

#: Longest repr or traceback that is shown, in characters: a page of several screens. A longer one would make the page
#: slow, and past the worker's limit end it.
LONGEST = 20_000


def cut(text: str, longest: int = LONGEST) -> str:
    """The first `longest` characters of a text, and a line that counts the others."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n… {len(text) - longest:,} characters left out"


def show_value(value: object, emit: Emit) -> None:
    """Emit a value as a table or HTML if it has `_repr_html_`, else as its repr; nothing for None."""
    if value is None:
        return
    to_html = getattr(value, "_repr_html_", None)
    html = to_html() if callable(to_html) and not isinstance(value, type) else None
    if html is not None:
        emit("table" if "<table" in html else "html", html)
    else:
        emit("result", cut(repr(value)))


def show_figures(emit: Emit) -> None:
    """Emit every open matplotlib figure as SVG and close it; does not import matplotlib by itself."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "grandmodel"}):  # the same picture is the same text
        for number in pyplot.get_fignums():
            text = io.StringIO()
            pyplot.figure(number).savefig(text, format="svg", metadata={"Date": None}, bbox_inches="tight")
            emit("svg", text.getvalue())
    pyplot.close("all")


def close_figures() -> None:
    """Close every open matplotlib figure; does not import matplotlib by itself."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")

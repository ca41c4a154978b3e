"""Pages of a growing list, and the cursor `since`.

A client that asks for "the newest five" every half minute sees some things twice and misses others. With a cursor it
asks for what came after the last thing that it has seen. The cursor is the id of that thing; clients should not read
anything into it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from grandmodel_sim.http.message import HttpError
from grandmodel_sim.http.route import Call

T = TypeVar("T")
Page = dict[str, Any]


def page_of(name: str, items: Iterable[T], call: Call, cursor: Callable[[T], str], shown: Callable[[T], Any]) -> Page:
    """The items after `since` (or the newest), at most `limit`, oldest first, and the cursor that comes next.

    Args:
        name: of the list in the body.
        items: all items that could be shown, oldest first; their cursors rise.
        call: with the parameters `since` and `limit`.
        cursor: the id of an item: a letter, a dash and a number with leading zeros.
        shown: the item as JSON-able values.

    Raises:
        HttpError: 422 for a cursor that no answer contained.
    """
    found: Sequence[T] = list(items)
    since, limit = call["since"], call["limit"]
    if since is None:
        found = found[max(0, len(found) - limit) :]
    else:
        after = _number(since) if since else -1
        found = found[bisect_right(found, after, key=lambda item: _number(cursor(item))) :][:limit]
    return {name: [shown(item) for item in found], "next_since": cursor(found[-1]) if found else since or ""}


def _number(cursor: str) -> int:
    letters, _, digits = cursor.partition("-")
    if not (cursor.isascii() and letters.isalpha() and digits.isdecimal() and len(digits) < 20):
        raise HttpError(422, "invalid_value", f"since: got {cursor!r:.80}; give the next_since of an answer", "since")
    return int(digits)

"""Pages of a growing list, and the cursor `since`.

A client that asks for "the newest five" every half minute sees some things twice and misses others. With a cursor it
asks for what came after the last thing that it has seen.

Every list has an order, and a cursor is a place in it. What never changes once it is there (decisions, fills, closed
trades, events) is in the order in which it came, and its cursor is its id. What changes (orders, alerts) is in the
order in which it last changed: an order that is filled goes to the end of the list, so that a client which asks for
filled orders gets it, however long ago it was sent. Clients should not read anything into a cursor.

A cursor of another list is refused, and so is one that is ahead of its list, as after a rewind of the world.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from grandmodel_sim.http.message import HttpError
from grandmodel_sim.http.route import Call

T = TypeVar("T")
Page = dict[str, Any]

_CURSOR = re.compile("([A-Z]+)-([0-9]{6,18})")


def number_of(id: str) -> int:
    """The place of a thing whose id counts up: 12 of `F-000012`."""
    return int(id.partition("-")[2])


def page_of(
    name: str,
    kind: str,
    items: Iterable[tuple[int, T]],
    call: Call,
    shown: Callable[[T], Any],
    where: Callable[[T], bool] = lambda item: True,
) -> Page:
    """The items after `since` (or the newest), at most `limit`, in their order, and the cursor that comes next.

    Args:
        name: of the list in the body.
        kind: letters with which the list's cursors begin, and no other list's.
        items: place and item of the whole list; places rise.
        call: with the parameters `since` and `limit`.
        shown: the item as JSON-able values.
        where: which of the items are wanted.

    Raises:
        HttpError: 422 for a cursor that is none, that is another list's, or that is ahead of the list.
    """
    whole: Sequence[tuple[int, T]] = list(items)
    since, limit = call["since"], call["limit"]
    if since is None:
        found = [entry for entry in whole if where(entry[1])]
        found = found[max(0, len(found) - limit) :]
    else:
        after = _place(since, kind, whole[-1][0] if whole else -1) if since else -1
        rest = whole[bisect_right(whole, after, key=lambda entry: entry[0]) :]
        found = [entry for entry in rest if where(entry[1])][:limit]
    next_since = f"{kind}-{found[-1][0]:06d}" if found else since or ""
    return {name: [shown(item) for _, item in found], "next_since": next_since}


def _place(cursor: str, kind: str, last: int) -> int:
    form = _CURSOR.fullmatch(cursor)
    if form is None or form[1] != kind:
        raise _refusal(f"got {cursor!r:.80}; give the next_since of an answer of this list")
    if int(form[2]) > last:
        end = f"which ends at {kind}-{last:06d}" if last >= 0 else "which is empty"
        raise _refusal(
            f"got {cursor!r:.80}, ahead of the list, {end}: it is of a time that was rewound, or of another world; "
            "begin anew, with an empty cursor or without one"
        )
    return int(form[2])


def _refusal(message: str) -> HttpError:
    return HttpError(422, "invalid_value", f"since: {message}", "since")

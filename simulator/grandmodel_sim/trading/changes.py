"""In which order things last changed, so that a client which has seen some of them can ask for what came since."""

from collections.abc import Iterator


class Changes:
    """The places of ids in the order in which what they name was made or last changed.

    A change gives an id the next place, and its old one stays empty: places only rise, and what a place once named is
    found at no other place unless it has changed.
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._count = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Place and id, the longest unchanged first."""
        return ((place, id) for id, place in self._places.items())

    def note(self, id: str) -> None:
        """Something was made, or has changed just now."""
        self._places.pop(id, None)  # a dictionary is in the order of insertion: it goes to the end
        self._count += 1
        self._places[id] = self._count

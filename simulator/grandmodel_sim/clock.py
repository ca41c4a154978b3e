"""Virtual time: whole milliseconds since the Unix epoch, always UTC."""

from datetime import UTC, datetime, timedelta

#: Where every world begins: Monday 14 July 2025, 13:30 UTC, the instant at which the regular session opens in New York.
START = datetime(2025, 7, 14, 13, 30, tzinfo=UTC)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware datetime; exact, because it never passes through a float."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The aware UTC datetime of `ms` milliseconds since the epoch."""
    return _EPOCH + timedelta(milliseconds=ms)


def stamp(ms: int) -> str:
    """ISO 8601 text in UTC, to the second if the milliseconds are zero: `2025-07-14T13:30:00Z`."""
    text = from_ms(ms).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z"


class Clock:
    """A clock that moves only when it is told to, and never back."""

    def __init__(self, start: datetime = START) -> None:
        self.ms = to_ms(start)

    @property
    def now(self) -> datetime:
        """The current virtual instant, aware, in UTC."""
        return from_ms(self.ms)

    def move_to(self, ms: int) -> None:
        """Set the clock to `ms`.

        Raises:
            ValueError: if that lies in the past.
        """
        if ms < self.ms:
            raise ValueError(f"the clock stands at {stamp(self.ms)} and cannot go back to {stamp(ms)}")
        self.ms = ms

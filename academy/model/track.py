"""Role tracks: the foundation that everyone takes, then the modules of one role."""

from typing import Literal

from academy.model.base import Markdown, Model, ModuleNumber, SomeItems, Text

TrackId = Literal["development", "operations", "trading"]


class Track(Model):
    """A path through the course for one role."""

    id: TrackId
    letter: Literal["A", "B", "C"]
    title: Text
    team: Text
    summary: Markdown
    foundation: SomeItems[ModuleNumber]
    role: SomeItems[ModuleNumber]

    @property
    def modules(self) -> tuple[int, ...]:
        """Module numbers in the order of study."""
        return (*self.foundation, *self.role)

    @property
    def url(self) -> str:
        return f"tracks/{self.id}/"


class Tracks(Model):
    """The file curriculum/tracks.yml."""

    note: Markdown
    tracks: SomeItems[Track]

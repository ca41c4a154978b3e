"""A written page: its front matter, headings and runnable cells, as far as the course needs to know them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading and the anchor that the site gives it."""

    level: int
    text: str
    anchor: str
    line: int


@dataclass(frozen=True)
class Page:
    """A Markdown file. `path` is relative to docs/, `topic` is the front matter's, `cells` are ids on the page."""

    path: str
    title: str | None
    topic: str | None
    description: str | None
    headings: tuple[Heading, ...]
    cells: tuple[str, ...]

    @property
    def url(self) -> str:
        """Address relative to the site's root; the site uses directory URLs."""
        stem = self.path.removesuffix(".md")
        if stem == "index":
            return ""
        return f"{stem.removesuffix('/index')}/"

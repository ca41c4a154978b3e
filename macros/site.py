"""What all macros share: the course, the page they are on, its links, and the templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from mkdocs.utils import get_relative_url

from academy.markdown.fragment import html_of, inline_html_of
from academy.model.base import duration_text
from academy.model.course import Course
from academy.model.module import Assessment, Lab, Topic

TEMPLATES = Path(__file__).parent / "templates"
M = TypeVar("M", bound=Callable[..., str])


class PageMissing(KeyError):
    """A macro links to a page that is not under docs/."""


class Site:
    """The course as seen from the page that is being rendered.

    Args:
        course: the loaded course.
        page_url: tells the address of the current page, relative to the site's root (`01-system-architecture/`).
        page_path: tells its path under docs/, for messages.
    """

    def __init__(self, course: Course, page_url: Callable[[], str], page_path: Callable[[], str]) -> None:
        self.course = course
        self.macros: dict[str, Callable[..., str]] = {}
        self._page_url = page_url
        self._page_path = page_path
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            markdown=lambda text: Markup(html_of(text)),
            inline=lambda text: Markup(inline_html_of(text)),
            duration=duration_text,
        )
        self._templates.globals.update(course=course, link=self.link, there=self.there)

    def macro(self, function: M) -> M:
        """Register a macro under its function's name."""
        self.macros[function.__name__] = function
        return function

    def render(self, template: str, **values: Any) -> str:
        """The template's text; every name it uses must be given."""
        return self._templates.get_template(template).render(**values)

    def there(self, part: Topic | Lab | Assessment | str) -> bool:
        """Whether the page of a part of the course (or of a path under docs/) has been written."""
        return (part if isinstance(part, str) else part.path) in self.course.pages

    def link(self, path: str, anchor: str = "") -> str:
        """A relative address from the current page to another page, given by its path under docs/.

        Raises:
            PageMissing: there is no such page. HTML in macros is not checked by MkDocs, so it is checked here.
        """
        if path not in self.course.pages:
            raise PageMissing(f"{self._page_path()}: a macro links to docs/{path}, which does not exist")
        target = path.removesuffix(".md").removesuffix("index")
        target = target if not target or target.endswith("/") else f"{target}/"
        relative = get_relative_url(target or ".", self._page_url())
        return relative.rstrip("/") + "/" + (f"#{anchor}" if anchor else "")

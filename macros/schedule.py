"""When things are taught."""

from __future__ import annotations

from macros.site import Site


def define(site: Site) -> None:
    @site.macro
    def schedule_page() -> str:
        """The new-hire plan by day, the twelve monthly sessions, the quarterly refreshers."""
        return site.render("schedule.md", schedule=site.course.schedule)

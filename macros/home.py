"""The home page: what this is, where to go on, which role is yours."""

from __future__ import annotations

from macros.site import Site

ROLE_TITLES = {"development": "I build it", "operations": "I keep it running", "trading": "I trade with it"}


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def home() -> str:
        """The opening: what the course is, its size counted from the curriculum, where to begin or go on."""
        first = course.modules[0]
        minutes = sum(module.minutes + module.lab_minutes for module in course.modules)
        return site.render("home.md", first=first, hours=round(minutes / 60), start=first.outline[0])

    @site.macro
    def roles() -> str:
        """Four cards: the three role tracks, and the advanced modules."""
        hours = {
            track.id: round(
                sum(course.module(one).minutes + course.module(one).lab_minutes for one in track.modules) / 60
            )
            for track in course.tracks
        }
        advanced = [module for module in course.modules if module.level == "advanced"]
        advanced_hours = round(sum(module.minutes + module.lab_minutes for module in advanced) / 60)
        return site.render(
            "roles.md", titles=ROLE_TITLES, hours=hours, advanced=advanced, advanced_hours=advanced_hours
        )

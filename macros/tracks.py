"""Role tracks, and the advanced modules as the fourth way."""

from __future__ import annotations

from academy.model.course import Course
from academy.model.module import Module
from macros.site import Site


def total_minutes(modules: list[Module]) -> int:
    """Minutes of all topics and labs of the modules."""
    return sum(module.minutes + module.lab_minutes for module in modules)


def advanced_modules(course: Course) -> list[Module]:
    return [module for module in course.modules if module.level == "advanced"]


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def tracks_page() -> str:
        """All ways through the course, side by side."""
        rows = [(track, [course.module(one) for one in track.modules]) for track in course.tracks]
        minutes = {track.id: total_minutes(modules) for track, modules in rows}
        return site.render("tracks.md", rows=rows, minutes=minutes, advanced=advanced_modules(course))

    @site.macro
    def track_page(track_id: str) -> str:
        """One role track: its modules in the order of study, its hours, the certificate at its end."""
        track = course.track(track_id)
        modules = [course.module(number) for number in track.modules]
        certificate = next(one for one in course.certificates if one.track)
        return site.render(
            "track.md", track=track, modules=modules, minutes=total_minutes(modules), certificate=certificate
        )

    @site.macro
    def advanced_page() -> str:
        """The advanced modules with all that they build on, and the expert certificate."""
        modules = advanced_modules(course)
        needed = course.with_prerequisites(tuple(module.number for module in modules))
        before = [course.module(number) for number in needed if course.module(number).level != "advanced"]
        certificate = course.certificates[-1]
        return site.render(
            "advanced.md", modules=modules, before=before, minutes=total_minutes(modules), certificate=certificate
        )

"""What to read and whom to ask, beside the course."""

from __future__ import annotations

from macros.site import Site


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def resources_page() -> str:
        """The library, the platform, mentorship, and what to look for outside."""
        return site.render("resources.md", sections=course.resources.sections)

    @site.macro
    def mentoring_page() -> str:
        """The mentorship programme with an agenda for each of its meetings."""
        return site.render("mentoring.md", mentoring=course.mentoring)

    @site.macro
    def case_studies_page() -> str:
        """Stories that the programme reports, marked as reported."""
        return site.render("case-studies.md", studies=course.case_studies)

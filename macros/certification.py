"""The certification levels."""

from __future__ import annotations

from macros.site import Site


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def certification_page() -> str:
        """Three levels: what each asks for, its examination, how long it is valid, how it is renewed."""
        rows = [
            (certificate, [course.module(number) for number in course.modules_for(certificate)])
            for certificate in course.certificates
        ]
        return site.render("certification.md", rows=rows)

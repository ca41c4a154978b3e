"""The glossary, and links to its terms."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

from academy.model.glossary import Term
from macros.site import Site

PAGE = "glossary.md"


def _letter(term: Term) -> str:
    return term.term[0].upper()


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def glossary_page() -> str:
        """All terms by first letter; each has an anchor."""
        terms = sorted(course.glossary.terms, key=lambda term: term.term.lower())
        letters = [(letter, list(group)) for letter, group in groupby(terms, key=_letter)]
        return site.render("glossary.md", letters=letters)

    @site.macro
    def term(name: str, text: str = "") -> str:
        """A link to a term. Raises KeyError where the glossary has no such term."""
        found = course.term(name)
        address = site.link(PAGE, found.anchor)
        return str(Markup('<a class="gm-term" href="{}">{}</a>').format(address, text or name))

"""Case studies: stories that the programme reports, with their claims marked as reported."""

from typing import Literal

from academy.model.base import Markdown, Model, Slug, SomeItems, Text


class CaseStudy(Model):
    """`evidence: reported` means that the programme states the results and gives no source; pages must say so."""

    id: Slug
    title: Text
    background: Text
    challenge: Text
    solution: Text
    results: SomeItems[Text]
    evidence: Literal["reported", "sourced"]
    source: Text


class CaseStudies(Model):
    """The file curriculum/case-studies.yml."""

    note: Markdown
    studies: SomeItems[CaseStudy]

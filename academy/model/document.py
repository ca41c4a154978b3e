"""The course as a controlled document: what it is for, who owns it, when it is reviewed."""

from datetime import date

from academy.model.base import Items, Markdown, Model, SomeItems, Text
from academy.model.delivery import Principle


class SourceDocument(Model):
    """The programme that the course is made from, as it describes itself; its dates are past and not reviewed here."""

    title: Text
    version: Text
    owner: Text
    last_updated: date
    next_review: date


class CourseDocument(Model):
    """The file curriculum/course.yml. Version, owner and dates are the course's own; `source` holds the programme's."""

    title: Text
    subtitle: Text
    purpose: Markdown
    audience: SomeItems[Text]
    classification: Text
    version: Text
    owner: Text
    last_updated: date
    next_review: date
    source: SourceDocument | None = None
    notes: Items[Markdown] = ()
    qualities: SomeItems[Principle]

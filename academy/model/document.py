"""The course as a controlled document: what it is for, who owns it, when it is reviewed."""

from datetime import date

from academy.model.base import Items, Markdown, Model, SomeItems, Text
from academy.model.delivery import Principle


class CourseDocument(Model):
    """The file curriculum/course.yml."""

    title: Text
    subtitle: Text
    purpose: Markdown
    audience: SomeItems[Text]
    classification: Text
    version: Text
    owner: Text
    last_updated: date
    next_review: date
    notes: Items[Markdown] = ()
    qualities: SomeItems[Principle]

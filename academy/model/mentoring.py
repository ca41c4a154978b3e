"""The mentorship programme: who meets whom, how often, about what."""

from academy.model.base import Items, Markdown, Model, Slug, SomeItems, Text


class MentoringPractice(Model):
    """One practice of the programme. `cadence` only where the programme fixes it."""

    id: Slug
    title: Text
    text: Text
    cadence: Text | None = None
    agenda: Items[Text] = ()


class Mentoring(Model):
    """The file curriculum/mentoring.yml."""

    summary: Markdown
    practices: SomeItems[MentoringPractice]

"""Feedback forms: who answers, and what they are asked."""

from typing import Literal

from academy.model.base import Model, Slug, SomeItems, Text


class FeedbackQuestion(Model):
    """`scale` is answered from 1 (not at all) to 5 (fully), `text` in one's own words."""

    id: Slug
    kind: Literal["scale", "text"]
    text: Text


class FeedbackForm(Model):
    id: Slug
    title: Text
    purpose: Text
    answered_by: Text
    about: Text
    questions: SomeItems[FeedbackQuestion]


class Feedback(Model):
    """The file curriculum/feedback.yml."""

    forms: SomeItems[FeedbackForm]

"""How the training itself is measured and improved."""

from academy.model.base import Model, Slug, SomeItems, Text


class Metric(Model):
    """`text` is the programme's definition; `measured_by` says what is counted, so that two people get one number."""

    id: Slug
    title: Text
    text: Text
    measured_by: Text


class Improvement(Model):
    id: Slug
    title: Text
    text: Text


class Metrics(Model):
    """The file curriculum/metrics.yml."""

    metrics: SomeItems[Metric]
    improvement: SomeItems[Improvement]

"""How the course is taught, and by which ideas."""

from academy.model.base import Model, Slug, SomeItems, Text


class Principle(Model):
    """One sentence of the training philosophy."""

    id: Slug
    title: Text
    text: Text


class DeliveryMethod(Model):
    """A way of teaching; `here` says what this site does about it."""

    id: Slug
    title: Text
    text: Text
    here: Text


class Delivery(Model):
    """The file curriculum/delivery.yml."""

    philosophy: SomeItems[Principle]
    methods: SomeItems[DeliveryMethod]

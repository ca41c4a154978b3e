"""Learning resources: what to read, where to practise, whom to ask, what to look for outside."""

from academy.model.base import Markdown, Model, Slug, SomeItems, Status, Text


class Resource(Model):
    """One resource. `page` is a page of this site (a path under docs/) where the resource lives, once it is written."""

    title: Text
    text: Text
    page: Text | None = None
    status: Status = "written"


class ResourceSection(Model):
    id: Slug
    title: Text
    summary: Markdown
    resources: SomeItems[Resource]


class Resources(Model):
    """The file curriculum/resources.yml."""

    sections: SomeItems[ResourceSection]

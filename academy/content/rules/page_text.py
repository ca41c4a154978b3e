"""A topic page says which topic it is, and its headings teach every point of the outline."""

from collections.abc import Iterator
from difflib import get_close_matches

from academy.content.document import Document
from academy.content.load import Content
from academy.content.pages import PageFile
from academy.content.problems import Problem
from academy.content.validate import suggest
from academy.model.module import Topic

# What MkDocs, its theme and its search read, and what overrides/ reads besides.
KEYS = {
    "description",
    "edit",
    "hide",
    "icon",
    "search",
    "status",
    "subtitle",
    "tags",
    "template",
    "title",
    "topic",
    "track",
}


def check_page_text(content: Content) -> Iterator[Problem]:
    topics = {}
    for loaded in content.valid(content.modules):
        for index, topic in enumerate(loaded.item.outline):
            topics[topic.path] = (topic, loaded.document, index)
    for path, page in content.pages.items():
        yield from page.problems
        yield from _unknown_keys(page)
        if path in topics and not page.unreadable:
            topic, document, index = topics[path]
            if not page.problems:
                yield from _front_matter(page, topic)
            if topic.status == "written":
                yield from _points(page, topic, document, index)


def _unknown_keys(page: PageFile) -> Iterator[Problem]:
    """A misspelt key says nothing and does nothing; MkDocs takes any."""
    for key in page.front.data if isinstance(page.front.data, dict) else ():
        if key not in KEYS:
            yield page.front.problem(f"unknown key `{key}` in the front matter{suggest(str(key), KEYS)}", key, key=True)


def _front_matter(page: PageFile, topic: Topic) -> Iterator[Problem]:
    front = page.front
    if not front.values:
        message = (
            f"the front matter is missing; begin the file with the lines "
            f'---, title: {topic.title}, topic: "{topic.id}", ---'
        )
        yield page.problem(1, 1, message)
        return
    for key, example in (("title", topic.title), ("topic", f'"{topic.id}"')):
        value = front.data.get(key)
        if key not in front.data:
            if any(get_close_matches(str(other), [key], cutoff=0.6) for other in front.data if other not in KEYS):
                continue  # misspelt: its own problem says so
            yield front.problem(f"the front matter has no `{key}`; add the line {key}: {example}")
        elif not isinstance(value, str):
            yield front.problem(f"`{key}` must be text; write it in quotes: {key}: {example}", key)
    if page.page.topic is not None and page.page.topic != topic.id:
        yield front.problem(
            f'this is the page of topic {topic.id}, but `topic` says {page.page.topic}; write topic: "{topic.id}"',
            "topic",
        )


def _points(page: PageFile, topic: Topic, document: Document, index: int) -> Iterator[Problem]:
    for position, point in enumerate(topic.points):
        if point not in page.points:
            message = (
                f'no heading of {page.name} teaches this point; mark the one that does with {{ data-point="{point}" }}'
            )
            yield document.problem(message, "outline", index, "points", position)
    for point, line in page.points.items():
        if point not in topic.points:
            near = get_close_matches(point, topic.points, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            yield page.problem(line, 1, f'data-point="{point}" is not a point of topic {topic.id}{hint}')

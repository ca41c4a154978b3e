"""The minutes of a module's outline sum to its duration."""

from collections.abc import Iterator

from academy.content.load import Content
from academy.content.problems import Problem
from academy.model.base import duration_text
from academy.model.module import Module


def check_minutes(content: Content) -> Iterator[Problem]:
    for loaded in content.valid(content.modules):
        module = loaded.item
        assert isinstance(module, Module)
        total = sum(topic.minutes for topic in module.outline)
        if total != module.minutes:
            message = (
                f"`duration` is {module.minutes} min, but the outline's minutes sum to {total}; "
                f"change a topic's `minutes` by {module.minutes - total:+d}, or write duration: {duration_text(total)}"
            )
            yield loaded.document.problem(message, "duration")

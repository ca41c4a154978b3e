"""Review dates: a date in the past is a warning, an impossible order an error."""

from collections.abc import Iterator
from datetime import date

from academy.content.load import Content
from academy.content.problems import Problem


def check_reviews(content: Content, today: date | None = None) -> Iterator[Problem]:
    today = today or date.today()
    for loaded in (content.singles["document"], *content.modules):
        item, document = loaded.item, loaded.document
        if item is None:
            continue
        last, last_key = (
            (item.last_reviewed, "last_reviewed")
            if hasattr(item, "last_reviewed")
            else (item.last_updated, "last_updated")
        )
        if item.next_review <= last:
            yield document.problem(
                f"`next_review` {item.next_review} is not after `{last_key}` {last}; write a later day", "next_review"
            )
        elif item.next_review < today:
            message = (
                f"the review of {item.next_review} is due; review the content, then set `{last_key}` and `next_review`"
            )
            yield document.problem(message, "next_review", severity="warning")

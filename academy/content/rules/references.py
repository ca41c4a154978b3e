"""What the curriculum's other files name exists: modules, certificates, pages; the calendar is complete."""

from collections.abc import Iterator
from typing import Any

from academy.content import known
from academy.content.document import Document, Key
from academy.content.load import Content
from academy.content.problems import Problem
from academy.content.validate import suggest_page
from academy.model.schedule import MONTHS


def check_references(content: Content) -> Iterator[Problem]:
    yield from _module_numbers(content)
    yield from _certificates(content)
    yield from _calendar(content)
    yield from _resource_pages(content)


def _module_numbers(content: Content) -> Iterator[Problem]:
    numbers = known.module_numbers(content)
    for document, number, where in _mentions(content):
        if number not in numbers:
            listed = ", ".join(str(known_number) for known_number in sorted(numbers))
            yield document.problem(f"there is no module {number}; known here: {listed}", *where)


def _mentions(content: Content) -> Iterator[tuple[Document, int, tuple[Key, ...]]]:
    """Every place outside curriculum/modules that names a module."""
    for name, path in (
        ("tracks", ("tracks", "*", "foundation", "*")),
        ("tracks", ("tracks", "*", "role", "*")),
        ("certification", ("certificates", "*", "modules", "*")),
        ("schedule", ("new_hire", "weeks", "*", "plan", "*", "modules", "*")),
        ("schedule", ("monthly", "sessions", "*", "modules", "*")),
        ("glossary", ("terms", "*", "module")),
    ):
        loaded = content.singles[name]
        if loaded.item is not None:
            for number, where in _walk(loaded.document.data, path, ()):
                yield loaded.document, number, where


def _walk(data: Any, path: tuple[str, ...], where: tuple[Key, ...]) -> Iterator[tuple[int, tuple[Key, ...]]]:
    if not path:
        yield data, where
    elif path[0] == "*":
        for index, item in enumerate(data):
            yield from _walk(item, path[1:], (*where, index))
    elif path[0] in data:
        yield from _walk(data[path[0]], path[1:], (*where, path[0]))


def _certificates(content: Content) -> Iterator[Problem]:
    loaded = content.singles["certification"]
    if loaded.item is None:
        return
    ids = [certificate.id for certificate in loaded.item.certificates]
    for index, certificate in enumerate(loaded.item.certificates):
        if certificate.requires is not None and certificate.requires not in ids[:index]:
            message = f"`requires` names {certificate.requires}, which is not a level before this one"
            yield loaded.document.problem(message, "certificates", index, "requires")


def _calendar(content: Content) -> Iterator[Problem]:
    loaded = content.singles["schedule"]
    if loaded.item is None:
        return
    months = [session.month for session in loaded.item.monthly.sessions]
    if sorted(months) != list(range(1, 13)):
        missing = [MONTHS[month - 1] for month in range(1, 13) if month not in months]
        wrong = f"{', '.join(missing)} missing" if missing else "a month is there twice"
        yield loaded.document.problem(f"the monthly sessions are one for each month; {wrong}", "monthly", "sessions")
    quarters = [session.quarter for session in loaded.item.refreshers.sessions]
    if sorted(quarters) != [1, 2, 3, 4]:
        message = "the refreshers are one for each quarter: write quarters 1, 2, 3 and 4 once each"
        yield loaded.document.problem(message, "refreshers", "sessions")


def _resource_pages(content: Content) -> Iterator[Problem]:
    loaded = content.singles["resources"]
    if loaded.item is None:
        return
    for section_index, section in enumerate(loaded.item.sections):
        for index, resource in enumerate(section.resources):
            if resource.page is not None and resource.status == "written" and resource.page not in content.pages:
                message = f"the page docs/{resource.page} does not exist{suggest_page(resource.page, content.pages)}"
                yield loaded.document.problem(message, "sections", section_index, "resources", index, "page")

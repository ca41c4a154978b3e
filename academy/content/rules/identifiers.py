"""Ids are unique, belong to the module that holds them, and agree with file names."""

from collections.abc import Iterator

from academy.content.document import Document, Key
from academy.content.load import Content
from academy.content.problems import Problem
from academy.model.glossary import Glossary
from academy.model.module import Module
from academy.model.question import QuestionBank


class _Seen:
    """Remembers where an id stands first and complains about the second place."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.first: dict[str, str] = {}

    def add(self, name: object, document: Document, *where: Key) -> Iterator[Problem]:
        known = self.first.get(str(name))
        if known is not None:
            yield document.problem(f"{self.kind} {name} is already used at {known}; give this one another", *where)
        else:
            place = document.at(*where)
            self.first[str(name)] = f"{document.name}:{place.line}"


def check_identifiers(content: Content) -> Iterator[Problem]:
    """Duplicate ids, ids of another module, and file names that say something else than the file."""
    yield from _modules(content)
    yield from _exercises(content)
    yield from _banks(content)
    yield from _glossary(content)
    for name, kind in (("tracks", "track"), ("certification", "certificate")):
        loaded = content.singles[name]
        if loaded.item is not None:
            seen = _Seen(kind)
            entries = {"tracks": "tracks", "certification": "certificates"}[name]
            for index, entry in enumerate(getattr(loaded.item, entries)):
                yield from seen.add(entry.id, loaded.document, entries, index, "id")


def _modules(content: Content) -> Iterator[Problem]:
    topics, objectives, labs = _Seen("topic"), _Seen("objective"), _Seen("lab")
    for loaded in content.valid(content.modules):
        module, document = loaded.item, loaded.document
        assert isinstance(module, Module)
        if document.name.rsplit("/", 1)[-1] != f"{module.folder}.yml":
            message = f"`slug` and `number` ask for the file name {module.folder}.yml; rename the file or change them"
            yield document.problem(message, "slug")
        pages = _Seen("page")
        for index, objective in enumerate(module.objectives):
            yield from objectives.add(objective.id, document, "objectives", index, "id")
            yield from _own(module, objective.id, document, "objectives", index, "id")
        for index, topic in enumerate(module.outline):
            yield from topics.add(topic.id, document, "outline", index, "topic")
            yield from pages.add(topic.page, document, "outline", index, "page")
            yield from _own(module, topic.id, document, "outline", index, "topic")
        for index, lab in enumerate(module.labs):
            yield from labs.add(lab.id, document, "labs", index, "id")
            yield from _own(module, lab.id, document, "labs", index, "id")


def _own(module: Module, name: str, document: Document, *where: Key) -> Iterator[Problem]:
    if name.split(".")[0] != str(module.number):
        kept = name.split(".", 1)[1]
        yield document.problem(
            f"{name} is an id of another module; here it begins with {module.number}: {module.number}.{kept}", *where
        )


def _exercises(content: Content) -> Iterator[Problem]:
    seen = _Seen("exercise")
    for loaded in content.valid(content.exercises):
        exercise = loaded.item
        yield from seen.add(exercise.id, loaded.document, "id")
        if not exercise.folder.startswith(f"{exercise.id}-"):
            message = (
                f"the folder {exercise.folder} holds the exercise {exercise.id}; name it {exercise.id}-… or change `id`"
            )
            yield loaded.document.problem(message, "id")


def _banks(content: Content) -> Iterator[Problem]:
    questions = _Seen("question")
    for loaded in content.valid(content.banks):
        bank, document = loaded.item, loaded.document
        assert isinstance(bank, QuestionBank)
        if document.name != f"quizzes/{bank.bank}.yml":
            yield document.problem(
                f"the bank {bank.bank} belongs in quizzes/{bank.bank}.yml; rename the file or change `bank`", "bank"
            )
        for index, question in enumerate(bank.questions):
            yield from questions.add(question.id, document, "questions", index, "id")
            if question.id.split(".")[0] != str(bank.module):
                message = f"{question.id} is an id of another module; here it begins with {bank.module}"
                yield document.problem(message, "questions", index, "id")


def _glossary(content: Content) -> Iterator[Problem]:
    loaded = content.singles["glossary"]
    if isinstance(loaded.item, Glossary):
        names, anchors = _Seen("the name"), _Seen("the anchor")
        for index, term in enumerate(loaded.item.terms):
            yield from names.add(term.term.lower(), loaded.document, "terms", index, "term")
            yield from anchors.add(term.anchor, loaded.document, "terms", index, "term")
            for position, alias in enumerate(term.aliases):
                yield from names.add(alias.lower(), loaded.document, "terms", index, "aliases", position)

"""Question banks: answers that are right in number, objectives and pages that exist, agreement with the module."""

from collections import Counter
from collections.abc import Iterator

from academy.content import known
from academy.content.document import Document
from academy.content.load import Content
from academy.content.problems import Problem
from academy.content.validate import suggest, suggest_page
from academy.model.module import Module
from academy.model.question import (
    AnyQuestion,
    MultipleQuestion,
    OrderQuestion,
    OutputQuestion,
    QuestionBank,
    SingleQuestion,
)


def check_questions(content: Content) -> Iterator[Problem]:
    objectives = known.objectives(content)  # none of a module that cannot be read: its own problems come first
    for loaded in content.valid(content.banks):
        bank, document = loaded.item, loaded.document
        assert isinstance(bank, QuestionBank)
        yield from _bank(content, bank, document)
        for index, question in enumerate(bank.questions):
            yield from _answers(question, document, index)
            yield from _objective(question, bank, objectives, document, index)
            yield from _see(content, question.see, document, index)
    yield from _missing_banks(content)


def _bank(content: Content, bank: QuestionBank, document: Document) -> Iterator[Problem]:
    if bank.module not in known.module_numbers(content):
        yield document.problem(f"there is no module {bank.module}", "module")
    if bank.draw > len(bank.questions):
        message = f"`draw` is {bank.draw}, but the bank has {len(bank.questions)} questions; write more, or draw fewer"
        yield document.problem(message, "draw")
    for loaded in content.valid(content.modules):
        module = loaded.item
        if module.number != bank.module:
            continue
        if module.assessment.bank != bank.bank:
            message = f"{loaded.document.name} does not name this bank; write bank: {bank.bank} in its `assessment`"
            yield document.problem(message, "bank")
        elif module.assessment.pass_mark != bank.pass_mark:
            message = (
                f"`pass_mark` is {bank.pass_mark} here and {module.assessment.pass_mark} in {loaded.document.name}; "
                "write one number in both"
            )
            yield document.problem(message, "pass_mark")


def _missing_banks(content: Content) -> Iterator[Problem]:
    for loaded in content.valid(content.modules):
        module, document = loaded.item, loaded.document
        assert isinstance(module, Module)
        assessment = module.assessment
        if assessment.kind == "quiz" and assessment.bank is None:
            yield document.problem("a quiz needs its question bank; add the line bank: module-…", "assessment")
        if assessment.bank is None:
            continue
        if assessment.pass_mark is None:
            yield document.problem("`pass_mark` is missing; a quiz needs one, like pass_mark: 80", "assessment")
        exists = assessment.bank in known.banks(content)
        if assessment.status == "written" and not exists:
            message = (
                f"the question bank quizzes/{assessment.bank}.yml does not exist; write it, or set `status: planned`"
            )
            yield document.problem(message, "assessment", "bank")
        if assessment.status == "planned" and exists:
            message = f"the question bank quizzes/{assessment.bank}.yml is written; remove `status: planned`"
            yield document.problem(message, "assessment", "status")


def _answers(question: AnyQuestion, document: Document, index: int) -> Iterator[Problem]:
    if isinstance(question, OrderQuestion):
        for item in _repeated(question.items):
            yield document.problem(
                f"question {question.id} lists {item!r} twice; its order could not be told", "questions", index, "items"
            )
        return
    if not isinstance(question, SingleQuestion | MultipleQuestion | OutputQuestion):
        return
    right = sum(choice.correct for choice in question.choices)
    where = ("questions", index, "choices")
    if right == 0:
        yield document.problem(
            f"question {question.id} has no right answer; mark one choice with correct: true", *where
        )
    if right > 1 and not isinstance(question, MultipleQuestion):
        message = (
            f"question {question.id} has {right} right answers, but kind {question.kind} takes one; "
            "leave one, or write kind: multiple"
        )
        yield document.problem(message, *where)
    for text in _repeated(choice.text for choice in question.choices):
        yield document.problem(f"question {question.id} offers {text!r} twice; change one of the two", *where)


def _repeated(texts: "Iterator[str] | tuple[str, ...]") -> list[str]:
    return [text for text, count in Counter(texts).items() if count > 1]


def _objective(
    question: AnyQuestion, bank: QuestionBank, objectives: set[str], document: Document, index: int
) -> Iterator[Problem]:
    own = {objective for objective in objectives if objective.startswith(f"{bank.module}.")}
    if own and question.objective not in own:
        message = f"module {bank.module} has no objective {question.objective}{suggest(question.objective, own)}"
        yield document.problem(message, "questions", index, "objective")


def _see(content: Content, see: str, document: Document, index: int) -> Iterator[Problem]:
    path, _, anchor = see.partition("#")
    page = content.pages.get(path)
    where = ("questions", index, "see")
    if page is None:
        yield document.problem(f"the page docs/{path} does not exist{suggest_page(path, content.pages)}", *where)
    elif not page.unreadable and anchor and anchor not in {heading.anchor for heading in page.page.headings}:
        headings = [heading.anchor for heading in page.page.headings]
        yield document.problem(f"docs/{path} has no heading #{anchor}{suggest(anchor, headings)}", *where)

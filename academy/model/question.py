"""Question banks: what a quiz draws from. Every choice explains itself, right or wrong."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from academy.model.base import (
    SEE,
    BankId,
    Markdown,
    Model,
    ModuleNumber,
    ObjectiveId,
    Percent,
    QuestionId,
    SomeItems,
    Text,
)

Difficulty = Annotated[int, Field(ge=1, le=3)]
See = Annotated[str, StringConstraints(pattern=SEE)]
"""Where the answer is taught: a page under docs/ and a heading, `01-system-architecture/introduction.md#bus`."""


class Choice(Model):
    """One choice; `why` says why it is right, or what the person who picks it has overlooked."""

    text: Markdown
    correct: bool = False
    why: Markdown


class Question(Model):
    """What all kinds share."""

    id: QuestionId
    objective: ObjectiveId
    difficulty: Difficulty
    prompt: Markdown
    see: See


class SingleQuestion(Question):
    """Exactly one choice is right."""

    kind: Literal["single"]
    choices: Annotated[tuple[Choice, ...], Field(strict=False, min_length=2)]


class MultipleQuestion(Question):
    """One or more choices are right.

    Of 100 points it earns floor(100 * max(0, right - wrong) / correct): `right` and `wrong` are the right and the wrong
    choices that were picked, `correct` those that are right in all (browser/src/quiz/mark.ts).
    """

    kind: Literal["multiple"]
    choices: Annotated[tuple[Choice, ...], Field(strict=False, min_length=2)]


class OutputQuestion(Question):
    """What does this code print? The right choice is the text that it prints; the tests run the code."""

    kind: Literal["output"]
    code: Annotated[str, StringConstraints(min_length=1, strip_whitespace=False)]
    choices: Annotated[tuple[Choice, ...], Field(strict=False, min_length=2)]


class NumericQuestion(Question):
    """A number: right when within `tolerance` (absolute, in `unit`) of `answer`."""

    kind: Literal["numeric"]
    answer: float
    tolerance: Annotated[float, Field(ge=0)]
    unit: Text
    why: Markdown


class OrderQuestion(Question):
    """Put the items in order. The bank lists them in the right order; the quiz shuffles them."""

    kind: Literal["order"]
    items: Annotated[tuple[Markdown, ...], Field(strict=False, min_length=3)]
    why: Markdown


ChoiceQuestion = SingleQuestion | MultipleQuestion | OutputQuestion
AnyQuestion = Annotated[
    SingleQuestion | MultipleQuestion | OutputQuestion | NumericQuestion | OrderQuestion,
    Field(discriminator="kind"),
]


class QuestionBank(Model):
    """The file quizzes/<bank>.yml: the questions of one module, of which an attempt draws `draw`."""

    bank: BankId
    module: ModuleNumber
    title: Text
    draw: Annotated[int, Field(ge=1)]
    pass_mark: Percent
    questions: SomeItems[AnyQuestion]

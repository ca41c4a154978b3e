"""What every model shares: strictness, and the small types that identifiers, times and states are made of."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError


class Model(BaseModel):
    """Base of all models: unknown keys are errors, nothing is converted silently, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


# Patterns are named because the loader explains a mismatch by the example that belongs to the pattern.
TOPIC_ID = r"^[1-9]\d*\.[1-9]\d*$"
OBJECTIVE_ID = r"^[1-9]\d*\.o[1-9]\d*$"
QUESTION_ID = r"^[1-9]\d*\.q\d{2,}$"
BANK_ID = r"^[a-z]+(-[a-z0-9]+)*-\d{2}$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PAGE = r"^[a-z0-9]+(-[a-z0-9]+)*\.md$"
SEE = r"^[a-z0-9/_-]+\.md(#[A-Za-z0-9_-]+)?$"

EXAMPLES: dict[str, str] = {
    TOPIC_ID: '"1.2" (module, dot, number, in quotes)',
    OBJECTIVE_ID: "1.o2 (module, dot, o, number)",
    QUESTION_ID: "1.q07 (module, dot, q, two digits)",
    BANK_ID: "module-01",
    SLUG: "system-architecture (small letters, digits and hyphens)",
    PAGE: "introduction.md (small letters, digits and hyphens)",
    SEE: "01-system-architecture/introduction.md#heading",
}

Text = Annotated[str, StringConstraints(min_length=1)]
"""Text that is not empty; plain, no Markdown."""
Markdown = Annotated[str, StringConstraints(min_length=1)]
"""Markdown source that is not empty."""
TopicId = Annotated[str, StringConstraints(pattern=TOPIC_ID)]
ExerciseId = Annotated[str, StringConstraints(pattern=TOPIC_ID)]
"""Id of a lab and of its exercise folder. It has the form of a topic id but is a namespace of its own."""
ObjectiveId = Annotated[str, StringConstraints(pattern=OBJECTIVE_ID)]
QuestionId = Annotated[str, StringConstraints(pattern=QUESTION_ID)]
BankId = Annotated[str, StringConstraints(pattern=BANK_ID)]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
PageName = Annotated[str, StringConstraints(pattern=PAGE)]
ModuleNumber = Annotated[int, Field(ge=1, le=99)]
Minutes = Annotated[int, Field(ge=1, le=6000)]
Points = Annotated[int, Field(ge=1)]
Percent = Annotated[int, Field(ge=0, le=100)]

Status = Literal["written", "planned"]
"""`planned` content is allowed, counted and printed by the check; everything else must exist."""
Level = Literal["foundation", "track", "advanced"]
Accent = Literal["foundation", "development", "operations", "trading", "advanced"]
"""The families of modules; each has one colour."""
ModuleStatus = Literal["written", "partial", "planned"]

_DURATION = re.compile(r"^(?:(?P<hours>\d+)\s*h)?\s*(?:(?P<minutes>\d+)\s*min)?$")


def parse_duration(value: Any) -> int:
    """Minutes in a duration as the curriculum writes it: `3 h`, `45 min`, `1 h 30 min`."""
    match = _DURATION.match(value.strip()) if isinstance(value, str) else None
    if match is None or not value.strip():
        raise PydanticCustomError("duration", "is not a duration; write it like 3 h, 45 min or 1 h 30 min")
    return int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)


def duration_text(minutes: int) -> str:
    """The inverse of `parse_duration`: 180 becomes `3 h`, 45 `45 min`, 90 `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+ h)?( ?\d+ min)?$", "examples": ["3 h", "45 min"]}),
]
"""Written as text with units, kept as whole minutes."""


T = TypeVar("T")
Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in YAML, kept as a tuple (only the container is converted; its items stay strict)."""
SomeItems = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]
"""A list that may not be empty."""

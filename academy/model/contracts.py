"""The JSON that crosses between Python and the page. `academy.model.schema` exports it as JSON Schema.

A field with the default None is left out of the JSON when it has no value; a field that may be None without a default
is always there, as null. Addresses are relative to the site's root. Texts ending in `_html` are rendered at build.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, SerializerFunctionWrapHandler, model_serializer

from academy.model.base import Accent, Items, Level, Model, ModuleStatus, Status

ULID = r"^[0-9A-HJKMNP-TV-Z]{26}$"
DEVICE = r"^[0-9A-HJKMNP-TV-Z]{10}$"
UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$"
OBJECT = r"^(topic|cell|exercise|quiz):[A-Za-z0-9][A-Za-z0-9._/-]{0,119}$"

Verb = Literal["opened", "ran", "checked", "passed", "answered", "finished", "reflected"]
Utc = Annotated[str, Field(pattern=UTC)]
Count = Annotated[int, Field(ge=0)]
Score = Annotated[float, Field(ge=0)]


class Contract(Model):
    """Base of all contracts."""

    model_config = ConfigDict(str_strip_whitespace=False, validate_by_name=True, validate_by_alias=True)

    @model_serializer(mode="wrap")
    def _leave_out_the_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        for name, info in type(self).model_fields.items():
            if not info.is_required() and info.default is None and data.get(name, 0) is None:
                del data[name]
        return data


# course.json: the table of contents that the page counts progress against.


class CourseTopic(Contract):
    id: str
    title: str
    minutes: int
    status: Status
    url: str | None
    """Null while the page is not written."""
    cells: Items[str]
    """Full ids of the page's runnable cells, in order: `1.1/first-bars`."""


class CourseLab(Contract):
    id: str
    title: str
    minutes: int
    status: Status
    url: str | None
    points: Count
    """0 while the exercise is not written."""


class CourseQuiz(Contract):
    bank: str
    url: str | None
    pass_mark: int
    status: Status


class CourseModule(Contract):
    number: int
    slug: str
    title: str
    level: Level
    accent: Accent
    minutes: int
    prerequisites: Items[int]
    status: ModuleStatus
    url: str
    topics: Items[CourseTopic]
    labs: Items[CourseLab]
    quiz: CourseQuiz | None
    """Null where the module ends with something practical."""


class CourseTrack(Contract):
    id: str
    title: str
    modules: Items[int]


class CourseCertificate(Contract):
    id: str
    title: str
    pass_mark: int
    validity_months: int


class CourseFile(Contract):
    """`course.json`. `build` is a hash of the rest of the file."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    build: str
    modules: Items[CourseModule]
    tracks: Items[CourseTrack]
    certificates: Items[CourseCertificate]


# exercises/<id>.json


class ExerciseStep(Contract):
    id: str
    title: str
    html: str
    hints: Items[str]
    """HTML, from a nudge to nearly the answer."""
    checks: Items[str]


class ExerciseSolution(Contract):
    title: str
    code: str


class ExerciseReflection(Contract):
    id: str
    question: str
    answer_html: str


class ExerciseFile(Contract):
    """`exercises/<id>.json`. `version` is a hash of the rest: learners' code is kept beside it."""

    id: str
    title: str
    kind: Literal["python", "shell", "trading"]
    minutes: int
    packages: Items[str]
    version: str
    intro_html: str
    steps: Items[ExerciseStep]
    starter: str
    solution: Items[ExerciseSolution]
    checks: str
    """The text of checks.py, run in the learner's sandbox."""
    reflection: Items[ExerciseReflection]
    points: int


# quizzes/<bank>.json


class QuizSee(Contract):
    """Where the answer is taught."""

    title: str
    url: str


class QuizChoice(Contract):
    html: str
    correct: bool
    why_html: str


class QuizQuestionBase(Contract):
    id: str
    objective: str
    difficulty: int
    prompt_html: str
    see: QuizSee


class QuizSingle(QuizQuestionBase):
    kind: Literal["single"]
    choices: Items[QuizChoice]


class QuizMultiple(QuizQuestionBase):
    kind: Literal["multiple"]
    choices: Items[QuizChoice]


class QuizOutput(QuizQuestionBase):
    kind: Literal["output"]
    code_html: str
    """The code, highlighted; what it prints is asked."""
    choices: Items[QuizChoice]


class QuizNumeric(QuizQuestionBase):
    kind: Literal["numeric"]
    answer: float
    tolerance: float
    unit: str
    why_html: str


class QuizOrder(QuizQuestionBase):
    kind: Literal["order"]
    items: Items[str]
    """HTML, in the right order."""
    why_html: str


QuizQuestion = Annotated[QuizSingle | QuizMultiple | QuizOutput | QuizNumeric | QuizOrder, Field(discriminator="kind")]


class QuizObjective(Contract):
    id: str
    text: str


class QuizFile(Contract):
    """`quizzes/<bank>.json`. Answers are recorded as positions in `choices` or `items`; `version` hashes the bank."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    bank: str
    module: int
    title: str
    draw: int
    pass_mark: int
    version: str
    objectives: Items[QuizObjective]
    """The module's objectives, in the curriculum's order."""
    questions: Items[QuizQuestion]


# Progress: what a learner did. Fixed by docs/decisions/003-progress-log.md.


class Result(Contract):
    """What an answered question, a check or a reflection came to."""

    points: Score | None = None
    max: Score | None = None
    seed: Annotated[int, Field(ge=0, le=0xFFFF_FFFF)] | None = None
    avoid: Items[str] | None = None
    """Question ids that the draw was told to avoid; with the seed they give the draw again."""
    answers: dict[str, JsonValue] | None = None
    version: str | None = None


class Event(Contract):
    """One thing that a learner did; written once and never changed."""

    id: Annotated[str, Field(pattern=ULID)]
    device: Annotated[str, Field(pattern=DEVICE)]
    at: Utc
    verb: Verb
    object: Annotated[str, Field(pattern=OBJECT)]
    result: Result | None = None


class Draft(Contract):
    """Unfinished work: code of an exercise, answers of a quiz in progress."""

    key: Annotated[str, Field(max_length=200)]
    value: JsonValue
    at: str


class SetAside(Contract):
    """A record that could not be read: its exact text, and why."""

    raw: str
    reason: str
    at: str


class ProgressFile(Contract):
    """The export file of a learner's progress. `quarantined` records travel with the rest, so that nothing is lost."""

    format: Literal["grandmodel-academy-progress"]
    schema_: Annotated[Literal[1], Field(alias="schema")]
    site: str
    course: str
    exported: str
    device: str
    events: Items[Event]
    drafts: Items[Draft]
    quarantined: Items[SetAside]


# The report of a check, as the sandbox returns it.


class CheckResult(Contract):
    name: str
    step: str
    points: Score
    max: Score
    passed: bool
    expected: str
    found: str
    look: str


class CheckMessage(Contract):
    """A typical mistake that was recognised; its own message."""

    kind: Literal["mistake"]
    title: str
    text: str


class CheckReport(Contract):
    """Outcome of checking an exercise. `error` is the learner's own traceback when their code did not run."""

    exercise: str
    points: Score
    max: Score
    passed: bool
    checks: Items[CheckResult]
    messages: Items[CheckMessage]
    stdout: str
    error: str | None


# runtime.json: what the page fetches, verifies and posts into the sandbox.


class RuntimeEntry(Contract):
    bytes: Count
    sha256: str


class RuntimePackage(RuntimeEntry):
    version: str
    file: str
    imports: Items[str]
    depends: Items[str]


class RuntimeManifest(Contract):
    """`runtime.json`. File names are relative to it."""

    hash: str
    pyodide: str
    archive: str
    sources: str
    wheel: str
    files: dict[str, RuntimeEntry]
    packages: dict[str, RuntimePackage]


CONTRACTS: dict[str, type[Contract]] = {
    "course": CourseFile,
    "exercise": ExerciseFile,
    "quiz": QuizFile,
    "event": Event,
    "progress": ProgressFile,
    "check-report": CheckReport,
    "runtime": RuntimeManifest,
}
"""Every contract by the name of its schema file."""

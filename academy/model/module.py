"""A module: what it is for, its outline of topics, its labs and its assessment."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import PrivateAttr

from academy.model.base import (
    BankId,
    Duration,
    ExerciseId,
    Items,
    Level,
    Markdown,
    Minutes,
    Model,
    ModuleNumber,
    ModuleStatus,
    ObjectiveId,
    PageName,
    Percent,
    Slug,
    SomeItems,
    Status,
    Text,
    TopicId,
)


class Objective(Model):
    """What a learner can do afterwards. Questions and exercises name the objective that they meet."""

    id: ObjectiveId
    text: Text


class Topic(Model):
    """One line of the outline, taught on one page. `url` is known once the topic belongs to a module."""

    topic: TopicId
    title: Text
    minutes: Minutes
    page: PageName
    points: SomeItems[Text]
    status: Status = "written"

    _folder: str = PrivateAttr(default="")

    @property
    def id(self) -> str:
        return self.topic

    @property
    def path(self) -> str:
        """The page under docs/: `01-system-architecture/introduction.md`."""
        return f"{self._folder}/{self.page}"

    @property
    def url(self) -> str:
        """The page's address relative to the site's root: `01-system-architecture/introduction/`."""
        return f"{self._folder}/{self.page.removesuffix('.md')}/"


class Lab(Model):
    """A hands-on lab. Its minutes come on top of the outline's; `environment` is as the programme names it."""

    id: ExerciseId
    title: Text
    minutes: Minutes
    environment: Text | None = None
    summary: Text
    status: Status = "written"

    _folder: str = PrivateAttr(default="")

    @property
    def path(self) -> str:
        return f"{self._folder}/lab-{self.id.replace('.', '-')}.md"

    @property
    def url(self) -> str:
        return f"{self._folder}/lab-{self.id.replace('.', '-')}/"


class Assessment(Model):
    """How a module ends: a quiz drawn from a bank, or something practical that is shown to work."""

    kind: Literal["quiz", "practical"]
    text: Markdown
    bank: BankId | None = None
    pass_mark: Percent | None = None
    status: Status = "written"

    _folder: str = PrivateAttr(default="")

    @property
    def path(self) -> str:
        return f"{self._folder}/quiz.md"

    @property
    def url(self) -> str:
        return f"{self._folder}/quiz/"


class Module(Model):
    """A module of the course, as curriculum/modules/NN-slug.yml describes it."""

    number: ModuleNumber
    slug: Slug
    title: Text
    level: Level
    duration: Duration
    format: Text
    prerequisites: Items[ModuleNumber]
    audience: Text
    summary: Markdown
    owner: Text
    last_reviewed: date
    next_review: date
    objectives: SomeItems[Objective]
    outline: SomeItems[Topic]
    labs: Items[Lab]
    assessment: Assessment

    def model_post_init(self, context: object, /) -> None:
        for part in self._parts():
            part._folder = self.folder

    @property
    def folder(self) -> str:
        """The module's folder under docs/ and its name under curriculum/modules/: `01-system-architecture`."""
        return f"{self.number:02d}-{self.slug}"

    @property
    def path(self) -> str:
        return f"{self.folder}/index.md"

    @property
    def url(self) -> str:
        return f"{self.folder}/"

    @property
    def source(self) -> str:
        """The YAML file that describes the module, relative to the repository's root."""
        return f"curriculum/modules/{self.folder}.yml"

    @property
    def minutes(self) -> int:
        """Minutes of the outline; labs come on top (`lab_minutes`)."""
        return self.duration

    @property
    def lab_minutes(self) -> int:
        return sum(lab.minutes for lab in self.labs)

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.outline

    @property
    def status(self) -> ModuleStatus:
        """`written` when nothing is planned any more, `planned` when nothing is written yet, else `partial`."""
        parts = {part.status for part in self._parts()}
        return "partial" if len(parts) == 2 else parts.pop()

    def _parts(self) -> Iterator[Topic | Lab | Assessment]:
        yield from self.outline
        yield from self.labs
        yield self.assessment

"""An exercise: what a lab page asks, and the files that start it, solve it, check it and get it wrong."""

from typing import Literal

from pydantic import PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from academy.model.base import (
    ExerciseId,
    Items,
    Markdown,
    Minutes,
    Model,
    ModuleNumber,
    ObjectiveId,
    Points,
    Slug,
    SomeItems,
    Text,
)


class Step(Model):
    """One step of the exercise; its hints grow from a nudge to nearly the answer. `checks` are names in checks.py."""

    id: Slug
    title: Text
    text: Markdown
    hints: Items[Markdown] = ()
    checks: Items[Text] = ()


class SolutionStage(Model):
    """A part of the solution that may be opened: solution.py up to the line that holds `until`, or a file of its own.

    With neither, the stage is the whole of solution.py.
    """

    title: Text
    until: Text | None = None
    file: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "SolutionStage":
        if self.until is not None and self.file is not None:
            raise PydanticCustomError("solution_stage", "names both `until` and `file`; keep one of them")
        return self


class Reflection(Model):
    """A question of the lab's close. The model answer opens after the learner has written one."""

    id: Slug
    question: Text
    answer: Markdown


class Exercise(Model):
    """exercises/<id>-<slug>/exercise.yml. The texts of the files beside it are loaded into `files` by the loader."""

    id: ExerciseId
    title: Text
    module: ModuleNumber
    objectives: SomeItems[ObjectiveId]
    minutes: Minutes
    kind: Literal["python", "shell", "trading"]
    packages: Items[Text] = ()
    points: Points
    intro: Markdown
    steps: SomeItems[Step]
    solution_stages: SomeItems[SolutionStage]
    reflection: SomeItems[Reflection]

    _folder: str = PrivateAttr(default="")
    _files: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def folder(self) -> str:
        """The exercise's folder under exercises/: `2.1-agent-training`."""
        return self._folder

    @property
    def files(self) -> dict[str, str]:
        """Text of every Python file of the folder by its path in it: `starter.py`, `wrong/no-seed.py`."""
        return self._files

    @property
    def source(self) -> str:
        return f"exercises/{self._folder}/exercise.yml"

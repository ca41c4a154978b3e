"""Certification levels: what each asks for, how long it is valid, and how it is renewed."""

from typing import Annotated, Literal

from pydantic import Field

from academy.model.base import Items, Markdown, Model, ModuleNumber, Percent, SomeItems, Status, Text

CertificateId = Literal["foundation", "specialist", "expert"]


class Examination(Model):
    """The examination of a level."""

    title: Text
    pass_mark: Percent
    status: Status = "written"


class Certificate(Model):
    """One level. `modules` are named outright; `track: true` adds those of one role track, the learner's choice."""

    id: CertificateId
    level: Annotated[int, Field(ge=1, le=3)]
    title: Text
    requires: CertificateId | None = None
    modules: Items[ModuleNumber] = ()
    track: bool = False
    requirements: SomeItems[Text]
    examination: Examination
    validity_months: Annotated[int, Field(ge=1)]
    renewal: Text

    @property
    def pass_mark(self) -> int:
        return self.examination.pass_mark


class Certification(Model):
    """The file curriculum/certification.yml."""

    note: Markdown
    certificates: SomeItems[Certificate]

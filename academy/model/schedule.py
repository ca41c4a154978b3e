"""When things are taught: the new-hire plan, the monthly sessions and the quarterly refreshers."""

from typing import Annotated

from pydantic import Field

from academy.model.base import Duration, Items, Model, ModuleNumber, SomeItems, Text

Day = Annotated[int, Field(ge=1, le=5)]
Month = Annotated[int, Field(ge=1, le=12)]
Quarter = Annotated[int, Field(ge=1, le=4)]

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class PlanEntry(Model):
    """One or more days of the new-hire plan. `role_modules` stands for the modules of the learner's own track.

    `note` says how the course reads what the programme's words leave open.
    """

    days: SomeItems[Day]
    title: Text
    modules: Items[ModuleNumber] = ()
    role_modules: bool = False
    note: Text | None = None

    @property
    def label(self) -> str:
        first, last = self.days[0], self.days[-1]
        return f"Day {first}" if first == last else f"Days {first}–{last}"  # noqa: RUF001


class Week(Model):
    week: Annotated[int, Field(ge=1)]
    title: Text
    plan: SomeItems[PlanEntry]


class NewHirePlan(Model):
    title: Text
    duration: Text
    hours: Annotated[int, Field(ge=1)]
    format: Text
    weeks: SomeItems[Week]


class MonthlySession(Model):
    """One month's topic; `modules` are the modules to read again, where the course has them."""

    month: Month
    title: Text
    modules: Items[ModuleNumber] = ()

    @property
    def month_name(self) -> str:
        return MONTHS[self.month - 1]


class MonthlyProgramme(Model):
    title: Text
    frequency: Text
    duration: Duration
    sessions: SomeItems[MonthlySession]


class Refresher(Model):
    quarter: Quarter
    title: Text


class RefresherProgramme(Model):
    title: Text
    frequency: Text
    duration: Duration
    purpose: Text
    sessions: SomeItems[Refresher]


class Schedule(Model):
    """The file curriculum/schedule.yml."""

    new_hire: NewHirePlan
    monthly: MonthlyProgramme
    refreshers: RefresherProgramme

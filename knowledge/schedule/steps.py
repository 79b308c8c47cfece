"""Contacts, steps of a plan and of a program, tries and duties, each with its days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import count
from typing import Annotated

from pydantic import Field

from knowledge.cited import Cited
from knowledge.numbers import Number
from knowledge.schedule.open_days import OpenDays
from knowledge.tables import shaped, shipped

SCHEDULE = "schedule"
# Days that are looked ahead for an open one.
NO_LONGER_CLOSED = 14


class OwnerRole(StrEnum):
    """Who something is owed by."""

    CLINICIAN = "clinician"
    PRESCRIBER = "prescriber"
    CARE_MANAGER = "care_manager"


class DutySeverity(StrEnum):
    """How grave it is where something is not done."""

    DANGER = "danger"
    FEDERAL = "federal"
    SOON = "soon"
    ROUTINE = "routine"

    @property
    def words(self) -> str:
        return {
            "danger": "Danger to life",
            "federal": "Day of federal law",
            "soon": "Danger that grows",
            "routine": "Routine",
        }[self.value]


# Levels of a concern as they are stored, by the names under which their duties stand.
CONCERN_LEVELS = {5: "high", 4: "moderate", 3: "unscreened", 2: "low", 1: "notice"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScheduleStep(Cited):
    """One thing owed on a day counted from a first one, with days around it."""

    kind: str
    title: str
    day: int
    before: int
    after: int
    role: OwnerRole
    reason: str
    occasion: str = ""
    severity: DutySeverity = DutySeverity.ROUTINE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactPhase(Cited):
    """Contacts of one phase; `medicines` are those it is for, none where for all others."""

    key: str
    title: str
    reason: str
    step_days: int
    before: int
    after: int
    kind: str = "contact"
    medicines: tuple[str, ...] = ()
    at: tuple[int, ...] = ()
    onwards: Annotated[int, Field(alias="from")] = 0
    shift: int = 0

    def steps(self) -> Iterator[ScheduleStep]:
        """Each contact; without end where the phase has none."""
        for n in self.at or count(self.onwards):
            yield contact_step(self, n)


@cache
def contact_step(phase: ContactPhase, n: int) -> ScheduleStep:
    """One contact of a phase, made once: everybody's reckoning asks for it."""
    return ScheduleStep(
        kind=phase.kind,
        title=phase.title.format(n=n),
        day=phase.step_days * n + phase.shift,
        before=phase.before,
        after=phase.after,
        role=OwnerRole.CARE_MANAGER,
        reason=phase.reason,
        source=phase.source,
        tag=phase.tag,
        cites=phase.cites,
        checked=phase.checked,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanSteps:
    """What a signed plan promises beside contacts and measures."""

    steps: Mapping[str, ScheduleStep]
    numbers: Mapping[str, Number]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProgramSteps:
    """What an opioid treatment program owes."""

    admission: Mapping[str, ScheduleStep]
    take_home: Mapping[str, ScheduleStep]
    drug_test: ScheduleStep
    numbers: Mapping[str, Number]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rung(Cited):
    """What is tried from this day on; day 1 is the day that was owed."""

    day: int
    title: str
    detail: str
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duty(Cited):
    """One thing that a concern asks for, on its day or within some days of it."""

    kind: str
    title: str
    role: OwnerRole
    within: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasureOccasion(Cited):
    """Instruments that belong together; `days` is how often, `weeks` when once."""

    instruments: tuple[str, ...]
    instead: Mapping[str, str] = field(default_factory=dict)
    weeks: tuple[int, ...] = ()
    days: int = 0
    before: int = 0
    after: int = 0
    where_raised: tuple[str, ...] = ()
    raised: int = 0
    title: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingHours(Cited):
    """Days and hours, on the clinic's clock, in which the staff is written to."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int

    def hold(self, moment: datetime, on: date, days: OpenDays) -> bool:
        """Whether a moment on the clinic's clock, on its day, lies within them; on its own
        days where the clinic said its week."""
        if not self.opens <= moment.hour < self.closes:
            return False
        return self._is_worked(on, days)

    def _is_worked(self, on: date, days: OpenDays) -> bool:
        is_usual = days.weekdays is not None or on.isoweekday() in self.weekdays
        return is_usual and days.is_open(on)

    def next_moment(self, moment: datetime, on: date, days: OpenDays) -> datetime:
        """The moment itself where it lies within them, else when they next begin; two
        weeks on where no day is open."""
        if self.hold(moment, on, days):
            return moment
        begins = moment.replace(hour=self.opens, minute=0, second=0, microsecond=0)
        for ahead in range(NO_LONGER_CLOSED):
            later = timedelta(days=ahead)
            if begins + later >= moment and self._is_worked(on + later, days):
                return begins + later
        return begins + timedelta(days=NO_LONGER_CLOSED)


@cache
def contact_phases() -> tuple[ContactPhase, ...]:
    return shaped(tuple[ContactPhase, ...], _table("contacts")["phase"], "contacts")


@cache
def plan_steps() -> PlanSteps:
    return shaped(PlanSteps, _table("plan"), "schedule/plan")


@cache
def program_steps() -> ProgramSteps:
    return shaped(ProgramSteps, _table("otp"), "schedule/otp")


@cache
def rungs() -> tuple[Rung, ...]:
    return shaped(tuple[Rung, ...], _table("outreach")["rung"], "schedule/outreach")


@cache
def duties() -> Mapping[str, tuple[Duty, ...]]:
    """By the level of the concern."""
    return shaped(dict[str, tuple[Duty, ...]], _table("duties"), "schedule/duties")


@cache
def working_hours() -> WorkingHours:
    return shaped(WorkingHours, _table("working_hours"), "schedule/working_hours")


@cache
def measure_occasions() -> Mapping[str, MeasureOccasion]:
    return shaped(dict[str, MeasureOccasion], _table("measures"), "schedule/measures")


def _table(name: str) -> Mapping[str, object]:
    table: Mapping[str, object] = shipped()[SCHEDULE][name]
    return table

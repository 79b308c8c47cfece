"""Standing duties, steps from the call to the first dose, and contacts after leaving."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count, starmap
from typing import Literal

from knowledge.cited import Cited
from knowledge.schedule.steps import (
    SCHEDULE,
    DutySeverity,
    OwnerRole,
    ScheduleStep,
    program_steps,
)
from knowledge.tables import Table, shaped, shipped

# The interval of a duty that is done with each plan review.
WITH_REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StandingDuty(Cited):
    """One thing owed again and again while care lasts, counted from the last time.

    `every` is in days. Where it was never done, the first is owed `first` days after
    the day it `counts_from`; without `first` it is owed once it was done once.
    `medicines` are those it is for, none where it is for everybody.
    """

    key: str
    kind: str
    title: str
    done_by: tuple[str, ...]
    counts_from: Literal["admission", "start", "plan", "care"]
    every: int | Literal["review"]
    before: int
    after: int
    role: OwnerRole
    reason: str
    severity: DutySeverity = DutySeverity.ROUTINE
    first: int = 0
    until: int = 0
    later: int = 0
    program_only: bool = False
    needs_medicine: bool = False
    medicines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tries(Cited):
    """Days on which somebody who was referred is tried, then every so many days."""

    days: tuple[int, ...]
    then_every: int

    def all(self) -> Iterator[int]:
        """Each day after the referral, without end."""
        yield from self.days
        yield from (self.days[-1] + n * self.then_every for n in count(1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReferralSteps:
    """What is owed from the call to the first dose, and when somebody is tried."""

    steps: Mapping[str, ScheduleStep]
    tries: Tries


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactsAfter(Cited):
    """Contacts after a last day; `after` are the days of grace of each."""

    kind: str
    title: str
    days: tuple[int, ...]
    then_every: int
    before: int
    after: tuple[int, ...]
    role: OwnerRole
    danger_days: int
    reason: str

    def steps(self) -> Iterator[ScheduleStep]:
        """Each contact, without end."""
        return starmap(self._step, enumerate(self._days()))

    def _step(self, number: int, day: int) -> ScheduleStep:
        is_danger = day <= self.danger_days
        return ScheduleStep(
            kind=self.kind,
            title=self.title,
            day=day,
            before=self.before,
            after=self.after[min(number, len(self.after) - 1)],
            role=self.role,
            reason=self.reason,
            severity=DutySeverity.SOON if is_danger else DutySeverity.ROUTINE,
            source=self.source,
            tag=self.tag,
            cites=self.cites,
            checked=self.checked,
        )

    def _days(self) -> Iterator[int]:
        yield from self.days
        yield from (self.days[-1] + n * self.then_every for n in count(1))


@cache
def standing_duties() -> tuple[StandingDuty, ...]:
    return shaped(
        tuple[StandingDuty, ...], _table("standing")["duty"], "schedule/standing"
    )


@cache
def program_kinds() -> frozenset[str]:
    """Kinds of promise that an opioid treatment program alone owes."""
    program = program_steps()
    steps = (*program.admission.values(), *program.take_home.values())
    standing = (one.kind for one in standing_duties() if one.program_only)
    return frozenset((*(one.kind for one in steps), program.drug_test.kind, *standing))


@cache
def referral_steps() -> ReferralSteps:
    return shaped(ReferralSteps, _table("referral"), "schedule/referral")


@cache
def results_that_keep() -> Mapping[str, tuple[str, ...]]:
    """Codes of results by what they keep."""
    return shaped(
        dict[str, tuple[str, ...]], _table("standing")["results"], "schedule/evidence"
    )


def _table(name: str) -> Table:
    table: Table = shipped()[SCHEDULE][name]
    return table

"""Promises to a person with their windows, and the steps they come from. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from knowledge.schedule.open_days import EVERY_DAY, OpenDays
from knowledge.schedule.steps import OwnerRole, ScheduleStep


@dataclass(frozen=True, slots=True)
class Course:
    """What the calendar depends on; an unknown day is None and promises nothing."""

    patient: str
    plan: str
    signed_on: date
    medication: str | None = None
    started_on: date | None = None
    admitted_on: date | None = None
    is_otp: bool = False
    injections: tuple[date, ...] = ()
    # Days that the clinic has instead of those that ship, by their name.
    chosen: Mapping[str, int] = field(default_factory=dict)
    open_days: OpenDays = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing owed to the person, with the window in which it is kept."""

    key: str
    kind: str
    title: str
    earliest: date
    due: date
    latest: date
    role: OwnerRole
    reason: str
    cite: str
    verified: str
    occasion: str = ""


def promise(prefix: str, first: date, step: ScheduleStep, ordinal: int) -> Promise:
    due = first + timedelta(days=step.day)
    return Promise(
        f"{prefix}:{step.kind}:{ordinal}",
        step.kind,
        step.title,
        due - timedelta(days=step.before),
        due,
        due + timedelta(days=step.after),
        step.role,
        step.reason,
        step.source,
        step.tag,
        step.occasion,
    )


def promises(
    prefix: str, first: date, steps: Iterable[ScheduleStep]
) -> Iterator[Promise]:
    for ordinal, step in enumerate(steps, start=1):
        yield promise(prefix, first, step, ordinal)

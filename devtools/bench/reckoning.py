"""Reckoning of what is owed to everybody of a large clinic, by several workers."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from accounts import tenancy
from accounts.models import Clinic
from accounts.tenancy import clinic_day
from aftercare.actions.reconcile import mark_everybody
from aftercare.models import CareMark, CaseloadLine
from aftercare.queues import CARE
from devtools import load_clinic
from devtools.bench.sweeps import seconds_to_sweep
from jobs.actions.engine import run_queue
from jobs.models import Claim

DAY = timedelta(days=1)
DAYS = 3


@dataclass(frozen=True, slots=True)
class ReckoningPass:
    """One pass over everybody, and what it left: marks, faults, people without a next
    step."""

    people: int
    seconds: float
    marks: int
    faults: int
    without_next_step: int
    # Of the workers alone, without the database's: what a busy machine does not change.
    processor_seconds: float = 0.0

    @property
    def per_minute(self) -> float:
        return 60 * self.people / self.seconds

    @property
    def is_whole(self) -> bool:
        return not (self.marks or self.faults or self.without_next_step)


def passes(*, people: int, workers: int, at: datetime) -> Iterator[ReckoningPass]:
    """Days one after the other in an empty database: on the first most rows are new, then
    the days that a clinic has."""
    crowd = load_clinic.open_crowd(at=at)
    load_clinic.grow(crowd, to=people)
    for day in range(1, DAYS + 1):
        yield one_pass(crowd.clinic, workers=workers, at=at + day * DAY)


def one_pass(clinic: Clinic, *, workers: int, at: datetime) -> ReckoningPass:
    """Everybody is marked, and the workers reckon until nobody is."""
    with tenancy.clinics([clinic.pk], actor=load_clinic.ACTOR):
        CareMark.objects.filter(clinic=clinic).delete()
        marked = mark_everybody(clinic.pk, clinic_day(clinic, at))
    before = _processor_seconds()
    seconds = _seconds(clinic.pk, at, workers)
    processor = _processor_seconds() - before
    with tenancy.clinics([clinic.pk], actor=load_clinic.ACTOR):
        return ReckoningPass(
            people=marked,
            seconds=seconds,
            marks=CareMark.objects.filter(clinic=clinic).count(),
            faults=Claim.objects.filter(clinic=clinic).exclude(fault="").count(),
            without_next_step=CaseloadLine.objects.filter(clinic=clinic)
            .without_next_step()
            .count(),
            processor_seconds=processor,
        )


def _processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    took = os.times()
    return took.user + took.system + took.children_user + took.children_system


def _seconds(clinic: int, at: datetime, workers: int) -> float:
    """How long they take together from the moment all are ready."""
    if workers == 1:
        began = perf_counter()
        run_queue(CARE, clinic_id=clinic, at=at)
        return perf_counter() - began
    return seconds_to_sweep(clinic=clinic, at=at, workers=workers, queue=CARE)

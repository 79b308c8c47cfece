"""A clinic as large as is asked for, made of the demo's people many times over.

For measuring, on servers of its own: everybody has the history of one of the demo's
people under another name, so that each page and rule meets what it meets in use.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched, cycle, islice, product
from random import Random

from django.db import connection, models

from accounts import tenancy
from accounts.models import Clinic
from aftercare.models import CaseloadLine, FollowUp, OutreachAttempt
from assessments.models import Assessment, Intake, IntakeAnswer, Observation
from devtools.demo.loader import load_demo
from interop.actions.loading import copy_in
from interop.cohort.records import Cell
from patients.models import (
    Allergy,
    CareHold,
    CareTeamMember,
    Condition,
    ContactPoint,
    Episode,
    OtherMedicine,
    Patient,
    StatusChange,
    SupportPerson,
    Visit,
)
from patients.names import search_text_of, sort_name_of
from treatment.models import DoseEvent, Regimen, ToxicologyResult

ACTOR = "system:bench"
BATCH = 2000
# Each after what it refers to.
OWNED: tuple[type[models.Model], ...] = (
    *(
        StatusChange,
        Episode,
        CareTeamMember,
        ContactPoint,
        SupportPerson,
        Condition,
        Allergy,
    ),
    *(OtherMedicine, Visit, Intake, IntakeAnswer, Assessment, Observation, Regimen),
    *(DoseEvent, ToxicologyResult, FollowUp, OutreachAttempt, CaseloadLine),
)
# What a copy holds in the place of the first one's value; `m` names the person.
IN_PLACE = {
    "patient_id": "m.new",
    "key": "regexp_replace(t.key, '^[0-9]+', m.new::text)",
    "top_follow_up_id": "NULL",
    "sort_name": "(SELECT p.sort_name FROM patients_patient p WHERE p.id = m.new)",
    "source_key": "''",
    "intake_id": "i.id",
    "episode_id": "e.id",
    "plan_id": "NULL",
    "decision_id": "NULL",
    "follow_up_id": "NULL",
    "amends_id": "NULL",
    "earliest_on": "t.earliest_on + m.days",
    "due_on": "t.due_on + m.days",
    "latest_on": "t.latest_on + m.days",
}
# A copied intake is open, since its answers come after it.
OPEN_INTAKE = {
    "status": "'in_progress'",
    "completed_at": "NULL",
    "completed_by_id": "NULL",
}


class NotEmpty(Exception):
    """There are clinics here; a crowd goes into an empty database of its own."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The clinic that grows, another one beside it, and those whom it is made of."""

    clinic: Clinic
    other: Clinic
    first: tuple[Patient, ...]


def open_crowd(*, at: datetime) -> Crowd:
    """Load the demo, whose people at the first clinic are the ones to copy."""
    if Clinic.objects.exists():
        raise NotEmpty("The bench needs an empty database of its own: make bench")
    load_demo(at=at, tell=lambda _: None)
    clinic, other = Clinic.objects.order_by("-is_otp", "pk")
    with tenancy.every_clinic(actor=ACTOR):
        first = tuple(Patient.objects.filter(clinic=clinic).order_by("pk"))
    return Crowd(clinic, other, first)


def grow(crowd: Crowd, *, to: int) -> list[int]:
    """Copy people until the clinic has `to` of them; returns the ids of all."""
    with tenancy.every_clinic(actor=ACTOR):
        there = Patient.objects.filter(clinic=crowd.clinic).count()
    for numbers in batched(range(there, to), BATCH):
        with tenancy.every_clinic(actor=ACTOR):
            _copy_people(crowd, numbers)
    with connection.cursor() as cursor:
        # As autovacuum would have done by the time that so many people are there.
        for table in (Patient._meta.db_table, *(m._meta.db_table for m in OWNED)):
            cursor.execute(f"ANALYZE {table}")
    with tenancy.every_clinic(actor=ACTOR):
        people = Patient.objects.filter(clinic=crowd.clinic).order_by("pk")
        return list(people.values_list("pk", flat=True))


def _copy_people(crowd: Crowd, numbers: Sequence[int]) -> None:
    columns = [
        field.attname
        for field in Patient._meta.concrete_fields
        if not field.primary_key
    ]
    firsts = {number: crowd.first[number % len(crowd.first)] for number in numbers}
    names = dict(zip(numbers, _names(crowd, numbers), strict=True))
    rows = (
        [another[column] for column in columns]
        for number, first in firsts.items()
        for another in [_another(first, number, *names[number])]
    )
    copy_in(Patient, columns, rows)
    _copy_what_they_own({_mrn(n): first.pk for n, first in firsts.items()})


def _names(crowd: Crowd, numbers: Sequence[int]) -> Iterable[tuple[str, str]]:
    """Given and family names of the first ones, in ever other pairs."""
    pairs = product(
        sorted({p.family_name for p in crowd.first}),
        sorted({p.given_name for p in crowd.first}),
    )
    mixed = list(pairs)
    Random(len(mixed)).shuffle(mixed)  # noqa: S311 - names of invented people
    shuffled = cycle((given, family) for family, given in mixed)
    start = numbers[0] % len(mixed)
    return islice(shuffled, start, start + len(numbers))


def _mrn(number: int) -> str:
    return f"B-{number:06d}"


def _another(first: Patient, number: int, given: str, family: str) -> dict[str, Cell]:
    """The first one's row under another name, MRN and date of birth."""
    mrn, born = _mrn(number), first.date_of_birth
    return {
        field.attname: getattr(first, field.attname)
        for field in Patient._meta.concrete_fields
    } | {
        "mrn": mrn,
        "given_name": given,
        "family_name": family,
        "used_name": "",
        "date_of_birth": born and born - timedelta(days=number % 700),
        "search_text": search_text_of(given, family, mrn=mrn),
        "sort_name": sort_name_of(family, given),
    }


# Whose rows go to whom, and by how many days they move.
COPIES = (
    "WITH copies AS MATERIALIZED ("
    " SELECT f.first AS old, p.id AS new, (p.id %% 15 - 7)::int AS days"
    " FROM unnest(%s::text[], %s::bigint[]) AS f (mrn, first)"
    " JOIN patients_patient p ON p.mrn = f.mrn)"
)


def _copy_what_they_own(first_of: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for model in OWNED:
            cursor.execute(_copying(model), [list(first_of), list(first_of.values())])


def _copying(model: type[models.Model]) -> str:
    """The statement that gives each copied person what the first one has."""
    in_place = IN_PLACE | (OPEN_INTAKE if model is Intake else {})
    columns = [f.attname for f in model._meta.concrete_fields if not f.primary_key]
    values = [in_place.get(column, f't."{column}"') for column in columns]
    of_its_own: dict[type[models.Model], str] = {
        IntakeAnswer: "JOIN assessments_intake i ON i.patient_id = m.new",
        CareHold: "JOIN patients_episode was ON was.id = t.episode_id"
        " JOIN patients_episode e ON e.patient_id = m.new AND e.number = was.number",
    }
    return (
        f"{COPIES} INSERT INTO {model._meta.db_table} ({', '.join(map(_quoted, columns))})"  # noqa: S608 - names of models
        f" SELECT {', '.join(values)} FROM copies m"
        f" JOIN {model._meta.db_table} t ON t.patient_id = m.old"
        f" {of_its_own.get(model, '')}"
    )


def _quoted(column: str) -> str:
    return f'"{column}"'


def owe(*, clinic: Clinic, rows: int, on: date, at: datetime) -> None:
    """Owe as many visits on this day to the people of a clinic, none of them due yet."""
    with tenancy.every_clinic(actor=ACTOR):
        people = cycle(
            Patient.objects.in_care().filter(clinic=clinic).values_list("pk", flat=True)
        )
        FollowUp.objects.bulk_create(_visits(clinic, people, rows, on, at), BATCH)


def _visits(
    clinic: Clinic, people: Iterable[int], rows: int, on: date, at: datetime
) -> Iterator[FollowUp]:
    for number, patient in enumerate(islice(people, rows)):
        yield FollowUp(
            clinic=clinic,
            patient_id=patient,
            key=f"bench:{at.isoformat()}:{rows}:{number}",
            kind="visit",
            title="Visit",
            origin=FollowUp.Origin.STAFF,
            earliest_on=on,
            due_on=on,
            latest_on=on + timedelta(days=7),
            created_at=at,
        )

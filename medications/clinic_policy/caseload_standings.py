"""Standings of everybody at a clinic: one row for each main medication."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched

from accounts import tenancy
from assessments.picture.assemble import pictures_of
from medications.clinic_policy.policy import policy_of
from medications.options.batch import spread
from medications.options.batch_rows import BatchPerson, BatchRow, weighed
from patients.models import Patient

AT_ONCE = 200


def lines(
    *, clinic: int, statuses: Iterable[str], at: datetime, jobs: int
) -> Iterator[BatchRow]:
    """Every line of a clinic's caseload; flat in memory however many people."""
    for found in spread(weighed, _people(clinic, list(statuses), at), jobs=jobs):
        yield from found


def _people(clinic: int, statuses: list[str], at: datetime) -> Iterator[BatchPerson]:
    with tenancy.clinics([clinic], actor="system:options"):
        wanted = Patient.objects.filter(clinic=clinic, status__in=statuses)
        ids = list(wanted.order_by("pk").values_list("pk", flat=True))
        policy = policy_of(clinic)
    for chunk in batched(ids, AT_ONCE):
        with tenancy.clinics([clinic], actor="system:options"):
            people = list(
                Patient.objects.filter(pk__in=chunk)
                .select_related("clinic")
                .order_by("pk")
            )
            pictures = pictures_of(people, at=at)
        for person in people:
            yield BatchPerson(person.pk, person.mrn, pictures[person.pk], policy)

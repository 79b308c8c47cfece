"""Where everybody at a clinic stands: one row for each main medication."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from accounts import tenancy
from assessments.picture import Picture
from medications.assembly import pictures_of
from medications.batch import spread
from medications.house import policy_of
from medications.knowledge.policy import Policy
from medications.options import evaluate
from medications.options.model import Option
from medications.summary import TITLES, first_reason
from patients.models import Patient

AT_ONCE = 200
WEIGHED = ("BUP_SL", "BUP_LOW", "BUP_XR", "MTD", "NTX_XR", "NTX_PO")
MISSING_NAMED = 3


class Line(NamedTuple):
    """One medication for one person, ready for a file."""

    person: int
    mrn: str
    medication: str
    standing: str
    if_answers_are_clear: str
    rank: str
    reason: str
    rule: str
    missing: str
    before_first_dose: str
    earliest: str


class Person(NamedTuple):
    """One person to weigh, in a form that another process can take."""

    pk: int
    mrn: str
    picture: Picture
    policy: Policy


def lines(
    *, clinic: int, statuses: Iterable[str], at: datetime, jobs: int
) -> Iterator[Line]:
    """Every line of a clinic's caseload; flat in memory however many people."""
    for found in spread(_weighed, _people(clinic, list(statuses), at), jobs=jobs):
        yield from found


def _people(clinic: int, statuses: list[str], at: datetime) -> Iterator[Person]:
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
            yield Person(person.pk, person.mrn, pictures[person.pk], policy)


def _weighed(people: list[Person]) -> list[list[Line]]:
    return [list(_lines(person)) for person in people]


def _lines(person: Person) -> Iterator[Line]:
    options = evaluate(person.picture, policy=person.policy)
    for key in WEIGHED:
        yield _line(person, options.option(key))


def _line(person: Person, option: Option) -> Line:
    reason, rule = first_reason(option)
    asked = [item.label for item in option.missing if item.holds]
    return Line(
        person=person.pk,
        mrn=person.mrn,
        medication=TITLES[option.medication],
        standing=option.standing.value,
        if_answers_are_clear=option.otherwise.value,
        rank=str(option.rank or ""),
        reason=reason,
        rule=rule,
        missing="; ".join(asked[:MISSING_NAMED]),
        before_first_dose="; ".join(a.text for a in option.actions if a.blocking),
        earliest=option.earliest.isoformat() if option.earliest else "",
    )

import datetime as dt
from itertools import count

from aftercare.actions.caseload_lines import rebuild_lines
from aftercare.models import FollowUp
from assessments.models import Concern
from tests.conftest import NOON
from tests.factories.assessments import AssessmentFactory

_numbers = count(1)
TODAY = dt.date(2026, 11, 21)


def called_for():
    """What concerns ask for; who was referred or is in care is owed more than that."""
    return FollowUp.objects.filter(key__contains=":concern:")


def owed(person, due=0, *, before=0, after=0, status="planned", **more):
    """Something owed to this person, `due` days from the day of the tests."""
    day = TODAY + dt.timedelta(days=due)
    values = {
        "key": f"{person.pk}:test:{next(_numbers)}",
        "kind": "visit",
        "title": "Visit",
        "origin": "plan",
        "earliest_on": day - dt.timedelta(days=before),
        "due_on": day,
        "latest_on": day + dt.timedelta(days=after),
        "status": status,
        "created_at": NOON,
    }
    return FollowUp.objects.create(
        clinic_id=person.clinic_id, patient=person, **{**values, **more}
    )


def worried_about(person, level=3, at=NOON):
    """An open concern about this person's life."""
    return Concern.objects.create(
        clinic_id=person.clinic_id,
        patient=person,
        assessment=AssessmentFactory(patient=person, instrument="phq9"),
        kind=Concern.Kind.SUICIDE_RISK,
        level=level,
        reason="PHQ-9 item 9: more than half the days",
        raised_at=at,
    )


def lines_written(*clinics, at=NOON):
    """The caseload of these clinics as the record has it now."""
    for clinic in clinics:
        rebuild_lines(clinic, at=at)

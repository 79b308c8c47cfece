"""How many statements each page sends: few, and no more of them as rows are added."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Membership, Staff
from accounts.permissions import ROLE_PERMISSIONS, Role
from aftercare.models import Alert, FollowUp, Notice, OutreachAttempt
from assessments.models import Assessment, Observation
from devtools.bench.statement_count import statements
from jobs.models import Round
from patients.models import (
    Allergy,
    CareTeamMember,
    ContactPoint,
    OtherMedicine,
    Patient,
    SupportPerson,
    Visit,
)
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import PatientFactory
from tests.universe import ROLES
from tests.walks.test_every_view import GUARDED, WORDS, asked, path_of
from treatment.models import DoseEvent, Regimen, ToxicologyResult

FEW, MANY = 60, 600


@pytest.fixture(autouse=True)
def _no_time_passes():
    """After half a minute a request notes in its session that somebody is here."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        yield


@pytest.fixture(autouse=True)
def _somebody_has_the_alert(here):
    """While nobody has it, every page of whoever was told reads it in one statement more."""
    of = {"acknowledged_at": NOON, "acknowledged_by": here.staff[Role.PRESCRIBER]}
    Alert.objects.update(**of)


LIST_STATEMENTS, PAGE_STATEMENTS = 10, 25
AND_MORE = {
    # One more clinic is asked what it signed.
    "/knowledge/?show=due": 3,
}
# One row of many on each page, and who may look.
LISTS = {
    "/": Role.PRESCRIBER,
    "/people/": Role.PRESCRIBER,
    "/people/?q=rey": Role.PRESCRIBER,
    "/caseload/": Role.CARE_MANAGER,
    "/caseload/?show=everyone": Role.CARE_MANAGER,
    "/caseload/?show=silent&mine=yes": Role.CARE_MANAGER,
    "/caseload/?show=everyone&sort=name": Role.CARE_MANAGER,
    "/audit/": Role.ADMIN,
    "/staff/": Role.ADMIN,
    "/workers/": Role.ADMIN,
    "/knowledge/": Role.CLINICIAN,
    "/knowledge/?show=due": Role.MEDICAL_DIRECTOR,
    "/knowledge/numbers/": Role.MEDICAL_DIRECTOR,
    "/people/conditions/?code=F11": Role.CLINICIAN,
}
DAY = dt.timedelta(days=1)


def sends(client, path):
    """How many statements a page sends where it is not nested, as a test nests it."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return statements(captured)


def fill(clinic, numbers, team):
    """Bring each list of this clinic to as many rows as there are numbers."""
    today = clinic_today()
    people = Patient.objects.bulk_create(
        PatientFactory.build(clinic=clinic, mrn=f"Q-{n}") for n in numbers
    )
    staff = Staff.objects.bulk_create(
        Staff(email=f"many{n}@clinic.example", name=f"Many {n}", joined_at=NOON)
        for n in numbers
    )
    Membership.objects.bulk_create(
        Membership(staff=one, clinic=clinic, role=Role.CLINICIAN) for one in staff
    )
    owed = FollowUp.objects.bulk_create(
        FollowUp(
            clinic=clinic,
            patient=person,
            key=f"many:{person.pk}",
            kind="visit",
            title="Visit",
            origin="staff",
            status="missed",
            missed_at=NOON,
            earliest_on=today - (n % 9 + 2) * DAY,
            due_on=today - (n % 9 + 1) * DAY,
            latest_on=today - (n % 9 + 1) * DAY,
            assigned_to=one,
            created_at=NOON,
        )
        for n, (person, one) in enumerate(zip(people, staff, strict=True))
    )
    of_each_list(clinic, people, owed, team)


def of_each_list(clinic, people, owed, team):
    Regimen.objects.bulk_create(
        Regimen(clinic=clinic, patient=p, medication="MTD", started_on=NOON)
        for p in people
    )
    CareTeamMember.objects.bulk_create(
        CareTeamMember(clinic=clinic, patient=p, staff=one, part=part, since_at=NOON)
        for p in people
        for part, one in team.items()
    )
    Notice.objects.bulk_create(
        Notice(
            clinic=clinic,
            key=f"many:{one.pk}",
            kind=Notice.Kind.ESCALATION,
            recipient=one.assigned_to,
            follow_up=one,
            created_at=NOON,
        )
        for one in owed
    )
    Round.objects.bulk_create(
        Round(clinic=clinic, queue="follow_ups", done_at=NOON, counts={"due": 1})
        for _ in owed
    )
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=NOON,
            clinic_id=clinic.pk,
            staff_id=one.assigned_to_id,
            actor=f"Many {one.pk}",
            verb="chart.viewed",
            subject="patients.Patient",
            patient_id=one.patient_id,
        )
        for one in owed
    )


def test_a_list_sends_as_few_for_many_rows(here, subtests):
    team = {
        "lead": here.staff[Role.PRESCRIBER],
        "care_manager": here.staff[Role.CARE_MANAGER],
    }
    clients = {role: signed_in(here.staff[role]) for role in set(LISTS.values())}
    lists = {
        path: (clients[role], clients[role].get(path).headers.get("Location", path))
        for path, role in LISTS.items()
    }
    fill(here.clinic, range(FEW), team)
    few = {path: sends(*of) for path, of in lists.items()}
    fill(here.clinic, range(FEW, MANY), team)

    for path, of in lists.items():
        with subtests.test(path):
            most = LIST_STATEMENTS + AND_MORE.get(path, 0)
            assert few[path] == sends(*of) <= most


def pages():
    """Every address that a browser may open, with who may open it."""
    for pattern in GUARDED:
        route, name, entry = pattern.values
        needed = entry.callback.required_permission
        role = next(role for role in ROLES if needed in ROLE_PERMISSIONS[role])
        yield route, name, role


def opened(here):
    """The pages that answer a GET with a page, each with its path and a browser."""
    clients = {role: signed_in(here.staff[role]) for role in ROLES}
    for route, name, role in pages():
        path = path_of(route, here.parts)
        if asked(clients[role], path, "get").status_code == 200:
            yield name, path, clients[role]


def test_no_page_sends_many(here, subtests):
    found = list(opened(here))

    assert len(found) > 25
    for name, path, client in found:
        with subtests.test(name):
            assert sends(client, path) <= PAGE_STATEMENTS


def test_a_longer_record_sends_no_more(here, subtests):
    """Of each thing that a chart lists there are many: no statement for each."""
    person = here.parts["patient"]
    lengthen(person, here.staff[Role.PRESCRIBER], range(3))
    found = [one for one in opened(here) if f"/{person.pk}/" in one[1]]
    few = {name: sends(client, path) for name, path, client in found}
    lengthen(person, here.staff[Role.PRESCRIBER], range(3, 12))

    assert len(few) > 10
    for name, path, client in found:
        with subtests.test(name):
            assert sends(client, path) == few[name]


def lengthen(person, by, numbers):
    """More of everything that is kept for a person."""
    of = {"clinic_id": person.clinic_id, "patient": person}
    for n in numbers:
        at = NOON - n * DAY
        for model, values in more(n, at, by).items():
            model.objects.create(**of, **values)


def more(n, at, by):
    return {
        FollowUp: {
            "key": f"more:{n}",
            "kind": "visit",
            "title": "Visit",
            "origin": "staff",
            "earliest_on": clinic_today(at),
            "due_on": clinic_today(at),
            "latest_on": clinic_today(at) + DAY,
            "assigned_to": by,
            "created_at": at,
        },
        OutreachAttempt: {"outcome": "no_answer", "made_at": at, "made_by": by},
        Assessment: {
            "instrument": WORDS["instrument"],
            "instrument_version": "1",
            "answers": {"interest": 1},
            "total": n,
            "status": "complete",
            "given_at": at,
            "given_by": by,
        },
        Observation: {
            "code": "qtc",
            "value": 430,
            "effective_at": at,
            "recorded_at": at,
            "recorded_by": by,
        },
        DoseEvent: {
            "medication": "BUP_SL",
            "kind": "dispensed",
            "on": clinic_today(at),
            "amount_mg": 8,
            "recorded_at": at,
            "recorded_by": by,
        },
        ToxicologyResult: {
            "collected_at": at,
            "analyte": "fentanyl",
            "result": "positive",
            "method": "screen",
            "recorded_at": at,
            "recorded_by": by,
        },
        Allergy: {"kind": "other", "substance": f"Thing {n}", "recorded_at": at},
        OtherMedicine: {"ingredient": f"Medicine {n}", "recorded_at": at},
        ContactPoint: {"kind": "phone", "value": f"+1 555 010 {n:04d}"},
        SupportPerson: {"name": f"Friend {n}", "relation": "friend"},
        Visit: {
            "on": clinic_today(at),
            "kind": "counselling",
            "status": "attended",
            "recorded_at": at,
        },
    }

"""One list of all clinics where somebody works: danger first, each under its own rights."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Role
from assessments.models import Concern
from tests.conftest import signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import lines_written, owed, worried_about

pytestmark = pytest.mark.django_db
ADDRESS = "/caseload/all-clinics/"


@pytest.fixture
def at_both(clinic, other_clinic):
    return StaffFactory(
        roles={clinic: [Role.CARE_MANAGER], other_clinic: [Role.CARE_MANAGER]}
    )


def concern(person, level):
    worried_about(person, level, at=timezone.now() - dt.timedelta(days=1))
    lines_written(person.clinic, at=timezone.now())


def names(page):
    return [one.row.person.given_name for one in page.context["found"].rows]


def test_danger_stands_above_dates_whatever_the_clinic(at_both, clinic, other_clinic):
    late = PatientFactory(clinic=clinic, given_name="Late")
    owed(late, -90)
    danger = PatientFactory(clinic=other_clinic, given_name="Danger")
    concern(danger, Concern.Level.MODERATE)
    concern(PatientFactory(clinic=clinic, given_name="High"), Concern.Level.HIGH)

    page = signed_in(at_both).get(ADDRESS)

    assert names(page) == ["High", "Danger", "Late"]
    assert "high suicide risk, yesterday" in page.content.decode()


def test_each_clinic_keeps_in_its_own_audit_who_was_seen(at_both, clinic, other_clinic):
    here, there = (
        PatientFactory(clinic=where, given_name="Ana")
        for where in (clinic, other_clinic)
    )
    for person in (here, there):
        concern(person, Concern.Level.HIGH)

    signed_in(at_both).get(ADDRESS)

    seen = AuditEvent.objects.filter(verb="list.seen").order_by("clinic_id")
    assert [(e.clinic_id, e.facts["people"]) for e in seen] == sorted(
        [(clinic.pk, [here.pk]), (other_clinic.pk, [there.pk])]
    )


def test_a_clinic_whose_charts_are_not_theirs_is_left_out(clinic, other_clinic):
    staff = StaffFactory(
        roles={clinic: [Role.CARE_MANAGER], other_clinic: [Role.ADMIN]}
    )
    concern(PatientFactory(clinic=other_clinic, given_name="Hid"), Concern.Level.HIGH)

    client = signed_in(staff)
    client.post("/switch-clinic/", {"clinic": clinic.pk})
    page = client.get(ADDRESS)

    assert names(page) == []
    assert page.context["found"].clinics == [clinic]
    assert "Hid" not in page.content.decode()


def test_nobody_works_where_they_do_not(as_care_manager, other_clinic):
    concern(PatientFactory(clinic=other_clinic, given_name="Hid"), Concern.Level.HIGH)

    assert "Hid" not in as_care_manager.get(ADDRESS).content.decode()


def test_a_row_opens_at_its_own_clinic(at_both, clinic, other_clinic):
    person = PatientFactory(clinic=other_clinic)
    client = signed_in(at_both)
    client.post("/switch-clinic/", {"clinic": clinic.pk})
    chart = f"/people/{person.pk}/"
    assert client.get(chart).status_code == 404

    answer = client.post("/switch-clinic/", {"clinic": other_clinic.pk, "next": chart})

    assert answer.url == chart
    assert client.get(chart).status_code == 200


@pytest.mark.parametrize(
    "away", ["//evil.example/", "https://evil.example/", "javascript:x"]
)
def test_the_way_on_stays_here(at_both, clinic, away):
    answer = signed_in(at_both).post(
        "/switch-clinic/", {"clinic": clinic.pk, "next": away}
    )

    assert answer.url == "/"

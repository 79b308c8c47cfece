"""A clinic is set up: ten steps, what is needed first, and its opening for people."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.clinic_settings import opening
from accounts.entry.actions.mail_tries import try_mail
from accounts.entry.mail import words_of
from accounts.entry_rows import AccountMail
from accounts.models import AuditEvent
from accounts.permissions import Role
from jobs.models import Heartbeat
from patients.actions import registry
from patients.models import Icd10Code, Patient
from reports.home_page.set_up import steps_of, waiting_of
from tests.conftest import markup
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(clinic):
    clinic.is_otp = clinic.takes_people = False
    clinic.save()
    return clinic


@pytest.fixture
def ready(empty, admin, prescriber):
    Icd10Code.objects.create(code="F11.20", title="Opioid dependence", search_text="x")
    StaffFactory(roles={empty: [Role.MEDICAL_DIRECTOR]})
    empty.address, empty.phone = "12 Harbor Street", "555-010-0300"
    empty.after_hours_phone, empty.duty_role = "555-010-0400", Role.PRESCRIBER
    empty.state, empty.opening_hours = "NY", {"1": "06:00-17:00"}
    empty.save()
    return empty


def waiting(clinic, noon):
    return waiting_of(steps_of(clinic, on=noon.date(), at=noon))


def test_a_new_clinic_waits_for_all_that_people_need(empty, noon):
    assert waiting(empty, noon) == [
        "Codes loaded",
        "Clinic",
        "First administrator",
        "Medical director",
        "Program and state",
        "Days and hours",
        "Duty",
    ]


def test_ten_steps_and_nothing_waits(ready, noon):
    assert len(steps_of(ready, on=noon.date(), at=noon)) == 10
    assert waiting(ready, noon) == []


def test_a_program_says_its_number_sponsor_and_end(ready, noon):
    ready.is_otp = True
    assert waiting(ready, noon) == ["Program and state"]

    ready.program_number, ready.sponsor = "NY-1", "Harbor, Inc."
    ready.program_until = dt.date(2027, 1, 1)

    assert waiting(ready, noon) == []


def test_the_only_admin_is_not_the_director_as_well(ready, noon, admin):
    ready.memberships.filter(role=Role.MEDICAL_DIRECTOR).delete()
    admin.memberships.create(clinic=ready, role=Role.MEDICAL_DIRECTOR)
    assert waiting(ready, noon) == ["Medical director"]

    StaffFactory(roles={ready: [Role.ADMIN]})

    assert waiting(ready, noon) == []


def test_workers_that_were_here_are_seen(ready, noon):
    Heartbeat.objects.create(clinic=ready, queue="mail", beat_at=noon)
    AccountMail.objects.create(
        clinic=ready, staff=StaffFactory(), kind="test", at=noon, sent_at=noon
    )

    last = steps_of(ready, on=noon.date(), at=noon)[-1]

    assert last.is_done
    assert last.state == "mail sent Sat 21 Nov 2026, 12:00"


class TestMail:
    @pytest.fixture
    def url(self):
        return "/clinic/set-up/mail/"

    def test_goes_to_who_asks_and_once(self, ready, admin, as_admin, url):
        for _ in range(2):
            assert "on its way to you" in markup(as_admin.post(url, follow=True))

        sent = AccountMail.objects.get(kind="test")
        subject, body = words_of(sent)
        assert (sent.staff, subject) == (admin, "Mail from Mainstay reaches you")
        assert "Was it not you?" not in body
        assert AuditEvent.objects.filter(verb="clinic.mail_tried").count() == 1

    def test_says_what_became_of_it(self, ready, admin, noon):
        def state(minutes=0):
            at = noon + dt.timedelta(minutes=minutes)
            return steps_of(ready, on=noon.date(), at=at)[-1].state

        assert state() == "no mail tried yet"
        try_mail(clinic=ready, by=admin, at=noon)
        assert state(1) == "a mail is on its way"
        assert state(3).startswith("mail does not leave")


class TestOpening:
    def test_nobody_is_registered_before(self, empty, prescriber, noon):
        with pytest.raises(registry.NotOpenYet):
            registry.register_patient(
                clinic=empty,
                details={"given_name": "Noor", "family_name": "Haddad"},
                referred_on=noon.date(),
                by=prescriber,
                at=noon,
            )
        assert not Patient.objects.exists()

    def test_it_waits_for_what_is_needed(self, empty, as_admin):
        answer = as_admin.post("/clinic/set-up/open/", follow=True)

        assert "First: Codes loaded" in markup(answer)
        empty.refresh_from_db()
        assert not empty.takes_people

    def test_it_opens_once_all_is_done(self, ready, as_admin):
        assert "Open for people" in markup(as_admin.get("/clinic/set-up/"))

        as_admin.post("/clinic/set-up/open/")
        as_admin.post("/clinic/set-up/open/")

        ready.refresh_from_db()
        assert ready.takes_people
        assert AuditEvent.objects.filter(verb="clinic.opened_for_people").count() == 1
        assert "People can be registered." in markup(as_admin.get("/clinic/set-up/"))

    def test_it_stays_open_when_a_setting_goes_missing(self, ready, admin):
        ready.takes_people = True
        ready.save()

        opened = opening.open_for_people(
            clinic=ready, waiting=[], by=admin, at=timezone.now()
        )

        assert opened.takes_people
        assert not AuditEvent.objects.filter(verb="clinic.opened_for_people").exists()

"""The first page of an admin: the duty's gap first, who leaves, what ends and stopped."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts import actions, audit
from accounts.entry_rows import Passkey
from accounts.models import ClinicDay, KindProposal, Staff
from accounts.permissions import Role
from aftercare.actions.leaving import announce_leaving
from aftercare.actions.outreach import record_outreach
from jobs.models import Claim
from patients.actions.disclosures import answer_list, ask_list
from patients.actions.registry import put_on_care_team
from patients.models import StatusChange
from reports.home_page.admin import admin_home
from tests.conftest import clinic_today, markup, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import lines_written, owed, worried_about

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def calm(clinic, prescriber, noon):
    """A clinic that needs nobody."""
    clinic.duty_role, clinic.after_hours_phone = Role.PRESCRIBER, "555-010-0400"
    clinic.save()
    Staff.objects.update(last_login=noon)
    return clinic


@pytest.fixture
def look(calm, noon):
    def looking():
        return admin_home(calm, on=noon.date(), at=noon)

    return looking


def words(tasks):
    return [one.words for one in tasks]


def test_a_calm_clinic_needs_nobody(look):
    home = look()

    assert (home.needs, home.access, home.closed) == ([], [], [])
    assert home.are_workers_late


def test_the_gap_in_the_duty_stands_first(look, calm, noon):
    calm.duty_role = ""
    calm.program_until = noon.date() - DAY
    calm.save()

    needs = look().needs

    assert words(needs) == [
        "No duty role is chosen: an alert has nobody to go to.",
        "Opioid treatment program certificate ended on Fri 20 Nov",
    ]
    assert [one.is_danger for one in needs] == [True, True]


def test_who_leaves_and_who_has_left(look, calm, admin, prescriber, noon):
    gone = StaffFactory(roles={calm: [Role.CLINICIAN]}, name="Tomás Iglesias")
    soon = StaffFactory(roles={calm: [Role.CLINICIAN]}, name="Lia Ferro")
    for staff in (gone, soon):
        put_on_care_team(
            patient=PatientFactory(clinic=calm),
            staff=staff,
            part="counselor",
            by=prescriber,
            at=noon,
        )
        announce_leaving(
            clinic=calm,
            staff=staff,
            leaves_on=noon.date() + 9 * DAY,
            by=admin,
            at=noon,
        )
    actions.end_access(staff=gone, clinic=calm, why="Emergency", by=admin, at=noon)

    needs = look().needs

    assert words(needs) == ["Tomás Iglesias has left", "Lia Ferro leaves on Mon 30 Nov"]
    assert needs[1].detail == "1 without a name"


def test_nothing_to_hand_over_is_said(look, calm, admin, noon):
    announce_leaving(
        clinic=calm,
        staff=StaffFactory(roles={calm: [Role.CLINICIAN]}),
        leaves_on=noon.date(),
        by=admin,
        at=noon,
    )

    assert look().needs[0].detail == "Everybody has a name"


def test_what_stopped_ends_or_waits(look, calm, admin, noon):
    Claim.objects.create(
        clinic=calm,
        step="staff_mail",
        row_id=1,
        claimed_at=noon,
        set_aside_at=noon,
        fault="TimeoutError",
    )
    calm.program_until = noon.date() + 30 * DAY
    calm.save()
    KindProposal.objects.create(
        clinic=calm, is_otp=False, why="x", proposed_at=noon, proposed_by=admin
    )

    assert words(look().needs) == [
        "1 row of work was set aside",
        "Opioid treatment program certificate ends on Mon 21 Dec",
        "A change of the clinic's kind waits",
    ]


def test_records_past_their_years_are_counted(look, calm, noon, prescriber):
    for years in (11, 11, 9):
        person = PatientFactory(clinic=calm, status="discharged")
        StatusChange.objects.create(
            clinic=calm,
            patient=person,
            status="discharged",
            discharge_class="moved",
            changed_at=noon - 366 * years * DAY,
        )

    assert words(look().needs) == ["2 records are past 10 years"]


class TestAccess:
    def test_failed_sign_ins_of_a_day_by_account(self, look, prescriber, noon):
        for hours in (1, 2, 30):
            audit.record(
                "staff.sign_in_failed",
                prescriber,
                by=None,
                at=noon - dt.timedelta(hours=hours),
            )

        access = look().access

        assert words(access) == ["2 failed sign-ins in a day"]
        assert access[0].detail == prescriber.name
        asked = f"staff={prescriber.pk}&kind=sign_in&days=1"
        assert access[0].url == f"/audit/?{asked}"

    def test_second_steps_that_are_missing(self, look, calm, prescriber, clinician):
        Staff.objects.update(last_login=timezone.now())
        assert look().access == []
        calm.factor_required_roles = [Role.PRESCRIBER, Role.CLINICIAN]
        calm.save()
        Passkey.objects.create(
            staff=prescriber,
            name="Phone",
            credential="1",
            public_key="1",
            sign_count=0,
            added_at=timezone.now(),
        )

        [one] = look().access
        assert one.words == "1 without a second step"
        assert one.detail == clinician.name

    def test_accounts_that_nobody_uses(self, look, calm, prescriber, noon):
        Staff.objects.update(last_login=noon - 91 * DAY)
        for n in range(4):
            StaffFactory(roles={calm: [Role.CLINICIAN]}, name=f"Name {n}")

        access = look().access

        assert words(access) == ["4 never signed in", "1 unused for 90 days"]
        assert access[0].detail == "Name 0, Name 1, Name 2 and 1 more"


def test_lists_that_were_asked_for_stand_with_their_last_day(
    look, calm, clinician, noon, as_admin
):
    assert look().asked_for == []
    request = ask_list(patient=PatientFactory(clinic=calm), by=clinician, at=noon)

    assert look().asked_for == [request.due_on]
    page = markup(as_admin.get("/"))
    assert "Asked by people in care" in page
    answer_list(request=request, by=clinician, at=noon)
    assert look().asked_for == []


class TestPage:
    def test_an_admin_sees_it_and_no_chart(self, as_admin, calm, noon):
        ClinicDay.objects.create(
            clinic=calm, day=clinic_today() + 5 * DAY, name="Repairs"
        )
        person = PatientFactory(clinic=calm)

        text = markup(as_admin.get("/"))

        assert "Needs you first" in text
        assert "Repairs" in text
        assert person.family_name not in text

    def test_before_it_is_open_the_steps_come_first(self, as_admin, calm):
        calm.takes_people = False
        calm.save()

        assert as_admin.get("/").url == "/clinic/set-up/"

    def test_who_opens_charts_keeps_the_lists(self, calm):
        both = StaffFactory(roles={calm: [Role.ADMIN, Role.CLINICIAN]})

        assert "The clinic needs you" not in markup(signed_in(both).get("/"))
        calm.duty_role = ""
        calm.save()

        text = markup(signed_in(both).get("/"))

        assert "Cannot wait" in text
        assert "The clinic needs you" in text


class TestListsOfPeople:
    def test_one_person_stands_once_danger_first_and_mine_first(
        self, clinic, clinician, care_manager
    ):
        danger, mine, others = (PatientFactory(clinic=clinic) for _ in range(3))
        worried_about(danger, at=timezone.now())
        owed(danger, 0, kind="safety_screen", assigned_role="prescriber")
        owed(danger, -30, kind="plan_review", assigned_role="clinician")
        owed(mine, -20, kind="plan_review", assigned_to=clinician)
        owed(others, -20, kind="plan_review", assigned_to=care_manager)
        lines_written(clinic, at=timezone.now())

        page = signed_in(clinician).get("/")

        first = page.context["first"]
        assert [row.person.patient_id for row in first.cannot_wait] == [danger.pk]
        assert mine.pk in first.patient_ids
        assert others.pk not in [r.person.patient_id for r in first.cannot_wait]
        below = [p.pk for one in page.context["waiting"] for p, _ in one.rows]
        everybody = [*first.patient_ids, *below]
        assert len(everybody) == len(set(everybody))

    def test_a_care_manager_has_a_home_with_what_was_tried(self, clinic, care_manager):
        person = PatientFactory(clinic=clinic)
        owed(person, -3, kind="call", assigned_role="care_manager")
        record_outreach(
            patient=person, outcome="no_answer", by=care_manager, at=timezone.now()
        )
        lines_written(clinic, at=timezone.now())

        text = markup(signed_in(care_manager).get("/"))

        assert "0 reached, 1 tried today" in text
        assert "Plans to sign" not in text
        # Nobody answered: a list of nobody is not shown.
        assert "Came in" not in text

    def test_danger_stands_above_what_waits_to_be_signed(self, clinic):
        director = StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})

        text = markup(signed_in(director).get("/"))

        assert text.index("Cannot wait") < text.index("Rules that wait")
        assert text.count("Cannot wait<") == 1

"""Lines of the caseload: written with each reckoning, equal when made again."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftercare.actions.caseload_lines import rebuild_lines, write_lines
from aftercare.actions.follow_ups import FollowUpWindow, add_follow_up, move_follow_up
from aftercare.actions.outreach import record_outreach
from aftercare.actions.reconcile import reconcile
from aftercare.models import CaseloadLine
from aftercare.record.states import states_of
from patients.models import CareTeamMember, Patient
from tests.conftest import NOON, clinic_today
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed, worried_about
from tests.factories.treatment import RegimenFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOT_COMPARED = ("id", "reconciled_at")


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def line(clinic):
    def do(person):
        rebuild_lines(clinic, at=NOON)
        return CaseloadLine.objects.get(patient=person)

    return do


def all_lines():
    rows = CaseloadLine.objects.order_by("patient").values()
    return [
        {name: value for name, value in row.items() if name not in NOT_COMPARED}
        for row in rows
    ]


class TestOneLine:
    def test_holds_the_danger_and_the_duty_that_answers_it(self, line, clinic):
        person = PatientFactory(clinic=clinic, status="active")
        owed(person, -3, kind="drug_test", title="Random drug test")
        screen = owed(person, 0, kind="safety_screen", severity="danger")
        worried_about(person, 3)

        one = line(person)

        assert one.danger.startswith("b2")
        assert one.top_follow_up_id == screen.pk
        assert (one.since_on, one.until_on) == (TODAY, TODAY)
        assert one.owed_count == 2

    def test_holds_from_when_on_something_is_late(self, line, clinic):
        person = PatientFactory(clinic=clinic, status="active")
        owed(person, 1, after=2)

        one = line(person)

        assert (one.late_from, one.act_on) == (TODAY + 4 * DAY, TODAY + DAY)
        assert one.danger == ""

    def test_says_who_has_to_act(self, line, clinic, care_manager, prescriber):
        person = PatientFactory(clinic=clinic, status="active")
        CareTeamMember.objects.create(
            clinic=clinic,
            patient=person,
            staff=care_manager,
            part="care_manager",
            since_at=NOON,
        )
        owed(person, 0, assigned_role="care_manager")
        owed(person, 0, assigned_role="prescriber")
        owed(person, 0, assigned_role="care_manager", assigned_to=prescriber)

        one = line(person)

        assert one.acting_staff == sorted([care_manager.pk, prescriber.pk])
        assert one.acting_roles == ["prescriber"]

    def test_nothing_is_owed_is_a_fault(self, line, clinic):
        person = PatientFactory(clinic=clinic, status="active")

        assert line(person).lacks_next_step
        assert CaseloadLine.objects.without_next_step().get().patient_id == person.pk

    def test_the_dead_have_none(self, line, clinic):
        person = PatientFactory(clinic=clinic, status="active")
        line(person)
        Patient.objects.filter(pk=person.pk).update(status="deceased")

        rebuild_lines(clinic, at=NOON)

        assert not CaseloadLine.objects.filter(patient=person).exists()

    def test_an_injection_knows_from_when_on_its_window_is_over(self, line, clinic):
        person = PatientFactory(clinic=clinic, status="active")
        RegimenFactory(
            patient=person,
            medication="SUBLOCADE",
            started_on=clinic_today() - dt.timedelta(days=10),
        )

        one = line(person)

        assert one.medicine == "SUBLOCADE"
        assert one.window_from > TODAY


class TestEqual:
    def test_what_is_reckoned_is_what_is_rebuilt(self, clinic, care_manager):
        people = [PatientFactory(clinic=clinic, status="active") for _ in range(3)]
        RegimenFactory(patient=people[0], medication="MTD")
        worried_about(people[1], 4)
        for person in people:
            reconcile(patient=person, by=None, at=NOON)
        record_outreach(
            patient=people[2], outcome="no_answer", by=care_manager, at=NOON
        )
        reconcile(patient=people[2], by=None, at=NOON)
        written = all_lines()
        CaseloadLine.objects.all().delete()
        out = StringIO()

        call_command("rebuild_caseload", stdout=out)

        assert len(written) == 3
        assert all_lines() == written
        assert f"clinic {clinic.pk}: 3 lines" in out.getvalue()

    def test_an_act_writes_it_too(self, clinic, care_manager):
        person = PatientFactory(clinic=clinic, status="active")
        window = FollowUpWindow(TODAY, TODAY, TODAY)

        added = add_follow_up(
            patient=person,
            kind="call",
            title="Call about the ride",
            window=window,
            assigned_role="care_manager",
            by=care_manager,
            at=NOON,
        )
        first = CaseloadLine.objects.get()
        move_follow_up(follow_up=added, due_on=TODAY + DAY, by=care_manager, at=NOON)

        open_now = person.follow_ups.open().filter(earliest_on__lte=TODAY)
        assert first.owed_count == open_now.count() + 1
        assert CaseloadLine.objects.get().owed_count == open_now.count()

    def test_costs_the_same_for_many(self, clinic):
        def cost():
            people = list(Patient.objects.filter(clinic=clinic))
            states = states_of(people, clinic=clinic, on=TODAY)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                write_lines(clinic.pk, states, on=TODAY, at=NOON)
            return len(seen)

        owed(PatientFactory(clinic=clinic), 0)
        one = cost()
        for _ in range(5):
            owed(PatientFactory(clinic=clinic), 0)

        assert cost() == one <= 8

    def test_of_nobody_there_is_nothing_to_write(self, clinic):
        write_lines(clinic.pk, {}, on=TODAY, at=NOON)

        assert not CaseloadLine.objects.exists()

"""What signing a plan puts on the calendar."""

import datetime as dt
from unittest import mock

import pytest
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent
from aftercare.actions import follow_ups, scheduling
from aftercare.models import FollowUp
from aftercare.queues import FOLLOW_UPS
from jobs.actions import engine
from plans.actions import signing
from plans.models import Plan
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready
from tests.factories.treatment import DoseEventFactory, RegimenFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, admitted_on=dt.date(2026, 11, 10))


@pytest.fixture
def plan(person, prescriber, noon):
    return signing.sign_plan(
        plan=ready(drafted(person, prescriber)), by=prescriber, at=noon
    )


def of(person):
    return FollowUp.objects.filter(patient=person)


def next_version(plan, by, at):
    draft = signing.start_new_version(plan=plan, by=by, at=at)
    return signing.sign_plan(plan=draft, by=by, at=at)


def on_medicine(person, medication, started_on, **parts):
    return RegimenFactory(
        patient=person, medication=medication, started_on=started_on, **parts
    )


class TestSigning:
    def test_schedules_contacts_measures_reviews_kit_and_program_duties(self, plan):
        kinds = set(of(plan.patient).values_list("kind", flat=True))

        assert {
            "contact",
            "measures",
            "plan_review",
            "naloxone_handover",
            "full_exam",
            "drug_test",
        } <= kinds

    def test_every_row_says_what_it_rests_on(self, plan):
        for row in of(plan.patient):
            assert row.cite
            assert row.verified
            assert row.plan == plan
            assert row.status == "planned"

    def test_publishes_nothing(self, person, prescriber, noon):
        """Losing the queue loses nothing: signing does not know of it."""
        draft = ready(drafted(person, prescriber))
        with mock.patch("kombu.messaging.Producer.publish") as published:
            signing.sign_plan(plan=draft, by=prescriber, at=noon)

        published.assert_not_called()
        assert of(person).exists()

    def test_is_undone_where_it_cannot_be_scheduled(self, person, prescriber, noon):
        draft = ready(drafted(person, prescriber))
        with (
            mock.patch.object(scheduling, "promised", side_effect=RuntimeError),
            pytest.raises(RuntimeError),
        ):
            signing.sign_plan(plan=draft, by=prescriber, at=noon)

        draft.refresh_from_db()
        assert draft.status == Plan.Status.DRAFT

    def test_twice_is_one_of_each(self, plan, prescriber, noon):
        before = of(plan.patient).count()

        assert scheduling.schedule_plan(plan=plan, by=prescriber, at=noon) == 0

        assert of(plan.patient).count() == before
        noted = AuditEvent.objects.filter(verb="follow_ups.scheduled")
        assert noted.get().facts["added"] == before


class TestNewVersion:
    def test_cancels_what_only_the_old_one_promised(self, plan, prescriber, noon):
        after = next_version(plan, prescriber, noon + 30 * DAY)

        reviews = of(plan.patient).filter(kind="plan_review")
        assert set(reviews.filter(plan=plan).values_list("status", flat=True)) == {
            "cancelled"
        }
        assert {r.outcome for r in reviews.filter(plan=plan)} == {
            f"No longer promised by plan version {after.version}."
        }
        assert reviews.filter(plan=after, status="planned").exists()

    def test_keeps_what_the_new_one_promises_too_where_it_was_moved(
        self, plan, prescriber, noon
    ):
        on_medicine(plan.patient, "MTD", dt.date(2026, 11, 21))
        scheduling.schedule_plan(plan=plan, by=prescriber, at=noon)
        visit = of(plan.patient).get(title="Visit, week 6", status="planned")
        follow_ups.move_follow_up(
            follow_up=visit, due_on=visit.due_on + DAY, by=prescriber, at=noon
        )

        next_version(plan, prescriber, noon + 7 * DAY)

        visit.refresh_from_db()
        assert visit.status == "planned"
        assert visit.due_on == dt.date(2027, 1, 3)

    def test_what_was_missed_before_stays_missed(self, plan, prescriber, noon):
        missed = of(plan.patient).filter(kind="contact").earliest("due_on")
        FollowUp.objects.filter(pk=missed.pk).update(status="missed")

        next_version(plan, prescriber, noon + 60 * DAY)

        missed.refresh_from_db()
        assert missed.status == "missed"

    def test_what_staff_added_is_left_alone(self, plan, prescriber, noon):
        mine = follow_ups.add_follow_up(
            patient=plan.patient,
            kind="call",
            title="Call",
            window=follow_ups.FollowUpWindow(*[dt.date(2027, 1, 4)] * 3),
            assigned_role="clinician",
            by=prescriber,
            at=noon,
        )

        next_version(plan, prescriber, noon + 7 * DAY)

        mine.refresh_from_db()
        assert mine.status == "planned"

    def test_what_is_promised_again_is_taken_up_again(self, plan, prescriber, noon):
        visit = of(plan.patient).get(title="Visit, week 6")
        FollowUp.objects.filter(pk=visit.pk).update(
            status="cancelled",
            closed_at=noon,
            outcome="No longer promised by plan version 2.",
        )

        scheduling.schedule_plan(plan=plan, by=prescriber, at=noon)

        visit.refresh_from_db()
        assert (visit.status, visit.closed_at, visit.outcome) == ("planned", None, "")

    def test_what_a_person_cancelled_stays_cancelled(self, plan, prescriber, noon):
        visit = of(plan.patient).get(title="Visit, week 6")
        follow_ups.close_follow_up(
            follow_up=visit,
            status="cancelled",
            words="Moves away",
            by=prescriber,
            at=noon,
        )

        scheduling.schedule_plan(plan=plan, by=prescriber, at=noon)

        visit.refresh_from_db()
        assert visit.status == "cancelled"


class TestInjections:
    def given(self, person, on):
        DoseEventFactory(
            patient=person,
            medication="SUBLOCADE",
            kind="administered",
            on=on,
            recorded_at=timezone.now(),
        )

    @pytest.fixture
    def person_on_injections(self, plan):
        on_medicine(plan.patient, "SUBLOCADE", dt.date(2026, 11, 21))
        scheduling.reschedule(
            patient=plan.patient,
            by=None,
            at=dt.datetime(2026, 11, 21, 18, tzinfo=dt.UTC),
        )
        return plan.patient

    def test_the_second_follows_the_first(self, person_on_injections):
        second = of(person_on_injections).get(kind="injection", status="planned")

        assert second.due_on == dt.date(2026, 12, 19)

    def test_closing_one_as_done_owes_the_next_from_that_day(
        self, person_on_injections, prescriber, noon
    ):
        second = of(person_on_injections).get(kind="injection")
        follow_ups.close_follow_up(
            follow_up=second, status="done", by=prescriber, at=noon + 30 * DAY
        )

        third = of(person_on_injections).get(kind="injection", status="planned")
        assert third.due_on == dt.date(2026, 12, 21) + 28 * DAY

    def test_the_day_of_the_dose_counts_before_the_day_it_was_closed(
        self, person_on_injections, prescriber, noon
    ):
        self.given(person_on_injections, dt.date(2026, 12, 20))
        second = of(person_on_injections).get(kind="injection")
        follow_ups.close_follow_up(
            follow_up=second, status="done", by=prescriber, at=noon + 30 * DAY
        )

        third = of(person_on_injections).get(kind="injection", status="planned")
        assert third.due_on == dt.date(2026, 12, 20) + 28 * DAY

    def test_cancelling_one_owes_nothing_new(
        self, person_on_injections, prescriber, noon
    ):
        second = of(person_on_injections).get(kind="injection")
        follow_ups.close_follow_up(
            follow_up=second,
            status="cancelled",
            words="Stopped",
            by=prescriber,
            at=noon,
        )

        assert of(person_on_injections).filter(kind="injection").count() == 1

    def test_a_dose_written_down_elsewhere_is_heard_of_by_the_next_round(
        self, person_on_injections, prescriber, noon
    ):
        engine.run_queue(FOLLOW_UPS, clinic_id=person_on_injections.clinic_id, at=noon)
        self.given(person_on_injections, dt.date(2026, 12, 20))
        at = noon + 29 * DAY
        audit.record("dose.recorded", person_on_injections, by=prescriber, at=at)

        done = engine.run_queue(
            FOLLOW_UPS, clinic_id=person_on_injections.clinic_id, at=at
        )
        again = engine.run_queue(
            FOLLOW_UPS, clinic_id=person_on_injections.clinic_id, at=at
        )

        assert (done["rescheduled"], again["rescheduled"]) == (1, 0)
        injections = (
            of(person_on_injections).filter(kind="injection").order_by("due_on")
        )
        assert [(row.due_on, row.status) for row in injections] == [
            (dt.date(2026, 12, 19), "done"),
            (dt.date(2027, 1, 17), "planned"),
        ]
        assert injections[0].outcome == "Given on 20 Dec 2026."

    def test_without_a_plan_in_force_nothing_is_owed(self, person, noon):
        assert scheduling.reschedule(patient=person, by=None, at=noon) == 0


class TestStart:
    def test_a_medicine_begun_after_the_signature_brings_its_first_week(
        self, plan, prescriber, clinic, noon
    ):
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon)
        regimen = on_medicine(plan.patient, "MTD", dt.date(2026, 11, 24))
        at = noon + 3 * DAY
        audit.record("regimen.started", regimen, by=prescriber, at=at)

        assert (
            engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=at)["rescheduled"] == 1
        )

        dosing = of(plan.patient).filter(title__startswith="Dosing").order_by("due_on")
        assert dosing.count() == 7
        assert dosing[0].due_on == dt.date(2026, 11, 24)
        reviews = of(plan.patient).filter(kind="plan_review")
        assert not reviews.filter(status="cancelled").exists()

    def test_the_calendar_follows_the_medicine_and_not_the_overlap(self, plan, noon):
        started = dt.date(2026, 9, 22)
        on_medicine(plan.patient, "MTD", started)
        low = {"is_low_dose_overlap": True}
        on_medicine(plan.patient, "BUP_LOW", dt.date(2026, 11, 18), **low)

        course = scheduling.course_of(plan, on=noon.date())

        assert (course.medication, course.started_on) == ("MTD", started)

    def test_what_starts_later_is_not_the_course_yet(self, plan, noon):
        on_medicine(plan.patient, "NTX_XR", noon.date() + 9 * DAY)

        assert scheduling.course_of(plan, on=noon.date()).started_on is None

    def test_written_down_late_it_does_not_invent_missed_days(
        self, plan, prescriber, noon
    ):
        on_medicine(plan.patient, "MTD", dt.date(2026, 11, 21))

        scheduling.reschedule(patient=plan.patient, by=prescriber, at=noon + 5 * DAY)

        dosing = of(plan.patient).filter(title__startswith="Dosing")
        assert {row.due_on.day for row in dosing} == {26, 27}

"""Rows of what is owed, made equal to the promises."""

import datetime as dt
from unittest import mock

import pytest
from django.db import OperationalError, connection

from accounts.models import AuditEvent
from aftercare.actions import follow_ups, outreach, reconcile
from aftercare.actions.events import EventAsTold, record_event, take_back_event
from aftercare.models import CareMark, FollowUp
from aftercare.queues import CARE, FOLLOW_UPS
from aftercare.record import marks
from assessments.actions.measures import record_assessment
from jobs.actions import engine
from knowledge.schedule.pathways import EventKind
from patients.actions.episodes import come_back, decline_contacts, leave_care
from patients.actions.holds import hold_care
from patients.actions.registry import change_status
from plans.actions import signing
from plans.models import Plan
from tests.aftercare.test_concerns import NO_TO_ALL
from tests.factories import PatientFactory
from tests.factories.aftercare import owed
from tests.factories.plans import drafted, ready
from tests.factories.treatment import (
    DoseEventFactory,
    RegimenFactory,
    ToxicologyResultFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ADMITTED = dt.date(2026, 11, 10)


@pytest.fixture
def person(clinic):
    return PatientFactory(
        clinic=clinic, admitted_on=ADMITTED, referred_on=ADMITTED, status="active"
    )


@pytest.fixture
def plan(person, prescriber, noon):
    return signing.sign_plan(
        plan=ready(drafted(person, prescriber)), by=prescriber, at=noon
    )


def of(person, **which):
    return FollowUp.objects.filter(patient=person, **which)


def next_version(plan, by, at):
    draft = signing.start_new_version(plan=plan, by=by, at=at)
    return signing.sign_plan(plan=draft, by=by, at=at)


def on_medicine(person, medication, started_on, **parts):
    return RegimenFactory(
        patient=person, medication=medication, started_on=started_on, **parts
    )


def reckon(person, at, by=None):
    return reconcile.reconcile(patient=person, by=by, at=at)


class TestSigning:
    def test_owes_contacts_measures_reviews_kit_and_program_duties(self, plan):
        kinds = set(of(plan.patient).values_list("kind", flat=True))

        assert {
            "visit",
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

    def test_publishes_nothing(self, person, prescriber, noon):
        """Losing the queue loses nothing: signing does not know of it."""
        draft = ready(drafted(person, prescriber))
        with mock.patch("kombu.messaging.Producer.publish") as published:
            signing.sign_plan(plan=draft, by=prescriber, at=noon)

        published.assert_not_called()
        assert of(person).exists()

    def test_is_undone_where_it_cannot_be_reckoned(self, person, prescriber, noon):
        draft = ready(drafted(person, prescriber))
        with (
            mock.patch.object(reconcile, "owed", side_effect=RuntimeError),
            pytest.raises(RuntimeError),
        ):
            signing.sign_plan(plan=draft, by=prescriber, at=noon)

        draft.refresh_from_db()
        assert draft.status == Plan.Status.DRAFT

    def test_twice_is_one_of_each(self, plan, prescriber, noon):
        before = list(of(plan.patient).values_list("pk", "status", "due_on"))
        told = AuditEvent.objects.filter(verb="follow_ups.reckoned").count()

        assert not reckon(plan.patient, noon, prescriber)

        assert list(of(plan.patient).values_list("pk", "status", "due_on")) == before
        assert AuditEvent.objects.filter(verb="follow_ups.reckoned").count() == told


class TestNewVersion:
    def test_closes_the_review_and_owes_the_next(self, plan, prescriber, noon):
        """A review is kept by a version, dated by it."""
        next_version(plan, prescriber, noon + 80 * DAY)

        first, after = of(plan.patient, kind="plan_review").order_by("due_on")
        assert (first.status, first.kept_on) == ("done", (noon + 80 * DAY).date())
        assert first.outcome == "Reviewed on 9 Feb 2027."
        assert after.due_on == (noon + 170 * DAY).date()

    def test_before_its_window_counts_the_review_anew(self, plan, prescriber, noon):
        next_version(plan, prescriber, noon + 30 * DAY)

        reviews = of(plan.patient, kind="plan_review").order_by("due_on")
        assert [(r.status, r.due_on) for r in reviews] == [
            ("cancelled", noon.date() + 90 * DAY),
            ("planned", noon.date() + 120 * DAY),
        ]

    def test_keeps_what_was_moved_where_it_was_moved(self, plan, prescriber, noon):
        on_medicine(plan.patient, "BUP_SL", dt.date(2026, 11, 21))
        reckon(plan.patient, noon)
        visit = of(plan.patient, status="planned").get(title="Visit, week 6")
        follow_ups.move_follow_up(
            follow_up=visit, due_on=visit.due_on + DAY, by=prescriber, at=noon
        )

        next_version(plan, prescriber, noon + 7 * DAY)

        visit.refresh_from_db()
        assert (visit.status, visit.due_on) == ("planned", dt.date(2027, 1, 3))

    def test_a_day_that_the_window_no_longer_holds_moves_to_its_end(
        self, plan, prescriber, noon
    ):
        review = of(plan.patient).get(kind="plan_review")
        follow_ups.move_follow_up(
            follow_up=review,
            due_on=review.due_on + 10 * DAY,
            by=prescriber,
            at=noon,
        )
        FollowUp.objects.filter(pk=review.pk).update(due_on=review.latest_on + 30 * DAY)

        reckon(plan.patient, noon)

        review.refresh_from_db()
        assert review.due_on == review.latest_on

    def test_what_is_late_stays_late_where_its_days_move(self, plan, noon):
        visit = of(plan.patient, kind="visit").earliest("due_on")
        FollowUp.objects.filter(pk=visit.pk).update(
            earliest_on=noon.date() - 9 * DAY,
            due_on=noon.date() - 5 * DAY,
            latest_on=noon.date() - 2 * DAY,
            title="Visit",
        )

        reckon(plan.patient, noon)

        visit.refresh_from_db()
        assert visit.latest_on == noon.date() - 2 * DAY
        assert visit.title == "Visit, week 1"

    def test_given_to_another_part_it_stays_theirs(self, plan, prescriber, noon):
        review = of(plan.patient).get(kind="plan_review")
        follow_ups.give_follow_up(
            follow_up=review,
            assigned_role="prescriber",
            assigned_to=None,
            by=prescriber,
            at=noon,
        )

        reckon(plan.patient, noon + DAY)

        review.refresh_from_db()
        assert review.assigned_role == "prescriber"

    def test_a_window_that_moves_takes_its_row_along(self, plan, noon):
        visit = of(plan.patient, kind="visit").earliest("due_on")
        FollowUp.objects.filter(pk=visit.pk).update(
            earliest_on=noon.date(), due_on=noon.date() + DAY, status="due"
        )

        reckon(plan.patient, noon)

        visit.refresh_from_db()
        assert (visit.due_on, visit.status) == (noon.date() + 7 * DAY, "planned")

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

    def test_what_a_person_cancelled_stays_cancelled(self, plan, prescriber, noon):
        visit = of(plan.patient, kind="visit").earliest("due_on")
        follow_ups.close_follow_up(
            follow_up=visit,
            status="cancelled",
            words="Moves away",
            by=prescriber,
            at=noon,
        )

        reckon(plan.patient, noon)

        visit.refresh_from_db()
        assert visit.status == "cancelled"


class TestInjections:
    def given(self, person, on):
        DoseEventFactory(
            patient=person, medication="SUBLOCADE", kind="administered", on=on
        )

    @pytest.fixture
    def on_sublocade(self, plan, noon):
        on_medicine(plan.patient, "SUBLOCADE", dt.date(2026, 11, 21))
        reckon(plan.patient, noon)
        return plan.patient

    def test_the_second_follows_the_first(self, on_sublocade):
        second = of(on_sublocade).get(kind="injection")

        assert second.due_on == dt.date(2026, 12, 19)

    def test_closing_one_as_done_owes_the_next_from_that_day(
        self, on_sublocade, prescriber, noon
    ):
        second = of(on_sublocade).get(kind="injection")
        follow_ups.close_follow_up(
            follow_up=second,
            status="done",
            words="Given here, not written down",
            by=prescriber,
            at=noon + 30 * DAY,
        )

        third = of(on_sublocade).exclude(pk=second.pk).get(kind="injection")
        assert third.due_on == dt.date(2026, 12, 21) + 28 * DAY

    def test_the_day_of_the_dose_counts_before_the_day_it_was_closed(
        self, on_sublocade, prescriber, noon
    ):
        self.given(on_sublocade, dt.date(2026, 12, 20))
        second = of(on_sublocade).get(kind="injection")
        follow_ups.close_follow_up(
            follow_up=second,
            status="done",
            words="Given here, not written down",
            by=prescriber,
            at=noon + 30 * DAY,
        )

        third = of(on_sublocade).exclude(pk=second.pk).get(kind="injection")
        assert third.due_on == dt.date(2026, 12, 20) + 28 * DAY

    def test_a_dose_written_down_elsewhere_keeps_it(self, on_sublocade, noon, clinic):
        """The trigger marks whoever was given something; a worker reckons."""
        engine.run_queue(CARE, clinic_id=clinic.pk, at=noon)
        at = noon + 29 * DAY
        self.given(on_sublocade, dt.date(2026, 12, 20))

        engine.run_queue(CARE, clinic_id=clinic.pk, at=at)

        injections = of(on_sublocade, kind="injection").order_by("due_on")
        assert [(row.due_on, row.status) for row in injections] == [
            (dt.date(2026, 12, 19), "done"),
            (dt.date(2027, 1, 17), "planned"),
        ]
        assert injections[0].outcome == "Given on 20 Dec 2026."


class TestEvidence:
    def test_a_urine_result_keeps_the_drug_test(self, plan, noon):
        """Recorded, and the random drug test stayed due."""
        test = of(plan.patient).get(kind="drug_test")
        ToxicologyResultFactory(
            patient=plan.patient, collected_at=noon + 3 * DAY, recorded_at=noon
        )

        reckon(plan.patient, noon + 4 * DAY)

        test.refresh_from_db()
        assert (test.status, test.kept_on) == ("done", (noon + 3 * DAY).date())
        assert of(plan.patient, kind="drug_test").count() == 2

    def test_a_talk_taken_back_opens_what_it_kept(self, clinic, prescriber, noon):
        called = PatientFactory(
            clinic=clinic, status="referred", referred_on=noon.date()
        )
        reckon(called, noon)
        first = of(called).get(kind="contact")
        attempt = outreach.record_outreach(
            patient=called, outcome="reached_coming", by=prescriber, at=noon
        )
        reckon(called, noon)
        first.refresh_from_db()
        assert first.status == "done"

        outreach.take_back_outreach(attempt=attempt, by=prescriber, at=noon)
        reckon(called, noon)

        first.refresh_from_db()
        assert first.is_open

    @pytest.mark.parametrize("is_here", [True, False])
    def test_what_somebody_held_who_left_meanwhile_is_the_roles(
        self, clinic, prescriber, care_manager, noon, is_here
    ):
        called = PatientFactory(
            clinic=clinic, status="referred", referred_on=noon.date()
        )
        reckon(called, noon)
        row = of(called).get(kind="contact")
        of(called, pk=row.pk).update(assigned_to=care_manager, given_at=noon)
        attempt = outreach.record_outreach(
            patient=called, outcome="reached_coming", by=prescriber, at=noon
        )
        reckon(called, noon)
        if not is_here:
            care_manager.memberships.all().delete()
        outreach.take_back_outreach(attempt=attempt, by=prescriber, at=noon)
        reckon(called, noon)

        row.refresh_from_db()
        assert row.is_open
        held = (care_manager, noon) if is_here else (None, None)
        assert (row.assigned_to, row.given_at) == held

    def test_a_try_that_reached_nobody_keeps_nothing(self, clinic, prescriber, noon):
        called = PatientFactory(
            clinic=clinic, status="referred", referred_on=noon.date()
        )
        reckon(called, noon)
        outreach.record_outreach(
            patient=called, outcome="no_answer", by=prescriber, at=noon
        )
        reckon(called, noon)

        assert of(called).get(kind="contact").is_open


class TestNeverDry:
    def test_a_new_referral_is_owed_a_contact_with_an_owner(self, clinic, noon):
        called = PatientFactory(
            clinic=clinic, status="referred", referred_on=noon.date()
        )

        reckon(called, noon)

        first = of(called).get(kind="contact")
        assert (first.due_on, first.assigned_role) == (noon.date(), "care_manager")

    def test_care_of_years_still_has_visits_and_a_review(self, plan, noon, clinic):
        """On day 407 nothing was owed."""
        at = noon
        for _ in range(16):
            at += 30 * DAY
            engine.run_queue(CARE, clinic_id=clinic.pk, at=at)

        ahead = of(plan.patient, status="planned", due_on__gt=at.date())
        assert {"visit"} <= set(ahead.values_list("kind", flat=True))
        review = of(plan.patient, kind="plan_review").get()
        assert (review.is_open, review.due_on) == (True, noon.date() + 90 * DAY)

    def test_back_in_care_the_calendar_is_whole(self, plan, prescriber, noon):
        """A discharge taken back lost the calendar for good."""
        ahead = {"status__in": ["planned", "due"]}
        before = set(of(plan.patient, **ahead).values_list("kind", "due_on"))
        person = plan.patient
        change_status(
            patient=person,
            status="discharged",
            discharge_class="transfer",
            by=prescriber,
            at=noon,
        )
        reckon(person, noon)
        change_status(patient=person, status="active", by=prescriber, at=noon)

        reckon(person, noon)

        after = of(person, **ahead)
        assert {kind for kind, _ in before} <= set(after.values_list("kind", flat=True))
        assert before & set(after.values_list("kind", "due_on"))
        assert all(row.key.startswith(f"{person.pk}:e2:") for row in after)

    def test_after_leaving_contacts_go_on(self, plan, prescriber, noon):
        change_status(
            patient=plan.patient,
            status="discharged",
            discharge_class="moved",
            by=prescriber,
            at=noon,
        )

        reckon(plan.patient, noon)

        contacts = of(plan.patient, kind="contact", status__in=["planned", "due"])
        days = [(row.due_on - noon.date()).days for row in contacts.order_by("due_on")]
        assert days[:5] == [1, 3, 7, 14, 28]
        withdrawn = of(plan.patient, kind="drug_test").get()
        assert withdrawn.outcome == "No longer owed: they left care; contacts go on."

    def test_the_sweep_leaves_what_is_owed_after_leaving(
        self, plan, prescriber, clinic, noon
    ):
        """The sweep ended every promise of whoever was discharged."""
        change_status(
            patient=plan.patient,
            status="discharged",
            discharge_class="moved",
            by=prescriber,
            at=noon,
        )

        for _ in range(2):
            engine.run_queue(CARE, clinic_id=clinic.pk, at=noon)
            engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon)

        still = of(plan.patient, kind="contact").exclude(status="cancelled")
        days = [(row.due_on - noon.date()).days for row in still.order_by("due_on")]
        assert days[:5] == [1, 3, 7, 14, 28]

    def test_coming_back_is_owed_what_a_referral_is_owed(self, plan, prescriber, noon):
        """The plan of before is read, and promises nothing."""
        leave_care(patient=plan.patient, leaving_class="moved", by=prescriber, at=noon)
        at = noon + 40 * DAY
        come_back(patient=plan.patient, by=prescriber, at=at)

        reckon(plan.patient, at)

        ahead = of(plan.patient, key__contains=":e2:", status__in=["planned", "due"])
        assert {"contact", "first_dose", "first_plan"} <= set(
            ahead.values_list("kind", flat=True)
        )
        assert not ahead.filter(kind="plan_review").exists()

    def test_what_was_kept_long_ago_stays_kept(self, person, prescriber, noon, clinic):
        """Doses are read back for a time alone; a first week that was kept is not owed
        again when it falls out of sight."""
        on_medicine(person, "MTD", dt.date(2026, 11, 21))
        for day in range(7):
            DoseEventFactory(
                patient=person,
                medication="MTD",
                kind="administered",
                on=noon.date() + day * DAY,
            )
        reckon(person, noon)
        reckon(person, noon + 8 * DAY)
        # The dose of the first day was there before anything was owed.
        assert of(person, kind="dosing_check", status="done").count() == 6

        for weeks in (6, 12, 18, 110):
            reckon(person, noon + weeks * 7 * DAY)

        kept = of(person, kind="dosing_check")
        assert set(kept.values_list("status", flat=True)) == {"done"}

    def test_a_concern_that_is_settled_puts_no_review_off(self, plan, clinician, noon):
        """What the concern owed is cancelled with it; the plan's own review stays."""
        review = of(plan.patient).get(kind="plan_review")
        owed(
            plan.patient,
            20,
            kind="plan_review",
            origin="event",
            key=f"{plan.patient.pk}:concern:9:plan_review",
            status="cancelled",
            closed_at=noon,
            closed_by=clinician,
        )

        reckon(plan.patient, noon + 30 * DAY)

        review.refresh_from_db()
        assert (review.is_open, review.due_on) == (True, noon.date() + 90 * DAY)

    def test_a_kit_of_the_first_contact_is_the_kit_of_the_plan(
        self, person, prescriber, noon
    ):
        owed(
            person,
            kind="naloxone_handover",
            status="done",
            closed_at=noon - DAY,
            closed_by=prescriber,
        )

        signing.sign_plan(
            plan=ready(drafted(person, prescriber)), by=prescriber, at=noon
        )

        assert not of(person, kind="naloxone_handover").exclude(status="done").exists()

    def test_rows_of_a_record_that_went_into_this_one_are_reckoned_with_it(
        self, plan, noon
    ):
        went = owed(plan.patient, 20, kind="plan_review", key="987654:e1:plan_review:x")

        reckon(plan.patient, noon)

        went.refresh_from_db()
        assert went.status == "cancelled"

    def test_while_care_is_held_somebody_asks_after_them(self, plan, clinician, noon):
        hold_care(patient=plan.patient, kind="custody", by=clinician, at=noon)

        reckon(plan.patient, noon)

        ahead = of(plan.patient, status__in=["planned", "due"])
        assert "visit" not in set(ahead.values_list("kind", flat=True))
        assert ahead.filter(kind="contact").exists()

    def test_who_declines_is_owed_no_contact_and_it_says_so(
        self, plan, prescriber, noon
    ):
        leave_care(patient=plan.patient, leaving_class="moved", by=prescriber, at=noon)
        reckon(plan.patient, noon)
        decline_contacts(patient=plan.patient, by=prescriber, at=noon)

        reckon(plan.patient, noon)

        call = of(plan.patient, kind="contact").latest("pk")
        assert call.outcome == (
            "No longer owed: they want no contact; the way back stays open."
        )


class TestMarks:
    def test_every_clinical_table_marks_whose_record_changed(self):
        tables = {model._meta.db_table for model, _ in marks.marked()}

        assert {
            "patients_patient",
            "treatment_doseevent",
            "treatment_toxicologyresult",
            "assessments_assessment",
            "assessments_concern",
            "plans_plan",
            "aftercare_outreachattempt",
        } <= tables
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT event_object_table FROM information_schema.triggers"
                " WHERE trigger_name = 'mark_care_insert'"
            )
            assert {row[0] for row in cursor.fetchall()} == tables

    def test_a_file_of_many_people_is_left_to_the_workers(self, clinic, noon):
        with mock.patch.object(reconcile, "AT_ONCE", 2):
            end = reconcile.reconcile_marked()
            people = [PatientFactory(clinic=clinic) for _ in range(3)]
            end(clinic=clinic, by=None, at=noon)

        assert not FollowUp.objects.filter(patient__in=people).exists()
        assert CareMark.objects.filter(patient__in=people).count() >= 3

    def test_what_was_recorded_stays_where_the_rest_cannot_be_worked_out(
        self, clinic, noon, caplog
    ):
        end = reconcile.reconcile_marked()
        called = PatientFactory(clinic=clinic, family_name="Quillfeather")
        fault = mock.Mock(side_effect=KeyError("Quillfeather"))
        with mock.patch.object(reconcile, "owed", fault):
            end(clinic=clinic, by=None, at=noon)

        assert CareMark.objects.filter(patient=called).exists()
        assert "reckoning failed: KeyError" in caplog.text
        assert "Quillfeather" not in caplog.text

    def test_a_database_that_is_away_is_no_fault_of_the_reckoning(self, clinic, noon):
        end = reconcile.reconcile_marked()
        PatientFactory(clinic=clinic)
        with (
            mock.patch.object(reconcile, "owed", side_effect=OperationalError),
            pytest.raises(OperationalError),
        ):
            end(clinic=clinic, by=None, at=noon)

    def test_whoever_another_act_holds_is_left_to_the_workers(self, clinic, noon):
        called = PatientFactory(clinic=clinic)
        with mock.patch.object(reconcile, "held", return_value=[]):
            assert not reckon(called, noon)

        assert CareMark.objects.filter(patient=called).count() >= 1
        assert not of(called).exists()

    def test_the_calendar_of_old_is_withdrawn_and_says_so(self, clinic, noon):
        called = PatientFactory(clinic=clinic)
        old = owed(called, 5, key=f"{called.pk}:plan:3:plan_review:1")

        reckon(called, noon)

        old.refresh_from_db()
        assert (old.status, old.outcome) == (
            "cancelled",
            "No longer owed: care goes on otherwise.",
        )

    def test_everybody_is_reckoned_once_a_day(self, clinic, noon):
        PatientFactory(clinic=clinic, status="deceased")
        PatientFactory.create_batch(2, clinic=clinic)
        engine.run_queue(CARE, clinic_id=clinic.pk, at=noon)

        again = engine.run_queue(CARE, clinic_id=clinic.pk, at=noon)
        tomorrow = engine.run_queue(CARE, clinic_id=clinic.pk, at=noon + DAY)

        assert again["reckoned"] == 0
        assert tomorrow["reckoned"] == 2
        assert not CareMark.objects.exists()


class TestStart:
    def test_a_medicine_begun_after_the_signature_brings_its_first_week(
        self, plan, noon, clinic
    ):
        engine.run_queue(CARE, clinic_id=clinic.pk, at=noon)
        on_medicine(plan.patient, "MTD", dt.date(2026, 11, 24))

        engine.run_queue(CARE, clinic_id=clinic.pk, at=noon + 3 * DAY)

        dosing = of(plan.patient, kind="dosing_check").order_by("due_on")
        assert dosing.count() == 7
        assert dosing[0].due_on == dt.date(2026, 11, 24)

    def test_written_down_late_it_does_not_invent_missed_days(self, plan, noon):
        on_medicine(plan.patient, "MTD", dt.date(2026, 11, 21))

        reckon(plan.patient, noon + 5 * DAY)

        dosing = of(plan.patient, kind="dosing_check")
        assert {row.due_on.day for row in dosing} == {26, 27}


class TestEvents:
    @pytest.fixture
    def overdose(self, plan, clinician, noon):
        told = EventAsTold(kind=EventKind.OVERDOSE, source="person", on=noon.date())
        event = record_event(patient=plan.patient, told=told, by=clinician, at=noon)
        reckon(plan.patient, noon)
        return event

    def test_an_overdose_owes_a_call_a_screener_and_a_visit(self, overdose):
        own = of(overdose.patient, key__contains=f":event:{overdose.pk}:")
        rows = {row.kind: row for row in own}

        assert {"contact", "safety_screen", "visit", "case_review"} <= set(rows)
        assert rows["contact"].severity == "danger"
        assert (rows["visit"].latest_on - rows["contact"].due_on).days <= 2

    def test_a_screener_given_before_it_was_known_keeps_nothing(
        self, overdose, clinician, noon
    ):
        screen = of(overdose.patient).get(kind="safety_screen", key__contains=":event:")
        assert screen.is_open

        record_assessment(
            patient=overdose.patient,
            instrument="cssrs",
            answers=NO_TO_ALL,
            by=clinician,
            at=noon + dt.timedelta(hours=2),
        )
        reckon(overdose.patient, noon + dt.timedelta(hours=2))

        screen.refresh_from_db()
        assert (screen.status, screen.kept_on) == ("done", noon.date())

    def test_taken_back_its_steps_are_owed_no_more(self, overdose, clinician, noon):
        take_back_event(event=overdose, why="Another person", by=clinician, at=noon)

        reckon(overdose.patient, noon)

        own = of(overdose.patient, key__contains=f":event:{overdose.pk}:")
        assert set(own.values_list("status", flat=True)) == {"cancelled"}


class TestHolds:
    def told(self, kind, noon):
        return EventAsTold(kind=kind, source="service", on=noon.date())

    def test_custody_holds_care_and_release_takes_it_up(self, plan, clinician, noon):
        person = plan.patient
        record_event(
            patient=person,
            told=self.told(EventKind.CUSTODY_IN, noon),
            by=clinician,
            at=noon,
        )
        reckon(person, noon)
        person.refresh_from_db()
        assert person.status == "on_hold"
        assert not of(person, kind="drug_test").exclude(status="cancelled").exists()

        at = noon + dt.timedelta(hours=1)
        record_event(
            patient=person,
            told=self.told(EventKind.CUSTODY_OUT, noon),
            by=clinician,
            at=at,
        )
        reckon(person, at)

        person.refresh_from_db()
        assert person.status == "active"
        assert of(person, kind="drug_test", status__in=["planned", "due"]).exists()

    def test_taken_back_nothing_is_held(self, plan, clinician, noon):
        event = record_event(
            patient=plan.patient,
            told=self.told(EventKind.HOSPITAL_IN, noon),
            by=clinician,
            at=noon,
        )

        take_back_event(event=event, why="Another person", by=clinician, at=noon)

        plan.patient.refresh_from_db()
        assert plan.patient.status == "active"

    def test_somebody_who_left_is_not_held(self, plan, clinician, prescriber, noon):
        change_status(
            patient=plan.patient,
            status="discharged",
            discharge_class="moved",
            by=prescriber,
            at=noon,
        )

        event = record_event(
            patient=plan.patient,
            told=self.told(EventKind.CUSTODY_IN, noon),
            by=clinician,
            at=noon,
        )

        plan.patient.refresh_from_db()
        assert (event.pk is not None, plan.patient.status) == (True, "discharged")

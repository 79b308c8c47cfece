"""A chart's header and overview."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from aftercare.models import FollowUp
from assessments.actions.measures import record_assessment, record_observation
from assessments.models import IntakeAnswer
from assessments.picture.assemble import picture_of
from medications.options.evaluate import evaluate
from patients.actions.registry import change_status
from patients.models import Allergy
from plans.models import Plan
from reports.chart.header import header_of
from reports.chart.left import for_stage
from tests.factories import PatientFactory
from tests.factories.aftercare import lines_written, owed
from tests.factories.assessments import (
    AssessmentFactory,
    IntakeAnswerFactory,
    IntakeFactory,
)
from tests.factories.treatment import DoseEventFactory, RegimenFactory

pytestmark = pytest.mark.django_db


def follow_up(person, due, **more):
    values = {
        "key": f"k{due}{more.get('title', '')}",
        "kind": "visit",
        "title": "Visit with the prescriber",
        "origin": "staff",
        "earliest_on": due,
        "due_on": due,
        "latest_on": due,
        "created_at": timezone.now(),
    }
    return FollowUp.objects.create(
        clinic=person.clinic, patient=person, **{**values, **more}
    )


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def ordered(person, medication, noon, start, *, stop=None, **parts):
    """An order with its days counted from today."""
    day = noon.date()
    return RegimenFactory(
        patient=person,
        medication=medication,
        started_on=day + dt.timedelta(days=start),
        stopped_on=None if stop is None else day + dt.timedelta(days=stop),
        **parts,
    )


def taken(person, noon, days, kind):
    return DoseEventFactory(
        patient=person,
        medication="MTD",
        kind=kind,
        on=noon.date() + dt.timedelta(days=days),
        amount_mg=85,
        recorded_at=noon,
    )


class TestHeader:
    def test_says_what_nobody_knows_yet(self, person, noon):
        header = header_of(person, at=noon)

        assert not header.allergies_known
        assert not header.pregnancy_known
        assert [f.value for f in header.facts] == [
            "Not started",
            "Not asked",
            "No score yet",
            "Nothing planned",
        ]
        assert header.risk.value == "No plan yet"

    def test_a_task_that_is_a_sentence_loses_its_full_stop(self, person, noon):
        owed(person, title="Record the DSM-5 criteria.")

        *_, due = header_of(person, at=noon).facts
        assert due.value == "Record the DSM-5 criteria, today"

    def test_pregnancy_does_not_arise_for_a_man(self, clinic, noon):
        header = header_of(PatientFactory(clinic=clinic, sex_at_birth="male"), at=noon)

        assert header.pregnancy == "Not applicable"

    def said(self, person, at, **answers):
        intake = IntakeFactory(patient=person, started_at=at)
        for question, value in answers.items():
            IntakeAnswerFactory(
                intake=intake, question=question, value=value, answered_at=at
            )

    def test_before_there_are_doses_the_last_use_counts(self, person, noon):
        self.said(person, noon, last_short_acting_dt="2026-11-21T03:30:00+00:00")

        last = header_of(person, at=noon).facts[1]
        assert (last.label, last.value) == ("Last opioid", "Sat 21 Nov, 03:30")

    @pytest.mark.parametrize(
        ("kit", "presses"),
        [([], True), (["has_kit"], False), (None, False)],
        ids=["none at home", "has one", "not asked"],
    )
    def test_an_overdose_without_naloxone_at_home_presses(
        self, person, noon, kit, presses
    ):
        answers = {"overdose_hx": "past_12_months", "pregnancy": False}
        self.said(person, noon, **answers, **({} if kit is None else {"ora": kit}))

        header = header_of(person, at=noon)
        assert ("naloxone" in header.risk.value) is presses
        assert header.pregnancy == "Not pregnant, asked today"

    def test_names_allergies(self, person, noon):
        Allergy.objects.create(
            clinic=person.clinic,
            patient=person,
            kind="other",
            substance="Penicillin",
            recorded_at=noon,
        )

        assert header_of(person, at=noon).allergies == "Penicillin"

    @pytest.mark.parametrize(
        ("substance", "said"),
        [
            ("Methadone (itching)", "Methadone (itching)"),
            ("Penicilin", "Penicilin (not recognised)"),
        ],
    )
    def test_an_allergy_that_nobody_recognises_is_said_to_be_one(
        self, person, noon, substance, said
    ):
        entry = {"kind": "other", "substance": substance, "recorded_at": noon}
        Allergy.objects.create(clinic=person.clinic, patient=person, **entry)

        assert header_of(person, at=noon).allergies == said

    def test_ended_allergies_leave_none_current(self, clinic, noon):
        person = PatientFactory(clinic=clinic, allergies_asked_at=noon)
        entry = {"kind": "other", "substance": "Latex", "recorded_at": noon}
        Allergy.objects.create(clinic=clinic, patient=person, is_current=False, **entry)

        assert header_of(person, at=noon).allergies == "None current, asked today"

    def test_none_known_is_said(self, clinic, noon):
        person = PatientFactory(
            clinic=clinic, no_known_allergies=True, allergies_asked_at=noon
        )

        assert header_of(person, at=noon).allergies == "None known, asked today"

    def test_medicine_with_its_day(self, person, noon):
        RegimenFactory(
            patient=person,
            medication="MTD",
            dose_mg="85.00",
            schedule="daily",
            started_on=noon.date() - dt.timedelta(days=9),
        )

        medicine = header_of(person, at=noon).facts[0]
        assert (medicine.value, medicine.context) == (
            "Methadone 85 mg",
            "daily, day 10",
        )

    def test_a_daily_medicine_with_missed_doses_is_interrupted(self, person, noon):
        """The order stands as it was; its amount is not shown as one to be given."""
        ordered(person, "MTD", noon, -80, dose_mg=85, schedule="daily")
        taken(person, noon, -10, "administered")
        taken(person, noon, -1, "missed")

        medicine = header_of(person, at=noon).facts[0]
        assert (medicine.value, medicine.context) == (
            "Methadone, interrupted",
            "was 85 mg, 9 days missed",
        )

    @pytest.mark.parametrize(
        ("begun", "last"),
        [
            pytest.param(-80, -3, id="two days away"),
            pytest.param(-80, -90, id="none taken under this order yet"),
            pytest.param(-10, -1, id="taken yesterday, early"),
        ],
    )
    def test_a_short_gap_leaves_it_as_it_is(self, person, noon, begun, last):
        ordered(person, "MTD", noon, begun, dose_mg=85)
        taken(person, noon, last, "administered")

        assert header_of(person, at=noon).facts[0].value == "Methadone 85 mg"

    def test_in_the_first_two_weeks_two_days_are_enough(self, person, noon):
        ordered(person, "MTD", noon, -10, dose_mg=30)
        taken(person, noon, -3, "administered")

        medicine = header_of(person, at=noon).facts[0]
        assert medicine.context == "was 85 mg, 2 days missed"

    def test_an_injection_is_not_interrupted_by_days_without_one(self, person, noon):
        ordered(person, "SUBLOCADE", noon, -80, dose_mg=300)

        assert "interrupted" not in header_of(person, at=noon).facts[0].value

    def test_a_stopped_medicine_is_not_shown_as_taken(self, person, noon):
        RegimenFactory(
            patient=person,
            medication="MTD",
            started_on=noon.date() - dt.timedelta(days=90),
            stopped_on=noon.date() - dt.timedelta(days=9),
        )

        assert header_of(person, at=noon).facts[0].value.startswith("None since")

    def test_methadone_goes_on_beside_a_low_dose_start_that_ended(self, person, noon):
        ordered(person, "MTD", noon, -60, dose_mg=90)
        overlap = {"is_low_dose_overlap": True, "dose_mg": 2}
        low = ordered(person, "BUP_LOW", noon, -5, stop=-2, **overlap)

        medicine = header_of(person, at=noon).facts[0]
        assert (medicine.value, medicine.context) == ("Methadone 90 mg", "day 61")

        low.stopped_on = None
        low.save()
        medicine = header_of(person, at=noon).facts[0]
        assert medicine.value == "Methadone 90 mg + Buprenorphine, low-dose start 2 mg"
        assert medicine.context == "day 61; day 6"

    def test_a_start_that_lies_ahead_is_said_to_start(self, person, noon):
        ordered(person, "NTX_XR", noon, 10, dose_mg=380)

        medicine = header_of(person, at=noon).facts[0]
        assert medicine.value == "Starts Tue 1 Dec"
        assert medicine.context == "Naltrexone XR, injection 380 mg"

    def test_a_stop_that_lies_ahead_has_not_happened(self, person, noon):
        ordered(person, "MTD", noon, -9, stop=3, dose_mg=90)

        medicine = header_of(person, at=noon).facts[0]
        assert medicine.value == "Methadone 90 mg"
        assert medicine.context == "day 10, stops Tue 24 Nov"

    def test_nothing_goes_on_counting_after_a_death(self, person, noon):
        ordered(person, "MTD", noon, -90, dose_mg=90)
        change_status(
            patient=person,
            status="deceased",
            by=None,
            at=noon - dt.timedelta(days=2),
        )
        person.refresh_from_db()

        header = for_stage(header_of(person, at=noon), person, noon)
        assert header_of(person, at=noon).facts[0].value == "None since Thu 19 Nov"
        assert [(f.label, f.value) for f in header.facts] == [("Died", "Thu 19 Nov")]
        assert header.stage == "Deceased"
        assert (header.risk, header.waiting) == (None, 0)

    def test_a_day_of_death_that_nobody_knows_is_not_made_up(self, clinic, noon):
        person = PatientFactory(clinic=clinic, status="deceased")

        [died] = for_stage(header_of(person, at=noon), person, noon).facts
        assert died.value == "Day not known"

    def test_whoever_left_is_said_to_have_left(self, person, noon):
        change_status(
            patient=person,
            status="discharged",
            discharge_class="moved",
            by=None,
            at=noon,
        )
        person.refresh_from_db()

        facts = for_stage(header_of(person, at=noon), person, noon).facts
        assert (facts[0].label, facts[0].value) == ("Left care", "Sat 21 Nov")
        assert facts[-1].context == "the way back is open"

    def test_a_dose_ordered_for_a_coming_day_is_not_taken(self, person, noon):
        taken(person, noon, -1, "administered")
        taken(person, noon, 7, "prescribed")

        dose = header_of(person, at=noon).facts[1]
        assert (dose.value, dose.context) == ("Fri 20 Nov", "85 mg")

    def test_a_day_of_another_year_says_so(self, person, noon):
        self.said(person, noon, last_short_acting_dt="2024-11-21T03:30:00+00:00")

        assert header_of(person, at=noon).facts[1].value == "Thu 21 Nov 2024, 03:30"

    def test_last_opioid_is_known_whichever_question_told(self, person, noon):
        rows = [{"row": "f", "kind": "fentanyl", "last": "2026-11-21T08:00:00+00:00"}]
        self.said(person, noon, opioids_used=["fentanyl"], opioid_use=rows)

        assert header_of(person, at=noon).facts[1].value == "Sat 21 Nov, 08:00"

    def test_a_pregnancy_of_last_year_is_asked_about(self, person, noon):
        self.said(person, noon - dt.timedelta(days=330), pregnancy=True)

        header = header_of(person, at=noon)
        assert header.pregnancy == "Ask: was pregnant, asked Fri 26 Dec 2025"

    def test_a_positive_test_of_today_changes_the_header_and_the_options(
        self, person, noon
    ):
        self.said(person, noon - dt.timedelta(days=330), pregnancy=False)
        assert header_of(person, at=noon).pregnancy == "Not known since Fri 26 Dec 2025"
        before = evaluate(picture_of(person, at=noon)).option("SUBLOCADE")

        record_observation(
            patient=person,
            code="pregnancy_test",
            text="positive",
            effective_at=noon,
            by=None,
            at=noon,
        )

        assert header_of(person, at=noon).pregnancy == "Pregnant, test today"
        after = evaluate(picture_of(person, at=noon)).option("SUBLOCADE")
        assert "C69" not in {finding.rule for finding in before.findings}
        assert "C69" in {finding.rule for finding in after.findings}

    def test_last_dose_and_what_was_missed(self, person, noon):
        for day, kind in ((18, "administered"), (19, "missed"), (20, "missed")):
            DoseEventFactory(
                patient=person,
                medication="MTD",
                kind=kind,
                on=dt.date(2026, 11, day),
                amount_mg=85 if kind == "administered" else None,
                recorded_at=noon,
            )

        dose = header_of(person, at=noon).facts[1]
        assert dose.value == "Wed 18 Nov"
        assert dose.context == "missed Thu 19 Nov, Fri 20 Nov"

    def test_the_last_score_beside_the_one_before(self, person, noon):
        for days, total in ((30, 16), (1, 12)):
            AssessmentFactory(
                patient=person,
                instrument="phq9",
                total=total,
                band="moderate",
                given_at=noon - dt.timedelta(days=days),
            )

        trend = header_of(person, at=noon).facts[2]
        assert trend.value == "12, moderate"
        assert trend.context.startswith("16 on")

    def test_an_amended_score_is_no_earlier_one(self, person, noon):
        first = None
        for total in (16, 12):
            first = AssessmentFactory(
                patient=person,
                instrument="phq9",
                total=total,
                given_at=noon,
                amends=first,
            )

        trend = header_of(person, at=noon).facts[2]
        assert (trend.value, trend.context) == ("12", "no earlier score")

    def test_what_is_late_presses_where_nothing_is_graver(self, person, noon):
        follow_up(person, dt.date(2026, 11, 18))
        lines_written(person.clinic)

        header = header_of(person, at=noon)

        assert header.risk.value == "Visit with the prescriber 3 days late"
        assert (header.risk.context, header.risk.is_red) == ("", False)
        assert header.late == 1

    def test_danger_presses_before_what_is_late(self, person, noon):
        follow_up(person, dt.date(2026, 11, 10))
        RegimenFactory(
            patient=person,
            started_on=dt.date(2026, 9, 1),
            stopped_on=dt.date(2026, 11, 20),
        )
        lines_written(person.clinic)

        risk = header_of(person, at=noon).risk
        assert risk.value == "Medicine stopped yesterday"

    def test_a_kit_handed_over_since_ends_the_alarm(self, person, noon):
        intake = IntakeFactory(patient=person, started_at=noon)
        for question, value in (("overdose_hx", "past_12_months"), ("ora", [])):
            IntakeAnswerFactory(
                intake=intake, question=question, value=value, answered_at=noon
            )
        assert "naloxone" in header_of(person, at=noon).risk.value
        owed(
            person,
            kind="naloxone_handover",
            status="done",
            closed_at=noon + dt.timedelta(minutes=5),
        )

        assert "naloxone" not in header_of(person, at=noon).risk.value

    def test_a_high_suicide_screen_presses_before_all_else(self, person, noon):
        follow_up(person, dt.date(2026, 11, 18))
        answers = {"wish": 1, "thoughts": 1, "intent": 1}
        record_assessment(
            patient=person, instrument="cssrs", answers=answers, by=None, at=noon
        )

        assert header_of(person, at=noon).risk.value == "C-SSRS screener: high"

    def test_what_comes_next(self, person, noon):
        follow_up(person, dt.date(2026, 11, 22))
        follow_up(person, dt.date(2027, 1, 4), title="Plan review")

        due = header_of(person, at=noon).facts[3]
        assert due.value == "Visit with the prescriber, tomorrow"
        assert due.context == "then plan review"

    def test_an_unsigned_draft_presses(self, person, noon):
        Plan.objects.create(
            clinic=person.clinic,
            patient=person,
            version=1,
            picture={},
            knowledge_digest="k",
            drafted_at=noon,
        )

        assert header_of(person, at=noon).risk.value == "The plan is not signed"

    @pytest.mark.parametrize("status", ["discharged", "deceased"])
    def test_nothing_presses_for_who_has_left(self, clinic, noon, status):
        person = PatientFactory(clinic=clinic, status=status)

        assert header_of(person, at=noon).risk is None

    def test_the_day_of_treatment_is_counted_from_admission(self, clinic, noon):
        person = PatientFactory(
            clinic=clinic, status="active", admitted_on=dt.date(2026, 11, 12)
        )

        assert header_of(person, at=noon).stage == "Active, day 10"


class TestPages:
    def test_the_overview_says_what_to_do_first(self, as_clinician, person):
        page = as_clinician.get(f"/people/{person.pk}/").content.decode()

        assert "No plan yet" in page
        assert "Go to the intake" in page
        assert f'href="/people/{person.pk}/medication/">Weigh the options' in page

    def told(self, person, noon, **answers):
        intake = IntakeFactory(patient=person, started_at=noon)
        for question, value in answers.items():
            IntakeAnswerFactory(intake=intake, question=question, value=value)

    def test_before_a_plan_their_own_words_stand_on_the_overview(
        self, as_clinician, person, noon
    ):
        self.told(person, noon, words_reason="Tired.", words_proud="My daughter.")

        page = as_clinician.get(f"/people/{person.pk}/").content.decode()
        assert "“Tired.”<small>What brings them here, " in page
        assert "“My daughter.”<small>Proud of, " in page
        assert "and 1 more" not in page

    def test_two_of_them_are_in_sight_and_the_rest_is_folded(
        self, as_clinician, person, noon
    ):
        said = {"words_strengths": "Music.", "words_body": "Bad veins."}
        self.told(person, noon, words_reason="Tired.", words_proud="A.", **said)

        page = as_clinician.get(f"/people/{person.pk}/").content.decode()
        assert "<summary>and 2 more</summary>" in page
        assert page.index("“A.”") < page.index("and 2 more") < page.index("“Music.”")

    def test_a_plan_speaks_in_their_place(self, as_clinician, person, noon):
        self.told(person, noon, words_reason="Tired.")
        Plan.objects.create(
            clinic=person.clinic,
            patient=person,
            version=1,
            picture={},
            knowledge_digest="k",
            drafted_at=noon,
        )

        page = as_clinician.get(f"/people/{person.pk}/").content.decode()
        assert "“Tired.”" not in page
        assert '<q class="mst-quote">Tired.</q>' in page

    def test_what_was_told_at_the_intake_is_folded_with_its_count(
        self, as_clinician, person, noon
    ):
        self.told(person, noon, child_protection=True, education=None)
        IntakeAnswer.objects.filter(question="education").update(is_known=False)

        page = as_clinician.get(f"/people/{person.pk}/").content.decode()
        assert "Told at the intake (2)" in page
        assert "Child protection, involved or feared" in page
        assert re.search(r"is-unknown.{1,200}not known", page, re.DOTALL)
        assert re.search(r"\d+ more not asked", page)

    def test_without_an_answer_there_is_no_such_fold(self, as_clinician, person):
        page = as_clinician.get(f"/people/{person.pk}/").content.decode()

        assert "Told at the intake" not in page

    def test_opening_it_is_counted(self, as_clinician, person):
        as_clinician.get(f"/people/{person.pk}/")

        assert AuditEvent.objects.get(verb="chart.viewed").patient_id == person.pk

    def test_asks_few_questions_of_the_database(
        self, as_clinician, person, django_assert_max_num_queries
    ):
        follow_up(person, dt.date(2026, 11, 22))
        with django_assert_max_num_queries(40) as asked:
            as_clinician.get(f"/people/{person.pk}/")
        assert len(asked) <= 40

    def test_home_of_a_care_manager_has_no_plans_to_sign(self, as_care_manager):
        page = as_care_manager.get("/").content.decode()

        assert "Today, yours" in page
        assert "Plans to sign" not in page

    def test_home_lists_what_waits_for_a_clinician(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic, family_name="Waiting")
        owed(person, assigned_role="clinician")
        lines_written(clinic)

        page = as_clinician.get("/").content.decode()

        assert "Waiting" in page
        assert "Plans to sign" not in page

    def test_home_says_the_first_few_of_the_day(self, as_clinician, clinic):
        for _ in range(9):
            owed(PatientFactory(clinic=clinic), assigned_role="clinician")
        lines_written(clinic)

        page = as_clinician.get("/").content.decode()

        assert page.count('class="mst-who"') == 7
        assert "2 more" in page

    def test_home_of_an_admin_opens_no_chart(self, as_admin, clinic):
        PatientFactory(clinic=clinic, family_name="Waiting")

        assert "Waiting" not in as_admin.get("/").content.decode()

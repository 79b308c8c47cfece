"""Follow-ups of measures: what they ask for, what is left, kept by themselves."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from aftercare.actions.reconcile import reconcile
from aftercare.check_ins.instruments import choices_for, refused, wanted_in
from aftercare.models import FollowUp
from aftercare.record.measures import due_of, known_of, owed_measures, progress_of
from assessments.actions.intake import start_intake
from assessments.actions.measures import mark_entered_in_error, record_assessment
from assessments.scores.occasions import Due, Event
from devtools.bench.statement_count import statements
from knowledge.instruments.registry import find
from patients.models import Condition
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed
from tests.factories.assessments import IntakeAnswerFactory
from treatment.actions.regimens import start_regimen

DAY = dt.timedelta(days=1)
FULL = {
    "tea": {"substance_use": 5, "health": 5, "lifestyle": 5, "community": 5},
    "barc10": {item.key: 5 for item in find("barc10").items},
    "peg": {"pain": 0, "enjoyment": 0, "activity": 0},
}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def gives(patient, clinician, noon):
    def give(key, answers=None, *, days=0):
        declared = find(key)
        lowest = {item.key: min(item.allowed) for item in declared.items}
        given = record_assessment(
            patient=patient,
            instrument=key,
            answers=answers or FULL.get(key) or lowest,
            given_at=noon + days * DAY,
            by=clinician,
            at=noon,
        )
        # As the end of the request does, or a worker.
        reconcile(patient=patient, by=clinician, at=noon + days * DAY)
        return given

    return give


def week(patient, **more):
    return owed(
        patient,
        before=3,
        after=7,
        kind="measures",
        occasion="first_weeks",
        title="Measures, week 4",
        **more,
    )


def status(follow_up):
    return FollowUp.objects.get(pk=follow_up.pk).status


class TestKnown:
    def test_nothing_is_known_of_somebody_new(self, patient):
        known = known_of(patient, on=TODAY)

        assert (known.last_given, known.started_on) == ({}, None)
        assert (known.has_pain, known.uses_now) == (None, None)
        assert not known.needs_screen

    def test_only_what_is_complete_and_stands_was_given(
        self, patient, gives, clinician, noon
    ):
        gives("phq9", {"interest": 3})
        wrong = gives("tea")
        mark_entered_in_error(
            assessment=wrong, reason="Another person", by=clinician, at=noon
        )
        gives("barc10", days=-10)

        assert set(known_of(patient, on=TODAY).last_given) == {"barc10"}

    def test_the_last_total_and_day_of_each(self, patient, gives):
        gives("gad7", days=-30)
        gives("gad7", {i.key: 2 for i in find("gad7").items}, days=-3)

        known = known_of(patient, on=TODAY)
        assert known.last_total["gad7"] == 14
        assert known.last_given["gad7"] == TODAY - 3 * DAY

    def test_the_start_of_the_medicine_taken_now(self, patient, prescriber, noon):
        start_regimen(
            patient=patient,
            medication="BUP_SL",
            started_on=TODAY - 28 * DAY,
            dose_mg=Decimal(8),
            by=prescriber,
            at=noon,
        )

        assert known_of(patient, on=TODAY).started_on == TODAY - 28 * DAY

    @pytest.mark.parametrize(
        ("said", "name", "is_so"),
        [
            ({"pain": ["chronic"]}, "has_pain", True),
            ({"pain": []}, "has_pain", False),
            ({"opioids_used": []}, "uses_now", False),
            ({"opioids_used": ["heroin"]}, "uses_now", None),
            (
                {
                    "opioids_used": ["heroin"],
                    "opioid_use": [{"kind": "heroin", "days": 12}],
                },
                "uses_now",
                True,
            ),
        ],
    )
    def test_what_the_intake_says(self, patient, clinician, noon, said, name, is_so):
        intake = start_intake(patient=patient, by=clinician, at=noon)
        for question, value in said.items():
            IntakeAnswerFactory(
                intake=intake,
                question=question,
                value=value,
                answered_at=noon,
                answered_by=clinician,
            )

        assert getattr(known_of(patient, on=TODAY), name) is is_so

    def test_pain_that_was_measured_is_pain(self, patient, gives):
        gives("peg", {"pain": 5, "enjoyment": 3, "activity": 1})

        assert known_of(patient, on=TODAY).has_pain is True

    def test_a_danger_that_was_not_screened_asks_for_the_screener(self, patient, gives):
        gives("phq9", {"self_harm": 1})

        assert "cssrs" in {one.instrument for one in due_of(patient, on=TODAY)}

    def test_events_are_told_by_who_knows_them(self, patient):
        event = Event("an overdose", TODAY)

        assert known_of(patient, on=TODAY, events=[event]).events == (event,)


class TestKeptByItself:
    def test_once_all_of_it_was_given(self, patient, gives):
        follow_up = week(patient)

        gives("bam")
        assert status(follow_up) == "planned"
        gives("tea")

        closed = FollowUp.objects.get(pk=follow_up.pk)
        assert closed.status == "done"
        assert closed.outcome == "Given: BAM, TEA."
        told = AuditEvent.objects.filter(verb="follow_ups.reckoned")
        kept = (event.facts["changes"].get("kept", 0) for event in told)
        assert sum(kept) == 1

    def test_a_raised_mood_is_asked_for_too(self, patient, gives):
        gives("phq9", {i.key: 2 for i in find("phq9").items[:8]}, days=-28)
        follow_up = week(patient)

        gives("bam")
        gives("tea")
        assert status(follow_up) == "planned"
        gives("phq9")
        assert status(follow_up) == "done"

    def test_what_was_given_before_the_window_does_not_count(self, patient, gives):
        follow_up = week(patient)

        gives("bam", days=-4)
        gives("tea")

        assert status(follow_up) == "planned"

    def test_the_first_day_of_the_window_counts(self, patient, gives):
        follow_up = week(patient)

        gives("bam", days=-3)
        gives("tea", days=-3)

        assert status(follow_up) == "done"

    def test_late_is_better_than_never(self, patient, gives):
        follow_up = week(patient, due=-20, status="missed")

        gives("bam")
        gives("tea")

        assert status(follow_up) == "done"

    def test_a_window_that_has_not_opened_stays(self, patient, gives):
        follow_up = week(patient, due=28)

        gives("bam")
        gives("tea")

        assert status(follow_up) == "planned"

    def test_one_that_staff_worded_is_closed_by_staff(self, patient, gives):
        follow_up = owed(patient, kind="measures", title="Ask about sleep")

        gives("bam")
        gives("tea")

        assert status(follow_up) == "planned"

    def test_another_persons_stays(self, patient, clinic, gives):
        other = week(PatientFactory(clinic=clinic))

        gives("bam")
        gives("tea")

        assert status(other) == "planned"

    @pytest.mark.parametrize(
        ("occasion", "keys"),
        [
            ("every_90_days", ["bam", "barc10", "tea", "peg"]),
            ("yearly", ["ahc_hrsn", "audit_c", "pc_ptsd5"]),
        ],
    )
    def test_each_occasion_has_its_own(self, patient, gives, occasion, keys):
        follow_up = owed(patient, kind="measures", occasion=occasion)

        for key in keys[:-1]:
            gives(key)
        assert status(follow_up) == "planned"
        gives(keys[-1])
        assert status(follow_up) == "done"


class TestLeft:
    def test_says_what_was_given_and_what_is_left(self, patient, gives):
        follow_up = week(patient)
        gives("bam")

        shown = owed_measures(patient, [follow_up], on=TODAY)[follow_up.pk]

        assert (shown.given, shown.left, shown.keys) == ("BAM", "TEA", "tea")

    def test_before_the_window_nothing_is_asked(
        self, patient, django_assert_num_queries
    ):
        follow_up = week(patient, due=30)

        with django_assert_num_queries(0):
            assert owed_measures(patient, [follow_up], on=TODAY) == {}

    def test_where_staff_chose_the_words_what_is_due_is_left(self, patient):
        follow_up = owed(patient, kind="measures")

        shown = owed_measures(patient, [follow_up], on=TODAY)[follow_up.pk]

        assert shown.keys.startswith("dsm5_oud,cows,")
        assert (shown.first, shown.then.split(",")[0]) == ("dsm5_oud", "cows")

    def test_nothing_asked_is_not_done(self, patient):
        follow_up = owed(patient, kind="measures")

        assert not progress_of(follow_up, known_of(patient, on=TODAY)).is_done

    def test_the_page_offers_each_way(self, as_care_manager, patient):
        today = clinic_today()
        follow_up = week(patient, due=(today - TODAY).days)

        page = as_care_manager.get(
            reverse("aftercare:of_patient", args=[patient.pk])
        ).content.decode()

        assert "left: BAM, TEA" in page
        assert "measures/give/bam/?then=tea" in page
        assert "hand-over/?give=bam,tea" in page
        assert f"check-ins/new/?give=bam,tea&amp;follow_up={follow_up.pk}" in page


def test_a_diagnosis_of_pain_is_pain(patient, noon):
    Condition.objects.create(
        clinic=patient.clinic,
        patient=patient,
        code="G89.4",
        title="Chronic pain syndrome",
        recorded_at=noon,
    )

    assert known_of(patient, on=TODAY).has_pain is True


def test_the_page_stays_within_its_budget(as_care_manager, patient):
    today = clinic_today()
    for number in range(6):
        week(patient, due=(today - TODAY).days + number - 3)
    path = reverse("aftercare:of_patient", args=[patient.pk])

    with CaptureQueriesContext(connection) as captured:
        assert as_care_manager.get(path).status_code == 200

    # One of them reads the moves between sites.
    assert statements(captured) <= 26


class TestChoosing:
    def choose(self, client, patient, query="", **data):
        path = reverse("aftercare:choose_measures", args=[patient.pk]) + query
        return client.post(path, data) if data else client.get(path)

    def test_what_is_due_comes_first_with_its_reason(self, as_clinician, patient):
        found = self.choose(as_clinician, patient, "?give=tea,peg,nonsense")

        due, others = found.context["groups"]
        assert (due.heading, others.heading) == ("Due", "Others")
        assert due.choices[0].why == "not given yet"
        chosen = {c.key for g in (due, others) for c in g.choices if c.is_chosen}
        assert chosen == {"tea", "peg"}

    @pytest.mark.parametrize(
        ("way", "give", "path"),
        [
            ("now", ["bam", "tea"], "measures/give/bam/?then=tea"),
            ("now", ["cows"], "measures/give/cows/"),
            ("tablet", ["bam", "tea"], "hand-over/?give=bam%2Ctea"),
            ("link", ["phq9"], "check-ins/new/?give=phq9"),
        ],
    )
    def test_leads_on_by_the_way_chosen(self, as_clinician, patient, way, give, path):
        found = self.choose(as_clinician, patient, way=way, give=give)

        assert found.url.endswith(path)

    def test_the_follow_up_goes_along(self, as_clinician, patient):
        found = self.choose(
            as_clinician, patient, "?follow_up=7", way="link", give=["phq9"]
        )

        assert found.url.endswith("&follow_up=7")

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"way": "now"}, "Choose at least one"),
            ({"way": "pigeon", "give": ["phq9"]}, "Choose how"),
            ({"way": "tablet", "give": ["phq9", "cows"]}, "COWS stays with staff"),
            ({"way": "link", "give": ["ahc_hrsn"]}, "Asks about harm at home"),
        ],
    )
    def test_says_what_cannot_be(self, as_clinician, patient, data, words):
        found = self.choose(as_clinician, patient, **data)

        assert found.status_code == 400
        assert words in found.content.decode()

    def test_harm_at_home_may_be_asked_on_the_tablet(self):
        assert refused(("ahc_hrsn",), "tablet") == ""

    def test_names_are_read_leniently_and_once(self):
        assert wanted_in(["PHQ-9", "phq9", "", "x"]) == ("phq9",)

    def test_without_anything_due_there_is_one_group(self):
        assert [g.heading for g in choices_for([], [])] == ["Others"]
        due = [Due(key, TODAY, "week 4", "A18", "[P]") for key in ["bam"]]
        assert [g.heading for g in choices_for(due, [])] == ["Due", "Others"]

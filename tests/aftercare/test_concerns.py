"""Answers that point to a danger: what they raise, what is owed, how it is resolved."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from aftercare.actions.alerts import acknowledge
from aftercare.actions.concerns import duties_of, resolve
from aftercare.actions.reconcile import reconcile
from aftercare.forms.follow_ups import ResolveForm
from aftercare.models import FollowUp
from assessments.actions.concerns import AlreadyResolved, NothingSaid, resolve_concern
from assessments.actions.measures import (
    AnswersRefused,
    mark_entered_in_error,
    record_assessment,
)
from assessments.models import Concern
from knowledge.instruments.registry import find
from knowledge.schedule.steps import duties
from reports.chart.header import header_of
from tests.factories import PatientFactory
from tests.factories.aftercare import called_for
from tests.factories.aftercare import owed as is_owed

pytestmark = pytest.mark.django_db

PHQ9 = [
    "interest",
    "mood",
    "sleep",
    "energy",
    "appetite",
    "worth",
    "concentration",
    "psychomotor",
    "self_harm",
]
NO_TO_ALL = dict.fromkeys(
    ["wish", "thoughts", "method", "intent", "plan", "behavior_ever"], 0
)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def phq9(person, by, at, self_harm=2, **more):
    answers = {**dict.fromkeys(PHQ9, 1), "self_harm": self_harm}
    return record_assessment(
        patient=person, instrument="phq9", answers=answers, by=by, at=at, **more
    )


def cssrs(person, by, at, *, yes=(), **more):
    answers = {**NO_TO_ALL, **dict.fromkeys(yes, 1)}
    return record_assessment(
        patient=person, instrument="cssrs", answers=answers, by=by, at=at, **more
    )


def owed(person):
    return set(called_for().open().filter(patient=person).values_list("kind", "cite"))


class TestRaise:
    @pytest.mark.parametrize(
        ("yes", "level"),
        [
            (["wish"], "LOW"),
            (["wish", "thoughts"], "LOW"),
            (["thoughts", "method"], "MODERATE"),
            (["behavior_ever"], "MODERATE"),
            (["thoughts", "intent"], "HIGH"),
            (["thoughts", "plan"], "HIGH"),
            (["behavior_ever", "behavior_recent"], "HIGH"),
        ],
    )
    def test_the_screener_raises_its_level(self, person, clinician, noon, yes, level):
        answers = cssrs(person, clinician, noon, yes=yes)

        concern = Concern.objects.get()
        assert Concern.Level(concern.level).name == level
        assert concern.assessment == answers
        assert concern.kind == Concern.Kind.SUICIDE_RISK

    def test_all_no_raises_nothing(self, person, clinician, noon):
        cssrs(person, clinician, noon)

        assert not Concern.objects.exists()
        assert not owed(person)

    @pytest.mark.parametrize(("code", "raised"), [(0, 0), (1, 1), (3, 1), (None, 0)])
    def test_any_thought_of_self_harm_waits_for_the_screener(
        self, person, clinician, noon, code, raised
    ):
        phq9(person, clinician, noon, self_harm=code)

        assert Concern.objects.filter(level=Concern.Level.UNSCREENED).count() == raised
        assert len(owed(person)) == raised

    def test_an_unfinished_screener_speaks_when_it_is_high_already(
        self, person, clinician, noon
    ):
        record_assessment(
            patient=person,
            instrument="cssrs",
            answers={"intent": 1},
            by=clinician,
            at=noon,
        )

        assert Concern.objects.get().level == Concern.Level.HIGH

    def test_old_answers_entered_late_do_not_speak_for_today(
        self, person, clinician, noon
    ):
        phq9(person, clinician, noon, self_harm=0)
        phq9(person, clinician, noon, given_at=noon - dt.timedelta(days=40))

        assert not Concern.objects.exists()

    def test_answers_that_are_not_allowed_raise_nothing(self, person, clinician, noon):
        with pytest.raises(AnswersRefused):
            record_assessment(
                patient=person,
                instrument="phq9",
                answers={"self_harm": 9},
                by=clinician,
                at=noon,
            )

        assert not Concern.objects.exists()

    def test_is_in_the_audit(self, person, clinician, noon):
        cssrs(person, clinician, noon, yes=["thoughts", "plan"])

        event = AuditEvent.objects.get(verb="concern.raised")
        assert event.facts == {"kind": "suicide_risk", "level": 5}
        assert event.patient_id == person.pk


class TestDuties:
    @pytest.mark.parametrize(
        ("yes", "level"),
        [(["wish"], "low"), (["behavior_ever"], "moderate"), (["plan"], "high")],
    )
    def test_each_level_owes_its_own(self, person, clinician, noon, yes, level):
        cssrs(person, clinician, noon, yes=yes)

        assert owed(person) == {(duty.kind, duty.source) for duty in duties()[level]}

    def test_they_are_due_the_same_day(self, person, clinician, noon):
        cssrs(person, clinician, noon, yes=["plan"])

        for row in called_for().filter(patient=person):
            assert row.due_on == row.latest_on == noon.date()
            assert row.status == FollowUp.Status.DUE

    def test_what_is_owed_already_is_not_owed_twice(self, person, clinician, noon):
        cssrs(person, clinician, noon, yes=["plan"])
        cssrs(person, clinician, noon + dt.timedelta(hours=1), yes=["plan"])

        assert Concern.objects.open().count() == 2
        assert called_for().open().count() == len(duties()["high"])

    def test_what_is_owed_later_is_owed_sooner_when_it_presses(
        self, person, clinician, noon
    ):
        cssrs(person, clinician, noon, yes=["wish"])
        cssrs(person, clinician, noon + dt.timedelta(hours=1), yes=["plan"])

        plans = FollowUp.objects.open().filter(kind="safety_plan")
        assert sorted(row.latest_on for row in plans)[0] == noon.date()

    def test_every_level_has_duties(self):
        assert set(duties()) == {name.lower() for name in Concern.Level.names}


def bam(person, by, at, risk=1, use=0):
    instrument = find("bam")
    answers = dict.fromkeys(instrument.item_keys, risk) | {
        "alcohol_days": use,
        "heavy_alcohol_days": 0,
        "drug_days": 0,
        "enough_income": 4,
    }
    return record_assessment(
        patient=person, instrument="bam", answers=answers, by=by, at=at
    )


class TestOffTrack:
    def test_worse_than_their_own_baseline_asks_for_a_review(
        self, person, clinician, noon
    ):
        bam(person, clinician, noon)
        bam(person, clinician, noon + dt.timedelta(days=28), risk=2)

        concern = Concern.objects.get()
        assert (concern.kind, concern.level) == ("off_track", Concern.Level.NOTICE)
        assert concern.reason.startswith("BAM risk 6 to 12: 6 points up")
        review = called_for().open().get(patient=person)
        assert review.due_on == (noon + dt.timedelta(days=28)).date()
        assert review.kind == "plan_review"
        assert review.reason == concern.reason
        assert (review.latest_on - review.due_on).days == 14

    def test_on_track_raises_nothing(self, person, clinician, noon):
        bam(person, clinician, noon, risk=2)
        bam(person, clinician, noon + dt.timedelta(days=28), risk=2)

        assert not Concern.objects.exists()

    def test_a_first_score_is_measured_against_nothing(self, person, clinician, noon):
        bam(person, clinician, noon, risk=4, use=4)

        assert not Concern.objects.exists()

    def test_staying_off_track_is_one_concern(self, person, clinician, noon):
        for week, risk in ((0, 1), (4, 2), (8, 3)):
            bam(person, clinician, noon + dt.timedelta(weeks=week), risk=risk)

        assert Concern.objects.count() == 1

    def test_back_on_track_settles_it(self, person, clinician, noon):
        for week, risk in ((0, 1), (4, 2), (8, 1)):
            bam(person, clinician, noon + dt.timedelta(weeks=week), risk=risk)

        assert Concern.objects.get().resolution == "The next score is on track again."
        assert not called_for().open().exists()

    def test_what_endangers_a_life_stands_before_it(self, person, clinician, noon):
        later = noon + dt.timedelta(days=28)
        bam(person, clinician, noon)
        bam(person, clinician, later, risk=2)
        assert "suicide" not in header_of(person, at=later).risk.value
        cssrs(person, clinician, later, yes=["behavior_ever"])

        assert header_of(person, at=later).risk.value == "C-SSRS screener: moderate"

    def test_withdrawal_is_not_the_course(self, person, clinician, noon):
        keys = find("cows").item_keys
        for day, code in ((0, 0), (1, 5)):
            answers = {
                key: max(a for a in find("cows").item(key).allowed if a <= code)
                for key in keys
            }
            record_assessment(
                patient=person,
                instrument="cows",
                answers=answers,
                by=clinician,
                at=noon + dt.timedelta(days=day),
            )

        assert not Concern.objects.exists()


class TestSettle:
    def test_the_screener_settles_what_waited_for_it(self, person, clinician, noon):
        phq9(person, clinician, noon)
        cssrs(person, clinician, noon + dt.timedelta(minutes=5))

        concern = Concern.objects.get()
        assert concern.resolution == "Screened with the C-SSRS: none."
        task = FollowUp.objects.get(kind="safety_screen")
        assert (task.status, task.outcome) == ("done", "The screener was given.")

    def test_an_unfinished_screener_settles_nothing(self, person, clinician, noon):
        phq9(person, clinician, noon)
        record_assessment(
            patient=person,
            instrument="cssrs",
            answers={"wish": 0},
            by=clinician,
            at=noon + dt.timedelta(minutes=5),
        )

        assert Concern.objects.open().count() == 1

    def test_the_screener_does_not_settle_its_own_levels(self, person, clinician, noon):
        cssrs(person, clinician, noon, yes=["plan"])
        cssrs(person, clinician, noon + dt.timedelta(minutes=5))

        assert Concern.objects.open().get().level == Concern.Level.HIGH

    def test_answers_in_error_take_their_concern_along(self, person, clinician, noon):
        kept = cssrs(person, clinician, noon, yes=["plan"])
        mark_entered_in_error(
            assessment=kept, reason="Wrong person", by=clinician, at=noon
        )

        assert not Concern.objects.open().exists()
        assert not owed(person)
        assert set(called_for().values_list("status", flat=True)) == {"cancelled"}

    def test_amended_answers_speak_anew(self, person, clinician, noon):
        kept = cssrs(person, clinician, noon, yes=["plan"])
        cssrs(person, clinician, noon, yes=["wish"], given_at=noon, amends=kept)

        assert Concern.objects.open().get().level == Concern.Level.LOW


class TestResolve:
    @pytest.fixture
    def concern(self, person, clinician, noon):
        cssrs(person, clinician, noon, yes=["plan"])
        return Concern.objects.get()

    def test_closes_what_was_done_and_lets_go_of_the_rest(
        self, concern, clinician, noon
    ):
        evaluation = duties_of(concern).get(kind="safety_evaluation")
        resolve(
            concern=concern,
            words="Seen by Dr. Ito. Staying with sister.",
            done=[evaluation],
            by=clinician,
            at=noon,
        )

        concern.refresh_from_db()
        assert concern.resolved_by == clinician
        statuses = dict(called_for().values_list("kind", "status"))
        assert statuses.pop("safety_evaluation") == "done"
        assert set(statuses.values()) == {"cancelled"}

    def test_needs_words(self, concern, clinician, noon):
        with pytest.raises(NothingSaid):
            resolve_concern(concern=concern, words="  ", by=clinician, at=noon)

        assert Concern.objects.open().exists()

    def test_once(self, concern, clinician, noon):
        resolve_concern(concern=concern, words="Seen.", by=clinician, at=noon)

        with pytest.raises(AlreadyResolved):
            resolve_concern(concern=concern, words="Again.", by=clinician, at=noon)

    def test_settles_older_ones_and_leaves_newer_ones(
        self, person, concern, clinician, noon
    ):
        later = noon + dt.timedelta(hours=2)
        cssrs(person, clinician, later, yes=["wish"])
        resolve_concern(concern=concern, words="Seen.", by=clinician, at=later)

        assert Concern.objects.open().get().level == Concern.Level.LOW

    def test_what_was_raised_cannot_be_rewritten(self, concern):
        with pytest.raises(DatabaseError), transaction.atomic():
            Concern.objects.filter(pk=concern.pk).update(reason="Nothing")


class TestForm:
    def test_offers_no_tick_for_what_its_act_closes(self, person):
        for kind in ("safety_evaluation", "safety_screen", "plan_review"):
            is_owed(person, kind=kind)

        [tick] = ResolveForm(duties=FollowUp.objects.open()).fields["done"].queryset

        assert tick.kind == "safety_evaluation"


class TestPages:
    @pytest.fixture
    def concern(self, person, clinician, noon):
        cssrs(person, clinician, noon, yes=["plan"])
        return Concern.objects.get()

    def url(self, concern):
        return reverse(
            "aftercare:resolve_concern", args=[concern.patient_id, concern.pk]
        )

    def test_the_header_shows_it_until_it_is_resolved(
        self, person, concern, clinician, noon
    ):
        risk = header_of(person, at=noon).risk
        assert risk.value == "C-SSRS screener: high"
        assert "Do not leave them alone" in risk.context
        there = reverse("aftercare:alert_of_person", args=[person.pk])
        assert (risk.url, risk.link) == (there, "Open")
        acknowledge(alert=concern.alerts.get(), by=clinician, at=noon)
        reconcile(patient=person, by=clinician, at=noon)
        assert header_of(person, at=noon).risk.url == self.url(concern)

        resolve_concern(concern=concern, words="Seen.", by=clinician, at=noon)
        assert header_of(person, at=noon).risk.value == "No plan yet"

    def test_home_and_aftercare_show_it(self, as_clinician, person, concern):
        assert "high suicide risk" in as_clinician.get("/").text
        page = as_clinician.get(f"/people/{person.pk}/aftercare/").text
        assert self.url(concern) in page

    def test_resolves_with_words(self, as_clinician, concern):
        task = duties_of(concern).first()
        response = as_clinician.post(
            self.url(concern), {"words": "Seen today.", "done": [task.pk]}
        )

        assert response.status_code == 302
        concern.refresh_from_db()
        assert concern.resolution == "Seen today."
        page = as_clinician.get(self.url(concern)).text
        assert "Seen today." in page
        assert "<textarea" not in page

    def test_without_words_nothing_happens(self, as_clinician, concern):
        response = as_clinician.post(self.url(concern), {"words": ""})

        assert response.status_code == 400
        assert Concern.objects.open().exists()

    def test_twice_is_refused_in_words(self, as_clinician, concern, clinician, noon):
        resolve_concern(concern=concern, words="Seen.", by=clinician, at=noon)
        response = as_clinician.post(self.url(concern), {"words": "Again"})

        assert response.status_code == 400
        assert Concern.objects.get().resolution == "Seen."

    def test_another_persons_task_is_not_closed_with_it(
        self, as_clinician, concern, clinic, clinician, noon
    ):
        other = PatientFactory(clinic=clinic)
        cssrs(other, clinician, noon, yes=["plan"])
        task = FollowUp.objects.filter(patient=other).first()
        response = as_clinician.post(
            self.url(concern), {"words": "Seen.", "done": [task.pk]}
        )

        assert response.status_code == 400
        task.refresh_from_db()
        assert task.status == "due"

    def test_a_care_manager_may_not(self, as_care_manager, concern):
        assert as_care_manager.get(self.url(concern)).status_code == 403

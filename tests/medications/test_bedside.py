"""Bedside questions answered on the decision page: kept at once, and said."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from assessments.models import Intake, IntakeAnswer
from assessments.picture.assemble import picture_of
from tests.factories import PatientFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "ask-said"}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def tab(patient):
    return f"/people/{patient.pk}/medication/"


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def fact(patient, name):
    return picture_of(patient, at=timezone.now()).value(name)


class TestAsked:
    def test_each_question_stands_with_its_field(self, as_clinician, tab):
        page = text_of(as_clinician.get(tab))

        assert "Ask before the first dose" in page
        assert f"{tab}ask/severity/" in page
        assert f"{tab}ask/cows/" in page
        assert 'name="last_short_acting_dt__ago"' in page

    def test_who_may_not_assess_is_refused(self, as_admin, tab):
        assert as_admin.post(f"{tab}ask/resp/", {}).status_code == 403

    def test_another_clinics_person_is_not_there(self, as_clinician, other_clinic):
        stranger = PatientFactory(clinic=other_clinic)
        path = f"/people/{stranger.pk}/medication/ask/resp/"

        assert as_clinician.post(path, {"resp__state": "none"}).status_code == 404

    def test_a_question_that_is_none_is_not_there(self, as_clinician, tab):
        assert as_clinician.post(f"{tab}ask/nonsense/", {}).status_code == 404


class TestAnswered:
    def test_opens_an_intake_and_keeps_the_answer_in_it(
        self, as_clinician, tab, patient
    ):
        as_clinician.post(f"{tab}ask/resp/", {"resp__state": "none"}, headers=HTMX)

        answer = IntakeAnswer.objects.get(patient=patient)
        assert (answer.question, answer.value) == ("resp", [])
        assert fact(patient, "resp") == frozenset()
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
        assert {"intake.started", "intake.answered"} <= verbs

    def test_says_politely_what_it_moved_and_swaps_every_part(self, as_clinician, tab):
        part = text_of(
            as_clinician.post(
                f"{tab}ask/severity/", {"severity": "severe"}, headers=HTMX
            )
        )

        assert re.match(r" ?\d+ to ask\.", part)
        assert "Buprenorphine, daily: Preferred, ask first" in part
        for place in ("ask", "options", "accept", "rest", "known", "chart-header"):
            assert re.search(rf'id="{place}"[^>]*hx-swap-oob="true"', part), place
        assert "<html" not in part

    def test_what_was_answered_stays_in_sight_with_its_time(self, as_clinician, tab):
        shown = "BUP_SL.look.resp"
        part = text_of(
            as_clinician.post(
                f"{tab}ask/resp/",
                {"resp__state": "none", "asked": shown},
                headers=HTMX,
            )
        )

        assert re.search(r'id="b-resp".*?saved \d\d:\d\d', part)

    def test_not_known_is_an_answer_and_keeps_its_hold(
        self, as_clinician, tab, patient
    ):
        data = {"resp__state": "unknown", "asked": "BUP_SL.look.resp"}
        part = text_of(as_clinician.post(f"{tab}ask/resp/", data, headers=HTMX))

        assert IntakeAnswer.objects.get(patient=patient).is_known is False
        assert "Not known: the dose still waits." in part

    def test_a_moment_is_told_as_people_tell_it(self, as_clinician, tab, patient):
        as_clinician.post(
            f"{tab}ask/last_fentanyl_dt/",
            {"last_fentanyl_dt__ago": "8h"},
            headers=HTMX,
        )

        ago = timezone.now() - fact(patient, "last_fentanyl_dt")
        assert (
            dt.timedelta(hours=7, minutes=58) < ago < dt.timedelta(hours=8, minutes=2)
        )

    @pytest.mark.parametrize(
        ("question", "sent", "name", "value"),
        [
            ("cows", {"cows": "9"}, "cows", 9),
            ("severity", {"severity": "severe"}, "severity", "severe"),
            ("objective_sign", {"objective_sign": "yes"}, "objective_sign", True),
            ("mtd_dose", {"mtd_dose": "0"}, "mtd_dose", 0),
            ("allergy", {"allergy__state": "none"}, "allergy", frozenset()),
            ("resp", {"resp": "copd"}, "resp", frozenset({"copd"})),
            ("bam8", {"bam8": "2"}, "bam8", 2),
        ],
    )
    def test_goes_into_the_fact(
        self, as_clinician, tab, patient, question, sent, name, value
    ):
        as_clinician.post(f"{tab}ask/{question}/", sent, headers=HTMX)

        assert fact(patient, name) == value

    def test_what_cannot_be_is_said_beside_the_field(self, as_clinician, tab, patient):
        data = {"cows": "99", "asked": "BUP_SL.cows.cows"}
        response = as_clinician.post(f"{tab}ask/cows/", data, headers=HTMX)

        assert response.status_code == 400
        assert "cannot be" in text_of(response)
        assert fact(patient, "cows") is None

    def test_what_was_typed_of_a_moment_stays_with_its_reason(self, as_clinician, tab):
        data = {
            "last_fentanyl_dt__ago": "6pm",
            "asked": "BUP_SL.last_opioid.last_fentanyl_dt",
        }
        response = as_clinician.post(f"{tab}ask/last_fentanyl_dt/", data, headers=HTMX)

        assert 'value="6pm"' in text_of(response)

    def test_the_same_answer_is_one_of_today(self, as_clinician, tab, patient):
        long_ago = timezone.now() - dt.timedelta(days=9)
        intake = IntakeFactory(patient=patient, started_at=long_ago)
        kept = IntakeAnswerFactory(
            intake=intake, question="dosing_assess", value="alert", answered_at=long_ago
        )

        data = {"dosing_assess": "alert", "dosing_assess__revision": kept.revision}
        as_clinician.post(f"{tab}ask/dosing_assess/", data, headers=HTMX)

        kept.refresh_from_db()
        assert timezone.now() - kept.answered_at < dt.timedelta(minutes=1)

    def test_somebody_was_faster(self, as_clinician, tab, patient):
        intake = IntakeFactory(patient=patient, started_at=timezone.now())
        IntakeAnswerFactory(intake=intake, question="resp", value=["copd"])

        data = {"resp__state": "none", "asked": "BUP_SL.look.resp"}
        response = as_clinician.post(f"{tab}ask/resp/", data, headers=HTMX)

        assert response.status_code == 409
        assert "Yours is not saved" in text_of(response)

    def test_what_was_carried_over_meanwhile_is_replaced(
        self, as_clinician, tab, patient, prescriber
    ):
        before = IntakeFactory(patient=patient, started_at=timezone.now())
        IntakeAnswerFactory(intake=before, question="long_qt", value=False)
        Intake.objects.filter(pk=before.pk).update(
            status="complete",
            completed_at=timezone.now(),
            completed_by=prescriber,
        )

        as_clinician.post(f"{tab}ask/long_qt/", {"long_qt": "yes"}, headers=HTMX)

        assert fact(patient, "long_qt") is True


class TestWithoutScript:
    def test_goes_back_to_the_questions(self, as_clinician, tab, patient):
        response = as_clinician.post(f"{tab}ask/resp/", {"resp__state": "none"})

        assert response.url == f"{tab}#ask"
        assert fact(patient, "resp") == frozenset()

    def test_what_was_wrong_is_a_message(self, as_clinician, tab):
        response = as_clinician.post(f"{tab}ask/cows/", {"cows": "99"}, follow=True)

        assert "cannot be" in text_of(response)

"""Bedside questions answered on the decision page: kept at once, and said."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from assessments.actions import bedside
from assessments.actions.intake import AnswerConflict
from assessments.facts import NEVER
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Submission
from assessments.models import Intake, IntakeAnswer
from assessments.picture.assemble import picture_of
from patients.actions.registry import change_status
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory
from tests.factories.treatment import DoseEventFactory, RegimenFactory

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

    def test_many_long_answers_stand_below_their_question(
        self, as_clinician, tab, patient
    ):
        IntakeAnswerFactory(
            intake=IntakeFactory(patient=patient, started_at=timezone.now()),
            question="sedatives",
            value=[],
            answered_at=timezone.now(),
        )
        page = text_of(as_clinician.get(tab))

        (drinks,) = re.findall(r'<form[^>]*id="b-audit_c-frequency"[^>]*>', page)
        assert 'class="is-below"' in drinks
        assert not re.search(r'<form[^>]*id="b-severity"[^>]*is-below', page)

    def test_who_may_not_assess_is_refused(self, as_admin, tab):
        assert as_admin.post(f"{tab}ask/resp/", {}).status_code == 403

    def test_another_clinics_person_is_not_there(self, as_clinician, other_clinic):
        stranger = PatientFactory(clinic=other_clinic)
        path = f"/people/{stranger.pk}/medication/ask/resp/"

        assert as_clinician.post(path, {"resp__state": "none"}).status_code == 404

    def test_a_question_that_is_none_is_not_there(self, as_clinician, tab):
        assert as_clinician.post(f"{tab}ask/nonsense/", {}).status_code == 404


class TestRestart:
    @pytest.fixture
    def missed(self, patient):
        """Methadone, nine days missed; of all else nothing is known."""
        today = clinic_today()
        RegimenFactory(
            patient=patient, dose_mg=80, started_on=today - dt.timedelta(days=80)
        )
        DoseEventFactory(
            patient=patient, on=today - dt.timedelta(days=10), amount_mg=80
        )

    def test_no_dose_is_called_the_first(self, as_clinician, tab, missed):
        page = text_of(as_clinician.get(tab))

        assert "Restart after 9 missed days" in page
        assert "Ask before the dose" in page
        assert "Ask before the first dose" not in page
        assert "Before the first dose" not in page

    def test_the_table_compares_the_two(self, as_clinician, tab, missed):
        page = text_of(as_clinician.get(tab))
        heads = re.findall(r'<th scope="col">(.*?)</th>', page)

        assert heads == [
            "Taken since",
            "Methadone today",
            "Buprenorphine today",
            "Comes first",
        ]
        assert "With tolerance lost, or not known: 1 to 2 mg first" in page

    def test_the_diagnosis_is_asked_and_said_nowhere_else(
        self, as_clinician, tab, missed
    ):
        page = text_of(as_clinician.get(tab))

        assert 'id="b-severity"' in page
        columns = page.split('<details class="mst-why mt-1">')
        assert all("Record the diagnosis" not in one for one in columns[:1])


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

    def test_what_another_medicine_asks_stays_in_its_fold(self, as_clinician, tab):
        shown = re.findall(
            r'name="asked" value="([^"]+)"', text_of(as_clinician.get(tab))
        )
        data = {"sedatives__state": "none", "asked": shown}
        part = text_of(as_clinician.post(f"{tab}ask/sedatives/", data, headers=HTMX))

        above, *folds = re.split(r'id="further-\d+"', part)
        (fold,) = (one for one in folds if 'id="b-sedatives"' in one)
        assert 'id="b-sedatives"' not in above
        assert fold.startswith(" open>")

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


class TestWhatWasTyped:
    """What could not be kept stands in its field, with what may have been meant."""

    def test_a_moment_that_cannot_be_read_stays(self, as_clinician, tab):
        data = {
            "last_fentanyl_dt__ago": "yesterdy",
            "asked": "BUP_SL.last_opioid.last_fentanyl_dt",
        }
        part = text_of(
            as_clinician.post(f"{tab}ask/last_fentanyl_dt/", data, headers=HTMX)
        )

        assert re.search(r'name="last_fentanyl_dt__ago"[^>]* value="yesterdy"', part)

    def test_an_unusual_dose_is_offered_back_or_kept(self, as_clinician, tab, patient):
        path, shown = f"{tab}ask/mtd_dose/", {"asked": "MTD.other_clinic.mtd_dose"}
        part = text_of(
            as_clinician.post(path, {"mtd_dose": "140", **shown}, headers=HTMX)
        )

        assert re.search(r'name="mtd_dose" value="14"[^>]*>Use 14 mg', part)
        assert re.search(r'name="mtd_dose__sure" value="140"[^>]*>Keep 140', part)
        assert fact(patient, "mtd_dose") is None

        sure = {"mtd_dose": "140", "mtd_dose__sure": "140", **shown}
        as_clinician.post(path, sure, headers=HTMX)

        assert fact(patient, "mtd_dose") == 140

    def test_the_dose_that_was_meant_goes_before_the_one_typed(
        self, as_clinician, tab, patient
    ):
        data = {"mtd_dose": ["140", "14"]}
        as_clinician.post(f"{tab}ask/mtd_dose/", data, headers=HTMX)

        assert fact(patient, "mtd_dose") == 14


class TestAfterDeath:
    def test_no_intake_is_opened_and_what_was_typed_stays(
        self, as_clinician, tab, patient, clinician
    ):
        yesterday = timezone.now() - dt.timedelta(days=1)
        change_status(
            patient=patient, status="deceased", reason="", by=clinician, at=yesterday
        )

        data = {"cows": "9", "asked": "BUP_SL.cows.cows"}
        response = as_clinician.post(f"{tab}ask/cows/", data, headers=HTMX)

        assert response.status_code == 400
        assert re.search(r'id="b-cows-i"[^>]* value="9"', text_of(response))
        assert not Intake.objects.filter(patient=patient).exists()


class TestTwoAtOnce:
    def test_the_second_goes_into_the_intake_that_the_first_opened(
        self, patient, clinician, monkeypatch
    ):
        monkeypatch.setattr(bedside, "_open_intake", lambda _: None)
        opened = IntakeFactory(patient=patient, started_at=timezone.now())

        bedside.answer_beside(
            patient=patient,
            question=question_of("cows"),
            said=Submission(values=("9",), is_there=True),
            by=clinician,
            at=timezone.now(),
        )

        assert IntakeAnswer.objects.get(question="cows").intake == opened
        assert fact(patient, "cows") == 9

    def test_of_two_answers_to_one_question_the_second_is_told(
        self, patient, clinician, monkeypatch
    ):
        monkeypatch.setattr(bedside, "_open_intake", lambda _: None)
        intake = IntakeFactory(patient=patient, started_at=timezone.now())
        IntakeAnswerFactory(intake=intake, question="cows", value=5)

        with pytest.raises(AnswerConflict):
            bedside.answer_beside(
                patient=patient,
                question=question_of("cows"),
                said=Submission(values=("9",), is_there=True),
                by=clinician,
                at=timezone.now(),
            )

        assert fact(patient, "cows") == 5


class TestWithoutScript:
    def test_goes_back_to_the_questions(self, as_clinician, tab, patient):
        response = as_clinician.post(f"{tab}ask/resp/", {"resp__state": "none"})

        assert response.url == f"{tab}#ask"
        assert fact(patient, "resp") == frozenset()

    def test_what_was_wrong_stands_beside_what_was_typed(self, as_clinician, tab):
        response = as_clinician.post(f"{tab}ask/cows/", {"cows": "99"})

        assert response.status_code == 400
        page = text_of(response)
        assert re.search(r'id="b-cows-i"[^>]* value="99"', page)
        assert re.search(r'id="b-cows-e">.*?cannot be', page)

    def test_what_somebody_else_answered_meanwhile_is_said(
        self, as_clinician, tab, patient
    ):
        intake = IntakeFactory(patient=patient, started_at=timezone.now())
        IntakeAnswerFactory(intake=intake, question="cows", value=5)

        response = as_clinician.post(f"{tab}ask/cows/", {"cows": "9"})

        assert response.status_code == 409
        assert "changed by somebody else" in text_of(response)

    def test_a_typed_answer_goes_before_the_quick_one_that_stood(
        self, as_clinician, tab, patient
    ):
        as_clinician.post(f"{tab}ask/cows/", {"cows__state": "unknown"})

        as_clinician.post(
            f"{tab}ask/cows/",
            {"cows": "9", "cows__state": "unknown", "cows__revision": "1"},
        )
        assert fact(patient, "cows") == 9

        as_clinician.post(
            f"{tab}ask/cows/",
            {"cows": "9", "cows__state": "unknown", "cows__revision": "2"},
        )
        assert fact(patient, "cows") is None

    def test_a_moment_goes_before_the_never_that_stood(
        self, as_clinician, tab, patient
    ):
        path, name = f"{tab}ask/last_fentanyl_dt/", "last_fentanyl_dt"
        as_clinician.post(path, {f"{name}__state": "none"})
        assert fact(patient, name) == NEVER

        typed = {f"{name}__ago": "3h", f"{name}__state": "none"}
        as_clinician.post(path, {**typed, f"{name}__revision": "1"})

        assert timezone.now() - fact(patient, name) < dt.timedelta(hours=4)

    def test_a_dose_goes_before_the_none_that_stood(self, as_clinician, tab, patient):
        as_clinician.post(f"{tab}ask/mtd_dose/", {"mtd_dose": ["", "0"]})

        as_clinician.post(
            f"{tab}ask/mtd_dose/",
            {"mtd_dose": ["40", "0"], "mtd_dose__revision": "1"},
        )
        assert fact(patient, "mtd_dose") == 40

        as_clinician.post(
            f"{tab}ask/mtd_dose/",
            {"mtd_dose": ["40", "0"], "mtd_dose__revision": "2"},
        )
        assert fact(patient, "mtd_dose") == 0

"""The history of one person: what happened, in words, a page at a time."""

import datetime as dt
import re
from html import unescape

import pytest

from accounts.models import AuditEvent
from aftercare.models import OutreachAttempt
from assessments.models import Concern
from medications.models import DecisionTalk
from patients.actions.consents import end_consent
from patients.models import StatusChange, Visit
from plans.actions.signing import sign_plan
from reports.chart.history.feed import History, course_of
from reports.chart.history.sources import SOURCES
from reports.progress.from_record import record_of
from reports.progress.model import AxisFit
from reports.views.chart import PAGE
from tests.conftest import NOON
from tests.factories import PatientFactory
from tests.factories.aftercare import owed
from tests.factories.assessments import (
    AssessmentFactory,
    IntakeFactory,
    ObservationFactory,
)
from tests.factories.consents import consent_given, released
from tests.factories.plans import drafted, ready
from tests.factories.treatment import (
    DoseEventFactory,
    RegimenFactory,
    ToxicologyResultFactory,
)

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, given_name="Walt")


def said(person, asked="", until=TODAY):
    return [
        (one.who, one.sentence)
        for one in History(person, until=until, asked=asked)[:99]
    ]


def only(person, asked=""):
    (entry,) = History(person, until=TODAY, asked=asked)[:9]
    return entry


def text_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


def tried(person, by, **parts):
    return OutreachAttempt.objects.create(
        clinic=person.clinic,
        patient=person,
        **{"outcome": "no_answer", "made_at": NOON, "made_by": by, **parts},
    )


def concern(person, **parts):
    score = AssessmentFactory(patient=person, status="entered_in_error", error_at=NOON)
    told = {
        "assessment": score,
        "kind": "suicide_risk",
        "level": 5,
        "reason": "Said so",
        "raised_at": NOON,
    }
    return Concern.objects.create(
        clinic=person.clinic, patient=person, **{**told, **parts}
    )


class TestWords:
    def test_a_dose_with_its_amount(self, person, prescriber):
        DoseEventFactory(patient=person, amount_mg=85, recorded_by=prescriber)

        assert said(person) == [
            (prescriber.name, "recorded methadone 85 mg, given here")
        ]

    def test_a_missed_dose_weighs(self, person):
        DoseEventFactory(patient=person, kind="missed")

        entry = only(person)

        assert entry.sentence == "Methadone, missed"
        assert entry.told.is_grave

    def test_a_medicine_that_is_no_longer_listed_keeps_its_code(self, person):
        DoseEventFactory(patient=person, medication="OLD")

        assert only(person).sentence == "OLD, given here"

    def test_an_order_and_its_end(self, person, prescriber):
        RegimenFactory(
            patient=person,
            dose_mg=30,
            schedule="daily",
            prescriber=prescriber,
            started_on=TODAY - dt.timedelta(days=3),
            stopped_on=TODAY,
            stop_reason="Wants naltrexone",
        )

        assert said(person) == [
            ("", "Methadone stopped"),
            (prescriber.name, "ordered methadone 30 mg, daily"),
        ]

    def test_a_score_by_the_person(self, person):
        AssessmentFactory(
            patient=person, total=13, band="moderate", mode="self", given_at=NOON
        )

        assert only(person).sentence == "PHQ-9: 13, moderate, answers of the person"

    def test_a_score_without_a_total(self, person):
        AssessmentFactory(
            patient=person, total=None, status="incomplete", given_at=NOON
        )

        assert only(person).sentence == "PHQ-9: not complete"

    def test_a_measurement_with_its_sign_and_one_in_words(self, person):
        ObservationFactory(
            patient=person, code="qtc_ms", value=480, unit="ms", comparator=">"
        )
        ObservationFactory(
            patient=person, code="pregnancy_test", value=None, text="negative", unit=""
        )

        words = {sentence for _, sentence in said(person)}

        assert any("> 480 ms" in one or ">480 ms" in one for one in words), words
        assert any(one.endswith(": negative") for one in words), words

    def test_a_specimen_is_one_thing(self, person):
        ToxicologyResultFactory(patient=person, is_expected=False)
        ToxicologyResultFactory(
            patient=person, analyte="methadone", result="negative", is_expected=False
        )

        entry = only(person)

        assert entry.sentence == "Drug test: fentanyl found"
        assert entry.told.is_grave
        assert entry.told.more == (
            "fentanyl was not expected, methadone was expected and not found"
        )

    def test_a_specimen_with_nothing_in_it(self, person):
        ToxicologyResultFactory(patient=person, result="negative")

        assert only(person).sentence == "Drug test: nothing found"

    def test_a_specimen_that_is_not_valid_says_nothing(self, person):
        ToxicologyResultFactory(patient=person, result="invalid", is_expected=False)

        entry = only(person)

        assert entry.sentence == "Drug test: fentanyl not valid"
        assert not entry.told.is_grave

    def test_the_time_line_judges_it_no_more(self, person):
        ToxicologyResultFactory(patient=person, result="invalid")

        (specimen,) = record_of(person, at=NOON).story.specimens

        assert (specimen.fit, specimen.words) == (AxisFit.OPEN, "fentanyl not valid")

    def test_a_try_to_reach_them(self, person, care_manager):
        tried(person, care_manager)

        assert said(person) == [("Priya Nair", "recorded a contact, phone: no answer")]

    def test_what_was_owed_and_done(self, person, clinician):
        owed(
            person,
            status="done",
            title="ECG",
            closed_at=NOON,
            closed_by=clinician,
            outcome="462 ms",
        )

        entry = only(person)

        assert entry.sentence == "closed “ECG”: done"
        assert entry.told.more == "462 ms"

    def test_visits(self, person):
        for status, days in (("attended", 1), ("missed", 2), ("unknown", 3)):
            Visit.objects.create(
                clinic=person.clinic,
                patient=person,
                on=TODAY - dt.timedelta(days=days),
                kind="check_up",
                status=status,
                reasons=["no_ride"] if status == "missed" else [],
                recorded_at=NOON,
            )

        assert said(person) == [
            ("", "Check up: attended"),
            ("", "Check up: missed"),
            ("", "Check up: not known"),
        ]
        assert History(person, until=TODAY)[1:2][0].told.more == "no ride"

    def test_decision_and_plan(self, person, prescriber):
        plan = ready(drafted(person, prescriber, at=NOON))
        sign_plan(plan=plan, by=prescriber, at=NOON)

        sentences = {one for _, one in said(person, "decisions")}

        assert "signed plan 1" in sentences
        assert any(one.startswith("recorded the decision: ") for one in sentences)

    def test_a_status_with_why_and_without_its_day(self, person, clinician):
        StatusChange.objects.create(
            clinic=person.clinic,
            patient=person,
            status="discharged",
            discharge_class="moved",
            reason="To Ohio",
            changed_at=NOON,
            is_day_known=False,
        )

        entry = only(person)

        assert entry.sentence == "Status: discharged, moved away"
        assert entry.told.more == "To Ohio. The day is not known"

    def test_a_finished_intake(self, person, clinician):
        IntakeFactory(
            patient=person,
            status="complete",
            completed_at=NOON,
            completed_by=clinician,
        )

        assert said(person) == [("Samir Haddad", "completed the intake")]

    def test_a_concern_raised_and_closed(self, person, clinician):
        concern(person, resolved_at=NOON, resolved_by=clinician, resolution="Safe now")

        assert set(said(person, "decisions")) == {
            ("Samir Haddad", "closed: risk of suicide"),
            ("", "Risk of suicide, high"),
        }

    def test_consents_what_ended_them_and_what_was_told(self, person, clinician):
        consent = consent_given(person, clinician, NOON)
        released(
            person,
            "words",
            clinician,
            NOON,
            consent=consent,
            recipient="Elena",
            ground="consent",
            purpose="support",
            sections=("in_care",),
        )
        end_consent(
            consent=consent,
            why="revoked",
            how="spoken",
            said_on=TODAY,
            by=clinician,
            at=NOON,
        )

        assert {one for _, one in said(person, "consent")} >= {
            "took consent for Elena",
            "ended consent for Elena: taken back",
        }
        assert any("Elena: " in one for _, one in said(person, "consent"))


class TestTakenBack:
    def test_is_told_beside_what_holds(self, person, care_manager):
        tried(person, care_manager, taken_back_at=NOON, taken_back_by=care_manager)
        ObservationFactory(patient=person, error_at=NOON, error_reason="Wrong person")
        first = AssessmentFactory(patient=person, total=3)
        AssessmentFactory(patient=person, total=13, amends=first)
        AssessmentFactory(patient=person, status="entered_in_error", error_at=NOON)

        found = [one.taken_back for one in History(person, until=TODAY)[:9]]

        assert sorted(found) == sorted(
            ["", "amended since", "entered in error", "entered in error", "taken back"]
        )
        assert len(History(person, until=TODAY, asked="corrections")) == 4
        assert len(said(person, "corrections")) == 4


class TestOrder:
    def test_newest_first_and_a_day_without_a_time_under_its_day(
        self, person, care_manager
    ):
        DoseEventFactory(patient=person, on=TODAY)
        tried(person, care_manager)
        DoseEventFactory(patient=person, on=TODAY - dt.timedelta(days=1))

        assert [one.kind for one in History(person, until=TODAY)[:9]] == [
            "contacts",
            "doses",
            "doses",
        ]

    def test_what_lies_ahead_has_not_happened(self, person):
        RegimenFactory(patient=person, started_on=TODAY + dt.timedelta(days=1))

        assert said(person) == []
        assert course_of(person, until=TODAY) == ()

    def test_another_person_is_not_in_it(self, person, clinic):
        DoseEventFactory(patient=PatientFactory(clinic=clinic))

        assert said(person) == []

    def test_the_course_holds_turns_only(self, person):
        RegimenFactory(patient=person)
        DoseEventFactory(patient=person)

        assert [one.milestone for one in course_of(person, until=TODAY)] == [
            "Methadone"
        ]


class TestPage:
    @pytest.fixture
    def url(self, person):
        return f"/people/{person.pk}/history/"

    def test_filters_say_how_much_there_is(self, as_clinician, person, url):
        DoseEventFactory(patient=person)

        page = text_of(as_clinician.get(url))

        assert "Doses 1" in page
        assert "Results 0" in page
        assert "Methadone, given here" in page

    def test_one_kind_alone(self, as_clinician, person, url, care_manager):
        DoseEventFactory(patient=person)
        tried(person, care_manager)

        page = text_of(as_clinician.get(f"{url}?show=contacts"))

        assert "phone: no answer" in page
        assert "given here" not in page

    def test_an_unknown_filter_shows_everything(self, as_clinician, person, url):
        DoseEventFactory(patient=person)

        assert "given here" in text_of(as_clinician.get(f"{url}?show=%27&page=x"))

    def test_says_when_there_is_nothing(self, as_clinician, url):
        assert "Nothing has happened yet" in text_of(as_clinician.get(url))
        shown = text_of(as_clinician.get(f"{url}?show=doses"))
        assert "Nothing of this kind yet" in shown

    def test_is_read_a_page_at_a_time(self, as_clinician, person, url):
        for days in range(PAGE + 1):
            DoseEventFactory(patient=person, on=TODAY - dt.timedelta(days=days))

        assert f"1 to {PAGE} of {PAGE + 1}" in text_of(as_clinician.get(url))
        assert f"{PAGE + 1} to {PAGE + 1}" in text_of(as_clinician.get(f"{url}?page=2"))

    def test_a_correction_is_struck_through(self, as_clinician, person, url):
        ObservationFactory(patient=person, error_at=NOON, error_reason="17 for 71")

        page = as_clinician.get(url).content.decode()

        assert "<del" in page
        assert "17 for 71" in page

    def test_their_own_words_stand_beside_it(
        self, as_clinician, person, url, clinician
    ):
        DecisionTalk.objects.create(
            clinic=person.clinic,
            patient=person,
            language="en",
            mode="staff",
            own_words="It wears off by four.",
            opened_at=NOON,
            opened_by=clinician,
        )

        assert "“It wears off by four.”" in text_of(as_clinician.get(url))

    def test_every_act_is_in_sentences_with_who_looked(self, as_clinician, url, person):
        as_clinician.get(url)

        page = text_of(as_clinician.get(f"{url}?show=acts"))

        assert "Samir Haddad opened the chart" in page
        assert "chart.viewed" not in page
        seen = AuditEvent.objects.filter(verb="chart.viewed")
        assert {one.patient_id for one in seen} == {person.pk}


def test_every_source_has_a_name_of_its_own():
    assert len({one.key for one in SOURCES}) == len(SOURCES)

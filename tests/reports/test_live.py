"""The live picture beside the intake."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions.intake import save_answer, start_intake
from assessments.intake.catalogue import STEPS, question_of
from assessments.intake.submission import Reply
from assessments.intake_page.answers import answers_of
from assessments.picture import Picture
from devtools.bench.statement_count import statements
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from reports.chart.live_picture import ask_next, live_of, moves, needs_of
from tests.assessments.test_intake_whole import reply_to
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from treatment.actions.records import record_dose

MOST_STATEMENTS = 25
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, sex_at_birth="male")


@pytest.fixture
def intake(patient, clinician):
    return start_intake(patient=patient, by=clinician, at=timezone.now())


@pytest.fixture
def say(intake, clinician):
    def said(key, value, at=None, revision=None):
        return save_answer(
            intake=intake,
            question=question_of(key),
            reply=Reply(value),
            revision=revision,
            by=clinician,
            at=at or timezone.now(),
        )

    return said


def page_of(client, patient):
    return client.get(reverse("reports:live", args=[patient.pk]))


def text(response):
    return " ".join(response.content.decode().split())


def picture(at=NOON, **facts):
    return Picture.from_json({"as_of": at.isoformat(), "facts": facts})


def test_says_what_the_answers_mean_so_far(as_care_manager, patient, say):
    say("phys_dependence", True)
    say("alone", True)

    page = text(page_of(as_care_manager, patient))

    assert "OUD not established yet" in page
    assert "Physically dependent" in page
    assert "Usually uses alone, or no one can give naloxone." in page
    assert 'aria-label="Rule C116' in page
    assert "Not known is not no." in page
    assert "Uses alone, overdose risk" in page
    assert 'id="live-summary" role="status" hx-swap-oob="true"' in page


def test_without_an_intake_there_is_a_picture_too(as_care_manager, patient):
    assert "Not known yet" in text(page_of(as_care_manager, patient))


def test_what_to_ask_next_leads_to_the_question(as_care_manager, patient, intake):
    page = text(page_of(as_care_manager, patient))

    assert f"/people/{patient.pk}/intake/?step=body#q-med_list" in page


class TestAskNext:
    def test_three_at_the_most_and_what_holds_an_option_back_first(self):
        asked = ask_next(evaluate(picture(age=40)), {"age": 40})

        assert len(asked) == 3
        assert {one.question for one in asked} & {"med_list", "allergy", "resp"}
        assert all(one.why for one in asked)

    def test_it_asks_where_this_person_is_asked(self):
        facts = {"allergy": [], "med_list": [], "resp": [], "gi": [], "long_qt": False}
        facts |= {"phys_dependence": True, "tolerance": "usual", "otp_access": False}
        facts |= dict.fromkeys(("last_fentanyl_dt", "last_long_acting_dt"), "never")
        facts |= {"sex": "male", "sedatives": [], "dsm_count": 8}
        known = {"opioids_used": ["heroin"], "age": 40}

        asked = ask_next(evaluate(picture(**facts)), known)

        assert "cows-pulse_bpm" in [one.question for one in asked]

    def test_nothing_is_asked_that_the_intake_does_not_hold(self):
        options = evaluate(picture())
        held = {m.fact for o in options.options for m in o.missing}

        assert held
        assert {one.step for one in ask_next(options, {})} <= {s.key for s in STEPS}


class TestMoves:
    def standings(self, found):
        options = evaluate(found)
        return {key: options.option(key).standing for key in ("MTD", "NTX_XR")}

    def test_a_standing_that_moved_says_when_and_on_what(self):
        seven = (NOON - 7 * MINUTE).isoformat()
        found = picture(phys_dependence={"value": True, "as_of": seven})

        moved = moves(found, self.standings(found))

        assert moved.keys() == {"NTX_XR"}
        told = moved["NTX_XR"]
        assert (told.at, told.is_up) == (NOON - 7 * MINUTE, False)
        assert told.words == "Physical dependence: Yes"

    def test_the_last_move_counts(self):
        known = {
            "phys_dependence": {
                "value": True,
                "as_of": (NOON - 9 * MINUTE).isoformat(),
            },
            "alone": {"value": True, "as_of": (NOON - 2 * MINUTE).isoformat()},
        }
        found = picture(**known)

        assert moves(found, self.standings(found))["NTX_XR"].at == NOON - 9 * MINUTE

    def test_names_what_moved_it_and_not_what_came_along(self):
        seven = (NOON - 7 * MINUTE).isoformat()
        found = picture(
            alone={"value": True, "as_of": seven},
            phys_dependence={"value": True, "as_of": seven},
        )

        told = moves(found, self.standings(found))["NTX_XR"]

        assert told.words == "Physical dependence: Yes"

    def test_where_each_alone_would_do_all_are_named(self):
        seven = (NOON - 7 * MINUTE).isoformat()
        found = picture(
            cows={"value": 20, "as_of": seven},
            phys_dependence={"value": True, "as_of": seven},
        )

        told = moves(found, self.standings(found))["NTX_XR"]

        assert "COWS: 20" in told.words
        assert "Physical dependence: Yes" in told.words

    def test_what_was_known_long_ago_is_no_move(self):
        found = picture(
            phys_dependence={"value": True, "as_of": "2026-11-19T12:00:00+00:00"}
        )

        assert moves(found, self.standings(found)) == {}

    def test_upward_too(self):
        minute_ago = (NOON - MINUTE).isoformat()
        pregnant = {"value": True, "as_of": minute_ago}
        found = picture(age=30, sex="female", pregnancy=pregnant)
        now = {"MTD": evaluate(found).option("MTD").standing}

        assert now["MTD"] is Standing.PREFERRED
        assert moves(found, now)["MTD"].is_up


def test_needs_come_in_three_domains():
    found = {name: titles for name, _, titles in needs_of(picture(phq9=14, food=True))}

    assert list(found) == ["Body", "Mind", "Social"]
    assert any("epress" in title for title in found["Mind"])
    assert found["Social"]


def test_facts_are_known_out_of_date_or_open(patient, say):
    long_ago = timezone.now() - dt.timedelta(days=60)
    say("udt", ["fentanyl"], at=long_ago)
    say("alone", True)

    live = live_of(patient, at=timezone.now())

    assert "Urine drug test" in [gap.label for gap in live.stale]
    assert "Uses alone" not in [gap.label for gap in live.unknown]
    assert "Breathing" in [gap.label for gap in live.unknown]
    assert "Breastfeeding" not in [gap.label for gap in live.unknown]
    assert live.known > 1


def test_a_naltrexone_injection_that_ends_is_a_risk(patient, clinician):
    on = clinic_today() - dt.timedelta(days=30)
    record_dose(
        patient=patient,
        medication="NTX_XR",
        kind="administered",
        on=on,
        amount_mg=380,
        by=clinician,
        at=timezone.now(),
    )

    live = live_of(patient, at=timezone.now())

    assert any("naltrexone" in f.because for f in live.risk.factors)


@pytest.fixture
def whole(intake, patient, clinician):
    """Every question answered."""
    at = timezone.now() - dt.timedelta(hours=1)
    for number in range(400):
        paper = answers_of(intake, patient, on=clinic_today(at))
        left = [
            q
            for step in STEPS
            for q in step.asked(paper.known)
            if q.key not in paper.rows and "context" not in q.key
        ]
        if not left:
            return intake
        save_answer(
            intake=intake,
            question=left[0],
            reply=reply_to(left[0], at),
            revision=None,
            by=clinician,
            at=at + number * dt.timedelta(seconds=5),
        )
    raise AssertionError("there is always one more question")


def test_a_whole_intake_sends_no_more_statements(as_clinician, patient, whole):
    page_of(as_clinician, patient)
    with CaptureQueriesContext(connection) as captured:
        assert page_of(as_clinician, patient).status_code == 200

    assert statements(captured) <= MOST_STATEMENTS


def test_the_overview_shows_the_same_factors(as_clinician, patient, say):
    say("alone", True)

    page = text(as_clinician.get(reverse("reports:chart", args=[patient.pk])))

    assert "Overdose risk, factor by factor" in page
    assert "Usually uses alone" in page

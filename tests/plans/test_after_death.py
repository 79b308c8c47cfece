"""After a death nothing new is ordered, planned or owed; what came before may be kept."""

import datetime as dt
from decimal import Decimal

import pytest

from aftercare.actions.check_ins import (
    CheckInOver,
    answer_check_in,
    open_check_in,
    send_check_in,
)
from aftercare.actions.follow_ups import FollowUpWindow, add_follow_up
from assessments.actions.administer import give_instrument
from assessments.actions.handovers import start_handover
from assessments.actions.intake import start_intake
from assessments.actions.measures import record_observation
from assessments.actions.results import read_results
from medications.actions import decisions
from medications.actions.talks import hand_talk_over
from patients.actions import registry
from plans.actions import signing
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready
from tests.medications.pictures import CLEAR, picture
from treatment.actions import records, regimens

DAY = dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, status="active")


def dies(person, by, at):
    return registry.change_status(patient=person, status="deceased", by=by, at=at)


def dose(person, on, by, at):
    return records.record_dose(
        patient=person,
        medication="MTD",
        kind="administered",
        on=on,
        amount_mg=Decimal(80),
        by=by,
        at=at,
    )


def test_a_dose_of_a_later_day_is_refused_and_one_before_is_kept(
    person, prescriber, noon
):
    person = dies(person, prescriber, noon - DAY)

    with pytest.raises(registry.HasDied, match="deceased"):
        dose(person, noon.date(), prescriber, noon)
    assert dose(person, noon.date() - DAY, prescriber, noon).pk


def test_a_specimen_of_a_later_day_is_refused(person, prescriber, noon):
    person = dies(person, prescriber, noon - DAY)

    with pytest.raises(registry.HasDied):
        records.record_toxicology(
            patient=person,
            collected_at=noon,
            results={"fentanyl": "positive"},
            by=prescriber,
            at=noon,
        )


def test_no_medicine_is_started(person, prescriber, noon):
    person = dies(person, prescriber, noon - DAY)

    with pytest.raises(registry.HasDied):
        regimens.start_regimen(
            patient=person,
            medication="MTD",
            started_on=noon.date(),
            by=prescriber,
            at=noon,
        )


def test_no_decision_is_recorded(person, prescriber, noon):
    person = dies(person, prescriber, noon - DAY)

    with pytest.raises(registry.HasDied):
        decisions.record_decision(
            patient=person,
            choice="MTD",
            picture=picture(CLEAR),
            by=prescriber,
            at=noon,
        )


def test_no_plan_is_signed_or_drafted(person, prescriber, noon):
    plan = ready(drafted(person, prescriber))
    dies(person, prescriber, noon - DAY)

    with pytest.raises(registry.HasDied):
        signing.sign_plan(plan=plan, by=prescriber, at=noon)
    person.refresh_from_db()
    plan.delete()
    with pytest.raises(registry.HasDied):
        drafted(person, prescriber)


def test_no_follow_up_is_added(person, care_manager, noon):
    person = dies(person, care_manager, noon - DAY)
    day = noon.date() + DAY

    with pytest.raises(registry.HasDied):
        add_follow_up(
            patient=person,
            kind="call",
            title="Call",
            window=FollowUpWindow(day, day, day),
            assigned_role="care_manager",
            by=care_manager,
            at=noon,
        )


def test_the_form_says_so_in_words(as_prescriber, person, prescriber, noon):
    dies(person, prescriber, noon - DAY)
    answer = as_prescriber.post(
        f"/people/{person.pk}/medication/doses/add/",
        {
            "medication": "MTD",
            "kind": "administered",
            "on": noon.date() + DAY,
            "amount_mg": "80",
        },
    )

    assert answer.status_code == 400
    assert "marked as deceased" in answer.content.decode()


def test_a_death_marked_since_the_page_was_read_counts(person, prescriber, noon):
    dies(person, prescriber, noon - DAY)

    assert person.status != "deceased", "as the page has it"
    with pytest.raises(registry.HasDied):
        dose(person, noon.date(), prescriber, noon)


def test_nothing_is_measured_or_asked_of_a_later_day(person, clinician, noon):
    person = dies(person, clinician, noon - DAY)
    acts = {"patient": person, "by": clinician, "at": noon}
    measured = {**acts, "code": "alt", "value": 41}
    asked = {
        **acts,
        "instrument": "phq2",
        "answers": {"interest": 1, "mood": 1},
        "context": {},
        "mode": "staff",
    }

    for act in (
        lambda: record_observation(**measured, effective_at=noon),
        lambda: give_instrument(**asked, given_at=noon),
        lambda: start_intake(**acts),
        lambda: start_handover(**acts, instruments=["phq2"], language="en"),
        lambda: hand_talk_over(**acts, language="en"),
    ):
        with pytest.raises(registry.HasDied):
            act()
    assert record_observation(**measured, effective_at=noon - DAY).pk
    assert give_instrument(**asked, given_at=noon - DAY).pk


def test_a_line_of_a_file_of_a_later_day_is_refused(person, clinic, clinician, noon):
    person = dies(person, clinician, noon - DAY)
    days = (noon.date() - DAY, noon.date())
    lines = "".join(f"{person.mrn},ALT,40,{day}\n" for day in days)
    content = f"mrn,test,value,measured\n{lines}".encode()

    found = read_results(clinic=clinic, content=content, by=clinician, at=noon)

    problems = [line["problem"] for line in found.lines]
    assert problems == ["", registry.AFTER_DEATH]


def test_a_link_opens_nothing_any_more(person, clinician, noon):
    link = send_check_in(
        patient=person, instruments=["phq2"], language="en", by=clinician, at=noon - DAY
    )
    dies(person, clinician, noon - DAY)

    with pytest.raises(CheckInOver):
        open_check_in(check_in=link, at=noon)
    with pytest.raises(CheckInOver):
        answer_check_in(check_in=link, at=noon)

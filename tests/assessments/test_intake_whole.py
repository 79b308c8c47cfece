"""A whole intake, answered question by question, leaves nothing wanting."""

import pytest

from assessments.actions.intake import complete_intake, save_answer, start_intake
from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Ask
from assessments.intake.reading import Sent, read
from assessments.models import Assessment
from assessments.sheets import paper_of
from medications.assembly import picture_of
from medications.options import Standing, evaluate
from tests.factories import PatientFactory

# Somebody who uses fentanyl daily, and is otherwise well.
SAID = {
    "tolerance": "usual",
    "last_short_acting_dt": "2026-11-20T20:00",
    "last_fentanyl_dt": "2026-11-20T20:00",
    "phys_dependence": "yes",
    "alcohol": "none",
    "could_be_pregnant": "no",
    "alt": "20",
    "ast": "20",
    "uln": "40",
    "child_pugh": "0",
    "qtc": "420",
    "egfr": "90",
    "crcl": "90",
    "platelets": "200",
    "weight": "70",
    "height": "170",
    "sbp": "120",
    "hr": "80",
    "cows.pulse_bpm": "90",
    "counselling": "accepts",
    "otp_access": "yes",
    "consent": "yes",
    "travel": "10",
    "transport": "yes",
    "resp_monitoring": "yes",
}


def reply_to(question, at):
    """What somebody with nothing to report says."""
    if question.key in SAID:
        sent = Sent((SAID[question.key],))
    elif question.kind is Ask.YES_NO:
        sent = Sent(("no",))
    elif question.none_word:
        sent = Sent(state="none")
    elif question.kind is Ask.CHOICE:
        sent = Sent((next(iter(question.choices)),))
    elif question.kind in (Ask.NUMBER, Ask.MEASURED):
        sent = Sent((str(question.low),))
    elif question.kind is Ask.DAY:
        sent = Sent(("2026-11-01",))
    else:
        sent = Sent(("As it is.",))
    return read(question, sent, at=at)


def expected(paper):
    return [
        q
        for step in STEPS
        for q in step.asked(paper.known)
        if q.key not in paper.rows and not (q.is_extra and "context" in q.key)
    ]


@pytest.mark.parametrize("sex", ["female", "male"])
def test_a_complete_intake_leaves_no_option_wanting(clinic, clinician, noon, sex):
    clinic.is_rems_certified = True
    clinic.save()
    patient = PatientFactory(clinic=clinic, sex_at_birth=sex)
    intake = start_intake(patient=patient, by=clinician, at=noon)
    while left := expected(paper_of(intake, patient, on=noon.date())):
        save_answer(
            intake=intake,
            question=left[0],
            reply=reply_to(left[0], noon),
            revision=None,
            by=clinician,
            at=noon,
        )
    assert paper_of(intake, patient, on=noon.date()).wheel.is_done
    complete_intake(intake=intake, by=clinician, at=noon)
    patient.refresh_from_db()

    options = evaluate(picture_of(patient, at=noon))

    assert not Assessment.objects.filter(status="incomplete").exists()
    wanting = {
        option.medication: [missing.why for missing in option.missing if missing.holds]
        for option in options.options
        if option.standing is Standing.NEEDS_DATA
    }
    assert wanting == {}

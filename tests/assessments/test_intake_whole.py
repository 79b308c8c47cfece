"""A whole intake, answered question by question, leaves nothing wanting."""

import pytest

from assessments.actions.intake import complete_intake, save_answer, start_intake
from assessments.intake.catalogue import STEPS
from assessments.intake.declaration import Ask
from assessments.intake.reading import read
from assessments.intake.submission import Submission
from assessments.intake_page.answers import answers_of
from assessments.models import Assessment
from assessments.picture.assemble import picture_of
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from tests.factories import PatientFactory

# Somebody who uses fentanyl daily, and is otherwise well.
SAID = {
    "tolerance": "usual",
    "opioids_used": "fentanyl",
    "phys_dependence": "yes",
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
    "dbp": "80",
    "hr": "80",
    "cows.pulse_bpm": "90",
    "counselling": "accepts",
    "otp_access": "yes",
    "consent": "yes",
    "travel": "10",
    "resp_monitoring": "yes",
}


# How they use it, and how each test that was asked about came out.
ROWS = {
    "fentanyl": {
        "route": ("smoking",),
        "amount": ("2 points",),
        "days": ("30",),
        "last": ("14h",),
    },
}


def rows_about(question):
    """One row, about the first thing that there may be one for."""
    kinds = tuple(question.kinds)[:1]
    told = {column.key: said_in(column) for column in question.columns}
    return {kind: {"kind": (kind,), **told, **ROWS.get(kind, {})} for kind in kinds}


def said_in(column):
    """The first answer of a column, or something that it can hold."""
    if column.choices:
        return (next(iter(column.choices)),)
    return ("2026-11-01",) if column.kind is Ask.DAY else ("1",)


def reply_to(question, at):
    """What somebody with nothing to report says."""
    return read(question, sent_for(question), at=at)


def sent_for(question):
    if question.kind is Ask.ROWS:
        return Submission(rows=rows_about(question))
    if question.key == "results_at_hand":
        return Submission(tuple(question.choices))
    if question.key in SAID:
        return Submission((SAID[question.key],))
    if question.none_word:
        return Submission(state="none")
    return Submission((typed(question),))


def typed(question):
    """What is chosen or typed where nothing is there to report."""
    if question.kind is Ask.CHOICE:
        return next(iter(question.choices))
    if question.kind in (Ask.NUMBER, Ask.MEASURED):
        return str(question.low)
    return {Ask.YES_NO: "no", Ask.DAY: "2026-11-01"}.get(question.kind, "As it is.")


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
    while left := expected(answers_of(intake, patient, on=noon.date())):
        save_answer(
            intake=intake,
            question=left[0],
            reply=reply_to(left[0], noon),
            revision=None,
            by=clinician,
            at=noon,
        )
    assert answers_of(intake, patient, on=noon.date()).wheel.is_done
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

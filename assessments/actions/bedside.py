"""Answers given beside a decision: kept in the intake, which is opened where none is."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import Staff
from assessments.actions.intake import (
    AnswerOutcome,
    IntakeOpen,
    keep_submission,
    start_intake,
)
from assessments.intake.declaration import IntakeQuestion
from assessments.intake.reading import NONE, NOT_KNOWN
from assessments.intake.submission import Submission
from assessments.models import Intake, IntakeAnswer
from patients.models import Patient

ZERO = "0"


@transaction.atomic
def answer_beside(
    *,
    patient: Patient,
    question: IntakeQuestion,
    said: Submission,
    by: Staff,
    at: datetime,
) -> AnswerOutcome:
    """Keep one answer of today; the same as before is one of today too."""
    intake = _open_intake(patient)
    if intake is None:
        intake, is_new = _opened(patient, by, at)
        # The page showed no answer; what was carried over since is what it replaces.
        revision = _revision(intake, question) if is_new else said.revision
        said = replace(said, revision=revision)
    said = _changed(said, intake.answers.filter(question=question.key).first())
    return keep_submission(
        intake=intake, question=question, said=said, anew=True, by=by, at=at
    )


def _changed(said: Submission, stood: IntakeAnswer | None) -> Submission:
    """The one answer of a field that was sent with its quick answers beside it: without
    a script both come, and the quick one that stood is not what was changed."""
    if stood is None or not (said.text or said.ago):
        return said
    typed = tuple(value for value in said.values if value.strip())
    if len(typed) > 1 and typed[-1] == ZERO and stood.value == 0:
        return replace(said, values=typed[:1])
    state = "" if stood.is_known else NOT_KNOWN
    if stood.value in ([], "never", NONE):
        state = NONE
    return replace(said, state="") if said.state and said.state == state else said


def _opened(patient: Patient, by: Staff, at: datetime) -> tuple[Intake, bool]:
    """A new intake; where two answers came at once, the one that the other opened."""
    try:
        return start_intake(patient=patient, by=by, at=at), True
    except IntakeOpen:
        return Intake.objects.get(
            patient=patient, status=Intake.Status.IN_PROGRESS
        ), False


def _open_intake(patient: Patient) -> Intake | None:
    return Intake.objects.filter(
        patient=patient, status=Intake.Status.IN_PROGRESS
    ).first()


def _revision(intake: Intake, question: IntakeQuestion) -> int | None:
    carried = intake.answers.filter(question=question.key).first()
    return carried.revision if carried else None

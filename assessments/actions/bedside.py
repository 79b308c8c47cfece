"""Answers given beside a decision: kept in the intake, which is opened where none is."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import Staff
from assessments.actions.intake import AnswerOutcome, keep_submission, start_intake
from assessments.intake.declaration import IntakeQuestion
from assessments.intake.submission import Submission
from assessments.models import Intake
from patients.models import Patient


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
        intake = start_intake(patient=patient, by=by, at=at)
        # The page showed no answer; what was carried over since is what it replaces.
        said = replace(said, revision=_revision(intake, question))
    return keep_submission(
        intake=intake, question=question, said=said, anew=True, by=by, at=at
    )


def _open_intake(patient: Patient) -> Intake | None:
    return Intake.objects.filter(
        patient=patient, status=Intake.Status.IN_PROGRESS
    ).first()


def _revision(intake: Intake, question: IntakeQuestion) -> int | None:
    carried = intake.answers.filter(question=question.key).first()
    return carried.revision if carried else None

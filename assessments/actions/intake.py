"""Taking the intake: start it, keep each answer as it is given, complete it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from assessments.actions.carrying import carry_forward
from assessments.actions.consequences import answer_kept, answer_taken_back
from assessments.actions.scoring import record_unfinished, score_instrument_of
from assessments.intake.declaration import Question
from assessments.intake.reading import Reply
from assessments.models import Intake, IntakeAnswer
from patients.actions import registry
from patients.models import Patient


class IntakeOpen(Refused):
    """The person has an intake that is not complete."""


class IntakeClosed(Refused):
    """A complete intake takes no more answers."""


class AnswerConflict(Refused):
    """Somebody else answered meanwhile; `theirs` is what is kept, None if removed."""

    def __init__(self, theirs: IntakeAnswer | None) -> None:
        super().__init__("This was changed by somebody else meanwhile.")
        self.theirs = theirs


@transaction.atomic
def start_intake(*, patient: Patient, by: Staff, at: datetime) -> Intake:
    """Open an intake; it goes on from the one before, and somebody referred is in
    intake from now on."""
    try:
        with transaction.atomic():
            intake = Intake.objects.create(
                clinic_id=patient.clinic_id,
                patient=patient,
                started_at=at,
                started_by=by,
            )
    except IntegrityError:
        raise IntakeOpen("An intake is open already.") from None
    if patient.status == Patient.Status.REFERRED:
        registry.change_status(
            patient=patient,
            status=Patient.Status.IN_INTAKE,
            reason="Intake started",
            by=by,
            at=at,
        )
    carry_forward(intake)
    audit.record("intake.started", intake, by=by, at=at)
    return intake


@transaction.atomic
def save_answer(
    *,
    intake: Intake,
    question: Question,
    reply: Reply,
    revision: int | None,
    by: Staff,
    at: datetime,
) -> IntakeAnswer:
    """Keep one answer. Refuses where another was kept since `revision` was seen."""
    intake = _open(intake)
    before = _kept(intake, question)
    if before is not None and _says(before, reply):
        return before
    _refuse_conflict(before, revision)
    answer = before or IntakeAnswer(
        clinic_id=intake.clinic_id,
        patient_id=intake.patient_id,
        intake=intake,
        question=question.key,
        revision=0,
    )
    answer_kept(
        intake=intake, question=question, before=before, reply=reply, by=by, at=at
    )
    _write(answer, reply, by, at)
    audit.record("intake.answered", answer, by=by, at=at, question=question.key)
    score_instrument_of(intake=intake, question=question, by=by, at=at)
    return answer


def _write(answer: IntakeAnswer, reply: Reply, by: Staff, at: datetime) -> None:
    answer.value = reply.value
    answer.is_known = reply.is_known
    answer.source = reply.source
    answer.revision += 1
    answer.answered_at, answer.answered_by = at, by
    answer.save()


def _says(kept: IntakeAnswer, reply: Reply) -> bool:
    """Whether the same is kept already; True and 1 are not the same answer."""
    same = (kept.value, kept.is_known, kept.source) == (
        reply.value,
        reply.is_known,
        reply.source,
    )
    return same and type(kept.value) is type(reply.value)


def _refuse_conflict(kept: IntakeAnswer | None, revision: int | None) -> None:
    if (kept.revision if kept else None) != revision:
        raise AnswerConflict(kept)


def _open(intake: Intake) -> Intake:
    rows = Intake.objects.select_related("patient__clinic")
    locked = rows.select_for_update(of=("self",)).get(pk=intake.pk)
    if locked.status == Intake.Status.COMPLETE:
        raise IntakeClosed("This intake is complete. Start a new one to add to it.")
    return locked


def _kept(intake: Intake, question: Question) -> IntakeAnswer | None:
    return intake.answers.filter(question=question.key).first()


@transaction.atomic
def clear_answer(
    *, intake: Intake, question: Question, revision: int | None, by: Staff, at: datetime
) -> None:
    """Take an answer back: the question was not asked after all."""
    intake = _open(intake)
    kept = _kept(intake, question)
    if kept is None:
        return
    _refuse_conflict(kept, revision)
    answer_taken_back(intake=intake, question=question, before=kept, by=by, at=at)
    audit.record("intake.answer_cleared", kept, by=by, at=at, question=question.key)
    kept.delete()


@transaction.atomic
def complete_intake(*, intake: Intake, by: Staff, at: datetime) -> Intake:
    """Close an intake for good; what is open stays open, and unfinished instruments
    are kept as incomplete."""
    intake = _open(intake)
    record_unfinished(intake=intake, by=by, at=at)
    intake.status = Intake.Status.COMPLETE
    intake.completed_at, intake.completed_by = at, by
    intake.save(update_fields=["status", "completed_at", "completed_by"])
    audit.record("intake.completed", intake, by=by, at=at)
    return intake

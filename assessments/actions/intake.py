"""Taking the intake: start it, keep each answer as it is given, complete it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_clock, clinic_day
from assessments.actions.carry_forward import carry_forward
from assessments.actions.record_effects import (
    ListChange,
    answer_kept,
    answer_taken_back,
)
from assessments.actions.scoring import record_unfinished, score_instrument_of
from assessments.intake.declaration import IntakeQuestion
from assessments.intake.reading import reply_to
from assessments.intake.rows import RowsRefused
from assessments.intake.submission import Reply, Submission
from assessments.intake_page.answers import IntakeAnswers, answers_of
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
    registry.refuse_after_death(patient, clinic_day(patient.clinic, at))
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


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """All answers once one was given, what stood there before, and what was refused."""

    answers: IntakeAnswers
    stood: object
    refusal: RowsRefused | None = None


@transaction.atomic
def keep_submission(
    *,
    intake: Intake,
    question: IntakeQuestion,
    said: Submission,
    anew: bool = False,
    by: Staff,
    at: datetime,
) -> AnswerOutcome:
    """Read what a form sent for one question, and keep it.

    A field that was emptied takes its answer back; one never filled says nothing. An
    answer that is the same is kept `anew` where it was asked again.
    """
    answers = _open(intake, at)
    intake = answers.intake
    before = answers.rows.get(question.key)
    stood = before.value if before else None
    # What is typed is on the clinic's clock, whoever brings it in.
    here = clinic_clock(intake.patient.clinic, at)
    reply, refusal = reply_to(question, said, stood, at=here)
    change = ListChange(answers, question, said.revision, by, at)
    if reply is not None:
        answers = _put(change, reply, anew=anew)
    elif before is not None and said.is_there:
        answers = _take_out(change)
    return AnswerOutcome(answers, stood, refusal)


@transaction.atomic
def save_answer(
    *,
    intake: Intake,
    question: IntakeQuestion,
    reply: Reply,
    revision: int | None,
    by: Staff,
    at: datetime,
) -> IntakeAnswer:
    """Keep one answer. Refuses where another was kept since `revision` was seen."""
    change = ListChange(_open(intake, at), question, revision, by, at)
    return _put(change, reply).rows[question.key]


@transaction.atomic
def save_answers(
    *,
    intake: Intake,
    replies: Iterable[tuple[IntakeQuestion, Reply]],
    by: Staff,
    at: datetime,
) -> IntakeAnswers:
    """Keep many first answers, read together once; refuses where one was given before."""
    answers = _open(intake, at)
    for question, reply in replies:
        answers = _put(ListChange(answers, question, None, by, at), reply)
    return answers


@transaction.atomic
def clear_answer(
    *,
    intake: Intake,
    question: IntakeQuestion,
    revision: int | None,
    by: Staff,
    at: datetime,
) -> IntakeAnswers:
    """Take an answer back: the question was not asked after all."""
    answers = _open(intake, at)
    if question.key not in answers.rows:
        return answers
    return _take_out(ListChange(answers, question, revision, by, at))


def _put(change: ListChange, reply: Reply, *, anew: bool = False) -> IntakeAnswers:
    """One answer written, with what it does to the record and to scores."""
    before = change.before
    if before is not None and not anew and _says(before, reply):
        return change.answers
    _refuse_conflict(before, change.revision)
    answer_kept(change, reply)
    intake = change.answers.intake
    answer = before or IntakeAnswer(
        clinic_id=intake.clinic_id,
        patient_id=intake.patient_id,
        intake=intake,
        question=change.question.key,
        revision=0,
    )
    _write(answer, reply, change.by, change.at)
    _note("intake.answered", answer, change)
    answers = change.answers.with_answer(change.question.key, answer)
    score_instrument_of(answers, change.question, by=change.by, at=change.at)
    return answers


def _take_out(change: ListChange) -> IntakeAnswers:
    """One answer taken out, with what it put into the record."""
    kept = change.answers.rows[change.question.key]
    _refuse_conflict(kept, change.revision)
    answer_taken_back(change)
    _note("intake.answer_cleared", kept, change)
    kept.delete()
    return change.answers.with_answer(change.question.key, None)


def _note(verb: str, answer: IntakeAnswer, change: ListChange) -> None:
    key = change.question.key
    audit.record(verb, answer, by=change.by, at=change.at, question=key)


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


def _open(intake: Intake, at: datetime) -> IntakeAnswers:
    """Its answers as they stand, with the intake locked; a complete one is refused."""
    rows = Intake.objects.select_related("patient__clinic")
    locked = rows.select_for_update(of=("self",)).get(pk=intake.pk)
    if locked.status == Intake.Status.COMPLETE:
        raise IntakeClosed("This intake is complete. Start a new one to add to it.")
    return answers_of(locked, locked.patient, on=clinic_day(locked.patient.clinic, at))


@transaction.atomic
def complete_intake(*, intake: Intake, by: Staff, at: datetime) -> Intake:
    """Close an intake for good; what is open stays open, and unfinished instruments
    are kept as incomplete."""
    answers = _open(intake, at)
    intake = answers.intake
    record_unfinished(answers, by=by, at=at)
    intake.status = Intake.Status.COMPLETE
    intake.completed_at, intake.completed_by = at, by
    intake.save(update_fields=["status", "completed_at", "completed_by"])
    audit.record("intake.completed", intake, by=by, at=at)
    return intake

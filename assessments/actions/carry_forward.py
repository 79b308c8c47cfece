"""Going on from an earlier intake: take its answers over, and confirm them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import Staff
from assessments.intake.carry_forward import goes_on
from assessments.models import Intake, IntakeAnswer


def carry_forward(intake: Intake) -> None:
    """Copy the newest known answers of complete intakes, each with its own date."""
    copies = [_copy(answer, intake) for answer in _newest(intake)]
    IntakeAnswer.objects.bulk_create(copies)


def _newest(intake: Intake) -> Iterable[IntakeAnswer]:
    answers = (
        IntakeAnswer.objects.filter(
            patient=intake.patient_id,
            intake__status=Intake.Status.COMPLETE,
            is_known=True,
        )
        .order_by("question", "-answered_at", "-pk")
        .distinct("question")
    )
    return [answer for answer in answers if goes_on(answer.question)]


def _copy(answer: IntakeAnswer, intake: Intake) -> IntakeAnswer:
    """The answer as it was given; one never confirmed since leads to its origin."""
    origin = answer.carried_from_id if answer.is_carried else answer.pk
    return IntakeAnswer(
        clinic_id=intake.clinic_id,
        patient_id=intake.patient_id,
        intake=intake,
        question=answer.question,
        value=answer.value,
        source=answer.source,
        answered_at=answer.answered_at,
        answered_by_id=answer.answered_by_id,
        carried_from_id=origin,
    )


@transaction.atomic
def confirm_answers(
    *, intake: Intake, questions: Iterable[str], by: Staff, at: datetime
) -> int:
    """Say that answers taken over still hold today; how many of them were open."""
    Intake.objects.select_for_update().get(pk=intake.pk)
    carried = list(
        intake.answers.filter(
            question__in=list(questions), carried_from__isnull=False, revision=1
        )
    )
    for answer in carried:
        audit.record("intake.confirmed", answer, by=by, at=at, question=answer.question)
    IntakeAnswer.objects.filter(pk__in=[a.pk for a in carried]).update(
        revision=F("revision") + 1, answered_at=at, answered_by=by
    )
    return len(carried)

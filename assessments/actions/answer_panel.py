"""One press for a whole panel: no to all that is left, and back again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Staff
from assessments.actions.intake import AnswerConflict, clear_answer, save_answer
from assessments.intake.answer_no_to_rest import no_to, rest_of
from assessments.intake.catalogue import question_of
from assessments.intake.declaration import Panel
from assessments.intake.instrument_panels import CONTEXT
from assessments.intake_page.answers import IntakeAnswers
from assessments.models import Intake, IntakeAnswer


@transaction.atomic
def answer_rest(
    *, intake: Intake, panel: Panel, answers: IntakeAnswers, by: Staff, at: datetime
) -> list[IntakeAnswer]:
    """Answer no to whatever the panel has left; each is an answer of its own.

    What a score is read with comes before its items, so that it is scored once.
    """
    left = rest_of(panel, answers.kept, answers.known)
    return [
        save_answer(
            intake=intake,
            question=question,
            reply=reply,
            revision=None,
            by=by,
            at=at,
        )
        for question in sorted(left, key=lambda q: CONTEXT not in q.key.split("."))
        if (reply := no_to(question)) is not None
    ]


@transaction.atomic
def take_back(
    *, intake: Intake, revisions: Mapping[str, int], by: Staff, at: datetime
) -> int:
    """Take several answers back; what was changed meanwhile stays."""
    taken = 0
    for key, revision in revisions.items():
        try:
            clear_answer(
                intake=intake,
                question=question_of(key),
                revision=revision,
                by=by,
                at=at,
            )
            taken += 1
        except AnswerConflict:
            continue
    return taken

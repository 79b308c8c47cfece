"""An instrument inside the intake: kept once all its questions are dealt with."""

from datetime import date, datetime

from accounts.models import Staff
from accounts.tenancy import clinic_day
from assessments.actions.measures import record_assessment
from assessments.intake.catalogue import PLACES
from assessments.intake.declaration import IntakeQuestion
from assessments.intake.progress import (
    BORROWED,
    IntakeSheet,
    instrument_panels,
    sheet_of,
)
from assessments.intake_page.answers import IntakeAnswers
from assessments.models import Assessment, Intake
from knowledge.instruments.scoring import Score

AS_OF = "as_of"
DATED = ("dsm5_oud",)


def score_instrument_of(
    answers: IntakeAnswers, question: IntakeQuestion, *, by: Staff, at: datetime
) -> None:
    """Keep or amend the instruments that this question belongs to."""
    own = PLACES[question.key][1].instrument
    if not own:
        return
    borrowing = [key for key, lender in BORROWED.items() if lender == own]
    for instrument in (own, *borrowing):
        sheet = sheet_of(instrument, answers.kept, answers.known)
        if sheet.is_begun and not sheet.untouched:
            _keep(answers.intake, sheet, by=by, at=at)


def record_unfinished(answers: IntakeAnswers, *, by: Staff, at: datetime) -> None:
    """Keep what was begun and not finished, as incomplete."""
    for panel in instrument_panels(answers.known):
        sheet = sheet_of(panel.instrument, answers.kept, answers.known)
        if sheet.untouched and _is_own(sheet, answers):
            _keep(answers.intake, sheet, by=by, at=at)


def _is_own(sheet: IntakeSheet, answers: IntakeAnswers) -> bool:
    """Begun in its own questions, not only in those it borrows."""
    return any(key.startswith(f"{sheet.instrument}.") for key in answers.rows)


def _keep(intake: Intake, sheet: IntakeSheet, *, by: Staff, at: datetime) -> None:
    """A correction amends what this intake kept before, as of the same moment."""
    mine = Assessment.objects.filter(
        patient=intake.patient_id,
        source_key__startswith=f"intake:{intake.pk}:{sheet.instrument}:",
    ).order_by("-id")
    last = mine.first()
    stands = last is not None and last.status != Assessment.Status.ENTERED_IN_ERROR
    result = sheet.score()
    if last is not None and stands and _is_same(last, sheet, result):
        return
    record_assessment(
        patient=intake.patient,
        instrument=sheet.instrument,
        answers=sheet.answers,
        context=_context(sheet, clinic_day(intake.patient.clinic, at)),
        result=None if sheet.instrument in DATED else result,
        given_at=last.given_at if last is not None and stands else at,
        amends=last if stands else None,
        source_key=f"intake:{intake.pk}:{sheet.instrument}:{mine.count() + 1}",
        by=by,
        at=at,
    )


def _context(sheet: IntakeSheet, today: date) -> dict[str, object]:
    dated = {AS_OF: today.isoformat()} if sheet.instrument in DATED else {}
    return {**sheet.context, **dated}


def _is_same(last: Assessment, sheet: IntakeSheet, result: Score) -> bool:
    """Whether scoring now would keep what is kept."""
    total = None if last.total is None else float(last.total)
    return (total, last.band, last.status, _known(last.context)) == (
        result.total,
        result.band or "",
        result.status.value,
        _known(sheet.context),
    ) and all(_code(last, key, value) for key, value in sheet.answers.items())


def _known(context: object) -> dict[str, object]:
    parts = dict(context) if isinstance(context, dict) else {}
    return {k: v for k, v in parts.items() if k != AS_OF and "_bpm" not in k}


def _code(last: Assessment, key: str, value: object) -> bool:
    """Whether an answer is the kept one; a measured one is kept in the context."""
    kept = last.context.get(key) if key in last.context else last.answers.get(key)
    return str(kept) == str(value)

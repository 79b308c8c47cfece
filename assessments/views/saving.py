"""Saving of one question from a form: kept, or met with the trouble it made.

A field that saves itself is a door of another kind (`accounts.doors` is for whole forms):
what was refused goes back into the one question, with what was typed and, where somebody
was faster, their answer.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.access import StaffRequest
from accounts.doors import acting_now
from assessments.actions import intake as acts
from assessments.actions.bedside import answer_beside
from assessments.actions.intake import AnswerOutcome
from assessments.actions.record_effects import ListRefused
from assessments.intake import catalogue
from assessments.intake.declaration import Ask, IntakeQuestion, Step
from assessments.intake.parsing import NotAnAnswer
from assessments.intake.rows import KIND
from assessments.intake.submission import ROW_NAME, Submission, submission_in
from assessments.intake_page.question import Trouble, trouble_of
from assessments.intake_page.table_answer import kept_cells
from assessments.models import Intake
from patients.actions.registry import BeforeBirth, HasDied
from patients.models import Patient
from patients.views.registry import of_clinic


def open_intake(request: StaffRequest, pk: int) -> Intake:
    """Their open intake, or a 404."""
    patient = of_clinic(request, pk)
    mine = Intake.objects.visible_to(request.acting).filter(patient=patient)
    found = get_object_or_404(mine, status=Intake.Status.IN_PROGRESS)
    found.patient = patient
    return found


def step_address(pk: int, step: Step) -> str:
    return f"{reverse('assessments:intake', args=[pk])}?step={step.key}"


def question_or_404(key: str) -> IntakeQuestion:
    try:
        return catalogue.question_of(key)
    except catalogue.NoSuchQuestion as refusal:
        raise Http404(str(refusal)) from None


def sent(request: StaffRequest, question: IntakeQuestion) -> Submission:
    """What the form says of one question, rows taken out or brought back included."""
    found = submission_in(dict(request.POST.lists()), question)
    if question.kind is not Ask.ROWS:
        return found
    rows = dict(found.rows)
    rows.pop(_row_named(request.POST.get("drop", ""), question), None)
    rows.update(_brought_back(request.POST.get("restore", ""), question))
    return replace(found, rows=rows, is_there=True)


def _row_named(text: str, question: IntakeQuestion) -> str:
    """The row that a button of this question names; empty where it names none."""
    key, _, row = text.partition("__")
    return row if key == question.key else ""


def _brought_back(
    text: str, question: IntakeQuestion
) -> dict[str, dict[str, tuple[str, ...]]]:
    """A row that was taken out, as the page kept it; what is no row brings nothing."""
    try:
        row = json.loads(text)
        cells = kept_cells(question, [row])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {
        name: dict(its)
        for name, its in cells.items()
        if ROW_NAME.fullmatch(name) and str(row[KIND]) in question.kinds
    }


def save_one(
    request: StaffRequest, found: Intake, question: IntakeQuestion
) -> tuple[AnswerOutcome | None, Trouble | None]:
    """Keep what was sent for one question, or say why not."""
    said = sent(request, question)
    return _tried(
        said,
        lambda: acts.keep_submission(
            intake=found, question=question, said=said, **acting_now(request)
        ),
    )


def save_beside(
    request: StaffRequest, patient: Patient, question: IntakeQuestion
) -> tuple[AnswerOutcome | None, Trouble | None]:
    """The same from a page beside the intake, which need not be open yet."""
    said = sent(request, question)
    return _tried(
        said,
        lambda: answer_beside(
            patient=patient, question=question, said=said, **acting_now(request)
        ),
    )


def _tried(
    said: Submission, keep: Callable[[], AnswerOutcome]
) -> tuple[AnswerOutcome | None, Trouble | None]:
    try:
        outcome = keep()
    except NotAnAnswer as refusal:
        return None, trouble_of(refusal, said)
    except (acts.IntakeClosed, ListRefused, BeforeBirth, HasDied) as refusal:
        return None, Trouble(str(refusal), said)
    except acts.AnswerConflict as conflict:
        return None, _met(conflict, said)
    refused = outcome.refusal
    return outcome, trouble_of(refused, said) if refused else None


def _met(conflict: acts.AnswerConflict, said: Submission) -> Trouble:
    """What somebody else answered meanwhile, beside what was sent."""
    return Trouble(str(conflict), said, is_conflict=True, theirs=conflict.theirs)


def clear_one(
    request: StaffRequest, found: Intake, question: IntakeQuestion
) -> Trouble | None:
    """Take an answer back, or say who changed it meanwhile."""
    said = sent(request, question)
    try:
        acts.clear_answer(
            intake=found,
            question=question,
            revision=said.revision,
            **acting_now(request),
        )
    except acts.AnswerConflict as conflict:
        return _met(conflict, said)
    except (acts.IntakeClosed, ListRefused) as refusal:
        return Trouble(str(refusal), said)
    return None

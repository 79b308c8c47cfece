"""From what a browser sent for a question to an answer that is kept, or to a trouble."""

import json
from dataclasses import replace
from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.access import StaffRequest
from assessments.actions import intake as acts
from assessments.actions.consequences import ListRefused
from assessments.grid import kept_cells
from assessments.intake import catalogue
from assessments.intake.declaration import Ask, Question
from assessments.intake.reading import NotAnAnswer, Reply, Sent, read, sent_in
from assessments.intake.rows import KIND, ROW, RowsRefused
from assessments.intake.sent import ROW_NAME
from assessments.models import Intake, IntakeAnswer
from assessments.sheets import Paper
from assessments.showing import Trouble, trouble_of
from patients.views.registry import of_clinic

BAD, CONFLICT = 400, 409


def open_intake(request: StaffRequest, pk: int) -> Intake:
    """Their open intake, or a 404."""
    patient = of_clinic(request, pk)
    mine = Intake.objects.visible_to(request.acting).filter(patient=patient)
    found = get_object_or_404(mine, status=Intake.Status.IN_PROGRESS)
    found.patient = patient
    return found


def question_or_404(key: str) -> Question:
    try:
        return catalogue.question_of(key)
    except catalogue.NoSuchQuestion as refusal:
        raise Http404(str(refusal)) from None


def now() -> datetime:
    """This moment on the clinic's clock."""
    return timezone.localtime(timezone.now())


def sent(request: StaffRequest, question: Question) -> Sent:
    """What the form says of one question, rows taken out or brought back included."""
    found = sent_in(dict(request.POST.lists()), question)
    if question.kind is not Ask.ROWS:
        return found
    rows = dict(found.rows)
    rows.pop(_row_named(request.POST.get("drop", ""), question), None)
    rows.update(_brought_back(request.POST.get("restore", ""), question))
    return replace(found, rows=rows, is_there=True)


def _row_named(text: str, question: Question) -> str:
    """The row that a button of this question names; empty where it names none."""
    key, _, row = text.partition("__")
    return row if key == question.key else ""


def _brought_back(
    text: str, question: Question
) -> dict[str, dict[str, tuple[str, ...]]]:
    """A row that was taken out, as the page kept it; what is no row brings nothing."""
    try:
        row = json.loads(text)
        cells = kept_cells(question, [row])
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {
        name: dict(its)
        for name, its in cells.items()
        if ROW_NAME.fullmatch(name) and str(row[KIND]) in question.kinds
    }


def save_one(
    request: StaffRequest, found: Intake, question: Question, paper: Paper
) -> Trouble | None:
    """Keep what was sent for one question, or say why not."""
    said = sent(request, question)
    try:
        _keep(request, found, question, said, paper)
    except NotAnAnswer as refusal:
        return trouble_of(refusal, said)
    except (acts.IntakeClosed, ListRefused) as refusal:
        return Trouble(str(refusal), said)
    except acts.AnswerConflict as conflict:
        return Trouble(str(conflict), said, is_conflict=True, theirs=conflict.theirs)
    return None


def _keep(
    request: StaffRequest, found: Intake, question: Question, said: Sent, paper: Paper
) -> None:
    """A field that was emptied takes its answer back; one never filled says nothing."""
    at = now()
    before = paper.rows.get(question.key)
    try:
        reply = read(question, said, at=at)
    except RowsRefused as refusal:
        reply = with_what_stood(refusal, before)
        _save(request, found, question, reply, said, at)
        raise
    if reply is not None and not (reply.value == [] and _is_emptied(question, said)):
        _save(request, found, question, reply, said, at)
    elif before is not None and said.is_there:
        acts.clear_answer(
            intake=found,
            question=question,
            revision=said.revision,
            by=request.user,
            at=at,
        )


def _is_emptied(question: Question, said: Sent) -> bool:
    """Rows with nothing in them are no answer, unless "none" was chosen."""
    return question.kind is Ask.ROWS and not said.state


def _save(
    request: StaffRequest,
    found: Intake,
    question: Question,
    reply: Reply,
    said: Sent,
    at: datetime,
) -> IntakeAnswer:
    return acts.save_answer(
        intake=found,
        question=question,
        reply=reply,
        revision=said.revision,
        by=request.user,
        at=at,
    )


def with_what_stood(refusal: RowsRefused, before: IntakeAnswer | None) -> Reply:
    """What can be kept; where a field was refused, what stood there before."""
    stood = before.value if before and isinstance(before.value, list) else []
    by_name = {row[ROW]: row for row in stood}
    rows = refusal.reply.value if isinstance(refusal.reply.value, list) else []
    for row in rows:
        old = by_name.get(row[ROW], {})
        refused = {column for name, column in refusal.faults if name == row[ROW]}
        row.update({c: old[c] for c in sorted(refused) if c in old})
    return replace(refusal.reply, value=rows)


def clear_one(
    request: StaffRequest, found: Intake, question: Question
) -> Trouble | None:
    """Take an answer back, or say who changed it meanwhile."""
    said = sent(request, question)
    try:
        acts.clear_answer(
            intake=found,
            question=question,
            revision=said.revision,
            by=request.user,
            at=now(),
        )
    except acts.AnswerConflict as conflict:
        return Trouble(str(conflict), said, is_conflict=True, theirs=conflict.theirs)
    return None

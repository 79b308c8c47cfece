"""Each answer as it is given: kept, taken back, or met with another one."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.actions import intake as acts
from assessments.actions.consequences import ListRefused
from assessments.intake import catalogue
from assessments.intake.declaration import Question, Step
from assessments.intake.reading import NotAnAnswer, Sent, read, sent_in
from assessments.models import Intake
from assessments.sheets import Paper, paper_of
from assessments.showing import Trouble, dash, rail, row_of, section, trouble_of
from patients.models import Patient

BAD, CONFLICT = 400, 409


def of_clinic(request: StaffRequest, pk: int) -> Patient:
    """This clinic's person, or a 404."""
    return get_object_or_404(Patient.objects.visible_to(request.acting), pk=pk)


def open_intake(request: StaffRequest, pk: int) -> Intake:
    patient = of_clinic(request, pk)
    mine = Intake.objects.visible_to(request.acting).select_related("patient")
    return get_object_or_404(mine, patient=patient, status=Intake.Status.IN_PROGRESS)


def rail_of(paper: Paper, step: Step) -> dict[str, object]:
    wheel = paper.wheel
    return {"rail": rail(paper, step.key), "wheel": wheel, "dash": dash(wheel)}


def save_one(
    request: StaffRequest, found: Intake, question: Question, paper: Paper
) -> Trouble | None:
    """Keep what was sent for one question, or say why not."""
    sent = sent_in(dict(request.POST.lists()), question)
    at = timezone.localtime(timezone.now())
    try:
        _keep(request, found, question, sent, at, paper)
    except NotAnAnswer as refusal:
        return trouble_of(refusal, sent)
    except (acts.IntakeClosed, ListRefused) as refusal:
        return Trouble(str(refusal), sent)
    except acts.AnswerConflict as conflict:
        return Trouble(str(conflict), sent, is_conflict=True, theirs=conflict.theirs)
    return None


def _keep(
    request: StaffRequest,
    found: Intake,
    question: Question,
    sent: Sent,
    at: datetime,
    paper: Paper,
) -> None:
    """A field that was emptied takes its answer back; one never filled says nothing."""
    reply = read(question, sent, at=at)
    if reply is not None:
        acts.save_answer(
            intake=found,
            question=question,
            reply=reply,
            revision=sent.revision,
            by=request.user,
            at=at,
        )
    elif question.key in paper.rows and question.key in request.POST:
        acts.clear_answer(
            intake=found,
            question=question,
            revision=sent.revision,
            by=request.user,
            at=at,
        )


def clear_one(
    request: StaffRequest, found: Intake, question: Question
) -> Trouble | None:
    sent = sent_in(dict(request.POST.lists()), question)
    at = timezone.localtime(timezone.now())
    try:
        acts.clear_answer(
            intake=found,
            question=question,
            revision=sent.revision,
            by=request.user,
            at=at,
        )
    except acts.AnswerConflict as conflict:
        return Trouble(str(conflict), sent, is_conflict=True, theirs=conflict.theirs)
    return None


def question_or_404(key: str) -> Question:
    try:
        return catalogue.question_of(key)
    except catalogue.NoSuchQuestion as refusal:
        raise Http404(str(refusal)) from None


@require_POST
@requires(Permission.ASSESS)
def answer(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Keep one answer; send back its save line and whatever it opened or closed."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    before = paper_of(found, found.patient, on=timezone.localdate())
    trouble = save_one(request, found, asked, before)
    return _line(request, found, asked, trouble, before)


@require_POST
@requires(Permission.ASSESS)
def clear(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Take one answer back; send the question back as if never asked."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    trouble = clear_one(request, found, asked)
    if trouble:
        before = paper_of(found, found.patient, on=timezone.localdate())
        return _line(request, found, asked, trouble, before)
    return _whole_question(request, found, asked)


@require_GET
@requires(Permission.ASSESS)
def question(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """One question as it is kept now."""
    return _whole_question(request, open_intake(request, pk), question_or_404(question))


def _whole_question(
    request: StaffRequest, found: Intake, asked: Question
) -> HttpResponse:
    paper = paper_of(found, found.patient, on=timezone.localdate())
    context = {
        **_around(found, asked, paper),
        "row": row_of(asked.key, paper),
        "is_whole": True,
    }
    response = render(request, "assessments/answered.html", context)
    response["HX-Trigger"] = "answer-saved"
    return response


def _line(
    request: StaffRequest,
    found: Intake,
    asked: Question,
    trouble: Trouble | None,
    before: Paper,
) -> HttpResponse:
    paper = before
    if trouble is None:
        paper = paper_of(found, found.patient, on=timezone.localdate())
    context = {
        **_around(found, asked, paper),
        "row": row_of(asked.key, paper, trouble),
    }
    status = (CONFLICT if trouble.is_conflict else BAD) if trouble else 200
    response = render(request, "assessments/answered.html", context, status=status)
    if trouble is None:
        response["HX-Trigger"] = "answer-saved"
    return response


def _around(found: Intake, asked: Question, paper: Paper) -> dict[str, object]:
    """What changes on the page with this answer, beside its own line."""
    step, panel, _ = catalogue.place_of(asked.key)
    gated = catalogue.gated_by(asked.key)
    on_page = {q.key for q in step.questions}
    return {
        "patient": found.patient,
        "intake": found,
        "step": step,
        "opened": [row_of(key, paper) for key in gated if key in on_page],
        "panels": [
            section(one, paper, {})
            for one in step.panels
            if f"panel:{one.key}" in gated
        ],
        "head": section(panel, paper, {}) if panel.instrument else None,
        **rail_of(paper, step),
    }

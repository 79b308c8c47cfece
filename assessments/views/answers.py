"""Each answer as it is given: kept, taken back, confirmed, or met with another one."""

import json

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.actions.carrying import confirm_answers
from assessments.intake import catalogue
from assessments.intake.declaration import Question
from assessments.intake.quick import page_of
from assessments.intake.rows import ROW
from assessments.models import Intake, IntakeAnswer
from assessments.panels import rail, section
from assessments.sheets import Paper, paper_of
from assessments.showing import Trouble, row_of
from assessments.views.saving import (
    BAD,
    CONFLICT,
    clear_one,
    now,
    open_intake,
    question_or_404,
    save_one,
)

# Buttons of an answer with rows, after which the whole question is shown again.
ROW_ACTS = ("add", "drop", "restore")


@require_POST
@requires(Permission.ASSESS)
def answer(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Keep one answer; send back its save line and whatever it opened or closed."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    before = paper_of(found, found.patient, on=timezone.localdate())
    trouble = save_one(request, found, asked, before)
    is_whole = any(act in request.POST for act in ROW_ACTS)
    if trouble is None and (is_whole or request.POST.get(f"{question}__ago")):
        response = _whole(request, found, asked, before.rows.get(question))
        response["HX-Retarget"] = f"#q-{question.replace('.', '-')}"
        response["HX-Reswap"] = "outerHTML"
        return response
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
    return _whole(request, found, asked)


@require_POST
@requires(Permission.ASSESS)
def confirm(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Say that an answer of the intake before still holds."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    confirm_answers(intake=found, questions=[question], by=request.user, at=now())
    if request.headers.get("HX-Request") != "true":
        step = catalogue.place_of(question)[0]
        address = reverse("assessments:intake", args=[pk])
        return redirect(f"{address}?step={step.key}#q-{question}")
    return _whole(request, found, asked)


@require_GET
@requires(Permission.ASSESS)
def question(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """One question as it is kept now."""
    return _whole(request, open_intake(request, pk), question_or_404(question))


def _whole(
    request: StaffRequest,
    found: Intake,
    asked: Question,
    before: IntakeAnswer | None = None,
) -> HttpResponse:
    paper = paper_of(found, found.patient, on=timezone.localdate())
    with_blank = "add" in request.POST
    context = {
        **around(request, found, asked, paper),
        "row": row_of(asked.key, paper, with_blank=with_blank),
        "is_whole": True,
        "focus_last": with_blank,
        "dropped": _dropped(request.POST.get("drop", ""), before),
    }
    response = render(request, "assessments/answered.html", context)
    response["HX-Trigger"] = "answer-saved"
    return response


def _dropped(name: str, before: IntakeAnswer | None) -> str:
    """The row that was just taken out, so that the page can bring it back."""
    rows = before.value if before and isinstance(before.value, list) else []
    row = next((r for r in rows if name.endswith(f"__{r[ROW]}")), None)
    return json.dumps(row) if row else ""


def _line(
    request: StaffRequest,
    found: Intake,
    asked: Question,
    trouble: Trouble | None,
    before: Paper,
) -> HttpResponse:
    paper = before
    if trouble is None or trouble.faults:
        paper = paper_of(found, found.patient, on=timezone.localdate())
    context = {
        **around(request, found, asked, paper),
        "row": row_of(asked.key, paper, trouble),
    }
    status = (CONFLICT if trouble.is_conflict else BAD) if trouble else 200
    response = render(request, "assessments/answered.html", context, status=status)
    if trouble is None or trouble.faults:
        response["HX-Trigger"] = "answer-saved"
    return response


def around(
    request: StaffRequest, found: Intake, asked: Question, paper: Paper
) -> dict[str, object]:
    """What changes on the page with this answer, beside its own line."""
    step, panel, _ = catalogue.place_of(asked.key)
    page = page_of(request.GET.get("on", step.key))
    gated = catalogue.gated_by(asked.key)
    on_page = {q.key for q in page.questions}
    panels = {one.key: one for one in page.panels}
    return {
        "patient": found.patient,
        "intake": found,
        "page": page,
        "opened": [row_of(key, paper) for key in gated if key in on_page],
        "panels": [
            section(one, paper, {})
            for one in page.panels
            if f"panel:{one.key}" in gated
        ],
        "head": section(panels.get(panel.key, panel), paper, {}),
        "rail": rail(paper, page),
    }

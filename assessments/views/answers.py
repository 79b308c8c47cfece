"""Each answer as it is given: kept, taken back, confirmed, or met with another one."""

import json

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import BAD, CONFLICT, acting_now
from accounts.permissions import Permission
from assessments.actions.carry_forward import confirm_answers
from assessments.intake import catalogue
from assessments.intake.declaration import IntakeQuestion
from assessments.intake.quick import page_of
from assessments.intake.rows import ROW
from assessments.intake_page.answers import IntakeAnswers, answers_of
from assessments.intake_page.question import Trouble, row_of
from assessments.intake_page.sections import rail, section
from assessments.models import Intake
from assessments.views.saving import (
    clear_one,
    open_intake,
    question_or_404,
    save_one,
    step_address,
)

# Buttons of an answer with rows, after which the whole question is shown again.
ROW_ACTS = ("add", "drop", "restore")


@requires(Permission.ASSESS, "POST")
def answer(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Keep one answer; send back its save line and whatever it opened or closed."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    outcome, trouble = save_one(request, found, asked)
    answers = outcome.answers if outcome else today_of(request, found)
    is_whole = any(act in request.POST for act in ROW_ACTS)
    if trouble is None and (is_whole or request.POST.get(f"{question}__ago")):
        stood = outcome.stood if outcome else None
        response = _whole(request, asked, answers, stood)
        response["HX-Retarget"] = f"#q-{question.replace('.', '-')}"
        response["HX-Reswap"] = "outerHTML"
        return response
    return _line(request, asked, trouble, answers)


@requires(Permission.ASSESS, "POST")
def clear(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Take one answer back; send the question back as if never asked."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    trouble = clear_one(request, found, asked)
    if trouble:
        return _line(request, asked, trouble, today_of(request, found))
    return _whole(request, asked, today_of(request, found))


@requires(Permission.ASSESS, "POST")
def confirm(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Say that an answer of the intake before still holds."""
    asked = question_or_404(question)
    found = open_intake(request, pk)
    confirm_answers(intake=found, questions=[question], **acting_now(request))
    if request.headers.get("HX-Request") != "true":
        step = catalogue.place_of(question)[0]
        return redirect(f"{step_address(pk, step)}#q-{question}")
    return _whole(request, asked, today_of(request, found))


@requires(Permission.ASSESS, "GET")
def question(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """One question as it is kept now."""
    found = open_intake(request, pk)
    return _whole(request, question_or_404(question), today_of(request, found))


def today_of(request: StaffRequest, found: Intake) -> IntakeAnswers:
    """The answers as they stand, for the clinic's day."""
    return answers_of(found, found.patient, on=request.today)


def _whole(
    request: StaffRequest,
    asked: IntakeQuestion,
    answers: IntakeAnswers,
    stood: object = None,
) -> HttpResponse:
    with_blank = "add" in request.POST
    context = {
        **around(request, asked, answers),
        "row": row_of(asked.key, answers, with_blank=with_blank),
        "is_whole": True,
        "focus_last": with_blank,
        "dropped": _dropped(request.POST.get("drop", ""), stood),
    }
    response = render(request, "assessments/intake.html#answered", context)
    response["HX-Trigger"] = "answer-saved"
    return response


def _dropped(name: str, stood: object) -> str:
    """The row that was just taken out, so that the page can bring it back."""
    rows = stood if isinstance(stood, list) else []
    row = next((r for r in rows if name.endswith(f"__{r[ROW]}")), None)
    return json.dumps(row) if row else ""


def _line(
    request: StaffRequest,
    asked: IntakeQuestion,
    trouble: Trouble | None,
    answers: IntakeAnswers,
) -> HttpResponse:
    context = {
        **around(request, asked, answers),
        "row": row_of(asked.key, answers, trouble),
    }
    status = (CONFLICT if trouble.is_conflict else BAD) if trouble else 200
    response = render(
        request, "assessments/intake.html#answered", context, status=status
    )
    if trouble is None or trouble.faults:
        response["HX-Trigger"] = "answer-saved"
    return response


def around(
    request: StaffRequest, asked: IntakeQuestion, answers: IntakeAnswers
) -> dict[str, object]:
    """What changes on the page with this answer, beside its own line."""
    step, panel, _ = catalogue.place_of(asked.key)
    page = page_of(request.GET.get("on", step.key))
    gated = catalogue.gated_by(asked.key)
    on_page = {q.key for q in page.questions}
    panels = {one.key: one for one in page.panels}
    return {
        "patient": answers.intake.patient,
        "intake": answers.intake,
        "page": page,
        "opened": [row_of(key, answers) for key in gated if key in on_page],
        "panels": [
            section(one, answers, {})
            for one in page.panels
            if f"panel:{one.key}" in gated
        ],
        "head": section(panels.get(panel.key, panel), answers, {}),
        "rail": rail(answers, page),
    }

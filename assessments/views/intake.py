"""The intake page: its steps, its start, and its end."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import BAD, CONFLICT, act, acting_now
from accounts.permissions import Permission
from assessments.actions import intake as acts
from assessments.intake import catalogue
from assessments.intake.declaration import Step
from assessments.intake.quick import ALL_PAGES, PAGES, page_of
from assessments.intake_page.answers import IntakeAnswers, answers_of
from assessments.intake_page.question import QuestionRow, Trouble, row_of
from assessments.intake_page.sections import rail, sections
from assessments.models import Intake
from assessments.views.saving import (
    clear_one,
    open_intake,
    question_or_404,
    save_one,
    step_address,
)
from patients.models import Patient
from patients.views.registry import of_clinic, open_chart

# Buttons of an answer with rows: what each names is its question, then the row.
ROW_ACTS = ("add", "drop", "restore")


def _newest(request: StaffRequest, patient: Patient) -> Intake | None:
    """The open intake; without one, the last that was completed."""
    theirs = Intake.objects.visible_to(request.acting).filter(patient=patient)
    return (
        theirs.select_related("completed_by").order_by("-status", "-started_at").first()
    )


@requires(Permission.PATIENT_VIEW, "GET")
def intake(request: StaffRequest, pk: int) -> HttpResponse:
    """One step of the intake, its rail, and what the answers mean so far."""
    patient = open_chart(request, pk, "intake")
    found = _newest(request, patient)
    if found is None:
        context = {"patient": patient, "tab": "intake", "steps": catalogue.STEPS}
        return render(request, "assessments/intake_none.html", context)
    return _page(request, patient, found, page_of(request.GET.get("step", "")), {})


def _page(
    request: StaffRequest,
    patient: Patient,
    found: Intake,
    page: Step,
    troubles: dict[str, Trouble],
    status: int = 200,
) -> HttpResponse:
    answers = answers_of(found, patient, on=request.today)
    context = {
        "patient": patient,
        "tab": "intake",
        "intake": found,
        "is_closed": found.status == Intake.Status.COMPLETE,
        "page": page,
        "since": request.at,
        "sections": sections(page, answers, troubles, request.GET.get("add", "")),
        "troubles": [row_of(key, answers, t) for key, t in troubles.items()],
        "rail": rail(answers, page),
        "changed": _changed(answers),
        "to_confirm": sum(row.is_carried for row in answers.rows.values()),
        **_neighbours(page),
    }
    return render(request, "assessments/intake.html", context, status=status)


def _neighbours(page: Step) -> dict[str, object]:
    """The page's place among the seven steps, or among the quick pages."""
    pages = PAGES if page in PAGES else catalogue.STEPS
    place = pages.index(page)
    return {
        "number": place + 1,
        "count": len(pages),
        "before": pages[place - 1] if place else None,
        "after": next(iter(pages[place + 1 :]), None),
    }


def _changed(answers: IntakeAnswers) -> list[QuestionRow]:
    """What is otherwise than in the intake before, in the order of the pages."""
    rows = (row_of(key, answers) for key in catalogue.PLACES if key in answers.rows)
    return [row for row in rows if row.was is not None]


@requires(Permission.ASSESS, "POST")
def start(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    act(request, lambda: acts.start_intake(patient=patient, **acting_now(request)))
    wanted = request.POST.get("page", "")
    page = next((one for one in ALL_PAGES if one.key == wanted), catalogue.STEPS[0])
    return redirect(step_address(pk, page))


@requires(Permission.ASSESS, "POST")
def complete(request: StaffRequest, pk: int) -> HttpResponse:
    found = _newest(request, of_clinic(request, pk))
    if found is None:
        raise Http404
    act(
        request,
        lambda: acts.complete_intake(intake=found, **acting_now(request)),
        done="Intake complete. What is open stays shown as not known.",
    )
    return redirect("medications:decision", pk)


@requires(Permission.ASSESS, "POST")
def save_step(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """Keep a whole step at once, for browsers without script."""
    found = open_intake(request, pk)
    page = page_of(step)
    if request.POST.get("clear"):
        return _clear_from_step(request, found, page)
    troubles = _save_all(request, found, page)
    if troubles:
        clash = any(trouble.is_conflict for trouble in troubles.values())
        status = CONFLICT if clash else BAD
        return _page(request, found.patient, found, page, troubles, status)
    messages.success(request, f"{page.title}: saved.")
    pressed = next((request.POST[act] for act in ROW_ACTS if act in request.POST), "")
    key = pressed.partition("__")[0]
    place = f"&add={key}#q-{key}" if key in catalogue.PLACES else ""
    return redirect(f"{step_address(pk, page)}{place}")


def _save_all(request: StaffRequest, found: Intake, step: Step) -> dict[str, Trouble]:
    answers = answers_of(found, found.patient, on=request.today)
    troubles = {}
    for question in step.asked(answers.known):
        _, trouble = save_one(request, found, question)
        if trouble:
            troubles[question.key] = trouble
    return troubles


def _clear_from_step(request: StaffRequest, found: Intake, step: Step) -> HttpResponse:
    question = question_or_404(request.POST.get("clear", ""))
    trouble = clear_one(request, found, question)
    if trouble:
        troubles = {question.key: trouble}
        return _page(request, found.patient, found, step, troubles, CONFLICT)
    return redirect(step_address(found.patient_id, step))

"""The intake page: its steps, its start, and its end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.actions import intake as acts
from assessments.intake import catalogue
from assessments.intake.declaration import Step
from assessments.models import Intake
from assessments.sheets import paper_of
from assessments.showing import Trouble, row_of, sections
from assessments.views.answers import (
    BAD,
    CONFLICT,
    clear_one,
    of_clinic,
    open_intake,
    question_or_404,
    rail_of,
    save_one,
)
from patients.actions import registry
from patients.models import Patient


def _newest(request: StaffRequest, patient: Patient) -> Intake | None:
    """The open intake; without one, the last that was completed."""
    theirs = Intake.objects.visible_to(request.acting).filter(patient=patient)
    return (
        theirs.select_related("completed_by").order_by("-status", "-started_at").first()
    )


@require_GET
@requires(Permission.PATIENT_VIEW)
def intake(request: StaffRequest, pk: int) -> HttpResponse:
    """One step of the intake, its rail, and what the answers mean so far."""
    patient = of_clinic(request, pk)
    registry.note_chart_view(
        patient=patient, page="intake", by=request.user, at=timezone.now()
    )
    found = _newest(request, patient)
    if found is None:
        context = {"patient": patient, "tab": "intake", "steps": catalogue.STEPS}
        return render(request, "assessments/intake_none.html", context)
    step = _step(request.GET.get("step", ""))
    return _page(request, patient, found, step, {})


def _step(key: str) -> Step:
    """The step of this name; the first for any other."""
    steps = {step.key: step for step in catalogue.STEPS}
    return steps.get(key, catalogue.STEPS[0])


def _page(
    request: HttpRequest,
    patient: Patient,
    found: Intake,
    step: Step,
    troubles: dict[str, Trouble],
    status: int = 200,
) -> HttpResponse:
    paper = paper_of(found, patient, on=timezone.localdate())
    place = catalogue.STEP_KEYS.index(step.key)
    context = {
        "patient": patient,
        "tab": "intake",
        "intake": found,
        "is_closed": found.status == Intake.Status.COMPLETE,
        "step": step,
        "number": place + 1,
        "before": catalogue.STEPS[place - 1] if place else None,
        "after": next(iter(catalogue.STEPS[place + 1 :]), None),
        "sections": sections(step, paper, troubles),
        "troubles": [row_of(key, paper, t) for key, t in troubles.items()],
        **rail_of(paper, step),
    }
    return render(request, "assessments/intake.html", context, status=status)


@require_POST
@requires(Permission.ASSESS)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    try:
        acts.start_intake(patient=patient, by=request.user, at=timezone.now())
    except acts.IntakeOpen as refusal:
        messages.info(request, str(refusal))
    return redirect("assessments:intake", pk)


@require_POST
@requires(Permission.ASSESS)
def complete(request: StaffRequest, pk: int) -> HttpResponse:
    found = open_intake(request, pk)
    acts.complete_intake(
        intake=found, by=request.user, at=timezone.localtime(timezone.now())
    )
    messages.success(request, "Intake complete. What is open stays shown as not known.")
    return redirect("medications:decision", pk)


@require_POST
@requires(Permission.ASSESS)
def save_step(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """Keep a whole step at once, for browsers without script."""
    found = open_intake(request, pk)
    page = _step(step)
    if request.POST.get("clear"):
        return _clear_from_step(request, found, page)
    troubles = _save_all(request, found, page)
    if troubles:
        clash = any(trouble.is_conflict for trouble in troubles.values())
        status = CONFLICT if clash else BAD
        return _page(request, found.patient, found, page, troubles, status)
    messages.success(request, f"{page.title}: saved.")
    return redirect(_url(pk, page))


def _url(pk: int, step: Step) -> str:
    return f"{reverse('assessments:intake', args=[pk])}?step={step.key}"


def _save_all(request: StaffRequest, found: Intake, step: Step) -> dict[str, Trouble]:
    paper = paper_of(found, found.patient, on=timezone.localdate())
    troubles = {}
    for question in step.asked(paper.known):
        trouble = save_one(request, found, question, paper)
        if trouble:
            troubles[question.key] = trouble
    return troubles


def _clear_from_step(request: StaffRequest, found: Intake, step: Step) -> HttpResponse:
    question = question_or_404(request.POST.get("clear", ""))
    trouble = clear_one(request, found, question)
    if trouble:
        troubles = {question.key: trouble}
        return _page(request, found.patient, found, step, troubles, CONFLICT)
    return redirect(_url(found.patient_id, step))

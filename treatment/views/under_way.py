"""The medicine under way: starting, stopping, doses, toxicology."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    row_of_clinic,
    status_of,
    values_of,
)
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from assessments.picture.assemble import picture_of
from knowledge.medicines import medicines
from knowledge.wording.amounts import listed, milligrams
from knowledge.wording.dates import whole_day
from medications.clinic_policy.policy import policy_of
from medications.models import MedicationDecision
from medications.models.medicines import can_be_taken
from medications.options.evaluate import evaluate
from medications.views.decision import newest
from patients.models import Patient
from patients.views.registry import of_clinic, open_chart
from treatment.actions import records, regimens
from treatment.actions.programs import is_closed_here
from treatment.current import treatment_of
from treatment.forms.records import DoseForm, StartForm, StopForm, ToxicologyForm
from treatment.log import last_amounts
from treatment.models import DoseEvent, Regimen, ToxicologyResult

LOGGED = 20
# A panel holds up to as many analytes.
PANEL = 22


@requires(Permission.PATIENT_VIEW, "GET")
def under_way(request: StaffRequest, pk: int) -> HttpResponse:
    """What is taken now and was before, the dose log, toxicology."""
    patient = open_chart(request, pk, "under_way")
    regimens = Regimen.objects.filter(patient=patient).select_related("prescriber")
    decision = newest(patient)
    context = {
        "patient": patient,
        "tab": "medication",
        "decision": decision,
        "can_start": _can_start(patient, decision, request.at),
        "regimens": regimens,
        "doses": DoseEvent.objects.filter(patient=patient)[:LOGGED],
        "specimens": _specimens(patient),
    }
    return render(request, "treatment/under_way.html", context)


def _can_start(
    patient: Patient, decision: MedicationDecision | None, at: datetime
) -> bool:
    """What was decided is a medicine that this clinic may start."""
    if decision is None or not can_be_taken(decision.choice):
        return False
    return not is_closed_here(patient, decision.choice, at=at)


def _specimens(patient: Patient) -> dict[datetime, list[ToxicologyResult]]:
    """The latest results, by when the specimen was collected."""
    by_moment: dict[datetime, list[ToxicologyResult]] = {}
    results = ToxicologyResult.objects.filter(patient=patient)
    for row in results[: LOGGED * PANEL]:
        by_moment.setdefault(row.collected_at, []).append(row)
    return dict(list(by_moment.items())[:LOGGED])


def _page(
    request: StaffRequest, patient: Patient, form: forms.Form, title: str, button: str
) -> HttpResponse:
    context = {
        "patient": patient,
        "tab": "medication",
        "form": form,
        "title": title,
        "button": button,
    }
    return render(request, "treatment/form.html", context, status=status_of(form))


@requires(Permission.MEDICATION_DECIDE)
@step_up("order a medicine")
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Start what was decided; without a decision there is nothing to start."""
    patient = of_clinic(request, pk)
    decision = MedicationDecision.objects.filter(patient=patient).first()
    if decision is None or not can_be_taken(decision.choice):
        messages.error(request, "Choose a medication together first.")
        return redirect("medications:decision", pk)
    unanswered = _unanswered(patient, decision.choice, request.at)
    form = StartForm(
        posted(request),
        unanswered=unanswered,
        tasks=regimens.first_tasks(decision, decision.choice),
        may_overlap=medicines()[decision.choice].is_start,
        medication=decision.choice,
        initial={
            "started_on": request.today,
            "schedule": decision.first_dose[:80],
        },
    )
    if act(
        request,
        lambda: regimens.start_regimen(
            patient=patient,
            medication=decision.choice,
            decision=decision,
            unanswered=unanswered,
            **acting_now(request),
            **form.cleaned_data,
        ),
        form=form,
        done="Started.",
        about=lambda: [_about_to_start(patient, decision.choice, form)],
    ):
        return redirect("treatment:under_way", pk)
    return _page(
        request, patient, form, f"Start: {medicines().titles[decision.choice]}", "Start"
    )


def _about_to_start(patient: Patient, medication: str, form: StartForm) -> str:
    """An order in the line that is read again before it is given."""
    told = form.cleaned_data
    name = f"{told['product'] or medicines().titles[medication]}"
    order = listed([f"{name}{milligrams(told['dose_mg'])}", told["schedule"]])
    return f"{order}, for {patient.shown_name}, from {whole_day(told['started_on'])}."


def _unanswered(patient: Patient, medication: str, at: datetime) -> tuple[str, ...]:
    """The bedside questions that a first dose of it waits for now."""
    picture = picture_of(patient, at=at)
    option = evaluate(picture, policy=policy_of(patient.clinic_id)).option(medication)
    return tuple(one.question for one in option.ask_first)


@requires(Permission.MEDICATION_DECIDE)
@step_up("end an order")
def stop(request: StaffRequest, pk: int, regimen: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    row = row_of_clinic(request, Regimen.objects, pk=regimen, patient=patient)
    form = StopForm(posted(request), initial={"stopped_on": request.today})
    editing(form, row)
    if act(
        request,
        lambda: regimens.stop_regimen(
            regimen=row,
            **acting_now(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
        row=row,
        done="Stopped. The reason is kept with it.",
        about=lambda: [
            f"{medicines().titles[row.medication]}, for {patient.shown_name}, "
            f"ends {whole_day(form.cleaned_data['stopped_on'])}."
        ],
    ):
        return redirect("treatment:under_way", pk)
    return _page(
        request, patient, form, f"Stop: {medicines().titles[row.medication]}", "Stop"
    )


@requires(Permission.ASSESS)
def add_dose(request: StaffRequest, pk: int) -> HttpResponse:
    """One line of the dose log."""
    patient = of_clinic(request, pk)
    current = treatment_of(patient.pk, on=request.today).main
    form = DoseForm(
        posted(request),
        last=last_amounts(patient.pk) if request.method == "POST" else {},
        initial={
            "medication": current.medication if current else "",
            "amount_mg": current.dose_mg if current else None,
            "kind": "administered",
            "on": request.today,
        },
    )
    if act(
        request,
        lambda: _record_dose(request, patient, form),
        form=form,
        done="In the dose log.",
    ):
        return redirect("treatment:under_way", pk)
    if "again" in form.errors:
        # Asked once, in sight; what was typed stays.
        form.fields["again"].widget = forms.CheckboxInput()
    return _page(request, patient, form, "Record a dose", "Record")


def _record_dose(request: StaffRequest, patient: Patient, form: DoseForm) -> None:
    values = {n: value for n, value in form.cleaned_data.items() if n != "hour"}
    records.record_dose(
        patient=patient, taken_at=form.taken_at(), **acting_now(request), **values
    )


@requires(Permission.ASSESS)
def add_toxicology(request: StaffRequest, pk: int) -> HttpResponse:
    """One specimen with what was tested for in it."""
    patient = of_clinic(request, pk)
    now = request.at
    form = ToxicologyForm(
        posted(request),
        initial={"collected_at": timezone.localtime(now), "method": "screen"},
    )
    if act(
        request,
        lambda: records.record_toxicology(
            patient=patient,
            collected_at=form.cleaned_data["collected_at"],
            method=form.cleaned_data["method"],
            results=form.results(),
            by=request.user,
            at=now,
        ),
        form=form,
        done="Toxicology recorded.",
    ):
        return redirect("treatment:under_way", pk)
    return _page(request, patient, form, "Record toxicology", "Record")

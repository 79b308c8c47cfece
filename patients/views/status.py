"""Status in care: moved by hand, held and taken up again; the ways in and out beside it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, editing, status_of, values_of
from accounts.permissions import Permission
from patients.actions import holds, registry
from patients.forms import PLAIN, EndHoldForm, HoldForm, StatusForm
from patients.models import Patient
from patients.views.registry import of_clinic

STATUS = ["status"]
PLAIN_FORMS = ("status_form", "hold_form")


@requires(Permission.PATIENT_EDIT)
def status(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    form = editing(StatusForm(posted(request), patient=patient), patient, STATUS)
    if act(
        request,
        lambda: registry.change_status(
            patient=patient,
            status=form.cleaned_data["status"],
            reason=form.cleaned_data["reason"],
            **acting_now(request),
        ),
        form=form,
        row=patient,
        fields=STATUS,
        done="Status changed.",
    ):
        return redirect("patients:contacts", pk)
    return _page(request, patient, status_form=form)


def _page(request: StaffRequest, patient: Patient, **given: forms.Form) -> HttpResponse:
    """What may be done from where the person stands; the form that was sent as it was."""
    today, held = request.today, patient.holds.filter(ended_on=None).first()
    context: dict[str, object] = {
        "status_form": editing(StatusForm(patient=patient), patient, STATUS),
        "hold_form": editing(HoldForm(initial={"began_on": today}), patient, STATUS),
        "end_hold_form": editing(
            EndHoldForm(initial={"ended_on": today}), patient, STATUS
        ),
        **given,
        "patient": patient,
        "tab": "contacts",
        "held": held,
        # Refusals of a form that the page does not show from where the person stands.
        "elsewhere": [
            words
            for name, form in given.items()
            if name not in (("end_hold_form",) if held else PLAIN_FORMS)
            or not (held or patient.status in PLAIN)
            for words in form.non_field_errors()
        ],
        "courses": patient.episodes.all(),
        "changes": patient.status_changes.all(),
    }
    return render(
        request, "patients/status.html", context, status=status_of(*given.values())
    )


@requires(Permission.PATIENT_EDIT, "POST")
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    """Hospital or custody: care waits, the episode stays open."""
    patient = of_clinic(request, pk)
    form = editing(HoldForm(posted(request)), patient, STATUS)
    if act(
        request,
        lambda: holds.hold_care(
            patient=patient,
            **acting_now(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
        row=patient,
        fields=STATUS,
        done="Care is on hold.",
    ):
        return redirect("patients:status", pk)
    return _page(request, patient, hold_form=form)


@requires(Permission.PATIENT_EDIT, "POST")
def end_hold(request: StaffRequest, pk: int) -> HttpResponse:
    """Back from it: care goes on where it stood."""
    patient = of_clinic(request, pk)
    form = editing(EndHoldForm(posted(request)), patient, STATUS)
    if act(
        request,
        lambda: holds.end_hold(
            patient=patient,
            **acting_now(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
        row=patient,
        fields=STATUS,
        done="Care goes on.",
    ):
        return redirect("patients:status", pk)
    return _page(request, patient, end_hold_form=form)

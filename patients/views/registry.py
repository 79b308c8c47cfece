"""Registering people, keeping their details."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    outcome_of,
    row_of_clinic,
    status_of,
    values_of,
)
from accounts.models import Staff
from accounts.once import SAFE
from accounts.permissions import Permission
from patients.actions import registry
from patients.chart_access import refuse_if_closed
from patients.forms import CareTeamForm, DetailsForm, RegisterForm
from patients.merges import refuse_if_merged
from patients.models import DeathRecord, Patient

# Digits of a row's number that a page may send.
LONGEST_NUMBER = 19
# The team as it stands, in one word of the person's row.
CARE_TEAM = ["care_team_now"]


# Each with what `death_waits` says, so that a page asks once.
PEOPLE = Patient.objects.annotate(
    death_waits=Exists(DeathRecord.objects.waiting().filter(patient=OuterRef("pk")))
)


def of_clinic(request: StaffRequest, pk: int) -> Patient:
    """This clinic's person, or a 404; a closed chart is one that says where to ask, a
    record that went into another one that leads there."""
    try:
        patient = row_of_clinic(request, PEOPLE, pk=pk)
    except Http404:
        refuse_if_merged(request.acting.clinic, pk)
        refuse_if_closed(request.acting.clinic, pk)
        raise
    patient.clinic = request.acting.clinic
    return patient


def death_waits(patient: Patient) -> bool:
    """Whether a death was reported that waits for its second person."""
    told = vars(patient)
    if told.get("death_waits") is None:
        waiting = DeathRecord.objects.waiting().filter(patient=patient)
        told["death_waits"] = waiting.exists()
    return bool(told["death_waits"])


def open_chart(request: StaffRequest, pk: int, page: str) -> Patient:
    """The same, and that this page of their chart was opened is written down."""
    patient = of_clinic(request, pk)
    note_view(request, patient, page)
    return patient


def looked_at_chart(request: StaffRequest, pk: int, page: str) -> Patient:
    """The same of a page that takes a form: it was opened before the form was sent."""
    if request.method in SAFE:
        return open_chart(request, pk, page)
    return of_clinic(request, pk)


def note_view(request: StaffRequest, patient: Patient, page: str) -> None:
    registry.note_chart_view(patient=patient, page=page, **acting_now(request))


@requires(Permission.PATIENT_EDIT)
def register(request: StaffRequest) -> HttpResponse:
    """Register somebody, after a look at who may be the same person."""
    form = RegisterForm(posted(request), today=request.today)
    made = outcome_of(request, lambda: _register(request, form), form=form)
    if isinstance(made, Patient):
        messages.success(request, f"Registered as MRN {made.mrn}.")
        return redirect("assessments:intake", made.pk)
    context = {"form": form, "alike": made}
    return render(request, "patients/register.html", context, status=status_of(form))


def _register(request: StaffRequest, form: RegisterForm) -> Patient | list[Patient]:
    """The new record, or who may be the same person."""
    details = dict(form.cleaned_data)
    try:
        return registry.register_patient(
            clinic=request.acting.clinic,
            phone=details.pop("phone"),
            called_after=details.pop("called_after"),
            details=details,
            referred_on=request.today,
            unlike=looked_at(request),
            **acting_now(request),
        )
    except registry.MayBeKnown as known:
        return known.people


def looked_at(request: StaffRequest) -> set[int]:
    """Who was on the page as it was said that this is somebody else."""
    told = request.POST.getlist("unlike")
    return {int(pk) for pk in told if pk.isdecimal() and len(pk) < LONGEST_NUMBER}


@requires(Permission.PATIENT_EDIT)
def details(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    form = DetailsForm(posted(request), today=request.today, initial=_initial(patient))
    editing(form, patient, registry.DETAILS)
    if act(
        request,
        lambda: registry.change_details(
            patient=patient, details=values_of(form), **acting_now(request)
        ),
        form=form,
        row=patient,
        fields=registry.DETAILS,
        done="Details saved.",
    ):
        return redirect("patients:contacts", pk)
    return render(
        request,
        "patients/details.html",
        {"form": form, "patient": patient, "tab": "contacts"},
        status=status_of(form),
    )


def _initial(patient: Patient) -> dict[str, object]:
    words = {True: "yes", False: "no", None: ""}
    return {
        name: words[value]
        if (value := getattr(patient, name)) in words and name in THREE_STATE
        else value
        for name in registry.DETAILS
    }


THREE_STATE = ("needs_interpreter", "is_unhoused")


@requires(Permission.PATIENT_EDIT)
def care_team(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    form = editing(CareTeamForm(posted(request)), patient, CARE_TEAM)
    form.fields["staff"].queryset = Staff.objects.active().at_clinic(  # type: ignore[attr-defined]
        request.acting.clinic
    )
    if act(
        request,
        lambda: registry.put_on_care_team(
            patient=patient,
            **acting_now(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
        row=patient,
        fields=CARE_TEAM,
        done="Care team changed.",
    ):
        return redirect("patients:contacts", pk)
    return render(
        request,
        "patients/care_team.html",
        {"form": form, "patient": patient, "tab": "contacts"},
        status=status_of(form),
    )

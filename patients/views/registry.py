"""Finding people, registering them, keeping their details."""

from datetime import date, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    row_of_clinic,
    status_of,
    values_of,
)
from accounts.models import Staff
from accounts.permissions import Permission
from patients.actions import registry
from patients.forms import CareTeamForm, DetailsForm, RegisterForm, StatusForm
from patients.models import Patient

PAGE = 50
LIKELY = 5
# The team as it stands, in one word of the person's row.
CARE_TEAM = ["care_team_now"]
BIRTH_DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%d %b %Y", "%d %B %Y")


def of_clinic(request: StaffRequest, pk: int) -> Patient:
    """This clinic's person, or a 404."""
    patient = row_of_clinic(request, Patient.objects, pk=pk)
    patient.clinic = request.acting.clinic
    return patient


def birth_date_in(text: str) -> date | None:
    for form in BIRTH_DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


@require_GET
@requires(Permission.PATIENT_VIEW)
def search(request: StaffRequest) -> HttpResponse:
    """People by name, name they use, MRN or date of birth; all of them, by name."""
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    status = request.GET.get("status", "")
    found = Patient.objects.visible_to(request.acting)
    if text:
        found = found.found_by(text, born_on=birth_date_in(text))
    if status in Patient.Status.values:
        found = found.filter(status=status)
    page = Paginator(found.order_by("sort_name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    today = request.at.date()
    context = {
        "page": page,
        "rows": [(person, person.age_on(today)) for person in page],
        "text": text,
        "status": status,
        "statuses": Patient.Status.choices,
    }
    return render(request, "patients/search.html", context)


@requires(Permission.PATIENT_EDIT)
def register(request: StaffRequest) -> HttpResponse:
    """Register somebody, after a look at who may be the same person."""
    today = request.at.date()
    form = RegisterForm(posted(request), today=today)
    alike: list[Patient] = []
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        alike = _alike(request, details)
        if not alike or request.POST.get("is_new") == "yes":
            patient = registry.register_patient(
                clinic=request.acting.clinic,
                phone=details.pop("phone"),
                details=details,
                referred_on=today,
                by=request.user,
                at=request.at,
            )
            messages.success(request, f"Registered as MRN {patient.mrn}.")
            return redirect("assessments:intake", patient.pk)
    context = {
        "form": form,
        "alike": [(person, person.age_on(today)) for person in alike],
    }
    return render(
        request, "patients/register.html", context, status=400 if form.errors else 200
    )


def _alike(request: StaffRequest, details: dict[str, object]) -> list[Patient]:
    name = f"{details['given_name']} {details['family_name']}"
    born = details["date_of_birth"]
    assert isinstance(born, date)  # noqa: S101 - the form requires it
    people = Patient.objects.visible_to(request.acting).like(name, born)
    return list(people[:LIKELY])


@requires(Permission.PATIENT_EDIT)
def details(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    form = DetailsForm(
        posted(request), today=request.at.date(), initial=_initial(patient)
    )
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
def status(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    form = StatusForm(posted(request), initial={"status": patient.status})
    form.look_twice_at(patient)
    editing(form, patient, ["status"])
    if act(
        request,
        lambda: registry.change_status(
            patient=patient,
            status=form.cleaned_data["status"],
            discharge_class=form.cleaned_data["discharge_class"],
            reason=form.cleaned_data["reason"],
            **acting_now(request),
        ),
        form=form,
        row=patient,
        fields=["status"],
        done="Status changed.",
    ):
        return redirect("patients:contacts", pk)
    return render(
        request,
        "patients/status.html",
        {
            "form": form,
            "patient": patient,
            "tab": "contacts",
            "changes": patient.status_changes.all(),
        },
        status=status_of(form),
    )


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

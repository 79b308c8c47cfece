"""Coming back to care: one press, and undone on the same day."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, editing, status_of
from accounts.once import SAFE
from accounts.permissions import Permission
from aftercare.forms.coming_back import ComingBackForm
from aftercare.models import FollowUp
from assessments.models import Intake
from patients.actions import episodes
from patients.consents.reader import consents_of
from patients.models import Episode, Patient
from patients.views.registry import looked_at_chart, of_clinic


@requires(Permission.PATIENT_EDIT)
def come_back(request: StaffRequest, pk: int) -> HttpResponse:
    """What stays, what is asked again, what begins anew; then the next episode."""
    patient = looked_at_chart(request, pk, "coming_back")
    if patient.status != Patient.Status.DISCHARGED and request.method in SAFE:
        return _page(request, patient, None)
    form = editing(ComingBackForm(posted(request)), patient, ["status"])
    if act(
        request,
        lambda: episodes.come_back(
            patient=patient,
            status=_needed(patient),
            called_after=form.cleaned_data["called_after"],
            **acting_now(request),
        ),
        form=form,
        row=patient,
        fields=["status"],
    ):
        messages.success(request, "A new episode began. Everything on record stays.")
        return redirect("aftercare:come_back", pk)
    return _page(request, patient, form)


def _needed(patient: Patient) -> str:
    """An intake that is open goes on; else the person begins as referred."""
    open_intake = Intake.objects.filter(
        patient=patient, status=Intake.Status.IN_PROGRESS
    )
    is_open = open_intake.exists()
    return Patient.Status.IN_INTAKE if is_open else Patient.Status.REFERRED


def _page(
    request: StaffRequest, patient: Patient, form: ComingBackForm | None
) -> HttpResponse:
    courses = list(patient.episodes.all())
    owed = FollowUp.objects.open().filter(patient=patient)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "form": form,
        "courses": courses,
        "next_number": courses[0].number + 1,
        "is_return": form is not None or len(courses) > 1,
        # Said before the first dose of an episode that follows another, and never else.
        "is_before_dose": form is not None
        or (len(courses) > 1 and courses[0].admitted_on is None),
        "may_undo": form is None
        and len(courses) > 1
        and _is_of_today(request, courses),
        "owed": owed.select_related("assigned_to").order_by("latest_on", "pk")[:4],
        "consents": [
            one for one in consents_of(patient, at=request.at) if not one.is_in_force
        ],
        "allergies": patient.allergies.filter(is_current=True),
        "earlier_plan": patient.plans.exclude(signed_at=None).order_by("-pk").first(),
    }
    status = 200 if form is None else status_of(form)
    return render(request, "aftercare/coming_back.html", context, status=status)


def _is_of_today(request: StaffRequest, courses: list[Episode]) -> bool:
    newest = courses[0]
    is_open = newest.left_on is None and not newest.admitted_by_dose
    return is_open and newest.referred_on == request.today


@requires(Permission.PATIENT_EDIT, "POST")
def undo_coming_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it back, on its day."""
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: episodes.undo_coming_back(patient=patient, **acting_now(request)),
        done="Taken back: as it was before.",
    )
    return redirect("aftercare:come_back", pk)

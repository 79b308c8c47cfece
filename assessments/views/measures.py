"""Scores over time, looking at one, taking one out."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, status_of
from accounts.permissions import Permission
from assessments.actions import measures as acts
from assessments.forms.measures import ErrorForm
from assessments.models import Assessment
from assessments.scores import sparkline
from assessments.scores.result import answer_rows, with_changes
from assessments.views.giving import declared_as, found_of
from patients.models import Patient
from patients.views.registry import of_clinic


@requires(Permission.PATIENT_VIEW, "GET")
def measure(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """One instrument with every answer that was given."""
    patient = of_clinic(request, pk)
    found = found_of(request, patient, assessment)
    declared_as(found.instrument)
    context = {
        "patient": patient,
        "tab": "measures",
        "found": found,
        "shown": with_changes(found),
        "items": answer_rows(found),
        "amended_by": Assessment.objects.filter(amends=found).first(),
    }
    return render(request, "assessments/measure.html", context)


@requires(Permission.ASSESS)
def error(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """Mark an instrument as entered in error, with the reason."""
    patient = of_clinic(request, pk)
    found = found_of(request, patient, assessment)
    about = {"what": sparkline.title_of(found.instrument), "when": found.given_at}
    mark = partial(acts.mark_entered_in_error, assessment=found)
    return in_error(request, patient, mark, about)


def in_error(
    request: StaffRequest,
    patient: Patient,
    mark: Callable[..., object],
    about: dict[str, object],
) -> HttpResponse:
    """Ask for the reason, and take what it is about out of every calculation."""
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        act(
            request,
            lambda: mark(reason=reason, **acting_now(request)),
            done="Marked as entered in error. It no longer counts.",
        )
        return redirect("reports:measures", patient.pk)
    context = {"patient": patient, "tab": "measures", "form": form, **about}
    status = status_of(form)
    return render(request, "assessments/error.html", context, status=status)

"""Scores over time, looking at one, taking one out."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now
from accounts.permissions import Permission
from assessments.actions import measures as acts
from assessments.forms.measures import ErrorForm
from assessments.models import Assessment
from assessments.scores import sparkline
from assessments.scores.result import answer_rows, with_changes
from assessments.views.giving import declared_as, found_of
from patients.views.registry import of_clinic

BAD = 400


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
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act(
            request,
            lambda: acts.mark_entered_in_error(
                assessment=found,
                reason=form.cleaned_data["reason"],
                **acting_now(request),
            ),
            done="Marked as entered in error. It no longer counts.",
        )
        return redirect("reports:measures", pk)
    context = {
        "patient": patient,
        "tab": "measures",
        "form": form,
        "what": sparkline.title_of(found.instrument),
        "when": found.given_at,
    }
    status = BAD if form.errors else 200
    return render(request, "assessments/error.html", context, status=status)

"""The live picture beside the intake."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from patients.views.registry import of_clinic
from reports.chart.live_picture import live_of


@requires(Permission.PATIENT_VIEW, "GET")
def live(request: StaffRequest, pk: int) -> HttpResponse:
    """What the answers mean so far; asked for again after each of them."""
    patient = of_clinic(request, pk)
    context = {"patient": patient, "live": live_of(patient, at=request.at)}
    return render(request, "reports/live.html", context)

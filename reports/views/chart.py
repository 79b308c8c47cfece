"""A person's chart on one page, and the record of what was done."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.models import AuditEvent
from accounts.permissions import Permission
from patients.views.registry import open_chart
from reports.overview import page as overview

PAGE = 50


@requires(Permission.PATIENT_VIEW, "GET")
def chart(request: StaffRequest, pk: int) -> HttpResponse:
    patient = open_chart(request, pk, "overview")
    context = overview.of(patient, at=request.at)
    context |= {"patient": patient, "tab": "overview"}
    return render(request, "reports/chart.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """Every act on this person's record, views of the chart too."""
    patient = open_chart(request, pk, "record")
    events = AuditEvent.objects.filter(
        clinic_id=patient.clinic_id, patient_id=patient.pk
    ).order_by("-at", "-pk")
    if request.GET.get("views") != "yes":
        events = events.exclude(verb="chart.viewed")
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    viewers = (
        AuditEvent.objects.filter(
            clinic_id=patient.clinic_id, patient_id=patient.pk, verb="chart.viewed"
        )
        .values_list("actor", flat=True)
        .distinct()
    )
    context = {
        "patient": patient,
        "tab": "record",
        "page": page,
        "with_views": request.GET.get("views") == "yes",
        "viewers": sorted(viewers),
    }
    return render(request, "reports/record.html", context)

"""A person's chart on one page, and the record of what was done."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.models import AuditEvent
from accounts.permissions import Permission
from patients.actions import registry
from patients.models import Patient
from patients.views.registry import of_clinic
from reports.chart import overview

PAGE = 50


def _open(request: StaffRequest, pk: int, page: str) -> Patient:
    patient = of_clinic(request, pk)
    registry.note_chart_view(patient=patient, page=page, by=request.user, at=request.at)
    return patient


@require_GET
@requires(Permission.PATIENT_VIEW)
def chart(request: StaffRequest, pk: int) -> HttpResponse:
    patient = _open(request, pk, "overview")
    context = overview.of(patient, at=request.at)
    return render(
        request,
        "reports/chart.html",
        {"patient": patient, "tab": "overview", **context},
    )


@require_GET
@requires(Permission.PATIENT_VIEW)
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """Every act on this person's record, views of the chart too."""
    patient = _open(request, pk, "record")
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

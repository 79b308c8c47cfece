"""A person's chart on one page, and the history of what happened."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.models import AuditEvent
from accounts.permissions import Permission
from medications.models import DecisionTalk
from patients.merges import numbers_of
from patients.models import Patient
from patients.views.registry import open_chart
from reports.audit.trail import in_words, together
from reports.chart.history.feed import History, course_of
from reports.overview import page as overview

PAGE = 50
ACTS = "acts"
WORDS_SHOWN = 2


@requires(Permission.PATIENT_VIEW, "GET")
def chart(request: StaffRequest, pk: int) -> HttpResponse:
    patient = open_chart(request, pk, "overview")
    context = overview.of(patient, at=request.at)
    context |= {"patient": patient, "tab": "overview"}
    return render(request, "reports/chart.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def history(request: StaffRequest, pk: int) -> HttpResponse:
    """What happened, of one kind or all; or every act on the record, views too."""
    patient = open_chart(request, pk, "history")
    shows = request.GET.get("show", "")
    happened = History(patient, until=request.today, asked=shows)
    is_acts = shows == ACTS
    rows: Any = _acts_on(patient) if is_acts else happened
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    said = DecisionTalk.objects.filter(patient=patient).exclude(own_words="")
    context = {
        "patient": patient,
        "tab": "history",
        "page": page,
        "happened": happened,
        "lines": together(in_words(request.acting, list(page))) if is_acts else None,
        "is_acts": is_acts,
        "course": course_of(patient, until=request.today),
        "own_words": said.order_by("-opened_at")[:WORDS_SHOWN],
    }
    return render(request, "reports/history.html", context)


def _acts_on(patient: Patient) -> QuerySet[AuditEvent]:
    """Every act on this record, and on those that were merged into it."""
    numbers = numbers_of([patient.pk])
    events = AuditEvent.objects.filter(
        clinic_id=patient.clinic_id, patient_id__in=numbers
    )
    return events.order_by("-at", "-pk")

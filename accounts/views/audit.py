"""The trail of acts, for admins."""

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.forms import AuditFilterForm, ChangeFilterForm
from accounts.models import AuditEvent, Clinic, RowHistory, Staff
from accounts.permissions import Permission
from accounts.protection import clinic_owned

PAGE = 50


@requires(Permission.AUDIT_VIEW, "GET")
def audit(request: StaffRequest) -> HttpResponse:
    clinic = request.acting.clinic
    form = AuditFilterForm(request.GET)
    staff = Staff.objects.at_clinic(clinic)
    every = events = _of_clinic(clinic, staff)
    if form.is_valid():
        events = _filtered(events, form.cleaned_data)
    page = Paginator(events.order_by("-at", "-id"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "form": form,
        "staff": staff,
        "verbs": every.order_by("verb").values_list("verb", flat=True).distinct(),
    }
    return render(
        request, "accounts/audit.html", context, status=200 if form.is_valid() else 400
    )


def _of_clinic(clinic: Clinic, staff: QuerySet[Staff]) -> QuerySet[AuditEvent]:
    """What was done at a clinic, and how its staff came in, which is of no clinic."""
    subjects = [
        f"{Staff._meta.label_lower}:{pk}" for pk in staff.values_list("pk", flat=True)
    ]
    return AuditEvent.objects.filter(
        Q(clinic_id=clinic.pk) | Q(clinic_id=None, subject__in=subjects)
    )


def _filtered(
    events: QuerySet[AuditEvent], chosen: dict[str, object]
) -> QuerySet[AuditEvent]:
    fields = {
        "verb": "verb",
        "staff": "staff_id",
        "patient": "patient_id",
        "since": "at__date__gte",
        "until": "at__date__lte",
    }
    given = {fields[name]: value for name, value in chosen.items() if value}
    return events.filter(**given)


@requires(Permission.AUDIT_VIEW, "GET")
def changes(request: StaffRequest) -> HttpResponse:
    """Every change of a clinical row: who, when, which columns. Never the values,
    since whoever reads the trail need not read the chart."""
    form = ChangeFilterForm(request.GET)
    found = RowHistory.objects.filter(clinic_id=request.acting.clinic.pk)
    if form.is_valid():
        fields = {"table": "table_name", "row": "row_id", "before": "id__lt"}
        given = {fields[n]: v for n, v in form.cleaned_data.items() if v}
        found = found.filter(**given)
    rows = list(found.order_by("-id")[: PAGE + 1])
    context = {
        "rows": [(row, sorted(row.new or row.old or ())) for row in rows[:PAGE]],
        "before": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "form": form,
        "tables": sorted(model._meta.db_table for model in clinic_owned()),
    }
    return render(
        request,
        "accounts/changes.html",
        context,
        status=200 if form.is_valid() else 400,
    )

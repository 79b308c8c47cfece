"""The trail of acts, for admins."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.forms import AuditFilterForm
from accounts.models import AuditEvent, Staff
from accounts.permissions import Permission

PAGE = 50


@require_GET
@requires(Permission.AUDIT_VIEW)
def audit(request: StaffRequest) -> HttpResponse:
    clinic = request.acting.clinic
    form = AuditFilterForm(request.GET)
    events = AuditEvent.objects.filter(clinic_id=clinic.pk)
    if form.is_valid():
        events = _filtered(events, form.cleaned_data)
    page = Paginator(events.order_by("-at", "-id"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "form": form,
        "staff": Staff.objects.at_clinic(clinic),
        "verbs": AuditEvent.objects.filter(clinic_id=clinic.pk)
        .order_by("verb")
        .values_list("verb", flat=True)
        .distinct(),
    }
    return render(
        request, "accounts/audit.html", context, status=200 if form.is_valid() else 400
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

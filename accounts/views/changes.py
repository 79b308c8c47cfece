"""Every change of a clinical row, for admins."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.forms import ChangeFilterForm
from accounts.models import RowHistory
from accounts.permissions import Permission
from accounts.protection import clinic_owned

PAGE = 50


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

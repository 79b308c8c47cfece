"""Saved views of the caseload: kept under a name, deleted, taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, outcome_of, row_of_clinic, status_of
from accounts.permissions import Permission
from aftercare.actions import saved_views as actions
from aftercare.forms.hands import SaveViewForm
from aftercare.models import SavedView
from reports.caseload.asked import asked_in, query_of


def _caseload(query: str) -> str:
    return f"{reverse('reports:caseload')}?{query}"


@requires(Permission.CASELOAD_VIEW)
def save(request: StaffRequest) -> HttpResponse:
    """Keep the filters of this address; what no filter knows is left out."""
    query = query_of(asked_in(request.GET))
    form = SaveViewForm(posted(request))
    view = outcome_of(
        request,
        lambda: actions.save_view(
            clinic=request.acting.clinic,
            query=query,
            **form.cleaned_data,
            **acting_now(request),
        ),
        form=form,
        done="View saved.",
    )
    if view is not None:
        return redirect(_caseload(query))
    context = {
        "form": form,
        "drawer_title": "Save as a view",
        "drawer_action": f"{request.path}?{query}",
        "drawer_button": "Save",
        "back": _caseload(query),
    }
    status = status_of(form)
    return render(request, "reports/save_view.html", context, status=status)


def _own(request: StaffRequest, pk: int) -> SavedView:
    """One's own view: to anybody else it is not there."""
    rows = SavedView.objects.filter(owner=request.user).select_related("clinic")
    return row_of_clinic(request, rows, pk=pk)


@requires(Permission.CASELOAD_VIEW, "POST")
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    if act(request, lambda: actions.delete_view(view=view, **acting_now(request))):
        undo = reverse("reports:restore_view", args=[pk])
        messages.success(request, "View deleted.", extra_tags=undo)
    return redirect("reports:caseload")


@requires(Permission.CASELOAD_VIEW, "POST")
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    act(
        request,
        lambda: actions.restore_view(view=view, **acting_now(request)),
        done="It is back.",
    )
    return redirect(_caseload(view.query))

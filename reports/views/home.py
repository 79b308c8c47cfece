from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission, Role
from reports import home as lists


@requires(Permission.SELF, "GET")
def home(request: StaffRequest) -> HttpResponse:
    """A clinician's lists; a care manager's caseload; an admin's places."""
    acting = request.acting
    if acting.roles == {Role.CARE_MANAGER}:
        return redirect("reports:caseload")
    waiting = (
        lists.lists_for(acting, at=request.at)
        if acting.may(Permission.PATIENT_VIEW)
        else []
    )
    return render(request, "reports/home.html", {"waiting": waiting})


@requires(Permission.KNOWLEDGE_SIGN, "GET")
def rules_due(request: StaffRequest) -> HttpResponse:
    """How many rules wait for the medical director: a part of the first page."""
    due = lists.rules_due(request.acting.clinic, on=request.today)
    return render(request, "reports/home.html#rules_due", {"rules_due": due})

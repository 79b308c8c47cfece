from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission, Role
from reports import home as lists


@require_GET
@requires(Permission.SELF)
def home(request: StaffRequest) -> HttpResponse:
    """A clinician's lists; a care manager's caseload; an admin's places."""
    acting = request.acting
    if acting.roles == {Role.CARE_MANAGER}:
        return redirect("reports:caseload")
    waiting = (
        lists.lists_for(acting, at=timezone.now())
        if acting.may(Permission.PATIENT_VIEW)
        else []
    )
    rules_due = lists.rules_due(acting, on=timezone.localdate())
    context = {"waiting": waiting, "rules_due": rules_due}
    return render(request, "reports/home.html", context)

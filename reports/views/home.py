from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import Acting, StaffRequest, requires
from accounts.doors import acting_now
from accounts.entry_rows import RoleRequest
from accounts.permissions import Permission
from patients.actions.registry import note_list
from patients.models import EmergencyOpening
from reports.home_page import lists
from reports.home_page.admin import admin_home, needs_of


@requires(Permission.SELF, "GET")
def home(request: StaffRequest) -> HttpResponse:
    """Who is in danger and who is mine, then what waits; what an admin answers for."""
    acting = request.acting
    is_admin = acting.may(Permission.CLINIC_CHANGE)
    if is_admin and not acting.clinic.takes_people:
        return redirect("reports:set_up")
    # Lists of people come at once; what waits besides is asked for after them.
    if is_admin and not acting.may(Permission.PATIENT_VIEW):
        home = admin_home(acting.clinic, on=request.today, at=request.at)
        context = {"home": home, "roles_waiting": _roles_waiting(request)}
        return render(request, "reports/home_admin.html", context)
    needs = needs_of(acting.clinic, on=request.today) if is_admin else ()
    reads = acting.may(Permission.PATIENT_VIEW)
    first = lists.pressing(acting, at=request.at) if reads else None
    above = first.patient_ids if first else []
    waiting = lists.lists_for(acting, at=request.at, above=above) if reads else []
    below = {person.pk for one in waiting for person, _ in one.rows}
    note_list(
        people=sorted({*above, *below}),
        page="home",
        clinic=acting.clinic,
        **acting_now(request),
    )
    # Whoever's work the list is sees how far they are with it.
    works = acting.may(Permission.FOLLOW_UP_WORK) and not acting.may(
        Permission.PLAN_SIGN
    )
    context = {
        "first": first,
        "waiting": waiting,
        "tried": lists.tried_today(acting, at=request.at) if works else None,
        "tasks": list(needs),
        "roles_waiting": 0 if waiting else _roles_waiting(request),
    }
    return render(request, "reports/home.html", context)


def _roles_waiting(request: StaffRequest) -> int:
    """How many roles wait for this person as the second one."""
    if not request.acting.may(Permission.ROLE_CONFIRM):
        return 0
    asked = RoleRequest.objects.visible_to(request.acting).waiting(at=request.at)
    own = Q(asked_by=request.user) | Q(staff=request.user)
    count: int = asked.exclude(own).count()
    return count


def _openings_to_review(acting: Acting) -> int:
    """How many emergency openings of closed charts wait to be judged."""
    if not acting.may(Permission.ACCESS_REVIEW):
        return 0
    return EmergencyOpening.objects.visible_to(acting).to_review().count()


@requires(Permission.KNOWLEDGE_SIGN, "GET")
def rules_due(request: StaffRequest) -> HttpResponse:
    """How much waits for the medical director: a part of the first page."""
    context = {
        "rules_due": lists.rules_due(request.acting.clinic, on=request.today),
        "roles_waiting": _roles_waiting(request),
        "openings": _openings_to_review(request.acting),
    }
    return render(request, "reports/home.html#rules_due", context)

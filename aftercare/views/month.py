"""The calendar page: a month of what is owed, and one day of it beside."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.doors import acting_now
from accounts.permissions import Permission
from aftercare.record.month import month_page, months_near
from aftercare.views.feeds import feed_shown
from patients.actions.registry import note_list


@requires(Permission.CASELOAD_VIEW, "GET")
def month(request: StaffRequest) -> HttpResponse:
    """One's own or the clinic's; nonsense in the address counts as not said."""
    is_own = request.GET.get("whose") != "clinic"
    page = month_page(
        request.acting,
        chosen=_day(request),
        today=request.today,
        is_own=is_own,
    )
    note_list(
        people=sorted({one.follow_up.patient_id for one in page.lines}),
        page="calendar",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {
        "month": page,
        "is_own": is_own,
        "today": request.today,
        **feed_shown(request),
    }
    return render(request, "aftercare/month.html", context)


def _day(request: StaffRequest) -> date:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return request.today
    first, last = months_near(request.today)
    return min(max(day, first), last)

"""The list of steps of a new clinic, and its opening for people."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.clinic_settings.opening import open_for_people as open_clinic_for_people
from accounts.doors import act, acting_now
from accounts.entry.actions.mail_tries import try_mail as send_one
from accounts.permissions import Permission
from reports.home_page.set_up import steps_of, waiting_of


@requires(Permission.CLINIC_VIEW, "GET")
def set_up(request: StaffRequest) -> HttpResponse:
    steps = steps_of(request.acting.clinic, on=request.today, at=request.at)
    context = {
        "steps": steps,
        "done": sum(one.is_done for one in steps),
        "waiting": waiting_of(steps),
    }
    return render(request, "reports/set_up.html", context)


@requires(Permission.CLINIC_CHANGE, "POST")
def try_mail(request: StaffRequest) -> HttpResponse:
    """A mail to whoever asks, by the way that every mail takes."""
    act(
        request,
        lambda: send_one(clinic=request.acting.clinic, **acting_now(request)),
        done="A mail is on its way to you. Look here again in a minute.",
    )
    return redirect("reports:set_up")


@requires(Permission.CLINIC_CHANGE, "POST")
def open_for_people(request: StaffRequest) -> HttpResponse:
    clinic = request.acting.clinic
    steps = steps_of(clinic, on=request.today, at=request.at)
    opened = act(
        request,
        lambda: open_clinic_for_people(
            clinic=clinic, waiting=waiting_of(steps), **acting_now(request)
        ),
        done="The clinic is open: people can be registered.",
    )
    return redirect("reports:home" if opened else "reports:set_up")

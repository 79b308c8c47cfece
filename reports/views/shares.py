"""The load of the clinic's care managers, and a suggestion that makes it even."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import StaffRequest, requires
from accounts.doors import acting_now, outcome_of
from accounts.permissions import Permission
from aftercare.actions import hands
from aftercare.models import HandOver
from patients.actions.registry import note_list
from reports.caseload.chosen import people_words
from reports.caseload.load import LoadPicture, load_picture


@requires(Permission.CASELOAD_SHARE)
def shares(request: StaffRequest) -> HttpResponse:
    """Who holds how much; sent, the moves that were shown are carried out."""
    picture = load_picture(request.acting, at=request.at)
    if request.method == "POST":
        made = outcome_of(request, lambda: _even_out(request, picture))
        if made:
            return _moved(request, made, len(picture.moves))
        return redirect("reports:shares")
    note_list(
        people=sorted(pk for people in picture.moved.values() for pk in people),
        page="load",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    return render(request, "reports/shares.html", {"picture": picture})


def _even_out(request: StaffRequest, picture: LoadPicture) -> list[HandOver]:
    if request.POST.get("seen", "") != picture.digest:
        raise hands.NotYetSeen(
            "The load has changed since this page was loaded. Nothing moved: look again."
        )
    return hands.even_load_out(
        clinic=request.acting.clinic,
        moves=picture.moved,
        **acting_now(request),
    )


def _moved(request: StaffRequest, made: list[HandOver], count: int) -> HttpResponse:
    undo = reverse("reports:take_back_hand_over", args=[made[0].pk])
    back = reverse("reports:shares")
    messages.success(
        request,
        f"{people_words(count)} moved.",
        extra_tags=f"{undo}?{urlencode({'next': back})}",
    )
    return redirect(back)

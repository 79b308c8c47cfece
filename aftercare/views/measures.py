"""Choosing instruments and the way they are given: now, on the tablet, by a link."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from aftercare.check_ins.instruments import choices_for, refused, wanted_in
from aftercare.record.measures import due_of
from assessments.views.beside import Button, beside
from patients.views.registry import of_clinic

BAD = 400
BUTTONS = (
    Button("Give now", "now"),
    Button("On the tablet", "tablet", "screen"),
    Button("Send a link", "link", "msg"),
)
PAGES = {"tablet": "assessments:hand_over", "link": "aftercare:new_check_in"}


@requires(Permission.ASSESS)
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """What is due first; then one way for all that were chosen."""
    patient = of_clinic(request, pk)
    due = due_of(patient, on=request.today)
    chosen = wanted_in(request.GET.get("give", "").split(","))
    problem = ""
    if request.method == "POST":
        chosen = wanted_in(request.POST.getlist("give"))
        way = request.POST.get("way", "now")
        problem = refused(chosen, way)
        if not problem:
            return redirect(_way(request, pk, way, chosen))
    return beside(
        request,
        patient,
        title="Give an instrument",
        inner="aftercare/choose_measures.html",
        buttons=BUTTONS,
        stays=True,
        status=BAD if problem else 200,
        problem=problem,
        groups=choices_for(due, chosen),
    )


def _way(request: StaffRequest, pk: int, way: str, chosen: tuple[str, ...]) -> str:
    if way in PAGES:
        return f"{reverse(PAGES[way], args=[pk])}?{urlencode(_told(request, chosen))}"
    first, *rest = chosen
    path = reverse("assessments:give", args=[pk, first])
    return f"{path}?{urlencode({'then': ','.join(rest)})}" if rest else path


def _told(request: StaffRequest, chosen: tuple[str, ...]) -> dict[str, str]:
    told = {"give": ",".join(chosen)}
    follow_up = request.GET.get("follow_up", "")
    return told | {"follow_up": follow_up} if follow_up.isdecimal() else told

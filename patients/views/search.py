"""Finding people; a name that was typed stands in the session, never in an address."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import LOOKED_FOR, StaffRequest, requires
from accounts.doors import acting_now
from accounts.kept_words import number_of, words_of
from accounts.once import repeatable
from accounts.permissions import Permission
from patients.actions.registry import note_list
from patients.models import Patient

PAGE = 50


@repeatable("looks people up: a search changes nothing, and may be sent again")
@requires(Permission.PATIENT_VIEW, "GET", "HEAD", "POST")
def search(request: StaffRequest) -> HttpResponse:
    """People by name, MRN, date of birth or telephone; all of them, by name."""
    if request.method == "POST" or LOOKED_FOR in request.GET:
        return redirect(_without_words(request))
    key, status = request.GET.get("find", ""), request.GET.get("status", "")
    text = words_of(request, key)
    found = Patient.objects.visible_to(request.acting).found_by(text)
    if status in Patient.Status.values:
        found = found.filter(status=status)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    note_list(
        people=[person.pk for person in page],
        page="people found" if text else "people",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    today = request.today
    context = {
        "page": page,
        "rows": [(person, person.age_on(today)) for person in page],
        "text": text,
        "is_forgotten": bool(key) and not text,
        "status": status,
        "statuses": Patient.Status.choices,
    }
    return render(request, "patients/search.html", context)


def _without_words(request: StaffRequest) -> str:
    """The address of a search, with the number of its words in their place."""
    asked = request.POST if request.method == "POST" else request.GET
    told = {
        "find": number_of(request, asked.get(LOOKED_FOR, "")),
        "status": asked.get("status", ""),
    }
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('patients:search')}{'?' if query else ''}{query}"

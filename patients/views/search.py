"""Finding people; a name that was typed stands in the session, never in an address."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import LOOKED_FOR, StaffRequest, requires
from accounts.once import repeatable
from accounts.permissions import Permission
from patients.models import Patient

PAGE = 50
LONGEST = 100
BIRTH_DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%d %b %Y", "%d %B %Y")
# The session keeps what was looked for last, each under a number; the address has that.
SEARCHES, MOST = "people_searches", 10


@repeatable("looks people up: a search changes nothing, and may be sent again")
@requires(Permission.PATIENT_VIEW, "GET", "HEAD", "POST")
def search(request: StaffRequest) -> HttpResponse:
    """People by name, name they use, MRN or date of birth; all of them, by name."""
    if request.method == "POST" or LOOKED_FOR in request.GET:
        return redirect(_without_words(request))
    key, status = request.GET.get("find", ""), request.GET.get("status", "")
    text = _searches(request).get(key, "")
    found = Patient.objects.visible_to(request.acting)
    if text:
        found = found.found_by(text, born_on=birth_date_in(text))
    if status in Patient.Status.values:
        found = found.filter(status=status)
    page = Paginator(found.order_by("sort_name", "pk"), PAGE).get_page(
        request.GET.get("page")
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
    text = asked.get(LOOKED_FOR, "").replace("\x00", "").strip()[:LONGEST]
    told = {
        "find": _number_of(request, text) if text else "",
        "status": asked.get("status", ""),
    }
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('patients:search')}{'?' if query else ''}{query}"


def _searches(request: StaffRequest) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(SEARCHES, {})
    return kept


def _number_of(request: StaffRequest, text: str) -> str:
    """The number under which the session keeps these words from now on."""
    kept = _searches(request)
    before = (number for number, words in kept.items() if words == text)
    number = next(before, str(max(map(int, kept), default=0) + 1))
    others = [one for one in kept.items() if one[0] != number]
    request.session[SEARCHES] = dict([*others, (number, text)][-MOST:])
    return number


def birth_date_in(text: str) -> date | None:
    for form in BIRTH_DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None

"""The plainest list that Django can give: fifty rows of the same table."""

from collections.abc import Callable

from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from accounts import tenancy
from accounts.models import Membership
from patients.models import Patient

ROWS = 50
# What `startproject` sets up, and nothing of ours.
MIDDLEWARE = [
    "devtools.bench.bare.bare_urls",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_PAGE = engines["django"].from_string(
    "<!doctype html><title>People</title><table>{% for p in people %}<tr>"
    "<td>{{ p.family_name }}, {{ p.given_name }}</td><td>{{ p.mrn }}</td>"
    "<td>{{ p.date_of_birth }}</td><td>{{ p.get_status_display }}</td>"
    "<td>{{ p.language }}</td><td>{{ p.admitted_on }}</td></tr>{% endfor %}</table>"
)


def bare_urls(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer from this module's addresses, whatever the site's are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = "devtools.bench.bare"
        return get_response(request)

    return middleware


def people(request: HttpRequest) -> HttpResponse:
    """The first fifty people of the reader's clinic."""
    clinic = Membership.objects.filter(staff=get_user(request).pk).values_list("clinic")
    with tenancy.clinics([clinic[0][0]], actor="bench"):
        found = Patient.objects.order_by("sort_name", "pk")[:ROWS]
        return HttpResponse(_PAGE.render({"people": found}, request))


urlpatterns = [path("bare/", people)]

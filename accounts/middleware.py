"""Middleware around every request: session limits, whose clinic, no copies kept."""

import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts import audit, tenancy, unsent
from accounts.access import Acting, coming_from, way_back
from accounts.entry_rows import SEEN_AT, SIGNED_IN_AT
from accounts.models import Clinic, Membership, Staff
from accounts.once import FIELD, HEADER, SAFE, answered_once, is_repeatable
from accounts.request_end import begin_request
from accounts.retry import is_asked_again
from accounts.typed_text import fields_of, is_secret

type Handler = Callable[[HttpRequest], HttpResponse]

FORBIDDEN = 403
REFUSED = (FORBIDDEN, 404)
# From here on an answer says that nothing was done.
NOT_DONE = 400
CLINIC = "clinic_id"
# Sent where a page asks by itself for news: nobody was at the keyboard.
POLL_HEADER = "X-By-Itself"
# The session row is written at most this often for being seen.
SEEN_STEP = timedelta(seconds=30)

IDLE = "You were signed out because nothing happened for a while."
KEPT = (
    "What you just sent is not saved yet, but kept for 12 hours: sign in to look at it"
    " and send it."
)
NOT_KEPT = "What you just sent was not saved, and could not be kept."


def session_limits(get_response: Handler) -> Handler:
    """Sign out after 15 idle minutes and, whatever happens, after 12 hours."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = timezone.now()
            if _is_over(request, now.timestamp()):
                return _signed_out(request, now)
            if request.headers.get(POLL_HEADER) is None:
                _note_seen(request, now.timestamp())
        return get_response(request)

    return middleware


def _signed_out(request: HttpRequest, now: datetime) -> HttpResponse:
    """End the session; what came with the request is kept, or said not to be."""
    kept = _keep_typed(request, now)
    nothing_typed = is_repeatable(request) or request.headers.get(POLL_HEADER)
    logout(request)
    about = KEPT if kept else "" if nothing_typed else NOT_KEPT
    messages.info(request, f"{IDLE} {about}".strip())
    if request.headers.get("HX-Request") == "true" and HEADER not in request.headers:
        # A form in a part of the page: the whole window goes to sign in.
        return HttpResponse(headers={"HX-Redirect": settings.LOGIN_URL})
    return redirect(
        f"{settings.LOGIN_URL}?next={quote(way_back(request))}"
        if request.method == "GET"
        else settings.LOGIN_URL
    )


def _keep_typed(request: HttpRequest, now: datetime) -> bool:
    """Whether the form could be kept: no file, nothing secret, sent as a whole.

    What saves itself as it is typed stays on its page, which says so.
    """
    acting = None if is_repeatable(request) else _acting(request)
    if acting is None or FIELD not in request.POST or HEADER in request.headers:
        return False
    if request.FILES or any(is_secret(name) for name in request.POST):
        return False
    path = request.get_full_path()
    if len(path) > unsent.LONGEST_PATH:
        return False
    unsent.keep(
        staff=acting.staff,
        clinic=acting.clinic,
        path=path,
        fields=fields_of(request.POST),
        at=now,
    )
    return True


def _is_over(request: HttpRequest, now: float) -> bool:
    signed_in = request.session.get(SIGNED_IN_AT, 0)
    seen = request.session.get(SEEN_AT, signed_in)
    return bool(
        now - seen > settings.SESSION_IDLE_SECONDS
        or now - signed_in > settings.SESSION_ABSOLUTE_SECONDS
    )


def _note_seen(request: HttpRequest, now: float) -> None:
    if now - request.session.get(SEEN_AT, 0) > SEEN_STEP.total_seconds():
        request.session[SEEN_AT] = now


def acting_staff(get_response: Handler) -> Handler:
    """Know who acts at which clinic, and let the database see that clinic alone.

    The whole request is one transaction. One that answers with an error leaves
    nothing behind. An unsafe one is done once, however often it is sent.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        acting = _acting(request)
        request.acting = acting  # type: ignore[attr-defined]
        if acting is None:
            with coming_from(client_address(request)), transaction.atomic():
                return _undone_if_failed(get_response(request))
        scope = tenancy.clinics([acting.clinic.pk], actor=f"staff:{acting.staff.pk}")
        with (
            coming_from(client_address(request)),
            timezone.override(zoneinfo.ZoneInfo(acting.clinic.time_zone)),
            scope,
        ):
            at = timezone.localtime()
            request.at = at  # type: ignore[attr-defined]
            request.today = tenancy.clinic_day(acting.clinic, at)  # type: ignore[attr-defined]
            end = None if request.method in SAFE else begin_request()
            response = answered_once(request, acting, get_response, at=at)
            _note_refusal(request, response, acting, at)
            if end is not None and response.status_code < NOT_DONE:
                end(acting.clinic, acting.staff, at)
            return _undone_if_failed(response)

    def once_more(request: HttpRequest) -> HttpResponse:
        """Of two transactions that wait for each other one is ended, with nothing done:
        it is asked again, once."""
        response = middleware(request)
        return middleware(request) if is_asked_again(request, response) else response

    return once_more


def _note_refusal(
    request: HttpRequest, response: HttpResponse, acting: Acting, at: datetime
) -> None:
    """Write down what a signed-in person asked for and was not given: a page that is not
    theirs to see, a row that is not of their clinic."""
    page = request.resolver_match
    if response.status_code not in REFUSED or page is None:
        return
    audit.record(
        "access.refused",
        acting.clinic,
        by=acting.staff,
        at=at,
        clinic=acting.clinic,
        page=page.view_name,
        status=response.status_code,
        asked=[value for value in page.kwargs.values() if isinstance(value, int)],
    )


def _undone_if_failed(response: HttpResponse) -> HttpResponse:
    if response.status_code >= 500:
        transaction.set_rollback(True)
    return response


def _acting(request: HttpRequest) -> Acting | None:
    staff = request.user
    if not isinstance(staff, Staff):
        return None
    at: dict[Clinic, set[str]] = {}
    memberships = Membership.objects.filter(staff=staff).select_related("clinic")
    for membership in memberships.order_by("clinic__name"):
        at.setdefault(membership.clinic, set()).add(membership.role)
    if not at:
        return None
    chosen = request.session.get(CLINIC)
    clinic = next((c for c in at if c.pk == chosen), next(iter(at)))
    others = tuple(c for c in at if c != clinic)
    return Acting(staff, clinic, frozenset(at[clinic]), others)


def client_address(request: HttpRequest) -> str:
    """The address of the caller, or the one the trusted proxy names for it."""
    hops = settings.TRUSTED_PROXY_HOPS
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if hops and len(forwarded) >= hops:
        return forwarded[-hops].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def no_store(get_response: Handler) -> Handler:
    """Keep every page out of caches and histories: what a signed-in person saw, and the
    way there and out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response

    return middleware


def own_pages_only(get_response: Handler) -> Handler:
    """Answer other sites' pages only where somebody follows a link to ours: nothing of a
    signed-in person is drawn into, sent to or read by a page of another site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        told = request.headers
        follows = (
            request.method in ("GET", "HEAD")
            and told.get("Sec-Fetch-Mode") == "navigate"
            and told.get("Sec-Fetch-Dest", "document") == "document"
        )
        if told.get("Sec-Fetch-Site") == "cross-site" and not follows:
            return HttpResponse(status=FORBIDDEN)
        return get_response(request)

    return middleware

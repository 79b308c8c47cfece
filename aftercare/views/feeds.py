"""Calendar feed: made and ended by its owner, read by their calendar program."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from accounts import tenancy
from accounts.access import Acting, StaffRequest, requires
from accounts.doors import acting_now, outcome_of
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.tenancy import clinic_clock, clinic_day
from aftercare.actions import feeds as acts
from aftercare.check_ins.tokens import token_for
from aftercare.models import CalendarFeed
from aftercare.record.feed import empty_feed, feed_of

# The session names the address that may be shown, once, to who made it.
SHOWN_ONCE = "calendar_feed"


@requires(Permission.CASELOAD_VIEW, "POST")
def make_feed(request: StaffRequest) -> HttpResponse:
    """A new address; one from before reads nothing any more."""
    made = outcome_of(
        request,
        lambda: acts.make_feed(clinic=request.acting.clinic, **acting_now(request)),
        done="Copy the address into your calendar program now: it is shown this once.",
    )
    if made is not None:
        request.session[SHOWN_ONCE] = made.pk
    return redirect("aftercare:month")


@requires(Permission.CASELOAD_VIEW, "POST")
def end_feed(request: StaffRequest) -> HttpResponse:
    outcome_of(
        request,
        lambda: acts.end_feed(clinic=request.acting.clinic, **acting_now(request)),
        done="The address reads nothing any more.",
    )
    return redirect("aftercare:month")


def feed_shown(request: StaffRequest) -> dict[str, object]:
    """Whether there is a feed, and its address where it was made a moment ago."""
    rows = CalendarFeed.objects.filter(
        clinic=request.acting.clinic, staff=request.user, ended_at=None
    )
    feed = rows.first()
    address = ""
    if feed is not None and request.session.get(SHOWN_ONCE) == feed.pk:
        del request.session[SHOWN_ONCE]
        token = token_for(feed.nonce, feed.token_digest)
        address = _address(token) if token else ""
    return {"feed": feed, "feed_address": address}


def _address(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('aftercare:read_feed', args=[token])}"


@require_safe
@sensitive_variables("token")
def read_feed(_: HttpRequest, token: str) -> HttpResponse:
    """The feed, for whoever holds its address, as long as its owner works here; else an
    empty one. Never an error, since those are logged with their address."""
    found = acts.find_feed(token)
    body = empty_feed() if found is None else _read(*found)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "no-store, private"
    return response


def _read(clinic_id: int, row: int) -> bytes:
    with tenancy.clinics([clinic_id], actor=f"feed:{row}"):
        feed = CalendarFeed.objects.select_related("staff", "clinic").get(pk=row)
        held = Membership.objects.filter(staff=feed.staff, clinic=feed.clinic)
        roles = frozenset(held.values_list("role", flat=True))
        acting = Acting(feed.staff, feed.clinic, roles)
        is_over = feed.ended_at is not None or not feed.staff.is_active
        if is_over or not acting.may(Permission.CASELOAD_VIEW):
            return empty_feed()
        at = clinic_clock(feed.clinic, timezone.now())
        return feed_of(
            acting,
            key=feed.token_digest[:16],
            link=f"{settings.SITE_URL}{reverse('aftercare:month')}",
            today=clinic_day(feed.clinic, at),
            at=at,
        )

"""Calendar feeds of the staff: made, shown once, ended, and found by their address."""

from datetime import datetime

from django.db import connection, transaction

from accounts import audit
from accounts.models import Clinic, Staff
from aftercare.check_ins.tokens import digest_of, new_nonce, token_of
from aftercare.models import CalendarFeed


@transaction.atomic
def make_feed(*, clinic: Clinic, by: Staff, at: datetime) -> CalendarFeed:
    """An address of one's own, in the place of the one before, which reads nothing more."""
    Staff.objects.select_for_update(no_key=True).get(pk=by.pk)
    _end(clinic, by, at)
    nonce = new_nonce()
    feed = CalendarFeed.objects.create(
        clinic=clinic,
        staff=by,
        nonce=nonce,
        token_digest=digest_of(token_of(nonce)),
        made_at=at,
    )
    audit.record("feed.made", feed, by=by, at=at)
    return feed


@transaction.atomic
def end_feed(*, clinic: Clinic, by: Staff, at: datetime) -> None:
    """The address reads nothing any more."""
    _end(clinic, by, at)


def _end(clinic: Clinic, by: Staff, at: datetime) -> None:
    for feed in CalendarFeed.objects.filter(clinic=clinic, staff=by, ended_at=None):
        feed.ended_at = at
        feed.save(update_fields=["ended_at"])
        audit.record("feed.ended", feed, by=by, at=at)


def find_feed(token: str) -> tuple[int, int] | None:
    """Clinic and row of an address, for a program that belongs to no clinic."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mainstay_calendar_feed(%s)", [digest_of(token)])
        row: tuple[int, int] | None = cursor.fetchone()
    return row

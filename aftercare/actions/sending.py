"""Handing over the e-mails that are owed: claim, send, note.

A claim is a lease: who dies after claiming leaves the notice to the next one when
the lease has run out. So each is sent at least once, and nearly always once.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from aftercare import notices
from aftercare.actions.check_ins import may_write_to
from aftercare.models import CheckIn, CheckInMail, Notice
from patients.models import Patient

# Wait after the first try, doubled with each further one, up to the last here. The
# shortest must outlast one mail's timeout, since it is the lease too.
WAITS = tuple(timedelta(minutes=2**tries) for tries in range(1, 7))


class AlreadySent(Refused):
    """What was sent is not sent again."""


def to_send(at: datetime) -> Q:
    """Never tried, or tried long enough ago."""
    waited = Q(claimed_at=None)
    for tries, wait in enumerate(WAITS, start=1):
        last = tries == len(WAITS)
        tried = Q(tries__gte=tries) if last else Q(tries=tries)
        waited |= tried & Q(claimed_at__lte=at - wait)
    return Q(sent_at=None) & waited


def claim_notices(*, clinic_id: int, at: datetime, batch: int) -> list[int]:
    """Take what nobody else is sending; commit this before sending."""
    return _claim(Notice.objects.filter(clinic=clinic_id), at=at, batch=batch)


def claim_check_ins(*, clinic_id: int, at: datetime, batch: int) -> list[int]:
    """The same for links to people in care: those that can still be used."""
    usable = CheckInMail.objects.filter(
        clinic=clinic_id, check_in__in=CheckIn.objects.usable(at=at)
    ).exclude(patient__status=Patient.Status.DECEASED)
    return _claim(usable, at=at, batch=batch)


def _claim[Row: (Notice, CheckInMail)](
    rows: QuerySet[Row], *, at: datetime, batch: int
) -> list[int]:
    waiting = rows.filter(to_send(at)).order_by("pk")
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    ids = list(locked.values_list("pk", flat=True)[:batch])
    rows.model._default_manager.filter(pk__in=ids).update(
        claimed_at=at, tries=F("tries") + 1
    )
    return ids


def deliver_check_ins(ids: list[int], *, at: datetime) -> tuple[int, int]:
    """Send each claimed link to the address that was said to be safe, if it still is."""
    rows = CheckInMail.objects.filter(pk__in=ids, sent_at=None)
    sent = failed = 0
    for mail in rows.select_related("check_in", "to").order_by("pk"):
        delivered = _send_check_in(mail, at)
        sent, failed = sent + delivered, failed + (not delivered)
    return sent, failed


def _days(check_in: CheckIn, at: datetime) -> int:
    return max((check_in.expires_at - at).days, 1)


def _send_check_in(mail: CheckInMail, at: datetime) -> bool:
    row = CheckInMail.objects.filter(pk=mail.pk)
    if not may_write_to(mail.to):
        row.update(last_error="No longer safe to write to this address")
        return False
    try:
        notices.send_check_in(mail, days=_days(mail.check_in, at))
    except notices.NotDelivered as reason:
        row.update(last_error=str(reason)[:120])
        return False
    row.update(sent_at=at, last_error="")
    return True


def deliver(ids: list[int], *, at: datetime) -> tuple[int, int]:
    """Send what was claimed, one mail for each person and kind; returns the numbers
    of notices sent and failed. What failed keeps its reason and is tried later."""
    groups: dict[tuple[int, str], list[Notice]] = defaultdict(list)
    rows = Notice.objects.filter(pk__in=ids, sent_at=None)
    for notice in rows.select_related("recipient", "follow_up").order_by("pk"):
        groups[notice.recipient_id, notice.kind].append(notice)
    sent = failed = 0
    for (_, kind), owed in groups.items():
        if _send(kind, owed, at):
            sent += len(owed)
        else:
            failed += len(owed)
    return sent, failed


def _send(kind: str, owed: list[Notice], at: datetime) -> bool:
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in owed])
    about = [notice.follow_up for notice in owed]
    try:
        notices.send(to=owed[0].recipient, kind=kind, follow_ups=about)
    except notices.NotDelivered as reason:
        rows.update(last_error=str(reason)[:120])
        return False
    rows.update(sent_at=at, last_error="")
    return True


@transaction.atomic
def send_again(*, notice: Notice, by: Staff, at: datetime) -> Notice:
    """Let the next round send what failed, without waiting out the pause."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.sent_at is not None:
        raise AlreadySent("This one was sent already.")
    notice.claimed_at = None
    notice.save(update_fields=["claimed_at"])
    audit.record("notice.send_again", notice, by=by, at=at)
    return notice

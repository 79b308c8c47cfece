"""Handing over the e-mails that are owed, and noting that they went out.

The engine claims them first and keeps why one failed: each is sent at least once, and
nearly always once.
"""

from collections.abc import Mapping
from datetime import datetime

from aftercare import notices
from aftercare.actions.message_wishes import may_write_to
from aftercare.models import CheckIn, CheckInMail, Notice
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault

NOT_SAFE = "No longer safe to write to this address"


def deliver_notices(rows: list[Notice], batch: Batch) -> Mapping[int, Fault]:
    """One mail about notices of one recipient and kind."""
    ids = [notice.pk for notice in rows]
    try:
        notices.send(
            to=rows[0].recipient,
            kind=rows[0].kind,
            follow_ups=[notice.follow_up for notice in rows],
        )
    except NotDelivered as reason:
        return dict.fromkeys(ids, reason.fault)
    Notice.objects.filter(pk__in=ids).update(sent_at=batch.at)
    return {}


def deliver_check_in(rows: list[CheckInMail], batch: Batch) -> Mapping[int, Fault]:
    """Send a link to the address that was said to be safe, if it still is."""
    [mail] = rows
    if not may_write_to(mail.to):
        return {mail.pk: Fault(NOT_SAFE)}
    try:
        notices.send_check_in(mail, days=_days(mail.check_in, batch.at))
    except NotDelivered as reason:
        return {mail.pk: reason.fault}
    CheckInMail.objects.filter(pk=mail.pk).update(sent_at=batch.at)
    return {}


def _days(check_in: CheckIn, at: datetime) -> int:
    return max((check_in.expires_at - at).days, 1)

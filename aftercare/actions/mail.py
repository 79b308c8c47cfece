"""Handing over the e-mails that are owed, and noting that they went out.

The engine claims them first and keeps why one failed: each is sent at least once, and
nearly always once.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from aftercare import notices
from aftercare.actions.check_ins import may_write_to
from aftercare.models import CheckIn, CheckInMail, Notice
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault

NOT_SAFE = "No longer safe to write to this address"


def deliver_notices(rows: list[Notice], batch: Batch) -> Mapping[int, Fault]:
    """One mail for each recipient and kind; the faults of those that failed, by id."""
    groups: dict[tuple[int, str], list[Notice]] = defaultdict(list)
    for notice in rows:
        groups[notice.recipient_id, notice.kind].append(notice)
    faults: dict[int, Fault] = {}
    for (_, kind), owed in groups.items():
        faults |= _send(kind, owed, batch.at)
    return faults


def _send(kind: str, owed: list[Notice], at: datetime) -> dict[int, Fault]:
    ids = [notice.pk for notice in owed]
    try:
        notices.send(
            to=owed[0].recipient, kind=kind, follow_ups=[one.follow_up for one in owed]
        )
    except NotDelivered as reason:
        return dict.fromkeys(ids, reason.fault)
    Notice.objects.filter(pk__in=ids).update(sent_at=at)
    return {}


def deliver_check_ins(rows: list[CheckInMail], batch: Batch) -> Mapping[int, Fault]:
    """Send each link to the address that was said to be safe, if it still is."""
    found = {mail.pk: _send_check_in(mail, batch.at) for mail in rows}
    return {pk: fault for pk, fault in found.items() if fault is not None}


def _send_check_in(mail: CheckInMail, at: datetime) -> Fault | None:
    if not may_write_to(mail.to):
        return Fault(NOT_SAFE)
    try:
        notices.send_check_in(mail, days=_days(mail.check_in, at))
    except NotDelivered as reason:
        return reason.fault
    CheckInMail.objects.filter(pk=mail.pk).update(sent_at=at)
    return None


def _days(check_in: CheckIn, at: datetime) -> int:
    return max((check_in.expires_at - at).days, 1)

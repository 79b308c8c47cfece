"""The queue that looks, every night, whether the record is what was written."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Clinic
from accounts.tenancy import clinic_day
from jobs import notices
from jobs.actions.alerts import admins_of
from jobs.queues import Batch, Delivery, Fault, Queue, Rows, declare
from plans.actions.record_checks import check_record
from plans.models import RecordCheck

# In the clinic's night, when few wait for the database.
FROM_HOUR = 2


def check_once_a_night(batch: Batch, _: datetime | None) -> Counter[str]:
    """One check a day, at night or as soon after as a worker is there."""
    clinic = Clinic.objects.get(pk=batch.clinic_id)
    newest = RecordCheck.objects.filter(clinic=clinic).order_by("-checked_at").first()
    is_done = newest and clinic_day(clinic, newest.checked_at) >= batch.on
    if is_done or batch.at.hour < FROM_HOUR:
        return Counter()
    found = check_record(clinic=clinic, at=batch.at)
    return Counter(checked=1, faults=len(found.faults))


def _untold(_: Batch) -> Rows:
    broken = RecordCheck.objects.exclude(faults=[]).filter(told_at=None)
    return broken.order_by("pk")


def _tell(checks: list[Any], batch: Batch) -> Mapping[int, Fault]:
    """One mail to each admin."""
    ids = [check.pk for check in checks]
    admins = admins_of(batch.clinic_id)
    if not admins:
        return dict.fromkeys(ids, Fault("NoAdmin", is_of_the_way=True))
    for admin in admins:
        try:
            notices.send_record_fault(to=admin)
        except notices.NotDelivered as reason:
            return dict.fromkeys(ids, reason.fault)
    RecordCheck.objects.filter(pk__in=ids).update(told_at=batch.at)
    return {}


RECORD = Queue(
    name="record",
    title="The record: is it what was written?",
    prepare=check_once_a_night,
    steps=(
        Delivery(
            name="record_fault",
            waiting=_untold,
            deliver=_tell,
            message_of=lambda _: "record_fault",
        ),
    ),
)


def declare_queues() -> None:
    declare(RECORD)

"""The queue of e-mails to the staff about their own accounts."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.entry.mail import words_of
from accounts.entry_rows import AccountMail
from jobs.notices import NotDelivered, hand_over
from jobs.queues import Batch, Delivery, Fault, Queue, Rows

MAILS = 100


def _waiting(_: Batch) -> Rows:
    owed = AccountMail.objects.filter(sent_at=None)
    return owed.select_related("staff", "clinic").order_by("pk")


def _deliver(rows: list[Any], batch: Batch) -> Mapping[int, Fault]:
    [mail] = rows
    try:
        hand_over(*words_of(mail), mail.staff.email)
    except NotDelivered as reason:
        return {mail.pk: reason.fault}
    AccountMail.objects.filter(pk=mail.pk).update(sent_at=batch.at)
    return {}


def _titles(ids: Iterable[int]) -> Mapping[int, str]:
    rows = AccountMail.objects.filter(pk__in=list(ids)).select_related("staff")
    return {one.pk: f"{one.get_kind_display()}, to {one.staff.name}" for one in rows}


ACCOUNT_MAIL = Queue(
    name="account_mail",
    title="E-mails about accounts",
    size=MAILS,
    steps=(
        Delivery(
            name="account_mail", waiting=_waiting, deliver=_deliver, titles=_titles
        ),
    ),
)

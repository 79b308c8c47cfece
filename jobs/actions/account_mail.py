"""The queue of e-mails to the staff about their own accounts."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat

from accounts.entry.mail import words_of
from accounts.entry_rows import AccountMail
from jobs.notices import NotDelivered, hand_over
from jobs.queues import Batch, Delivery, Fault, Outbox, Queue, Rows

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


def _titles() -> Rows:
    kinds = [
        When(kind=key, then=Value(words)) for key, words in AccountMail.Kind.choices
    ]
    said = Concat(Case(*kinds), Value(", to "), "staff__name")
    return AccountMail.objects.annotate(said=said)


def _outbox(_: Batch) -> Rows:
    return AccountMail.objects.filter(sent_at=None).values(
        record=Value(""),
        name=F("staff__name"),
        detail=F("kind"),
        at_once=Value(value=True),
        about=Value(1),
    )


ACCOUNT_MAIL = Queue(
    name="account_mail",
    title="E-mails about accounts",
    size=MAILS,
    steps=(
        Delivery(
            name="account_mail",
            waiting=_waiting,
            deliver=_deliver,
            titles=_titles,
            outbox=Outbox(
                words="E-mail about an account",
                rows=_outbox,
                details=dict(AccountMail.Kind.choices),
            ),
        ),
    ),
)

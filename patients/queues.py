"""The queue of mails about emergency openings."""

from django.db.models import F, Value

from jobs.queues import Batch, Delivery, Outbox, Queue, Rows, declare
from patients.actions.opening_alerts import deliver_alert
from patients.models import OpeningAlert

# As many mails as one worker holds while it speaks to the mail server.
AT_ONCE = 20
SAID = "Emergency opening, to who answers for privacy"


def _waiting(_: Batch) -> Rows:
    """At every hour: somebody opened what is closed to them."""
    owed = OpeningAlert.objects.filter(sent_at=None)
    return owed.select_related("recipient").order_by("pk")


def _titles() -> Rows:
    return OpeningAlert.objects.annotate(said=Value(SAID))


def _outbox(batch: Batch) -> Rows:
    return (
        _waiting(batch)
        .select_related(None)
        .values(
            record=Value(""),
            name=F("recipient__name"),
            detail=Value(""),
            at_once=Value(value=True),
            about=Value(1),
        )
    )


OPENINGS = Queue(
    name="openings",
    title="E-mails about emergency openings",
    size=AT_ONCE,
    steps=(
        Delivery(
            name="opening_mail",
            waiting=_waiting,
            deliver=deliver_alert,
            titles=_titles,
            outbox=Outbox(words="E-mail about an emergency opening", rows=_outbox),
        ),
    ),
)


def declare_queues() -> None:
    declare(OPENINGS)

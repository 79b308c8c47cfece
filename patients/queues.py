"""The queue of mails about emergency openings."""

from collections.abc import Iterable, Mapping

from jobs.queues import Batch, Delivery, Queue, Rows, declare
from patients.actions.opening_alerts import deliver_alert
from patients.models import OpeningAlert

# As many mails as one worker holds while it speaks to the mail server.
AT_ONCE = 20


def _waiting(_: Batch) -> Rows:
    """At every hour: somebody opened what is closed to them."""
    owed = OpeningAlert.objects.filter(sent_at=None)
    return owed.select_related("recipient").order_by("pk")


def _titles(ids: Iterable[int]) -> Mapping[int, str]:
    return dict.fromkeys(ids, "Emergency opening, to who answers for privacy")


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
        ),
    ),
)


def declare_queues() -> None:
    declare(OPENINGS)

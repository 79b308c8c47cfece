"""Telling the admins of a clinic, once, that work was set aside."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet, Value

from accounts.models import Staff
from accounts.permissions import Role
from jobs import notices
from jobs.models import Claim
from jobs.queues import Batch, Delivery, Fault, Outbox, Queue, Rows

STEP = "alerts"


def _waiting(_: Batch) -> QuerySet[Claim, Claim]:
    untold = Claim.objects.set_aside().filter(alerted_at=None)
    return untold.exclude(step=STEP).order_by("pk")


def _outbox(batch: Batch) -> Rows:
    """One mail, whatever is in it."""
    return (
        _waiting(batch)
        .order_by()
        .values("clinic")
        .annotate(
            record=Value(""),
            name=Value(""),
            detail=Value(""),
            at_once=Value(value=False),
            about=Count("pk"),
        )
    )


def _deliver(claims: list[Any], batch: Batch) -> Mapping[int, Fault]:
    """One mail to each admin about all of them."""
    ids = [claim.pk for claim in claims]
    admins = admins_of(batch.clinic_id)
    if not admins:
        return dict.fromkeys(ids, Fault("NoAdmin", is_of_the_way=True))
    for admin in admins:
        try:
            notices.send_alert(to=admin, count=len(ids))
        except notices.NotDelivered as reason:
            return dict.fromkeys(ids, reason.fault)
    Claim.objects.filter(pk__in=ids).update(alerted_at=batch.at)
    return {}


def admins_of(clinic_id: int) -> list[Staff]:
    """Who is asked to look at work that was set aside."""
    admins = Staff.objects.filter(
        is_active=True, memberships__clinic=clinic_id, memberships__role=Role.ADMIN
    )
    return list(admins.order_by("pk"))


ALERTS = Queue(
    name="alerts",
    title="Alerts about work set aside",
    steps=(
        Delivery(
            name=STEP,
            waiting=_waiting,
            deliver=_deliver,
            message_of=lambda _: STEP,
            outbox=Outbox(
                words="E-mail about work set aside, to the admins", rows=_outbox
            ),
        ),
    ),
)

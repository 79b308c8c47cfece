"""Duties of a concern, owed with it and no longer once it is resolved."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from aftercare.actions import alerts
from aftercare.actions.follow_ups import close_of_concern
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from assessments.actions.concerns import resolve_concern
from assessments.models import Concern, Handover

NO_LONGER = "The concern that it came from was resolved."


def on_concern_raised(
    *, concern: Concern, by: Staff | None, at: datetime, **_: object
) -> None:
    """Hears `concern_raised`, inside its transaction: call somebody where it cannot wait,
    and owe what it calls for."""
    alerts.raise_for_concern(concern=concern, by=by, at=at)
    reconcile(patient=concern.patient, by=by, at=at)


def on_concern_resolved(
    *,
    concern: Concern,
    is_answered: bool,
    by: Staff | None,
    at: datetime,
    **_: object,
) -> None:
    """Hears `concern_resolved`: what it called for is done, or owed no more."""
    outcome = "The screener was given." if is_answered else NO_LONGER
    status = FollowUp.Status.DONE if is_answered else FollowUp.Status.CANCELLED
    closed = duties_of(concern).update(
        status=status, closed_at=at, closed_by=by, outcome=outcome
    )
    audit.record("follow_ups.settled", concern, by=by, at=at, closed=closed)
    alerts.end_with_concern(concern=concern, by=by, at=at)
    # What another concern calls for too is owed for that one from now on.
    reconcile(patient=concern.patient, by=by, at=at)


def on_answers_typed(
    *, handover: Handover, instruments: list[str], at: datetime, **_: object
) -> None:
    """Hears `answers_typed`, inside its transaction: call somebody where what was typed
    on a tablet cannot wait until it is sent."""
    alerts.raise_for_typed(
        patient=handover.patient,
        instruments=instruments,
        said=handover.answers,
        handover=handover,
        at=at,
    )


def duties_of(concern: Concern) -> FollowUpQuerySet:
    """What a concern called for and is still open."""
    prefix = f"{concern.patient_id}:concern:{concern.pk}:"
    return FollowUp.objects.open().filter(
        patient=concern.patient_id, key__startswith=prefix
    )


@transaction.atomic
def resolve(
    *,
    concern: Concern,
    words: str,
    done: Iterable[FollowUp],
    by: Staff,
    at: datetime,
) -> None:
    """Resolve a concern: which of its duties were done, and in words what was done."""
    for duty in done:
        close_of_concern(
            follow_up=duty, status=FollowUp.Status.DONE, words=words[:300], by=by, at=at
        )
    resolve_concern(concern=concern, words=words, by=by, at=at)

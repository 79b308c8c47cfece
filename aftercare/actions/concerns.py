"""Duties of a concern, owed with it and no longer once it is resolved."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.tenancy import clinic_day
from aftercare.actions.follow_ups import close_follow_up
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from assessments.actions.concerns import resolve_concern
from assessments.models import Concern
from knowledge.schedule.steps import Duty, duties
from knowledge.urgent_results import urgent_results

NO_LONGER = "The concern that it came from was resolved."


def on_concern_raised(
    *, concern: Concern, by: Staff | None, at: datetime, **_: object
) -> None:
    """Hears `concern_raised`, inside its transaction: owe each duty that is not owed."""
    owed = {
        one.kind: one
        for one in FollowUp.objects.open().filter(
            patient=concern.patient_id, origin=FollowUp.Origin.EVENT
        )
    }
    rows = [
        _row(concern, duty, at)
        for duty in _called_for(concern)
        if not _is_owed(owed, concern, duty)
    ]
    FollowUp.objects.bulk_create(rows)
    audit.record("follow_ups.called_for", concern, by=by, at=at, added=len(rows))


def _called_for(concern: Concern) -> Iterable[Duty]:
    """By the level of what endangers or goes wrong; a result has a duty of its own."""
    if concern.kind == Concern.Kind.RESULT:
        return (urgent_results()[concern.cause].duty,)
    return duties()[Concern.Level(concern.level).name.lower()]


def _is_owed(owed: dict[str, FollowUp], concern: Concern, duty: Duty) -> bool:
    """Whether the same is owed already, and no later."""
    one = owed.get(duty.kind)
    return one is not None and one.latest_on <= _last_day(concern, duty)


def _last_day(concern: Concern, duty: Duty) -> date:
    return clinic_day(concern.clinic, concern.raised_at) + timedelta(days=duty.within)


def _row(concern: Concern, duty: Duty, at: datetime) -> FollowUp:
    on = clinic_day(concern.clinic, at)
    return FollowUp(
        clinic_id=concern.clinic_id,
        patient_id=concern.patient_id,
        key=f"{concern.patient_id}:concern:{concern.pk}:{duty.kind}",
        kind=duty.kind,
        title=duty.title,
        reason=concern.reason,
        cite=duty.source,
        verified=duty.tag,
        origin=FollowUp.Origin.EVENT,
        earliest_on=on,
        due_on=on,
        latest_on=_last_day(concern, duty),
        assigned_role=duty.role.value,
        status=FollowUp.Status.DUE,
        created_at=at,
    )


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
        close_follow_up(
            follow_up=duty, status=FollowUp.Status.DONE, words=words[:300], by=by, at=at
        )
    resolve_concern(concern=concern, words=words, by=by, at=at)

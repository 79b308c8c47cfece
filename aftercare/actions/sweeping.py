"""What time itself does to follow-ups: they come due, are missed, are told about.

Each step claims rows that no other worker holds and changes them at once, so that
any number of workers may do this together, again, or be killed in between.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Q, QuerySet, Value, When

from aftercare.actions.recipients import recipients_for
from aftercare.models import FollowUp, Notice
from patients.models import Patient

Status = FollowUp.Status

type Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """How much to do now, and at which clinic."""

    clinic_id: int
    on: date
    at: datetime
    size: int

    def claim(self, rows: QuerySet[FollowUp], *order: str) -> list[FollowUp]:
        """Rows of this clinic that nobody else holds."""
        mine = rows.filter(clinic=self.clinic_id).order_by(*order)
        locked = mine.select_for_update(skip_locked=True, of=("self",))
        return list(locked[: self.size])


def sweep_follow_ups(*, clinic_id: int, on: date, at: datetime, batch: int) -> Counts:
    """Do up to `batch` of each kind of work; all zeros when nothing is left to do."""
    now = Batch(clinic_id, on, at, batch)
    return {name: step(now) for name, step in STEPS.items()}


def _change(claimed: list[FollowUp], **values: object) -> int:
    if not claimed:
        return 0
    return FollowUp.objects.filter(pk__in=[one.pk for one in claimed]).update(**values)


def _end_for_departed(now: Batch) -> int:
    """Nobody is called after a death; what a plan promised ends with a discharge."""
    departed = Q(patient__status=Patient.Status.DECEASED) | Q(
        patient__status=Patient.Status.DISCHARGED, origin=FollowUp.Origin.PLAN
    )
    return _change(
        now.claim(FollowUp.objects.open().filter(departed), "pk"),
        status=Status.CANCELLED,
        closed_at=now.at,
        outcome="The person is no longer in care.",
    )


def _open_windows(now: Batch) -> int:
    """Planned ones whose window has begun; one that is over already was missed."""
    over = Q(latest_on__lt=now.on)
    return _change(
        now.claim(FollowUp.objects.to_mark_due(on=now.on), "earliest_on", "pk"),
        status=Case(When(over, then=Value(Status.MISSED)), default=Value(Status.DUE)),
        missed_at=Case(When(over, then=Value(now.at)), default=None),
    )


def _close_windows(now: Batch) -> int:
    over = FollowUp.objects.to_mark_missed(on=now.on)
    claimed = now.claim(over, "latest_on", "pk")
    return _change(claimed, status=Status.MISSED, missed_at=now.at)


def _escalate(now: Batch) -> int:
    """Tell a care manager of each missed one; waits while the clinic has none."""
    claimed = now.claim(FollowUp.objects.to_escalate(), "pk")
    told = recipients_for(now.clinic_id, claimed) if claimed else None
    if told is None or not told.care_managers:
        return 0
    _owe(claimed, told.to_escalate, Notice.Kind.ESCALATION, now.at)
    return _change(claimed, escalated_at=now.at)


def _remind(now: Batch) -> int:
    claimed = now.claim(FollowUp.objects.to_remind(on=now.on), "due_on", "pk")
    if claimed:
        told = recipients_for(now.clinic_id, claimed)
        _owe(claimed, told.to_remind, Notice.Kind.REMINDER, now.at)
    return _change(claimed, reminded_at=now.at)


def _owe(
    claimed: list[FollowUp],
    told: Callable[[FollowUp], tuple[int, ...]],
    kind: str,
    at: datetime,
) -> None:
    """One notice for each follow-up, day and recipient, whoever asks again."""
    Notice.objects.bulk_create(
        (
            Notice(
                clinic_id=one.clinic_id,
                key=f"{kind}:{one.pk}:{one.due_on.isoformat()}:{staff}",
                kind=kind,
                recipient_id=staff,
                follow_up=one,
                created_at=at,
            )
            for one in claimed
            for staff in told(one)
        ),
        ignore_conflicts=True,
    )


STEPS: dict[str, Callable[[Batch], int]] = {
    "ended": _end_for_departed,
    "due": _open_windows,
    "missed": _close_windows,
    "escalated": _escalate,
    "reminded": _remind,
}

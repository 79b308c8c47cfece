"""What time itself does to follow-ups: they come due, are missed, are told about.

Each step claims rows that no other worker holds and changes them at once, so that
any number of workers may do this together, again, or be killed in between.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from aftercare.actions.recipients import recipients_for
from aftercare.models import FollowUp, Notice
from patients.models import Patient

Status = FollowUp.Status


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


def sweep_follow_ups(
    *, clinic_id: int, on: date, at: datetime, batch: int
) -> Counter[str]:
    """Do up to `batch` of each kind of work; empty when nothing is left to do."""
    now = Batch(clinic_id, on, at, batch)
    return sum((step(now) for step in STEPS), Counter())


def _change(rows: list[FollowUp], **values: object) -> int:
    if not rows:
        return 0
    return FollowUp.objects.filter(pk__in=[one.pk for one in rows]).update(**values)


def _end_for_departed(now: Batch) -> Counter[str]:
    """Nobody is called after a death; what a plan promised ends with a discharge."""
    departed = Q(patient__status=Patient.Status.DECEASED) | Q(
        patient__status=Patient.Status.DISCHARGED, origin=FollowUp.Origin.PLAN
    )
    ended = _change(
        now.claim(FollowUp.objects.open().filter(departed), "pk"),
        status=Status.CANCELLED,
        closed_at=now.at,
        outcome="The person is no longer in care.",
    )
    return Counter(ended=ended)


def _open_windows(now: Batch) -> Counter[str]:
    """Planned ones whose window has begun; one that is over already was missed."""
    begun = now.claim(FollowUp.objects.to_mark_due(on=now.on), "earliest_on", "pk")
    over = [one for one in begun if one.latest_on < now.on]
    today = [one for one in begun if one.due_on <= now.on <= one.latest_on]
    early = [one for one in begun if now.on < one.due_on]
    _tell(today, Notice.Kind.REMINDER, now)
    _change(today, status=Status.DUE, reminded_at=now.at)
    _change(early, status=Status.DUE)
    due = Counter(due=len(today) + len(early), reminded=len(today))
    return due + _miss(over, now)


def _close_windows(now: Batch) -> Counter[str]:
    over = FollowUp.objects.to_mark_missed(on=now.on)
    return _miss(now.claim(over, "latest_on", "pk"), now)


def _miss(rows: list[FollowUp], now: Batch) -> Counter[str]:
    told = _tell(rows, Notice.Kind.ESCALATION, now)
    _change(
        rows,
        status=Status.MISSED,
        missed_at=now.at,
        escalated_at=now.at if told else None,
    )
    return Counter(missed=len(rows), escalated=len(rows) if told else 0)


def _escalate(now: Batch) -> Counter[str]:
    """Missed ones that nobody was told of, since the clinic had no care manager."""
    rows = now.claim(FollowUp.objects.to_escalate(), "pk")
    told = _tell(rows, Notice.Kind.ESCALATION, now)
    return Counter(escalated=_change(rows, escalated_at=now.at) if told else 0)


def _remind(now: Batch) -> Counter[str]:
    """Those whose window was open before their day came."""
    rows = now.claim(FollowUp.objects.to_remind(on=now.on), "due_on", "pk")
    _tell(rows, Notice.Kind.REMINDER, now)
    return Counter(reminded=_change(rows, reminded_at=now.at))


def _tell(rows: list[FollowUp], kind: str, now: Batch) -> bool:
    """Owe one notice for each follow-up, day and recipient, whoever asks again.

    False where the clinic has nobody who hears of everything.
    """
    if not rows:
        return False
    told = recipients_for(now.clinic_id, rows)
    who = told.to_remind if kind == Notice.Kind.REMINDER else told.to_escalate
    Notice.objects.bulk_create(
        (
            Notice(
                clinic_id=one.clinic_id,
                key=f"{kind}:{one.pk}:{one.due_on.isoformat()}:{staff}",
                kind=kind,
                recipient_id=staff,
                follow_up=one,
                created_at=now.at,
            )
            for one in rows
            for staff in who(one)
        ),
        ignore_conflicts=True,
    )
    return bool(told.care_managers)


STEPS: tuple[Callable[[Batch], Counter[str]], ...] = (
    _end_for_departed,
    _open_windows,
    _close_windows,
    _escalate,
    _remind,
)

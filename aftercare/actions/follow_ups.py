"""Adding, moving and closing what is owed to one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from aftercare.actions.reconcile import reconcile, status_on
from aftercare.models import FollowUp
from knowledge.wording.dates import day_named
from patients.actions.registry import refuse_after_death
from patients.models import Patient


class WindowOutOfOrder(Refused):
    """The first allowed day, the due day and the last one do not follow each other."""


class OutsideWindow(Refused):
    """A promised follow-up moves inside its window only."""

    field = "due_on"


class AlreadyClosed(Refused):
    """What is done or cancelled is closed."""


class FollowUpReasonMissing(Refused):
    """A cancellation needs a reason that can be read later."""

    field = "words"


@dataclass(frozen=True, slots=True)
class FollowUpWindow:
    """The allowed days, and the day that is aimed at."""

    earliest_on: date
    due_on: date
    latest_on: date

    def __post_init__(self) -> None:
        if not self.earliest_on <= self.due_on <= self.latest_on:
            raise WindowOutOfOrder(
                "The due day has to lie between the first and the last allowed day."
            )

    def to_json(self) -> dict[str, str]:
        return {
            "earliest": self.earliest_on.isoformat(),
            "due": self.due_on.isoformat(),
            "latest": self.latest_on.isoformat(),
        }


@transaction.atomic
def add_follow_up(
    *,
    patient: Patient,
    kind: str,
    title: str,
    window: FollowUpWindow,
    assigned_role: str,
    assigned_to: Staff | None = None,
    reason: str = "",
    by: Staff,
    at: datetime,
) -> FollowUp:
    """Owe something more."""
    on = clinic_day(patient.clinic, at)
    refuse_after_death(patient, on)
    follow_up = FollowUp.objects.create(
        clinic_id=patient.clinic_id,
        key=f"{patient.pk}:staff:{uuid4()}",
        patient=patient,
        kind=kind,
        title=title,
        reason=reason,
        origin=FollowUp.Origin.STAFF,
        earliest_on=window.earliest_on,
        due_on=window.due_on,
        latest_on=window.latest_on,
        status=status_on(
            on, earliest_on=window.earliest_on, latest_on=window.latest_on
        ),
        assigned_role=assigned_role,
        assigned_to=assigned_to,
        created_at=at,
    )
    audit.record(
        "follow_up.added", follow_up, by=by, at=at, kind=kind, days=window.to_json()
    )
    reconcile(patient=patient, by=by, at=at)
    return follow_up


@transaction.atomic
def move_follow_up(
    *, follow_up: FollowUp, due_on: date, by: Staff, at: datetime
) -> FollowUp:
    """Aim at another day.

    The window of what a plan or a protocol promises does not move, so that a late
    one stays late; the window of what staff added moves along.
    """
    follow_up = _open(follow_up)
    if follow_up.origin == FollowUp.Origin.STAFF:
        shift = due_on - follow_up.due_on
        follow_up.earliest_on += shift
        follow_up.latest_on += shift
    elif not follow_up.earliest_on <= due_on <= follow_up.latest_on:
        raise OutsideWindow(_allowed(follow_up))
    before, follow_up.due_on = follow_up.due_on, due_on
    follow_up.moved_at = at
    follow_up.next_try_on = follow_up.reminded_at = follow_up.escalated_at = None
    follow_up.status = status_on(
        clinic_day(follow_up.clinic, at),
        earliest_on=follow_up.earliest_on,
        latest_on=follow_up.latest_on,
    )
    follow_up.save()
    days = [before.isoformat(), due_on.isoformat()]
    audit.record("follow_up.moved", follow_up, by=by, at=at, days=days)
    reconcile(patient=follow_up.patient, by=by, at=at)
    return follow_up


def _allowed(follow_up: FollowUp) -> str:
    first, last = follow_up.earliest_on, follow_up.latest_on
    return (
        f"Promised between {day_named(first, last)} and {day_named(last, first)}. "
        "Choose a day in between; or cancel it with "
        "its reason and add another."
    )


@transaction.atomic
def close_follow_up(
    *, follow_up: FollowUp, status: str, words: str = "", by: Staff, at: datetime
) -> FollowUp:
    """Note that it was done, or cancel it with a reason: the next one is owed at once."""
    follow_up = _close(follow_up, status, words, by=by, at=at)
    reconcile(patient=follow_up.patient, by=by, at=at)
    return follow_up


@transaction.atomic
def close_done(
    *,
    patient: Patient,
    done_at: Iterable[tuple[FollowUp, datetime]],
    words: str = "",
    by: Staff,
    at: datetime,
) -> int:
    """Note several of one person as done, each when it was; what follows is worked out
    once, as of `at`."""
    closed = 0
    for follow_up, moment in done_at:
        _close(follow_up, FollowUp.Status.DONE, words, by=by, at=moment)
        closed += 1
    reconcile(patient=patient, by=by, at=at)
    return closed


def _close(
    follow_up: FollowUp, status: str, words: str, *, by: Staff, at: datetime
) -> FollowUp:
    follow_up = _open(follow_up)
    words = words.strip()
    if status == FollowUp.Status.CANCELLED and not words:
        raise FollowUpReasonMissing("Say why it is cancelled, in a few words.")
    follow_up.status, follow_up.outcome = status, words
    follow_up.closed_at, follow_up.closed_by = at, by
    follow_up.save(update_fields=["status", "outcome", "closed_at", "closed_by"])
    audit.record(f"follow_up.{status}", follow_up, by=by, at=at, why=words)
    return follow_up


def _open(follow_up: FollowUp) -> FollowUp:
    locked = (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("clinic")
        .get(pk=follow_up.pk)
    )
    if not locked.is_open:
        raise AlreadyClosed(
            f"“{locked.title}” is {locked.get_status_display().lower()} already."
        )
    return locked

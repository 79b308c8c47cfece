"""Adding, moving and closing what is owed to one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from accounts import audit
from accounts.access import may_at
from accounts.clinic_settings.days import open_days_of
from accounts.models import Staff
from accounts.refusals import Refused, RightMissing
from accounts.tenancy import clinic_day
from aftercare.actions.recipients import RIGHTS
from aftercare.actions.reconcile import reconcile, status_on
from aftercare.models import FollowUp
from knowledge.schedule.kinds import BY_ITS_ACT, follow_up_kind
from knowledge.wording.dates import day_named, whole_day
from patients.actions.registry import refuse_after_death
from patients.models import Patient

# Nothing is planned further ahead: a slip of the keyboard, nearly always.
FARTHEST = timedelta(days=730)
TOO_FAR = "More than two years ahead. Check the year."


class WindowOutOfOrder(Refused):
    """The first allowed day, the due day and the last one do not follow each other."""


class OutsideWindow(Refused):
    """A promised follow-up moves inside its window only."""

    field = "due_on"


class ClinicClosed(Refused):
    """Nobody is there on that day."""

    field = "due_on"


class AlreadyClosed(Refused):
    """What is done or cancelled is closed."""


class FollowUpReasonMissing(Refused):
    """A cancellation needs a reason that can be read later, and so does what the record
    would show by itself."""

    field = "words"


class NotClosedByHand(Refused):
    """The act closes it, or the concern that owes it."""

    field = "status"


class NotTheirsToClose(RightMissing):
    """Closing it says that somebody did what only others may do."""


class NothingToReopen(Refused):
    """It is open, or what closed it still stands."""


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
    link: str = "",
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
        link=link,
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

    The window of what is promised does not move: a late one is put on a coming day and
    stays late. The window of what staff added moves along.
    """
    follow_up = _open(follow_up)
    if follow_up.origin == FollowUp.Origin.STAFF:
        shift = due_on - follow_up.due_on
        follow_up.earliest_on += shift
        follow_up.latest_on += shift
    elif not _may_move_to(follow_up, due_on, clinic_day(follow_up.clinic, at)):
        raise OutsideWindow(_allowed(follow_up))
    why_closed = open_days_of(follow_up.clinic).why_closed(due_on)
    if why_closed:
        raise ClinicClosed(f"{whole_day(due_on)}: {why_closed}. Choose an open day.")
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


def _may_move_to(follow_up: FollowUp, day: date, on: date) -> bool:
    """Inside its window; once that is over, on any later day, and it stays late."""
    if follow_up.latest_on < on:
        return day >= on
    return follow_up.earliest_on <= day <= follow_up.latest_on


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
    """Note that it was done, or cancel it with a reason: the next one is owed at once.

    What a concern owes is done where it is said what became of the concern.
    """
    if follow_up_kind(follow_up.kind).is_safety and OF_CONCERN in follow_up.key:
        raise NotClosedByHand(
            "A concern owes it. Say there what was done: that closes it."
        )
    return close_of_concern(
        follow_up=follow_up, status=status, words=words, by=by, at=at
    )


@transaction.atomic
def close_of_concern(
    *, follow_up: FollowUp, status: str, words: str = "", by: Staff, at: datetime
) -> FollowUp:
    """The same, told with what became of the concern that owed it."""
    follow_up = _close(follow_up, status, words, by=by, at=at)
    reconcile(patient=follow_up.patient, by=by, at=at)
    return follow_up


@transaction.atomic
def close_done(
    *,
    patient: Patient,
    done: Iterable[tuple[FollowUp, Staff, date]],
    words: str = "",
    by: Staff,
    at: datetime,
) -> int:
    """Note several of one person as done, each by whom and on which day; what follows is
    worked out once."""
    closed = 0
    for follow_up, who, day in done:
        _close(follow_up, FollowUp.Status.DONE, words, by=who, at=at, on=day)
        closed += 1
    reconcile(patient=patient, by=by, at=at)
    return closed


def _close(
    follow_up: FollowUp,
    status: str,
    words: str,
    *,
    by: Staff,
    at: datetime,
    on: date | None = None,
) -> FollowUp:
    follow_up = _open(follow_up)
    words = words.strip()
    _refuse_closing(follow_up, status, words, by)
    follow_up.status, follow_up.outcome = status, words
    follow_up.closed_at, follow_up.closed_by, follow_up.kept_on = at, by, on
    follow_up.save(
        update_fields=["status", "outcome", "closed_at", "closed_by", "kept_on"]
    )
    audit.record(f"follow_up.{status}", follow_up, by=by, at=at, why=words)
    return follow_up


OF_CONCERN, OF_LOOP = ":concern:", ":loop:"


def _refuse_closing(follow_up: FollowUp, status: str, words: str, by: Staff) -> None:
    """Closing says that the act was done, or that nobody has to do it: the right of the
    act, a reason, and for a danger to life the act itself."""
    kind = follow_up_kind(follow_up.kind)
    if OF_LOOP in follow_up.key:
        raise NotClosedByHand(
            "It belongs to a referral: record there how far it has come."
        )
    right = RIGHTS.get(kind.needs)
    if right and not may_at(by, follow_up.clinic_id, right):
        raise NotTheirsToClose(
            f"“{kind.words}” is closed by a {kind.needs}. Hand it over, or ask one."
        )
    if status == FollowUp.Status.CANCELLED:
        if kind.is_safety and follow_up.origin != FollowUp.Origin.STAFF:
            raise NotClosedByHand(
                "It is owed for somebody's safety: resolve the concern to end it."
            )
        if not words:
            raise FollowUpReasonMissing("Say why it is cancelled, in a few words.")
    elif kind.kept_by in BY_ITS_ACT:
        raise NotClosedByHand(
            f"{kind.words}: that closes it. Cancel it with a reason if nobody has to."
        )
    elif (kind.shows_itself or kind.is_safety) and not words:
        raise FollowUpReasonMissing(
            "The record does not show it. Say in a few words where and when it was done."
        )


@transaction.atomic
def reopen_follow_up(*, follow_up: FollowUp, by: Staff, at: datetime) -> FollowUp:
    """Take back a closing by hand: it is owed again, with the days it had."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("clinic")
    follow_up = rows.get(pk=follow_up.pk)
    if follow_up.is_open:
        raise NothingToReopen(f"“{follow_up.title}” is open already.")
    if follow_up.closed_by_id is None:
        raise NothingToReopen(
            "The record closed it. Correct what was recorded, and it opens again."
        )
    follow_up.closed_at = follow_up.closed_by = follow_up.kept_on = None
    follow_up.outcome = ""
    follow_up.status = status_on(
        clinic_day(follow_up.clinic, at),
        earliest_on=follow_up.earliest_on,
        latest_on=follow_up.latest_on,
    )
    follow_up.save()
    audit.record("follow_up.reopened", follow_up, by=by, at=at)
    reconcile(patient=follow_up.patient, by=by, at=at)
    follow_up.refresh_from_db()
    return follow_up


@transaction.atomic
def give_follow_up(
    *,
    follow_up: FollowUp,
    assigned_role: str,
    assigned_to: Staff | None,
    by: Staff,
    at: datetime,
) -> FollowUp:
    """Make it somebody else's to do: a part in the care team, or one person by name."""
    follow_up = _open(follow_up)
    follow_up.assigned_role, follow_up.assigned_to = assigned_role, assigned_to
    follow_up.given_at = at
    follow_up.reminded_at = follow_up.escalated_at = None
    follow_up.save()
    audit.record("follow_up.given", follow_up, by=by, at=at, role=assigned_role)
    reconcile(patient=follow_up.patient, by=by, at=at)
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

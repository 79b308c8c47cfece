"""Follow-ups as their clinic's days and kind change: told before, moved after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.db.models import Max

from accounts import audit
from accounts.clinic_settings.consequences import SettingsChange, counted, register
from accounts.models import Clinic, Staff
from aftercare.actions.reconcile import held, reconcile_people
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from knowledge.schedule.open_days import OpenDays
from knowledge.schedule.standing import program_kinds
from patients.models import Patient
from patients.models.people import PatientQuerySet

# So far the next open day is looked for.
FAR = timedelta(days=60)
PEOPLE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DayMove:
    """A day that closes, with the open days next to it."""

    day: date
    after: date
    before: date


def foretell(change: SettingsChange) -> Iterator[str]:
    """How many promises move, how many cannot, and what a program's end takes away."""
    if change.moves_days:
        yield from _of_days(change)
    if change.becomes("is_otp") is False:
        yield from counted(
            _of_program(change.clinic).count(),
            "promise of the program (42 CFR 8.12) ends.",
            "promises of the program (42 CFR 8.12) end.",
        )
    if change.becomes("is_otp") is True:
        yield from counted(
            _to_promise_anew(change.clinic).count(),
            "person is owed what a program promises (42 CFR 8.12).",
            "people are owed what a program promises (42 CFR 8.12).",
        )


def _of_days(change: SettingsChange) -> Iterator[str]:
    moved = stay = 0
    for move in _closing(change):
        due = _due_on(change.clinic, move.day)
        able = _to_after(due, move).count() + _to_before(due, move).count()
        moved, stay = moved + able, stay + due.count() - able
    yield from counted(
        moved,
        "promise moves to an open day of its window.",
        "promises move to an open day of their windows.",
    )
    yield from counted(
        stay,
        "promise has no open day in its window and stays.",
        "promises have no open day in their windows and stay.",
    )


def follow(change: SettingsChange, by: Staff, at: datetime) -> None:
    """Move what is due on days that are closed now; begin and end what a program owes."""
    if change.moves_days:
        _move(change, by=by, at=at)
    if change.becomes("is_otp") is not None:
        _reckon(change.clinic, by=by, at=at)


def _reckon(clinic: Clinic, *, by: Staff, at: datetime) -> None:
    """Work out anew for everybody admitted, some at a time."""
    ids = _to_promise_anew(clinic).values_list("pk", flat=True)
    for some in batched(list(ids), PEOPLE_AT_ONCE):
        reconcile_people(held(some), clinic=clinic, by=by, at=at)


def _move(change: SettingsChange, *, by: Staff, at: datetime) -> None:
    moved = 0
    for move in _closing(change):
        due = _due_on(change.clinic, move.day)
        moved += _to_after(due, move).update(due_on=move.after)
        moved += _to_before(due, move).update(due_on=move.before)
    if moved:
        audit.record(
            "follow_ups.moved_by_clinic",
            change.clinic,
            by=by,
            at=at,
            clinic=change.clinic,
            moved=moved,
        )


def _closing(change: SettingsChange) -> Iterator[DayMove]:
    """Days that were open, as far ahead as anything is due; none lies in the past."""
    far = _open(change.clinic).aggregate(last=Max("due_on"))["last"] or change.on
    for day in change.days_after.closed_between(change.on, far):
        if change.days_before.is_open(day):
            yield _next_to(day, change.days_after, change.on)


def _next_to(day: date, days: OpenDays, first: date) -> DayMove:
    """Where no day next to it is open, it is its own."""
    return DayMove(
        day,
        after=days.within(day, day, day + FAR),
        before=days.within(day, max(first, day - FAR), day),
    )


def _open(clinic: Clinic) -> FollowUpQuerySet:
    return FollowUp.objects.open().filter(clinic=clinic)


def _due_on(clinic: Clinic, day: date) -> FollowUpQuerySet:
    return _open(clinic).filter(due_on=day)


def _to_after(due: FollowUpQuerySet, move: DayMove) -> FollowUpQuerySet:
    """Those whose window holds the next open day: as `OpenDays.within` chooses."""
    if move.after == move.day:
        return due.none()
    return due.filter(latest_on__gte=move.after)


def _to_before(due: FollowUpQuerySet, move: DayMove) -> FollowUpQuerySet:
    """Those whose window holds the open day before and not the next."""
    if move.before == move.day:
        return due.none()
    left = due if move.after == move.day else due.filter(latest_on__lt=move.after)
    return left.filter(earliest_on__lte=move.before)


def _of_program(clinic: Clinic) -> FollowUpQuerySet:
    rows = _open(clinic).filter(origin=FollowUp.Origin.PLAN)
    return rows.filter(kind__in=program_kinds())


def _to_promise_anew(clinic: Clinic) -> PatientQuerySet:
    """People in care who were admitted."""
    people = Patient.objects.filter(clinic=clinic, admitted_on__isnull=False)
    return people.in_care().order_by("pk")


def register_consequences() -> None:
    register("aftercare", foretell=foretell, follow=follow)

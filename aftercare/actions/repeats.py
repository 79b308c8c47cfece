"""Repeating a follow-up by hand, ending it, and taking that back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from aftercare.actions.follow_ups import FollowUpWindow
from aftercare.actions.reconcile import reconcile
from aftercare.models import CareRepeat
from knowledge.schedule.repeats import RepeatPattern, refusal_of, repeat_rules
from patients.actions.registry import refuse_after_death
from patients.models import Patient


class RepeatRefused(Refused):
    """What cannot be repeated so; `field` is what to put right."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatTold:
    """What is repeated, how often, by whom; `window` is that of the first."""

    kind: str
    title: str
    window: FollowUpWindow
    weeks: int
    times: int | None
    until_on: date | None
    assigned_role: str
    assigned_to: Staff | None = None
    reason: str = ""
    link: str = ""


@transaction.atomic
def add_repeat(
    *, patient: Patient, told: RepeatTold, by: Staff, at: datetime
) -> CareRepeat:
    """Owe the same again every so many weeks; what falls on a closed day moves within
    its window."""
    today = clinic_day(patient.clinic, at)
    refuse_after_death(patient, today)
    window = told.window
    pattern = RepeatPattern(
        first_on=window.due_on,
        weeks=told.weeks,
        times=told.times,
        until_on=told.until_on,
    )
    before = (window.due_on - window.earliest_on).days
    after = max(
        (window.latest_on - window.due_on).days, repeat_rules().number("days_after")
    )
    field, words = refusal_of(
        pattern, kind=told.kind, before=before, after=after, today=today
    )
    if words:
        raise RepeatRefused(words, field)
    row = CareRepeat.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=told.kind,
        title=told.title,
        reason=told.reason,
        link=told.link,
        first_on=pattern.first_on,
        every_weeks=pattern.weeks,
        times=pattern.times,
        until_on=pattern.until_on,
        days_before=before,
        days_after=after,
        assigned_role=told.assigned_role,
        assigned_to=told.assigned_to,
        created_at=at,
        created_by=by,
    )
    audit.record(
        "repeat.added", row, by=by, at=at, kind=row.kind, weeks=row.every_weeks
    )
    reconcile(patient=patient, by=by, at=at)
    return row


@transaction.atomic
def end_repeat(*, repeat: CareRepeat, by: Staff, at: datetime) -> CareRepeat:
    """Repeat it no more: what is open of it is no longer owed; what was done stays."""
    repeat = _held(repeat)
    if repeat.ended_at is not None:
        raise RepeatRefused("It was ended already.")
    repeat.ended_at, repeat.ended_by = at, by
    repeat.save(update_fields=["ended_at", "ended_by"])
    audit.record("repeat.ended", repeat, by=by, at=at)
    reconcile(patient=repeat.patient, by=by, at=at)
    return repeat


@transaction.atomic
def resume_repeat(*, repeat: CareRepeat, by: Staff, at: datetime) -> CareRepeat:
    """Take the end back: what is still ahead is owed again."""
    repeat = _held(repeat)
    if repeat.ended_at is None:
        raise RepeatRefused("It goes on already.")
    refuse_after_death(repeat.patient, clinic_day(repeat.patient.clinic, at))
    repeat.ended_at = repeat.ended_by = None
    repeat.save(update_fields=["ended_at", "ended_by"])
    audit.record("repeat.resumed", repeat, by=by, at=at)
    reconcile(patient=repeat.patient, by=by, at=at)
    return repeat


def _held(repeat: CareRepeat) -> CareRepeat:
    rows = CareRepeat.objects.select_related("patient__clinic")
    return rows.select_for_update(of=("self",)).get(pk=repeat.pk)

"""Holding care while somebody is in hospital or custody, and taking it up again."""

from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from patients.actions.episodes import DayRefused, HasLeft
from patients.actions.status import Status, held_with_episode, move_on
from patients.models import CareHold, Patient


class HeldAlready(Refused):
    """Care is held once at a time."""


class NotOnHold(Refused):
    """Nothing holds the care that could end."""


@transaction.atomic
def hold_care(
    *,
    patient: Patient,
    kind: str,
    place: str = "",
    began_on: date | None = None,
    expected_until: date | None = None,
    words: str = "",
    by: Staff | None,
    at: datetime,
) -> CareHold:
    """Hold the care of somebody who is elsewhere; the episode stays open."""
    patient, episode = held_with_episode(patient)
    today = clinic_day(patient.clinic, at)
    day = began_on or today
    if episode.left_on is not None:
        raise HasLeft
    if patient.status == Status.ON_HOLD:
        raise HeldAlready("Care is on hold already.")
    if day > today:
        raise DayRefused("This day has not come yet.", "began_on")
    if day < episode.referred_on:
        raise DayRefused("This was before care began.", "began_on")
    if expected_until is not None and expected_until < day:
        raise DayRefused("This is before it began.", "expected_until")
    hold = CareHold.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        episode=episode,
        kind=kind,
        place=place,
        began_on=day,
        expected_until=expected_until,
        words=words,
        status_before=patient.status,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("care.held", hold, by=by, at=at, kind=kind)
    label = str(CareHold.Kind(kind).label)
    move_on(patient, episode, Status.ON_HOLD, reason=words or label, by=by, at=at)
    return hold


@transaction.atomic
def end_hold(
    *,
    patient: Patient,
    ended_on: date | None = None,
    reason: str = "",
    by: Staff | None,
    at: datetime,
) -> Patient:
    """Take care up again where it stood."""
    patient, episode = held_with_episode(patient)
    hold = patient.holds.filter(ended_on=None).first()
    if hold is None:
        raise NotOnHold("Care is not on hold.")
    today = clinic_day(patient.clinic, at)
    day = ended_on or today
    if day > today:
        raise DayRefused("This day has not come yet.", "ended_on")
    if day < hold.began_on:
        raise DayRefused("This is before it began.", "ended_on")
    hold.ended_on = day
    hold.save(update_fields=["ended_on"])
    audit.record("care.hold_ended", hold, by=by, at=at, kind=hold.kind)
    return move_on(patient, episode, hold.status_before, reason=reason, by=by, at=at)

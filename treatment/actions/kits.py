"""Overdose-reversal kits: what was done with them, recorded and taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from patients.actions.registry import refuse_outside_life
from patients.models import Patient
from treatment.models import KitDeed

HANDED_OVER = (KitDeed.Kind.GIVEN, KitDeed.Kind.REFILLED, KitDeed.Kind.HOUSEHOLD)
IN_DATE = (*HANDED_OVER, KitDeed.Kind.HAS_ONE)
# No kit is good for longer: a year typed wrongly.
LONGEST = timedelta(days=3652)


class KitRefused(Refused):
    """A deed that cannot be kept as it was said; `field` is what to put right."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


class KitDeedNotInForce(Refused):
    """It was taken back before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitAsTold:
    """What is said of a deed; an expiry that nobody read is not known."""

    kind: str
    on: date
    product: str = ""
    lot: str = ""
    expires_on: date | None = None
    count: int = 1
    reason: str = ""


@transaction.atomic
def record_kit_deed(
    *, patient: Patient, told: KitAsTold, by: Staff, at: datetime
) -> KitDeed:
    """Keep what was done with a kit; whether one is at hand follows from it."""
    refuse_outside_life(patient, told.on, field="on")
    if told.on > clinic_day(patient.clinic, at):
        raise KitRefused("This day is still to come.", "on")
    _refuse_incomplete(told)
    deed = KitDeed.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=told.kind,
        on=told.on,
        product=told.product,
        lot=told.lot,
        expires_on=told.expires_on,
        count=told.count,
        reason=told.reason,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("kit.recorded", deed, by=by, at=at, kind=deed.kind)
    return deed


def _refuse_incomplete(told: KitAsTold) -> None:
    """What a deed of its kind cannot be without."""
    if told.kind in HANDED_OVER and not told.product:
        raise KitRefused("Say which product.", "product")
    if told.expires_on and told.expires_on > told.on + LONGEST:
        raise KitRefused("More than ten years ahead. Check the year.", "expires_on")
    if told.kind == KitDeed.Kind.DECLINED and not told.reason:
        raise KitRefused("Say why, in their words.", "reason")
    if told.kind in IN_DATE and told.expires_on and told.expires_on < told.on:
        raise KitRefused("It has expired: hand over another one.", "expires_on")
    if told.count < 1:
        raise KitRefused("At least one.", "count")


@transaction.atomic
def take_back_kit_deed(*, deed: KitDeed, why: str, by: Staff, at: datetime) -> KitDeed:
    """Undo a deed recorded by mistake; it stays to be read."""
    deed = KitDeed.objects.select_for_update(of=("self",)).get(pk=deed.pk)
    if deed.taken_back_at is not None:
        raise KitDeedNotInForce("This was taken back already.")
    deed.taken_back_at, deed.taken_back_by, deed.taken_back_why = at, by, why
    deed.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
    audit.record("kit.taken_back", deed, by=by, at=at, kind=deed.kind)
    return deed

"""The dose log and toxicology: only added to."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from knowledge.medicines import medicines
from patients.actions.episodes import admit_by_dose
from patients.actions.registry import refuse_outside_life
from patients.models import Patient
from treatment.actions.programs import refuse_beyond_supply
from treatment.models import DoseEvent, Regimen, ToxicologyResult

# Kinds in which medicine changed hands: without an amount they say nothing.
WITH_AMOUNT = (
    DoseEvent.Kind.PRESCRIBED,
    DoseEvent.Kind.ADMINISTERED,
    DoseEvent.Kind.DISPENSED,
    DoseEvent.Kind.TAKE_HOME,
    DoseEvent.Kind.VOMITED,
)
# Kinds that are this clinic's own doing; others only tell what became of a dose.
BY_CLINIC = (
    DoseEvent.Kind.PRESCRIBED,
    DoseEvent.Kind.ADMINISTERED,
    DoseEvent.Kind.DISPENSED,
    DoseEvent.Kind.TAKE_HOME,
)
# The analytes by which a medicine shows in urine.
SHOWS_AS: Mapping[str, tuple[str, ...]] = {
    "methadone": ("methadone", "eddp"),
    "buprenorphine": ("buprenorphine", "norbuprenorphine"),
    "naltrexone": (),
}


class EntryRefused(Refused):
    """An entry cannot be so; `field` is what to put right."""


class AmountMissing(EntryRefused):
    """A dose without its amount."""

    field = "amount_mg"


class SameInLog(EntryRefused):
    """The log says the same already, and nobody said that this is one more."""

    field = "again"


class PrescriberOnly(EntryRefused):
    """An order of a dose, by somebody who may not decide it."""

    field = "kind"


class NotYet(EntryRefused):
    """It lies in the future."""

    field = "on"


class SpecimenInLog(EntryRefused):
    """The same results of the same specimen are on record."""

    field = "collected_at"


class NothingTested(EntryRefused):
    """A specimen without a single result."""


@transaction.atomic
def record_dose(
    *,
    patient: Patient,
    medication: str,
    kind: str,
    on: date,
    taken_at: datetime | None = None,
    amount_mg: Decimal | None = None,
    note: str = "",
    again: bool = False,
    by: Staff | None,
    at: datetime,
) -> DoseEvent:
    """Write one dose into the log; a wrong entry is answered by another, never changed."""
    if kind in WITH_AMOUNT and amount_mg is None:
        raise AmountMissing("Say how many mg.")
    refuse_outside_life(patient, on, field="on")
    if kind != DoseEvent.Kind.PRESCRIBED and _is_later(
        on, taken_at, at, clinic_day(patient.clinic, at)
    ):
        raise NotYet("This has not happened yet.")
    if by is not None:
        _refuse_by(patient, kind, by)
        if kind in BY_CLINIC:
            refuse_beyond_supply(patient, medication, kind, on, by=by, at=at)
    same = DoseEvent.objects.filter(
        patient=patient,
        medication=medication,
        kind=kind,
        on=on,
        at=taken_at,
        amount_mg=amount_mg,
    )
    if not again and by is not None and same.exists():
        raise SameInLog("The same is in the log already. Is this another one?")
    event = DoseEvent.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        medication=medication,
        kind=kind,
        on=on,
        at=taken_at,
        amount_mg=amount_mg,
        note=note,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("dose.recorded", event, by=by, at=at, kind=kind)
    if kind == DoseEvent.Kind.ADMINISTERED:
        admit_by_dose(patient=patient, on=on, by=by, at=at)
    return event


def _refuse_by(patient: Patient, kind: str, by: Staff) -> None:
    """What this person may not order."""
    is_order = kind == DoseEvent.Kind.PRESCRIBED
    if is_order and not may_at(by, patient.clinic_id, Permission.MEDICATION_DECIDE):
        raise PrescriberOnly("A dose is ordered by a prescriber.")


def _is_later(on: date, taken_at: datetime | None, at: datetime, today: date) -> bool:
    return on > today or (taken_at is not None and taken_at > at)


@transaction.atomic
def record_toxicology(
    *,
    patient: Patient,
    collected_at: datetime,
    results: Mapping[str, str],
    method: str = ToxicologyResult.Method.SCREEN,
    by: Staff,
    at: datetime,
) -> list[ToxicologyResult]:
    """Keep what one specimen showed; an analyte that is not named was not tested for."""
    if not results:
        raise NothingTested("Give at least one result.")
    if collected_at > at:
        refusal = NotYet("This has not happened yet.")
        refusal.field = "collected_at"
        raise refusal
    collected_on = clinic_day(patient.clinic, collected_at)
    refuse_outside_life(patient, collected_on, field="collected_at")
    _refuse_tested_again(patient, collected_at, method, results)
    prescribed = _prescribed(patient, collected_on)
    rows = ToxicologyResult.objects.bulk_create(
        ToxicologyResult(
            clinic_id=patient.clinic_id,
            patient=patient,
            collected_at=collected_at,
            analyte=analyte,
            result=result,
            method=method,
            is_expected=is_expected(analyte, result, prescribed),
            recorded_at=at,
            recorded_by=by,
        )
        for analyte, result in results.items()
    )
    audit.record("toxicology.recorded", rows[0], by=by, at=at, analytes=len(rows))
    return rows


def _refuse_tested_again(
    patient: Patient, collected_at: datetime, method: str, results: Mapping[str, str]
) -> None:
    """Refuse a specimen of which every result is on record; the log is only added to."""
    known = ToxicologyResult.objects.filter(
        patient=patient, collected_at=collected_at, method=method
    )
    if set(results.items()) <= set(known.values_list("analyte", "result")):
        raise SpecimenInLog("This specimen is on record already, with these results.")


def _prescribed(patient: Patient, on: date) -> frozenset[str]:
    """The analytes that the medicines for OUD of that day should show."""
    current = Regimen.objects.filter(
        Q(stopped_on=None) | Q(stopped_on__gt=on), patient=patient, started_on__lte=on
    ).values_list("medication", flat=True)
    return frozenset(a for m in current for a in SHOWS_AS[medicines()[m].ingredient])


def is_expected(analyte: str, result: str, prescribed: frozenset[str]) -> bool | None:
    """Whether a result fits the medicine for OUD; None where that says nothing.

    Other medicines may explain other analytes, so of those nothing is claimed.
    """
    if analyte not in prescribed or result == ToxicologyResult.Result.INVALID:
        return None
    return result == ToxicologyResult.Result.POSITIVE

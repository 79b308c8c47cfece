"""Obstacles in the record itself to taking another in."""

from collections.abc import Iterator
from datetime import date

from patients.merging.rooms import register
from patients.models import DeathRecord, DisclosureListRequest, Patient

# How far in care a record is: the one that is further stays.
FURTHER = (
    Patient.Status.DISCHARGED,
    Patient.Status.REFERRED,
    Patient.Status.IN_INTAKE,
    Patient.Status.ON_HOLD,
    Patient.Status.AFTERCARE,
    Patient.Status.ACTIVE,
)


def register_obstacles() -> None:
    register("record", obstacles=of_the_record)


def of_the_record(kept: Patient, gone: Patient, _today: date) -> Iterator[str]:
    """Deaths, the way through care, and a request that both still owe an answer."""
    for one in (kept, gone):
        if one.status == Patient.Status.DECEASED:
            yield (
                f"{one.mrn} is marked as deceased. If that is a mistake, take it back"
                " first; if it is not, these are two people or the other record is wrong."
            )
    if DeathRecord.objects.waiting().filter(patient__in=[kept, gone]).exists():
        yield "A death was reported and waits for a second person. Answer that first."
    if is_further(gone, kept):
        yield (
            f"{gone.mrn} is {gone.get_status_display().lower()}, {kept.mrn}"
            f" {kept.get_status_display().lower()}. Keep {gone.mrn} instead."
        )
    asked = DisclosureListRequest.objects.filter(answered_at=None)
    if all(asked.filter(patient=one).exists() for one in (kept, gone)):
        yield "Both wait for their list of disclosures. Give one of the lists first."


def is_further(one: Patient, other: Patient) -> bool:
    """Whether one record is further in care than another; death is no step of care."""
    if Patient.Status.DECEASED in (one.status, other.status):
        return False
    return FURTHER.index(Patient.Status(one.status)) > FURTHER.index(
        Patient.Status(other.status)
    )

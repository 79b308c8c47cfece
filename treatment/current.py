"""Treatment of one person or of many on a day, read from the orders on record."""

from collections.abc import Iterable
from datetime import date, datetime

from assessments.picture.sources import Subject
from treatment.now import TreatmentNow, treatment_on
from treatment.queries import ORDERS


def treatment_of(patient_id: int, *, on: date, at: datetime) -> TreatmentNow:
    """What one person takes, will take and took, as seen from a day."""
    return treatments_of([patient_id], on=on, at=at)[patient_id]


def treatments_of(
    patient_ids: Iterable[int], *, on: date, at: datetime
) -> dict[int, TreatmentNow]:
    """The same of many people, in one statement."""
    ids = list(patient_ids)
    orders = ORDERS.rows(ids, at)
    return {pk: treatment_on(on, orders.get(pk, ())) for pk in ids}


def treatment_in(subject: Subject) -> TreatmentNow:
    """The same on the day of a picture, from its own rows where it holds the orders."""
    pk, at = subject.patient.pk, subject.at
    if ORDERS in subject.rows:
        return treatment_on(at.date(), subject.rows[ORDERS])
    return treatment_of(pk, on=at.date(), at=at)


def medicines_taken(patient_id: int, at: datetime) -> frozenset[str]:
    """The medicines for OUD taken on the day of a moment on the clinic's clock."""
    taken = treatment_of(patient_id, on=at.date(), at=at).taken
    return frozenset(order.medication for order in taken)

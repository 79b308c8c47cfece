"""Treatment of one person or of many on a day, read from the orders on record."""

from collections.abc import Iterable
from datetime import date

from assessments.picture.sources import Subject
from treatment.from_kits import KitsAtHand, kits_at_hand
from treatment.now import TreatmentNow, treatment_on
from treatment.queries import GIVEN_OUT, ORDERS, kit_deeds_of, orders_of


def treatment_of(patient_id: int, *, on: date) -> TreatmentNow:
    """What one person takes, will take and took, as seen from a day."""
    return treatments_of([patient_id], on=on)[patient_id]


def treatments_of(patient_ids: Iterable[int], *, on: date) -> dict[int, TreatmentNow]:
    """The same of many people, in one statement."""
    ids = list(patient_ids)
    orders = orders_of(ids)
    return {pk: treatment_on(on, orders.get(pk, ())) for pk in ids}


def treatment_in(subject: Subject) -> TreatmentNow:
    """The same on the day of a picture, from its own rows where it holds the orders."""
    day = subject.today
    if ORDERS in subject.rows:
        return treatment_on(day, subject.rows[ORDERS])
    return treatment_of(subject.patient.pk, on=day)


def medicines_taken(patient_id: int, day: date) -> frozenset[str]:
    """The medicines for OUD taken on a day."""
    taken = treatment_of(patient_id, on=day).taken
    return frozenset(order.medication for order in taken)


def people_ordered(
    patient_ids: Iterable[int], medicines: Iterable[str]
) -> frozenset[int]:
    """Who of these people ever had one of these medicines ordered."""
    wanted = frozenset(medicines)
    orders = orders_of(list(patient_ids))
    return frozenset(
        pk for pk, its in orders.items() if wanted & {o.medication for o in its}
    )


def kits_of(patient_id: int, *, on: date) -> KitsAtHand:
    """The reversal kits of one person on a day."""
    return kits_at_hand(kit_deeds_of([patient_id]).get(patient_id, ()), on=on)


def kits_in(subject: Subject) -> KitsAtHand:
    """The same on the day of a picture that holds the deeds, or of one that does not."""
    if GIVEN_OUT in subject.rows:
        return kits_at_hand(subject.rows[GIVEN_OUT].kits, on=subject.today)
    return kits_of(subject.patient.pk, on=subject.today)

"""Treatment as an obstacle to making two records one."""

from collections.abc import Iterator
from datetime import date

from patients.merging.rooms import register
from patients.models import Patient
from treatment.current import treatment_of


def register_obstacles() -> None:
    register("treatment", obstacles=two_treatments)


def two_treatments(kept: Patient, gone: Patient, today: date) -> Iterator[str]:
    """A medicine is taken, or ordered for later, in both."""
    if all(_is_treated(one, today) for one in (kept, gone)):
        yield (
            "A medicine for OUD is taken or ordered in both. Two orders at once can kill:"
            f" a prescriber stops the one in {gone.mrn} first."
        )


def _is_treated(patient: Patient, today: date) -> bool:
    now = treatment_of(patient.pk, on=today)
    return bool(now.taken or now.ahead)

"""Plans as an obstacle to making two records one, and as a tie once they are."""

from collections.abc import Iterator
from datetime import date

from patients.merging.rooms import Rows, register
from patients.models import Patient
from plans.models import Plan

PLANS = Plan._meta.db_table


def register_obstacles() -> None:
    register("plans", obstacles=signed_plans, bound=signed_since)


def signed_plans(kept: Patient, gone: Patient, _today: date) -> Iterator[str]:
    """A signature stands for a plan of one record: it goes over to no other."""
    signed = Plan.objects.exclude(status=Plan.Status.DRAFT)
    if not signed.filter(patient=gone).exists():
        return
    if signed.filter(patient=kept).exists():
        yield (
            "Plans are signed in both, and a signed plan stays where it was signed."
            f" Discharge {gone.mrn} with {kept.mrn} as the reason, and go on in {kept.mrn}."
        )
    else:
        yield f"A plan is signed in {gone.mrn} and stays there. Keep {gone.mrn} instead."


def signed_since(went: Rows) -> Rows:
    """Of drafts that went over, those that were signed for the record they are in now."""
    signed = Plan.objects.filter(pk__in=went.get(PLANS, ()))
    found = signed.exclude(status=Plan.Status.DRAFT).values_list("pk", flat=True)
    return {PLANS: set(found)}

"""Intakes as an obstacle to making two records one."""

from collections.abc import Iterator
from datetime import date

from assessments.models import Intake
from patients.merging.rooms import register
from patients.models import Patient


def register_obstacles() -> None:
    register("assessments", obstacles=two_open_intakes)


def two_open_intakes(kept: Patient, gone: Patient, _today: date) -> Iterator[str]:
    """An intake is under way in both, with answers in the one that would stay behind."""
    open_now = Intake.objects.filter(status=Intake.Status.IN_PROGRESS)
    answered = open_now.filter(patient=gone, answers__isnull=False).exists()
    if answered and open_now.filter(patient=kept).exists():
        yield (
            "An intake is under way in both. Complete one of them: then the answers of"
            " both count."
        )

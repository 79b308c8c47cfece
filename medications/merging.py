"""Talks about medication as an obstacle to making two records one."""

from collections.abc import Iterator
from datetime import date

from medications.models import DecisionTalk
from patients.merging.rooms import register
from patients.models import Patient


def register_obstacles() -> None:
    register("medications", obstacles=two_open_talks)


def two_open_talks(kept: Patient, gone: Patient, _today: date) -> Iterator[str]:
    """A talk is under way in both: what was said in one of them would be lost."""
    open_now = DecisionTalk.objects.under_way()
    if all(open_now.filter(patient=one).exists() for one in (kept, gone)):
        yield "A talk about medication is under way in both. Hand one of them back first."

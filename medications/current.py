"""Medicines for OUD taken now, asked of the app that keeps the orders.

That app stands above this one, so it registers its reading when it is ready.
"""

from collections.abc import Callable
from datetime import datetime

type Reading = Callable[[int, datetime], frozenset[str]]

_readings: list[Reading] = []


def register_reading(reading: Reading) -> None:
    """Let this say what a person takes, by patient id, on the day of a moment."""
    _readings[:] = [reading]


def taken_at(patient_id: int, at: datetime) -> frozenset[str]:
    """The medicines that a person takes on the day of a moment."""
    return frozenset().union(*(read(patient_id, at) for read in _readings))

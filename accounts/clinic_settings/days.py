"""Open days of a clinic as it set them."""

from accounts.models import Clinic, ClinicDay
from knowledge.schedule.open_days import DayException, OpenDays


def open_days_of(clinic: Clinic) -> OpenDays:
    """Its week, its holidays and the days that differ; one query."""
    differing = ClinicDay.objects.filter(clinic=clinic)
    return OpenDays(
        weekdays=weekdays_of(clinic),
        keeps_holidays=clinic.keeps_holidays,
        state=clinic.state,
        exceptions={one.day: DayException(one.is_open, one.name) for one in differing},
    )


def weekdays_of(clinic: Clinic) -> frozenset[int] | None:
    """The weekdays with opening hours; None where nobody said any."""
    return frozenset(map(int, clinic.opening_hours)) or None

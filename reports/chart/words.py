"""Days in words on the clinic's clock, as pages ask for them."""

from datetime import date, datetime

from django.utils import timezone

from accounts.tenancy import day_here
from knowledge.wording import dates
from patients.models import Patient

HAS_LEFT = (Patient.Status.DISCHARGED, Patient.Status.DECEASED)


def local_day(value: date | datetime) -> date:
    """The day of a moment on the clinic's clock."""
    return day_here(value) if isinstance(value, datetime) else value


def day_words(value: date | datetime, at: datetime) -> str:
    """`today`, `tomorrow` or `Thu 26 Nov`, as seen from a moment."""
    return dates.day_words(local_day(value), day_here(at))


def day_named(value: date | datetime, at: datetime) -> str:
    """`Thu 26 Nov`, with the year where it is another one."""
    return dates.day_named(local_day(value), day_here(at))


def moment_named(value: datetime, at: datetime) -> str:
    """`Thu 26 Nov, 19:28`."""
    return dates.moment_named(timezone.localtime(value), day_here(at))


def stage_words(stage: str, admitted_on: date | None, at: datetime) -> str:
    """`Active, day 61`: where a person is in care, with the day since admission while
    they are."""
    words = str(Patient.Status(stage).label)
    if admitted_on is None or stage in HAS_LEFT:
        return words
    return f"{words}, day {(day_here(at) - admitted_on).days + 1}"


def lateness(latest: date, at: datetime) -> str:
    """How long ago a window closed, in words."""
    days = (day_here(at) - latest).days
    if days == 1:
        return "The window closed yesterday."
    return f"The window closed {days} days ago."

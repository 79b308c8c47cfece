"""What day it is at a clinic."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.models import Clinic


def day_at(clinic: Clinic, at: datetime) -> date:
    """The calendar day of the clinic, wherever the server stands."""
    return at.astimezone(ZoneInfo(clinic.time_zone)).date()

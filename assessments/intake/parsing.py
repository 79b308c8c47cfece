"""Numbers, days and moments as people type them. No Django, no clock."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

EARLIEST_YEAR = 1900
# 8h, 30 min, 2 days ago; a number alone is hours.
AGO = re.compile(
    r"(\d{1,3}) ?(m|min|h|hours?|d|days?|w|weeks?)?(?: ago)?", re.IGNORECASE
)
SPANS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class NotAnAnswer(Exception):
    """What was sent cannot be the answer; the text says why, for the person typing."""

    def __init__(self, message: str, *, offer: str = "", may_keep: str = "") -> None:
        super().__init__(message)
        self.offer = offer
        self.may_keep = may_keep


def number_in(text: str) -> Decimal:
    """A finite number as people type it, with a point or a comma."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise NotAnAnswer("Write a number.") from None
    if not number.is_finite() or abs(number.adjusted()) > len(str(10**9)):
        raise NotAnAnswer("Write a number.")
    return number


def before(text: str, at: datetime) -> datetime | None:
    """How long ago, as people say it; None where that is not what was typed."""
    said = AGO.fullmatch(text.strip())
    if said is None:
        return None
    unit = SPANS[(said[2] or "h")[0].lower()]
    return (at - timedelta(**{unit: int(said[1])})).replace(second=0, microsecond=0)


def stated(text: str) -> datetime:
    """A day and hour as a form writes it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotAnAnswer("Give the day and hour, or how long ago: 8h, 2d.") from None


def day_in(text: str, at: datetime) -> date:
    """A day that has come, as seen from a moment on the clinic's clock."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotAnAnswer("Give a day, such as 2026-11-21.") from None
    if day > at.date():
        raise NotAnAnswer("This day has not come yet.")
    if day.year < EARLIEST_YEAR:
        raise NotAnAnswer("Check the year.")
    return day

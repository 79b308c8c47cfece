"""Days and amounts in the words that the screens use."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone


def amount(value: Decimal | None) -> str:
    """A number without needless zeros: 85, 0.5."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dose_words(milligrams: Decimal | None) -> str:
    """` 85 mg`, to follow a medicine's name; nothing where no amount is known."""
    return f" {amount(milligrams)} mg" if milligrams else ""


def day_words(value: date | datetime, at: datetime | None) -> str:
    """`today`, `tomorrow` or `Thu 26 Nov`; only the latter where `at` is None."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    if at is not None:
        away = (day - timezone.localdate(at)).days
        if away in (0, 1):
            return ("today", "tomorrow")[away]
        if day.year != timezone.localdate(at).year:
            return f"{day:%a} {day.day} {day:%b %Y}"
    return f"{day:%a} {day.day} {day:%b}"


def lateness(latest: date, at: datetime) -> str:
    """How long ago a window closed, in words."""
    days = (timezone.localdate(at) - latest).days
    if days == 1:
        return "The window closed yesterday."
    return f"The window closed {days} days ago."

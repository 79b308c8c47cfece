"""Words of a factor on a day: a few, for the chip beside a name. Pure."""

from datetime import date

from aftercare.owed.urgency.model import UrgencyFactor
from knowledge.wording.dates import day_named, day_words

# How many days ago a day is said by its distance; before that by its name.
NEAR = 30


def factor_words(one: UrgencyFactor, today: date) -> str:
    """`exam 9 days past, federal`, with the numbers of this day."""
    case = one.case
    if one.key == "federal" and one.until == today:
        case = "today"
    return one.declared.words(case).format(
        ago=ago_words(one.since, today),
        days=_count(_days(one, today)),
        what=one.what,
        every=one.what,
        day=day_words(one.until, today),
    )


def _days(one: UrgencyFactor, today: date) -> int:
    if one.count:
        return one.count
    return (today - (one.since if one.key == "silent" else one.until)).days


def _count(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def ago_words(day: date, today: date) -> str:
    """`today`, `yesterday`, `4 days ago`, and beyond a month the day by its name."""
    days = (today - day).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    return f"{days} days ago" if days <= NEAR else day_named(day, today)

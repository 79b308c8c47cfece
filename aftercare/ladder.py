"""When to try again after a try that reached nobody. Pure.

The rungs are those of a missed visit (reference J5), counted from the day that was
owed: that day is day 1.
"""

from dataclasses import dataclass
from datetime import date, timedelta

CITE = "J5"
VERIFIED = "[M; 2R]"


@dataclass(frozen=True, slots=True)
class Rung:
    """What is tried from this day on."""

    day: int
    title: str
    detail: str


RUNGS = (
    Rung(1, "Call the same day", "Use the safe contact rules."),
    Rung(
        2,
        "Call again, then the emergency contact",
        "The emergency contact only with written consent.",
    ),
    Rung(
        3,
        "Clinical review before any dose",
        "With methadone the prescriber reviews the third missed day.",
    ),
    Rung(5, "Outreach, with a peer where there is one", "Go where the person is."),
    Rung(14, "Home or field visit, or a letter", "A plain envelope."),
    Rung(
        30,
        "Review whether to close",
        "The door stays open: same-day re-entry.",
    ),
)


def ladder_day(owed_on: date, on: date) -> int:
    """Day 1 is the day that was owed; never less."""
    return max((on - owed_on).days + 1, 1)


def rung_on(owed_on: date, on: date) -> int:
    """The place of the rung that stands for this day."""
    day = ladder_day(owed_on, on)
    return max(place for place, rung in enumerate(RUNGS) if rung.day <= day)


def next_try(owed_on: date, tried_on: date) -> date:
    """The day of the rung after a try; after the last one, each day until it is closed."""
    tomorrow = tried_on + timedelta(days=1)
    later = [owed_on + timedelta(days=rung.day - 1) for rung in RUNGS]
    return next((day for day in later if day >= tomorrow), tomorrow)

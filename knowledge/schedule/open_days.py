"""Open and closed days of a clinic, and the move of a day within its window. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays

COUNTRY = "US"
WEEKDAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    *("Saturday", "Sunday"),
)


@cache
def states() -> Mapping[str, str]:
    """States and territories by their two letters."""
    kept = holidays.country_holidays(COUNTRY)
    return {code: name for name, code in kept.subdivisions_aliases.items()}


def week_words(hours: Mapping[str, str]) -> str:
    """`Mon to Fri 06:00-17:00, Sat 06:00-12:30`, from the hours by weekday."""
    alike: list[tuple[int, int, str]] = []
    for number in range(1, len(WEEKDAYS) + 1):
        said = hours.get(str(number), "")
        if alike and alike[-1][1:] == (number - 1, said):
            alike[-1] = (alike[-1][0], number, said)
        elif said:
            alike.append((number, number, said))
    return ", ".join(f"{_days(first, last)} {said}" for first, last, said in alike)


def _days(first: int, last: int) -> str:
    begins, ends = WEEKDAYS[first - 1][:3], WEEKDAYS[last - 1][:3]
    return begins if first == last else f"{begins} to {ends}"


@cache
def public_holidays(state: str, year: int) -> Mapping[date, str]:
    """Federal holidays of a year; with a state, those that it keeps besides."""
    return dict(holidays.country_holidays(COUNTRY, subdiv=state or None, years=year))


@dataclass(frozen=True, slots=True)
class DayException:
    """A day on which a clinic is closed, or open, whatever its week says."""

    is_open: bool
    name: str


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Days on which a clinic is open. Where nobody said its week, no day is closed by it."""

    weekdays: frozenset[int] | None = None
    keeps_holidays: bool = False
    state: str = ""
    exceptions: Mapping[date, DayException] = field(default_factory=dict)

    def why_closed(self, day: date) -> str:
        """The name of what closes a day; empty where it is open."""
        if exception := self.exceptions.get(day):
            return "" if exception.is_open else exception.name
        if self.weekdays is not None and day.isoweekday() not in self.weekdays:
            return f"closed on {WEEKDAYS[day.weekday()]}s"
        if self.keeps_holidays:
            return public_holidays(self.state, day.year).get(day, "")
        return ""

    def is_open(self, day: date) -> bool:
        return not self.why_closed(day)

    def closed_between(self, first: date, last: date) -> Iterator[date]:
        """Every closed day from the first to the last."""
        for n in range((last - first).days + 1):
            if not self.is_open(day := first + timedelta(days=n)):
                yield day

    def within(self, day: date, earliest: date, latest: date) -> date:
        """The day itself where it is open; else the next open one of its window, else the
        one before it; where the window has none, the day as it was."""
        after = (day + timedelta(days=n) for n in range((latest - day).days + 1))
        before = (day - timedelta(days=n) for n in range((day - earliest).days + 1))
        open_ones = (one for days in (after, before) for one in days)
        return next((one for one in open_ones if self.is_open(one)), day)


EVERY_DAY = OpenDays()

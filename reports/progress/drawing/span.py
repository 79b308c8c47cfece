"""The stretch of days that is looked at: its ticks, and the ways to move it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

DAY = timedelta(days=1)
SHORTEST, LONGEST = 7, 36_525
# Ticks are so many days or months apart: the first that leaves few enough is taken.
DAYS_APART = (1, 2, 7, 14)
# Longer stretches are told in months.
IN_DAYS = 100
MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 240)


@dataclass(frozen=True, slots=True)
class Tick:
    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def holds(self, day: date) -> bool:
        return self.since <= day <= self.until

    def share(self, when: date | datetime) -> float:
        """Where a moment lies, from 0 at the first day's start to 1 at the last's end."""
        day = when.date() if isinstance(when, datetime) else when
        part = (when.hour + when.minute / 60) / 24 if isinstance(when, datetime) else 0
        return ((day - self.since).days + part) / self.days

    def moved(self, share: float) -> "Span":
        """As long, earlier or later by a share of its length."""
        by = timedelta(days=round(self.days * share))
        return Span(self.since + by, self.until + by)

    def scaled(self, factor: float) -> "Span":
        """Around the same middle, shorter or longer."""
        days = min(max(round(self.days * factor), SHORTEST), LONGEST)
        since = self.since + (self.days - days) // 2 * DAY
        return Span(since, since + (days - 1) * DAY)

    def before(self, last: date) -> "Span":
        """As long, but ending no later than a day."""
        late = max((self.until - last).days, 0)
        return Span(self.since - late * DAY, self.until - late * DAY)

    def ticks(self, most: int) -> list[Tick]:
        """So many days with their words at most, evenly apart."""
        for apart in DAYS_APART:
            if self.days <= IN_DAYS and self.days / apart <= most:
                return [Tick(day, f"{day.day} {day:%b}") for day in self._days(apart)]
        by_months = (
            (months, [day for day in self._months(months) if self.holds(day)])
            for months in MONTHS_APART
        )
        months, found = next(one for one in by_months if len(one[1]) <= most)
        return [_tick_of_month(day, months) for day in found]

    def _days(self, apart: int) -> Iterator[date]:
        """Days so far apart; whole weeks begin on Monday."""
        first = self.since
        if apart >= 7:
            first += timedelta(days=-first.weekday() % 7)
        days = (first + n * apart * DAY for n in range(self.days // apart + 1))
        return takewhile(lambda day: day <= self.until, days)

    def _months(self, apart: int) -> Iterator[date]:
        """First days of months, so many apart, counted from January."""
        number = (self.since.year * 12 + self.since.month - 1) // apart * apart
        last = self.until.year * 12 + self.until.month
        while number < last:
            yield date(number // 12, number % 12 + 1, 1)
            number += apart


def _tick_of_month(day: date, months: int) -> Tick:
    if months >= 12:
        return Tick(day, f"{day.year}")
    return Tick(day, f"{day:%b} {day.year}" if day.month == 1 else f"{day:%b}")


def between(first: date, last: date) -> Span:
    """From one day to another, whichever comes first, neither too short nor too long."""
    since, until = sorted((first, last))
    days = min(max((until - since).days + 1, SHORTEST), LONGEST)
    return Span(until - (days - 1) * DAY, until)


def latest(days: int, until: date) -> Span:
    """The last so many days."""
    return Span(until - (days - 1) * DAY, until)

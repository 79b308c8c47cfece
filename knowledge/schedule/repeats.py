"""Limits of follow-ups that staff repeat, and the days on which they fall. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count, takewhile

from knowledge.numbers import Number
from knowledge.tables import shaped, shipped
from knowledge.wording.dates import whole_day


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatRules:
    """What may be repeated, and within which limits."""

    kinds: tuple[str, ...]
    numbers: Mapping[str, Number]

    def number(self, name: str) -> int:
        return self.numbers[name].days


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatPattern:
    """Every so many weeks from a first day, until a day or so many times."""

    first_on: date
    weeks: int
    times: int | None = None
    until_on: date | None = None

    @property
    def words(self) -> str:
        """`Every 2 weeks, 6 times.`, or until which day."""
        often = "Every week" if self.weeks == 1 else f"Every {self.weeks} weeks"
        if self.until_on is not None:
            return f"{often}, until {whole_day(self.until_on)}."
        return f"{often}, {self.times} times."

    def days(self) -> Iterator[tuple[int, date]]:
        """Each occurrence by its number, the first being 1."""
        every = (
            (n, self.first_on + timedelta(weeks=self.weeks * (n - 1))) for n in count(1)
        )
        return takewhile(self._has, every)

    def _has(self, occurrence: tuple[int, date]) -> bool:
        number, day = occurrence
        is_over = self.times is not None and number > self.times
        return not is_over and (self.until_on is None or day <= self.until_on)


@cache
def repeat_rules() -> RepeatRules:
    return shaped(RepeatRules, shipped()["schedule"]["repeats"], "schedule/repeats")


def refusal_of(
    pattern: RepeatPattern, *, kind: str, before: int, after: int, today: date
) -> tuple[str, str]:
    """The field that is wrong, and why; twice empty where nothing is."""
    rules = repeat_rules()
    low, high = rules.number("fewest_weeks"), rules.number("most_weeks")
    last = today + timedelta(days=rules.number("farthest"))
    if kind not in rules.kinds:
        return "kind", "This is owed again by itself, or stands alone."
    if not low <= pattern.weeks <= high:
        return "every_weeks", f"Every {low} to {high} weeks."
    if (pattern.times is None) == (pattern.until_on is None):
        return "times", "Say how often, or until which day."
    return _refusal_of_end(pattern, before + after, last)


def _refusal_of_end(pattern: RepeatPattern, window: int, last: date) -> tuple[str, str]:
    most = repeat_rules().number("most_times")
    if pattern.times is not None and not 1 < pattern.times <= most:
        return "times", f"2 to {most} times."
    if pattern.until_on is not None and pattern.until_on <= pattern.first_on:
        return "until_on", "The last day is before the second one."
    if window >= pattern.weeks * timedelta(weeks=1).days:
        return "latest_on", "The allowed days of one reach into those of the next."
    # Never more than `most_times`: a week apart, that is a year.
    if max(day for _, day in pattern.days()) > last:
        return "every_weeks", "The last one would be more than a year ahead."
    return "", ""

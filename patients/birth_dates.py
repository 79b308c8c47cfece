"""A date of birth as people type it: on a form, in a search, on a telephone. Pure.

The one reader. Month before day, as it is written here; where that names no day, day
before month. A year has four digits: with two, nobody can tell which day is meant.
"""

import re
from dataclasses import dataclass
from datetime import date

MONTHS = (
    ("jan", "ene"),
    ("feb",),
    ("mar",),
    ("apr", "abr"),
    ("may",),
    ("jun",),
    ("jul",),
    ("aug", "ago"),
    ("sep", "set"),
    ("oct",),
    ("nov",),
    ("dec", "dic"),
)
_MONTH_NUMBERS = {word: n for n, words in enumerate(MONTHS, 1) for word in words}
_NAME = r"(?P<name>[^\W\d_]{3,10})\.?"
_NUMBERS = r"(?P<one>\d{1,2})[\s./-]+(?P<two>\d{1,2})[\s./-]+(?P<year>\d{4})"
_YEAR_FIRST = r"(?P<year>\d{4})[\s./-]+(?P<one>\d{1,2})[\s./-]+(?P<two>\d{1,2})"
_DAY_NAMED = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s./-]+(?:de\s+)?{_NAME}[\s,./-]+(?:de\s+)?(?P<year>\d{{4}})"
_NAMED_DAY = rf"{_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,]+(?P<year>\d{{4}})"
FORMS = tuple(
    re.compile(rf"(?<![\w-]){form}(?![\w-])", re.IGNORECASE)
    for form in (_YEAR_FIRST, _NUMBERS, _DAY_NAMED, _NAMED_DAY)
)
DIGITS = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
SHORT_YEAR = re.compile(r"^\s*\d{1,2}\D+\d{1,2}\D+\d{2}\s*$")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says: the days that may be meant, the likeliest first, and the rest."""

    days: tuple[date, ...]
    rest: str


def born_on_in(text: str) -> date | None:
    """The day that a text names, where it names nothing else."""
    words = text.strip()
    if digits := DIGITS.match(words):
        words = "/".join(digits.groups())
    found = find_in(words)
    return found.days[0] if found.days and not found.rest else None


def find_in(text: str) -> Found:
    """The days that stand somewhere in a text, and what else does."""
    for form in FORMS:
        for match in form.finditer(text):
            if days := _days_of(match.groupdict(), is_year_first=form is FORMS[0]):
                rest = f"{text[: match.start()]} {text[match.end() :]}"
                return Found(days, rest.strip(" ,;"))
    return Found((), text)


def swapped(day: date | None) -> date | None:
    """The day with its month and day changed over, where that is a day too."""
    return None if day is None else _day(day.year, day.day, day.month)


def _days_of(told: dict[str, str], *, is_year_first: bool) -> tuple[date, ...]:
    year = int(told["year"])
    if "name" in told:
        month = _MONTH_NUMBERS.get(told["name"][:3].casefold(), 0)
        days = [_day(year, month, int(told["day"]))]
    else:
        one, two = int(told["one"]), int(told["two"])
        days = [_day(year, one, two)]
        if not is_year_first:
            days.append(_day(year, two, one))
    return tuple(dict.fromkeys(day for day in days if day is not None))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

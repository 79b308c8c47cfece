"""Values of facts in words, the same on every surface."""

from datetime import date, datetime
from decimal import Decimal

from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from knowledge.wording.dates import day_named, moment_named


def value_words(value: object, *, unit: str = "", today: date | None = None) -> str:
    """A value as a clinician reads it; days of another year than today's, or all where
    that is not told, with their year."""
    match value:
        case bool():
            words = "Yes" if value else "No"
        case int() | Decimal():
            words = f"{amount(Decimal(value))} {unit}".strip()
        case date():
            words = _day(value, today)
        case frozenset():
            words = ", ".join(sorted(map(_word, value))) or "None"
        case tuple():
            words = "; ".join(map(str, value)) or "None"
        case _:
            words = _word(str(value))
    return words


def _day(value: date, today: date | None) -> str:
    # "Never" is kept as the first day there is.
    if value.year == date.min.year:
        return "Never"
    if isinstance(value, datetime):
        return moment_named(value, today)
    return day_named(value, today)


def _word(value: str) -> str:
    return medicines().titles.get(value) or value.replace("_", " ")

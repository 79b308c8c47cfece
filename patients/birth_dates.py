"""A date of birth as people type it on a telephone. Pure."""

import re
from datetime import date

MONTH_DAY_YEAR = re.compile(r"^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$")
DIGITS = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
YEAR_FIRST = re.compile(r"^(\d{4})\D+(\d{1,2})\D+(\d{1,2})$")


def born_on_in(text: str) -> date | None:
    """Month, day and year with anything or nothing between; or the year first."""
    words = text.strip()
    if found := MONTH_DAY_YEAR.match(words) or DIGITS.match(words):
        month, day, year = map(int, found.groups())
    elif found := YEAR_FIRST.match(words):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None

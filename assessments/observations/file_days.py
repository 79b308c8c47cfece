"""Days and hours of a file of results, month first or day first. No Django, no clock."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum

from accounts.refusals import Refused

# 03/04/2026, 3-4-26 or 03.04.2026 14:05, and 3/4/2026 2:05 PM.
NUMERIC = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:,?\s+(?P<clock>\d.*))?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:\d{2})?)?")
YEAR_FIRST = re.compile(r"\d{4}/\d{1,2}/\d{1,2}")
NAMED = ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y")
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
LAST_MONTH = 12
CENTURY = 100


class DayOrder(StrEnum):
    """What comes first in 03/04/2026."""

    MONTH_FIRST = "month"
    DAY_FIRST = "day"


class DaysNotSettled(Refused):
    """The days of a file can be read in two ways, or are written in both."""

    field = "day_order"


def order_of(said: Iterable[tuple[int, str]], chosen: str) -> DayOrder:
    """The order of all days of a file, each with the number of its line: a day above 12
    settles it, else what was chosen; refuses where neither does."""
    numeric = [(n, text, m) for n, text in said if (m := NUMERIC.fullmatch(text))]
    shown = {
        order: (number, text)
        for number, text, found in numeric
        for order in _orders(int(found[1]), int(found[2]))
    }
    if len(shown) > 1:
        (one, first), (two, second) = shown.values()
        raise DaysNotSettled(
            f"Line {one} says {first}, line {two} {second}: one has the day first, the"
            " other the month. Write all days in one way and send the file again."
        )
    if not shown:
        return _chosen(numeric, chosen)
    (order,) = shown
    if chosen and chosen != order:
        number, text = shown[order]
        raise DaysNotSettled(
            f"Line {number} says {text}, which cannot have the {chosen} first."
        )
    return order


def _orders(first: int, second: int) -> list[DayOrder]:
    """The order that two numbers show; none where both can be a month."""
    if first > LAST_MONTH >= second:
        return [DayOrder.DAY_FIRST]
    return [DayOrder.MONTH_FIRST] if second > LAST_MONTH >= first else []


def _chosen(numeric: list[tuple[int, str, re.Match[str]]], chosen: str) -> DayOrder:
    if chosen:
        return DayOrder(chosen)
    in_doubt = [(n, text) for n, text, m in numeric if _has_two_readings(m)]
    if in_doubt:
        number, text = in_doubt[0]
        raise DaysNotSettled(
            f"Line {number} says {text}: is the day or the month first? No line of the"
            " file shows it. Choose it here and send the file again; nothing was kept."
        )
    return DayOrder.MONTH_FIRST


def _has_two_readings(found: re.Match[str]) -> bool:
    first, second = int(found[1]), int(found[2])
    return first != second and max(first, second) <= LAST_MONTH


def day_or_moment(text: str, order: DayOrder, *, year: int) -> datetime | date | None:
    """A day, or day and hour; None where it is neither. `year` is this year, by which
    a year of two digits is told."""
    if found := NUMERIC.fullmatch(text):
        return _numeric(found, order, year)
    if found := COMPACT.fullmatch(text):
        return _compact(found)
    return _iso(text) or _named(text)


def _numeric(
    found: re.Match[str], order: DayOrder, year: int
) -> datetime | date | None:
    first, second = int(found[1]), int(found[2])
    month, day = (first, second) if order is DayOrder.MONTH_FIRST else (second, first)
    try:
        on = date(_year(found[3], year), month, day)
    except ValueError:
        return None
    if not found["clock"]:
        return on
    clock = _clock(found["clock"])
    return datetime.combine(on, clock) if clock else None


def _year(text: str, year: int) -> int:
    if len(text) > len("26"):
        return int(text)
    near = year - year % CENTURY + int(text)
    return near if near <= year else near - CENTURY


def _clock(text: str) -> time | None:
    for form in CLOCKS:
        try:
            return datetime.strptime(text.strip().upper(), form).time()  # noqa: DTZ007 - the clinic's clock is put on it
        except ValueError:
            continue
    return None


def _compact(found: re.Match[str]) -> datetime | date | None:
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    try:
        if found[4] is None:
            return date(year, month, day)
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the clinic's clock is put on it
    except ValueError:
        return None


def _iso(text: str) -> datetime | date | None:
    if YEAR_FIRST.fullmatch(text):
        text = "-".join(part.zfill(2) for part in text.split("/"))
    try:
        is_day = len(text) == len("2026-11-21")
        return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)
    except ValueError:
        return None


def _named(text: str) -> date | None:
    for form in NAMED:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None

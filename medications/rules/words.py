"""Dates, spans and lists as a person would say them. No Django."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from knowledge.wording.dates import day_named

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# Beyond two days hours no longer matter to the reader.
HOURS_SHOWN_UP_TO = 2 * DAY


def day(moment: datetime) -> str:
    return _day(moment.date())


@lru_cache(maxsize=4096)
def _day(on: date) -> str:
    """Kept, since one picture names the same few days dozens of times."""
    return day_named(on, None)


def ago(span: timedelta) -> str:
    """A span such as "10 h 40 min" or "6 days 23 h"."""
    if span < HOURS_SHOWN_UP_TO:
        hours, rest = divmod(span, HOUR)
        minutes = f" {rest // MINUTE} min" if rest >= MINUTE else ""
        return f"{hours} h{minutes}"
    days, rest = divmod(span, DAY)
    hours = rest // HOUR
    return f"{days} days {hours} h" if hours else f"{days} days"


def capitalised(words: str) -> str:
    """Words as they stand at the head of a sentence."""
    return words[:1].upper() + words[1:]


def listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in sorted(names))

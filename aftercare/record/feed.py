"""Calendar feed of one's own follow-ups: how many are due on which day, and no more."""

from collections import Counter
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from accounts.access import Acting
from aftercare.record.month import owed_of

# How far ahead a calendar program is told.
AHEAD = timedelta(days=60)


def feed_of(acting: Acting, *, key: str, link: str, today: date, at: datetime) -> bytes:
    """One event a day, with a number and the way to the page; nothing about anybody.

    What is late counts today. `key` tells the days of one feed from another's.
    """
    calendar = _calendar()
    due = owed_of(acting, is_own=True).filter(due_on__lte=today + AHEAD)
    days = Counter(
        max(day, today) for day in due.order_by().values_list("due_on", flat=True)
    )
    for day, count in sorted(days.items()):
        event = Event()
        event.add("uid", f"{key}-{day.isoformat()}")
        event.add("dtstamp", at)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("summary", f"Mainstay: {count} due")
        event.add("url", f"{link}?day={day.isoformat()}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def empty_feed() -> bytes:
    """What an address reads that is over, or never was one."""
    return bytes(_calendar().to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Mainstay//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Mainstay")
    return calendar

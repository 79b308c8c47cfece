"""Days and moments in words: the year wherever it is another one than today's."""

from datetime import date, datetime, tzinfo


def day_at(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of a moment on a clock: the one way from a moment to its day."""
    return moment.astimezone(zone).date()


def day_named(day: date, today: date | None) -> str:
    """`Thu 26 Nov`, or `Thu 21 Nov 2024` where the year is another or none is given."""
    year = "" if today is not None and day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def day_words(day: date, today: date) -> str:
    """`today`, `tomorrow`, or the day by its name."""
    away = (day - today).days
    if away in (0, 1):
        return ("today", "tomorrow")[away]
    return day_named(day, today)


def short_day(day: date, today: date | None) -> str:
    """`26 Nov`, or `21 Nov 2024`: the day by its name, without the weekday."""
    return day_named(day, today).partition(" ")[2]


def whole_day(day: date) -> str:
    """`26 Nov 2026`, for a heading or a file."""
    return short_day(day, None)


def month_named(day: date) -> str:
    """`November 2026`."""
    return f"{day:%B} {day.year}"


def clock(moment: datetime) -> str:
    """`19:28`, as the moment's own zone has it."""
    return f"{moment:%H:%M}"


def moment_named(moment: datetime, today: date | None) -> str:
    """`Thu 26 Nov, 19:28`."""
    return f"{day_named(moment.date(), today)}, {clock(moment)}"

"""Spans of time in words, the same on every surface."""

from datetime import timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# A twelfth of a year.
MONTH = timedelta(hours=730)
# Up to here a span is counted in hours.
IN_HOURS = 3 * DAY


def span_words(span: timedelta) -> str:
    """`72 hours`, `14 days`, `12 months`."""
    if span <= IN_HOURS or (span % DAY and span % MONTH):
        return f"{span // HOUR} hours"
    if span % MONTH:
        return f"{span // DAY} days"
    return f"{span // MONTH} months"

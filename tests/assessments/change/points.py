"""The smallest score that can be compared."""

import datetime as dt
from decimal import Decimal

from assessments.change.points import Point

START = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)


def point(instrument="phq9", total=None, *, day=0, hours=0, **more):
    number = None if total is None else Decimal(str(total))
    parts = {k: Decimal(v) for k, v in more.pop("parts", {}).items() if v is not None}
    values = {"version": "1", "subscales": parts, **more}
    at = START + dt.timedelta(days=day, hours=hours)
    return Point(at=at, instrument=instrument, total=number, **values)


def course(instrument, *totals, **more):
    """Scores a week apart."""
    return [
        point(instrument, total, day=7 * n, pk=n, **more)
        for n, total in enumerate(totals)
    ]

"""A short story on the axis, and series of numbers."""

import datetime as dt
from decimal import Decimal

from reports.progress.doses import Spell, doses_of
from reports.progress.model import (
    AxisFit,
    AxisScale,
    Mark,
    ProgressStory,
    Series,
    SeriesReading,
    Specimen,
)

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)


def on(days_ago):
    return TODAY - days_ago * DAY


def at(days_ago, hour=10):
    return dt.datetime.combine(on(days_ago), dt.time(hour), tzinfo=dt.UTC)


def series(key="phq9", values=(), *, highest=27, family="to 27", **more):
    readings = tuple(
        SeriesReading(at(days), Decimal(value), str(value)) for days, value in values
    )
    scale = AxisScale(Decimal(0), Decimal(highest), family)
    return Series(key, more.pop("title", key.upper()), scale, readings, **more)


MOOD = series("phq9", [(200, 18), (160, 15), (130, 12), (10, 13)], title="PHQ-9")
RISK = series(
    "bam.risk", [(200, 15), (160, 13), (10, 14)], highest=24, title="BAM risk"
)


def story(*of, **more):
    spell = Spell("MTD", on(200), None, Decimal(85))
    values = {
        "today": TODAY,
        "admitted_on": on(200),
        "series": of or (RISK, MOOD),
        "doses": doses_of([], [spell], today=TODAY),
        "specimens": (
            Specimen(
                at(190), AxisFit.UNEXPECTED, "nothing present; methadone not found"
            ),
            Specimen(at(100), AxisFit.EXPECTED, "methadone present"),
            Specimen(at(10), AxisFit.OPEN, "fentanyl present"),
        ),
        "missed": (on(2), on(1)),
        "visits": (on(150), on(120)),
        "visits_missed": (on(90),),
        "marks": (Mark(on(200), "Admitted"), Mark(on(100), "Plan v2", "signed")),
    }
    return ProgressStory(**{**values, **more})

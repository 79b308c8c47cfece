"""The scores on record as points that can be compared; one query."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from assessments.change.points import Point, Value
from assessments.models import Assessment
from knowledge.change import change_figures
from knowledge.wording.dates import day_at
from patients.models import Patient


def points_of(
    patient: Patient, instrument: str | None = None, *, at: datetime
) -> list[Point]:
    """What stands up to a moment, of one instrument or of all; oldest first."""
    rows = (
        Assessment.objects.in_force()
        .filter(patient=patient, given_at__lte=at)
        .order_by("given_at", "pk")
    )
    if instrument is not None:
        # Scores of withdrawal say which of the others are no baseline.
        wanted = (instrument, change_figures().withdrawal.instrument)
        rows = rows.filter(Q(instrument__in=wanted))
    points = points_from(rows, zone=ZoneInfo(patient.clinic.time_zone))
    return [p for p in points if instrument in (None, p.instrument)]


def recent_points(patient: Patient, *, at: datetime, most: int) -> list[Point]:
    """The last scores that stand, the latest first."""
    rows = (
        Assessment.objects.in_force()
        .filter(patient=patient, given_at__lte=at)
        .order_by("-given_at", "-pk")[:most]
    )
    return points_from(rows, zone=ZoneInfo(patient.clinic.time_zone))


class LastGiven(NamedTuple):
    """When an instrument was last given whole, and its last total."""

    at: datetime
    total: float | None


def last_complete(patient: Patient) -> dict[str, LastGiven]:
    """Each instrument that was given whole, by its key; one query."""
    rows = (
        Assessment.objects.in_force()
        .filter(patient=patient, status=Assessment.Status.COMPLETE)
        .order_by("given_at", "pk")
    )
    found: dict[str, LastGiven] = {}
    for key, at, total in rows.values_list("instrument", "given_at", "total"):
        before = found[key].total if key in found else None
        found[key] = LastGiven(at, before if total is None else float(total))
    return found


def points_from(rows: Iterable[Assessment], *, zone: tzinfo) -> list[Point]:
    """The same of rows that are at hand, in their order, on the clinic's clock."""
    found = list(rows)
    days = {day for day, score in _withdrawal(found, zone) if score}
    return [
        _point(row, zone, in_withdrawal=_day(row, zone) in days)
        for row in found
        if row.status != Assessment.Status.ENTERED_IN_ERROR
    ]


def _day(row: Assessment, zone: tzinfo) -> date:
    return day_at(row.given_at, zone)


def _withdrawal(
    rows: Iterable[Assessment], zone: tzinfo
) -> Iterable[tuple[date, bool]]:
    """The days with a withdrawal score, and whether it reaches what confounds."""
    known = change_figures()
    for row in rows:
        stands = row.status != Assessment.Status.ENTERED_IN_ERROR
        if row.instrument == known.withdrawal.instrument and stands:
            yield _day(row, zone), (row.total or 0) >= known.withdrawal.least


def _point(row: Assessment, zone: tzinfo, *, in_withdrawal: bool) -> Point:
    return Point(
        pk=row.pk,
        at=row.given_at.astimezone(zone),
        instrument=row.instrument,
        version=row.instrument_version,
        mode=row.mode,
        look_back=str(row.context.get("look_back", "")),
        total=row.total,
        band=row.band,
        subscales=_numbers(row.subscales),
        items=row.answers,
        in_withdrawal=in_withdrawal,
    )


def _numbers(subscales: Mapping[str, object]) -> dict[str, Value]:
    """The sums of the parts; a part that is a word is not compared."""
    return {
        name: Decimal(str(value)) if isinstance(value, int | float) else None
        for name, value in subscales.items()
        if value is None or isinstance(value, int | float)
    }

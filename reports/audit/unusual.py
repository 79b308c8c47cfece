"""The acts that stand out in a week of a clinic's audit: to be looked at, not judged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncHour

from accounts.models import AuditEvent, Clinic, Staff
from accounts.sentences import Kind, verbs_of
from reports.audit.trail import of_clinic

WEEK = timedelta(days=7)
# [P] Fewer failures are typing errors; fewer charts an hour are work.
FAILURES, REFUSALS, CHARTS = 3, 5, 25
# [P] And only where it is so many times what this person opens in other hours.
TIMES_USUAL = 3
SHOWN = 5
CAME_IN, FAILED = "staff.signed_in", "staff.sign_in_failed"


@dataclass(frozen=True, slots=True)
class Unusual:
    """One thing to look at: what, by whom, and which acts show it."""

    title: str
    who: str
    staff: int
    kind: Kind
    at: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """How often the staff came in, how often somebody could not, and what stands out,
    the newest first."""

    came_in: int
    failed: int
    unusual: list[Unusual]


def week_of(clinic: Clinic, staff: Iterable[Staff], *, at: datetime) -> Week:
    """The seven days up to now."""
    names = {one.pk: one.name for one in staff}
    events = of_clinic(clinic, staff).filter(at__gte=at - WEEK)
    came_in, failures, refusals = 0, TimesByStaff(), TimesByStaff()
    for row in _ways_in(events):
        if row["verb"] == CAME_IN:
            came_in += row["times"]
        elif row["verb"] == FAILED:
            failures.add(int(row["subject"].partition(":")[2]), row)
        elif row["staff_id"] in names:
            refusals.add(row["staff_id"], row)
    found = [
        *failures.unusual(FAILURES, "{} failed sign-ins", Kind.SIGN_IN, names),
        *refusals.unusual(REFUSALS, "Refused {} times", Kind.REFUSED, names),
        *_many_charts(events, names),
    ]
    newest = sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]
    return Week(came_in, failures.total, newest)


def _ways_in(events: QuerySet[AuditEvent]) -> Iterable[Mapping[str, Any]]:
    rows = events.filter(verb__in=[CAME_IN, FAILED, *verbs_of(Kind.REFUSED)])
    grouped = rows.values("verb", "subject", "staff_id")
    return grouped.annotate(times=Count("pk"), last=Max("at"))


class TimesByStaff:
    """How often something happened to each of the staff, and when last."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()
        self.last: dict[int, datetime] = {}

    @property
    def total(self) -> int:
        return self.times.total()

    def add(self, pk: int, row: Mapping[str, Any]) -> None:
        self.times[pk] += row["times"]
        self.last[pk] = max(row["last"], self.last.get(pk, row["last"]))

    def unusual(
        self, at_least: int, title: str, kind: Kind, names: Mapping[int, str]
    ) -> list[Unusual]:
        return [
            Unusual(title.format(times), names[pk], pk, kind, self.last[pk])
            for pk, times in self.times.items()
            if times >= at_least
        ]


def _many_charts(
    events: QuerySet[AuditEvent], names: Mapping[int, str]
) -> Iterator[Unusual]:
    """Hours in which somebody opened far more charts than in their others."""
    hours = (
        events.filter(verb="chart.viewed", staff_id__in=names)
        .values("staff_id", hour=TruncHour("at"))
        .annotate(charts=Count("patient_id", distinct=True))
        .order_by("staff_id", "charts", "hour")
    )
    for pk, its in groupby(hours, key=itemgetter("staff_id")):
        *others, most = its
        usual = sum(row["charts"] for row in others) / (len(others) or 1)
        if most["charts"] >= max(CHARTS, TIMES_USUAL * usual):
            words = f"{most['charts']} charts in an hour"
            words += f"; usual {usual:.0f}" if others else ""
            yield Unusual(words, names[pk], pk, Kind.OPENED, most["hour"])

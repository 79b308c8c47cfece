"""The history of one person: how much there is in one query, a page of it in another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db.models import Count, F, QuerySet

from patients.models import Patient
from reports.chart.history.entries import KIND_WORDS, HistoryEntry, HistoryKind
from reports.chart.history.sources import SOURCES, HistorySource

MILESTONES = 8
CORRECTIONS = "corrections"
BY_KEY: Mapping[str, HistorySource] = MappingProxyType({s.key: s for s in SOURCES})

type Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """One way to look: its key, its words, how many things it shows."""

    key: str
    words: str
    count: int


class History:
    """What happened to one person up to a day, newest first: of one kind, or of what was
    taken back or corrected since. A list to be read a page at a time."""

    def __init__(self, patient: Patient, *, until: date, asked: str = "") -> None:
        self._patient, self._until = patient, until
        self.filters = _filters(patient, until)
        known = {one.key for one in self.filters}
        self.asked = asked if asked in known else ""

    def count(self) -> int:
        return next(one.count for one in self.filters if one.key == self.asked)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, some: slice) -> list[HistoryEntry]:
        wanted = _wanted(self._patient, self._until, self.asked)
        return [_entry(row) for row in _newest(wanted)[some]]


def course_of(patient: Patient, *, until: date) -> tuple[HistoryEntry, ...]:
    """The few turns by which somebody's care is told, newest first."""
    parts = [one.read(patient, until) for one in SOURCES if one.is_milestone]
    return tuple(map(_entry, _newest(parts)[:MILESTONES]))


def _wanted(patient: Patient, until: date, asked: str) -> list[Rows]:
    sources = [one for one in SOURCES if asked in ("", CORRECTIONS, one.kind)]
    parts = [one.read(patient, until) for one in sources]
    if asked == CORRECTIONS:
        return [part.exclude(x_taken_back="") for part in parts]
    return parts


def _newest(parts: list[Rows]) -> Rows:
    first, *rest = parts
    return first.union(*rest, all=True).order_by(
        "-x_on", F("x_at").desc(nulls_last=True), "x_source", "-x_pk"
    )


def _filters(patient: Patient, until: date) -> tuple[HistoryFilter, ...]:
    """Every way to look, with how much it shows; one query."""
    parts = [
        one.read(patient, until)
        .order_by()
        .values_list("x_source", "x_taken_back")
        .annotate(n=Count("x_source"))
        for one in SOURCES
    ]
    first, *rest = parts
    counts: dict[str, int] = dict.fromkeys(["", *HistoryKind, CORRECTIONS], 0)
    for source, taken_back, count in first.union(*rest, all=True).order_by():
        for key in _shown_under(BY_KEY[source], taken_back):
            counts[key] += count
    words = {"": "Everything", **KIND_WORDS, CORRECTIONS: "Corrections"}
    return tuple(HistoryFilter(key, words[key], n) for key, n in counts.items())


def _shown_under(source: HistorySource, taken_back: str) -> Iterable[str]:
    return ("", source.kind, *([CORRECTIONS] if taken_back else []))


def _entry(row: tuple[Any, ...]) -> HistoryEntry:
    key, on, at, _, who, taken_back, told = row
    source = BY_KEY[key]
    return HistoryEntry(source.kind, on, at, who, source.tell(told), taken_back)

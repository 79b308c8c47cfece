"""Events in force of any number of people, in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo

from django.db.models import F
from django.db.models.functions import Coalesce

from aftercare.models import CareEvent
from knowledge.schedule.pathways import (
    EventDay,
    EventKind,
    Pathway,
    kinds_ended_by,
    pathways,
)
from knowledge.wording.dates import day_at


@dataclass(frozen=True, slots=True)
class EventNow:
    """One event as it stands. `pk` stays the same when it is corrected: the keys of its
    steps name it. `ended_on` is the day of a later event that it is over with."""

    pk: int
    kind: EventKind
    happened_on: date
    is_day_known: bool
    happened_time: time | None
    recorded_at: datetime
    answers: Mapping[str, str]
    is_derived: bool
    ended_on: date | None = None

    @property
    def pathway(self) -> Pathway:
        return pathways()[self.kind]

    def day_of(self, zone: tzinfo) -> EventDay:
        """When it was and since when it is known, on a clinic's clock."""
        known_on = day_at(self.recorded_at, zone)
        if not self.is_day_known:
            return EventDay(known_on=known_on)
        moment = (
            datetime.combine(self.happened_on, self.happened_time, tzinfo=zone)
            if self.happened_time
            else None
        )
        return EventDay(known_on=known_on, on=self.happened_on, at=moment)


def events_of(
    patient_ids: Iterable[int], since: date
) -> dict[int, tuple[EventNow, ...]]:
    """What is in force and happened since a day, by person, the newest first."""
    rows = (
        CareEvent.objects.in_force()
        .filter(patient__in=list(patient_ids), happened_on__gte=since)
        .order_by("patient", "-happened_on", "-pk")
        .annotate(root=Coalesce("first", F("pk")))
        .values_list(
            *("patient", "root", "kind", "happened_on", "is_day_known"),
            *("happened_time", "recorded_at", "answers", "derived_from"),
        )
    )
    found: dict[int, list[EventNow]] = defaultdict(list)
    for patient_id, number, kind, on, is_known, hour, told_at, said, key in rows:
        found[patient_id].append(
            EventNow(
                pk=number,
                kind=EventKind(kind),
                happened_on=on,
                is_day_known=is_known,
                happened_time=hour,
                recorded_at=told_at,
                answers=said,
                is_derived=bool(key),
            )
        )
    return {pk: tuple(_with_ends(events)) for pk, events in found.items()}


def as_now(event: CareEvent) -> EventNow:
    """One row, in force or not, as its page shows it."""
    return EventNow(
        pk=event.number,
        kind=event.event_kind,
        happened_on=event.happened_on,
        is_day_known=event.is_day_known,
        happened_time=event.happened_time,
        recorded_at=event.recorded_at,
        answers=event.answers,
        is_derived=bool(event.derived_from),
    )


def _with_ends(events: list[EventNow]) -> Iterable[EventNow]:
    """Newest first: what a later one ends knows since when."""
    ended: dict[EventKind, date] = {}
    for event in events:
        yield replace(event, ended_on=ended.get(event.kind))
        for kind in kinds_ended_by(event.kind):
            ended[kind] = event.happened_on

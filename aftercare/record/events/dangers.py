"""Dangerous windows that are open for a person, as the chart warns of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import Coalesce, JSONObject

from aftercare.models import CareEvent
from aftercare.record.events.open_events import events_of
from knowledge.schedule.pathways import EventKind, pathways


class HappenedEvent(NamedTuple):
    """An event by its number, its kind and its day."""

    pk: int
    kind: EventKind
    on: date


@dataclass(frozen=True, slots=True)
class DangerWindow:
    """One event whose window is open, and its last day."""

    event: HappenedEvent
    until: date

    @property
    def title(self) -> str:
        return pathways()[self.event.kind].about.title


@cache
def longest_window() -> int:
    """Days after which no event warns any more."""
    return max(one.about.danger_days for one in pathways().values())


def dangers_of(patient_id: int, on: date) -> tuple[DangerWindow, ...]:
    """What the chart warns of on a day; one statement."""
    since = on - timedelta(days=longest_window())
    events = events_of([patient_id], since).get(patient_id, ())
    return dangers_among(
        (HappenedEvent(one.pk, one.kind, one.happened_on) for one in events), on=on
    )


def events_beside(on: date) -> ArraySubquery:
    """Events that may still warn, beside each row of a statement about somebody."""
    since = on - timedelta(days=longest_window())
    rows = CareEvent.objects.in_force().filter(
        patient=OuterRef("patient"), happened_on__gte=since
    )
    said = JSONObject(
        number=Coalesce("first", F("pk")), kind=F("kind"), on=F("happened_on")
    )
    return ArraySubquery(rows.values_list(said, flat=True))


def dangers_beside(
    events: Iterable[Mapping[str, Any]], *, on: date
) -> tuple[DangerWindow, ...]:
    """What those warn of on a day."""
    happened = (
        HappenedEvent(
            one["number"], EventKind(one["kind"]), date.fromisoformat(one["on"])
        )
        for one in events
    )
    return dangers_among(happened, on=on)


def dangers_among(
    events: Iterable[HappenedEvent], *, on: date
) -> tuple[DangerWindow, ...]:
    """The same where the events were read already: the newest first; of one kind the
    last."""
    windows: dict[EventKind, DangerWindow] = {}
    for event in sorted(events, key=lambda one: (one.on, one.pk), reverse=True):
        about = pathways()[event.kind].about
        if about.is_dangerous(days_since=(on - event.on).days):
            until = event.on + timedelta(days=about.danger_days)
            windows.setdefault(event.kind, DangerWindow(event, until))
    return tuple(windows.values())

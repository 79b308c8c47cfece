"""Dangerous windows that are open for a person, as the chart warns of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from aftercare.events.open_events import EventNow, events_of
from knowledge.schedule.pathways import pathways


@dataclass(frozen=True, slots=True)
class DangerWindow:
    """One event whose window is open, and its last day."""

    event: EventNow
    until: date

    @property
    def title(self) -> str:
        return self.event.pathway.about.title


@cache
def longest_window() -> int:
    """Days after which no event warns any more."""
    return max(one.about.danger_days for one in pathways().values())


def dangers_of(patient_id: int, on: date) -> tuple[DangerWindow, ...]:
    """What the chart warns of on a day, the newest first; of one kind the last."""
    since = on - timedelta(days=longest_window())
    windows: dict[str, DangerWindow] = {}
    for event in events_of([patient_id], since).get(patient_id, ()):
        days = event.pathway.about.danger_days
        if event.is_dangerous(on=on):
            until = event.happened_on + timedelta(days=days)
            windows.setdefault(event.kind, DangerWindow(event, until))
    return tuple(windows.values())

"""Holds of care that events begin and end: custody and hospital, with their way back."""

from datetime import datetime

from accounts.models import Staff
from accounts.refusals import Refused
from aftercare.models import CareEvent
from knowledge.schedule.pathways import EventKind
from patients.actions.holds import end_hold, hold_care
from patients.models import CareHold

BEGINS = {
    EventKind.CUSTODY_IN: CareHold.Kind.CUSTODY,
    EventKind.HOSPITAL_IN: CareHold.Kind.HOSPITAL,
}
ENDS = {
    EventKind.CUSTODY_OUT: CareHold.Kind.CUSTODY,
    EventKind.HOSPITAL_OUT: CareHold.Kind.HOSPITAL,
}


def on_event_recorded(
    *, event: CareEvent, by: Staff | None, at: datetime, **_: object
) -> None:
    """Hears `event_recorded`: care is held, or taken up again where it stood.

    What cannot be (care is over, or held already) leaves the event as it was told.
    """
    day = event.happened_on if event.is_day_known else None
    try:
        if kind := BEGINS.get(event.event_kind):
            hold_care(patient=event.patient, kind=kind, began_on=day, by=by, at=at)
        elif _is_held(event):
            end_hold(patient=event.patient, ended_on=day, by=by, at=at)
    except Refused:
        return


def on_event_taken_back(
    *, event: CareEvent, by: Staff | None, at: datetime, **_: object
) -> None:
    """Hears `event_taken_back`: a hold that it began is over."""
    kind = BEGINS.get(event.event_kind)
    held = event.patient.holds.filter(kind=kind, recorded_at=event.recorded_at)
    if kind and held.filter(ended_on=None).exists():
        end_hold(patient=event.patient, by=by, at=at)


def _is_held(event: CareEvent) -> bool:
    kind = ENDS.get(event.event_kind)
    return bool(kind and event.patient.holds.filter(kind=kind, ended_on=None).exists())

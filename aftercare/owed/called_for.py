"""What open concerns call for, by their level, until it was done (reference A7, A19). Pure."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from aftercare.owed.promise import Promise
from aftercare.owed.state import CareState, ConcernState
from knowledge.schedule.steps import Duty, DutySeverity, duties
from knowledge.urgent_results import urgent_results

RESULT = "result"
LEVELS = {5: "high", 4: "moderate", 3: "unscreened", 2: "low", 1: "notice"}


def of_concerns(state: CareState) -> Iterator[Promise]:
    """Each duty of each open concern, counted from the day it was raised."""
    for concern in state.concerns:
        for duty in called_for(concern):
            yield _promise(state, concern, duty)


def called_for(concern: ConcernState) -> Iterable[Duty]:
    """By the level of what endangers or goes wrong; a result has a duty of its own."""
    if concern.kind == RESULT:
        return (urgent_results()[concern.cause].duty,)
    return duties()[LEVELS[concern.level]]


def _promise(state: CareState, concern: ConcernState, duty: Duty) -> Promise:
    first = concern.raised_on
    return Promise(
        key=f"{state.patient}:concern:{concern.key}:{duty.kind}",
        kind=duty.kind,
        title=duty.title,
        earliest=first,
        due=first,
        latest=first + timedelta(days=duty.within),
        role=duty.role,
        reason=concern.reason,
        cite=duty.source,
        verified=duty.tag,
        severity=DutySeverity.ROUTINE if duty.within else DutySeverity.DANGER,
        after=concern.raised_at,
    )

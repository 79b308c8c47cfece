"""Standing duties of a person in care, each with exactly one next day (reference E8). Pure."""

from collections.abc import Iterator
from datetime import date

from aftercare.owed.during_care import review_days
from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CareState
from knowledge.schedule.standing import (
    WITH_REVIEW,
    StandingDuty,
    standing_duties,
)
from knowledge.schedule.steps import ScheduleStep


def standing(state: CareState) -> Iterator[Promise]:
    """The next of each duty that is this person's."""
    for duty in standing_duties():
        if _is_owed(state, duty) and (day := _counted_from(state, duty)) is not None:
            yield from _next(state, duty, day)


def _is_owed(state: CareState, duty: StandingDuty) -> bool:
    treatment = state.treatment
    return (
        (not duty.program_only or (state.clinic.is_otp and not treatment.has_ended))
        and (treatment.is_taken or not duty.needs_medicine)
        and (not duty.medicines or treatment.medication in duty.medicines)
    )


def _counted_from(state: CareState, duty: StandingDuty) -> date | None:
    return {
        "admission": state.episode.admitted_on,
        "start": state.treatment.started_on,
        "plan": state.plan.signed_on if state.plan else None,
        "care": state.episode.admitted_on or state.episode.referred_on,
    }[duty.counts_from]


def _next(state: CareState, duty: StandingDuty, begun: date) -> Iterator[Promise]:
    """Counted from the last time it was done or cancelled, else from its first day."""
    # What begins with the care of an episode is done in it; the rest at any time.
    is_of_episode = duty.first or duty.every == WITH_REVIEW
    done = state.last(*duty.done_by, since=begun if is_of_episode else None)
    days = [day for day in (done, state.last_dropped(duty.kind)) if day is not None]
    if not days and not duty.first and duty.every != WITH_REVIEW:
        return
    if not days and duty.every == WITH_REVIEW and duty.counts_from != "plan":
        return
    last = max(days, default=begun)
    gap = _gap(state, duty, last, begun) if days else duty.first
    step = ScheduleStep(
        kind=duty.kind,
        title=duty.title,
        day=gap or _gap(state, duty, last, begun),
        before=duty.before,
        after=duty.after,
        role=duty.role,
        reason=duty.reason,
        severity=duty.severity,
        source=duty.source,
        tag=duty.tag,
    )
    yield promise(f"{state.prefix}:{duty.key}:{last}", last, step)


def _gap(state: CareState, duty: StandingDuty, last: date, begun: date) -> int:
    """Days to the next time."""
    if duty.every == WITH_REVIEW:
        return review_days(state, last)
    is_later = duty.until and (last - begun).days >= duty.until
    return duty.later if is_later else int(duty.every)

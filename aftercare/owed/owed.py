"""Everything owed to a person on a day, inside a rolling horizon. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from aftercare.owed.after_leaving import after_leaving_care, after_stop
from aftercare.owed.before_care import before_care
from aftercare.owed.called_for import of_concerns, of_events, of_hard_days
from aftercare.owed.contacts import contacts, while_on_hold
from aftercare.owed.during_care import (
    injections,
    kit,
    kits,
    measures,
    offered_again,
    review,
)
from aftercare.owed.groups import of_groups
from aftercare.owed.program import program
from aftercare.owed.promise import Promise, on_open_day, same_act_once
from aftercare.owed.referrals import of_referrals
from aftercare.owed.repeats import of_repeats
from aftercare.owed.standing import standing
from aftercare.owed.state import CarePhase, CareState
from knowledge.schedule.steps import plan_steps


def owed(state: CareState, *, today: date) -> tuple[Promise, ...]:
    """Every promise, by due day; each act once."""
    if state.phase is CarePhase.DIED:
        return ()
    every = (
        on_open_day(offered_again(state, one), state.clinic.open_days)
        for one in _all(state, today)
    )
    return tuple(sorted(same_act_once(every), key=lambda one: (one.due, one.key)))


def horizon(state: CareState, today: date) -> date:
    """The last day for which something is written down."""
    days = plan_steps().numbers["horizon"].days
    return today + timedelta(days=state.clinic.chosen.get("horizon", days))


def _all(state: CareState, today: date) -> Iterator[Promise]:
    until = horizon(state, today)
    yield from of_concerns(state)
    yield from of_events(state, today=today, until=until)
    yield from of_referrals(state)
    yield from kits(state)
    if state.phase is CarePhase.LEFT:
        yield from after_leaving_care(state, today=today, until=until)
        return
    yield from before_care(state)
    if state.phase is CarePhase.ON_HOLD:
        yield from while_on_hold(state, today=today, until=until)
        return
    yield from of_hard_days(state)
    yield from of_repeats(state, today=today, until=until)
    yield from of_groups(state, today=today)
    yield from contacts(state, today=today, until=until)
    yield from after_stop(state, today=today, until=until)
    yield from injections(state)
    yield from kit(state)
    yield from measures(state, until=until)
    yield from review(state)
    yield from program(state)
    if state.phase is CarePhase.IN_CARE:
        yield from standing(state)

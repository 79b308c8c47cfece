"""Contacts by the phase of treatment, for as long as care lasts (reference J1). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CarePhase, CareState
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.steps import ContactPhase, ScheduleStep, contact_phases

FIRST_WEEK = "first_week"
CONTACT = "contact"
ASKED_AFTER = "Ask how they are, and when they come back"


def contacts(state: CareState, *, today: date, until: date) -> Iterator[Promise]:
    """Those ahead, and the last that was not kept: one talk makes good for all before."""
    first = first_day(state)
    if first is None:
        return
    medication = state.treatment.medication
    prefix = f"{state.prefix}:start:{medication}:{first}"
    if medication and state.treatment.started_on:
        steps = list(first_week(medication).steps())
        yield from not_kept(state, f"{prefix}:first_week", first, steps, today)
    later = (one.steps() for one in contact_phases() if one.key != FIRST_WEEK)
    ahead = up_to(chain.from_iterable(later), first, max(until, first))
    yield from not_kept(state, prefix, first, ahead, today)


def while_on_hold(state: CareState, *, today: date, until: date) -> Iterator[Promise]:
    """Nobody comes to a visit from a hospital or from custody: on the same days somebody
    asks how they are, and when they come back."""
    for one in contacts(state, today=today, until=until):
        yield replace(one, key=f"{one.key}:hold", kind=CONTACT, title=ASKED_AFTER)


def up_to(
    steps: Iterable[ScheduleStep], first: date, until: date
) -> Iterator[ScheduleStep]:
    """Those that begin by a day, and the next one: nothing that is owed runs dry."""
    for step in steps:
        yield step
        if first + timedelta(days=step.day - step.before) > until:
            return


def first_day(state: CareState) -> date | None:
    """The day from which contacts count: the start, else the plan, else the admission;
    before care the steps after the referral stand for them."""
    plan = state.plan.signed_on if state.plan else None
    if state.treatment.started_on or plan:
        return state.treatment.started_on or plan
    if state.phase is CarePhase.REFERRED:
        return None
    return state.episode.admitted_on or state.episode.referred_on


def first_week(medication: str | None) -> ContactPhase:
    """The first week of this medicine, else that of all others."""
    phases = [one for one in contact_phases() if one.key == FIRST_WEEK]
    own = (one for one in phases if medication in one.medicines)
    return next(own, next(one for one in phases if not one.medicines))


def not_kept(
    state: CareState,
    prefix: str,
    first: date,
    steps: Iterable[ScheduleStep],
    today: date,
) -> Iterator[Promise]:
    """Of steps that follow each other: the open ones, and the last one that is over, as
    long as nothing kept it."""
    days = (today - first).days
    over: Promise | None = None
    past: tuple[int, ScheduleStep] | None = None
    for number, step in enumerate(steps, start=1):
        if step.day + step.after < days:
            # Of those that are over the last one counts: care of years has hundreds.
            past = (number, step)
            continue
        if past is not None:
            over, past = _unless_kept(state, prefix, first, *past), None
        one = _unless_kept(state, prefix, first, number, step)
        if one is not None and over is not None:
            yield over
        over = None
        if one is not None:
            yield one
    if past is not None:
        over = _unless_kept(state, prefix, first, *past)
    if over is not None:
        yield over


def _unless_kept(
    state: CareState, prefix: str, first: date, number: int, step: ScheduleStep
) -> Promise | None:
    one = promise(f"{prefix}:{step.kind}:{number}", first, step)
    keeps = follow_up_kind(step.kind).kept_by
    if state.first_kept(keeps, since=one.earliest) is not None:
        return None
    return replace(one, only_ahead=True)

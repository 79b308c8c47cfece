"""Promises that open concerns and events call for, until they are kept (reference A7, J2 to J7). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import (
    CarePhase,
    CareState,
    ConcernState,
    EventState,
    HardDayState,
)
from knowledge.hard_days.content import hard_day_form
from knowledge.schedule.pathways import (
    DatedStep,
    StepCondition,
    dated_steps,
    pathways,
)
from knowledge.schedule.steps import (
    CONCERN_LEVELS,
    Duty,
    DutySeverity,
    ScheduleStep,
    duties,
    plan_steps,
)
from knowledge.urgent_results import urgent_results

RESULT = "result"
# Acts that are a talk with the person, whatever its day: one talk is all of them.
CONTACT, CALLS = "contact", ("call", "contact_day_", "contact_month_")
MEASURES, AFTER_EVENT = "measures", "after_event"


def of_concerns(state: CareState) -> Iterator[Promise]:
    """Each duty of each open concern, counted from the day it was raised."""
    for concern in state.concerns:
        for duty in called_for(concern):
            yield _promise(state, concern, duty)


def called_for(concern: ConcernState) -> Iterable[Duty]:
    """By the level of what endangers or goes wrong; a result has a duty of its own."""
    if concern.kind == RESULT:
        return (urgent_results()[concern.cause].duty,)
    return duties()[CONCERN_LEVELS[concern.level]]


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


def of_events(state: CareState, *, today: date, until: date) -> Iterator[Promise]:
    """Each step of each event that has come within the horizon and was not done."""
    for event in state.events:
        pathway = pathways()[event.kind]
        holding = frozenset(_holding(state, event))
        for one in dated_steps(pathway, event.when, holding=holding):
            if one.earliest_on <= max(until, today):
                yield _step(state, event, one, pathway.about.title)


def _holding(state: CareState, event: EventState) -> Iterator[StepCondition]:
    """The conditions of steps that hold of this person."""
    if not state.treatment.is_taken:
        yield StepCondition.OFF_MEDICINE
    if state.clinic.is_otp and state.phase is not CarePhase.LEFT:
        yield StepCondition.IN_PROGRAM
    if state.could_be_pregnant:
        yield StepCondition.COULD_BE_PREGNANT
    if event.ended_on is None:
        yield StepCondition.HELD


def of_hard_days(state: CareState) -> Iterator[Promise]:
    """A plan for bad days is looked at again on its day, and after an event that it was
    made for."""
    for plan in state.hard_days:
        step = plan_steps().steps[f"{plan.kind}_plan_review"]
        prefix = f"{state.prefix}:{plan.kind}_plan:{plan.key}"
        yield promise(f"{prefix}:review:{plan.review_on}", plan.review_on, step)
        for event in state.events:
            if event.kind in hard_day_form(plan.kind).after:
                yield from _look_after(state, plan, event, step)


def _look_after(
    state: CareState, plan: HardDayState, event: EventState, step: ScheduleStep
) -> Iterator[Promise]:
    """The version that was there when the event became known."""
    if plan.agreed_at > event.recorded_at:
        return
    key = f"{state.prefix}:event:{event.key}:{step.kind}"
    title = pathways()[event.kind].about.title
    one = promise(key, event.on, step)
    yield replace(one, reason=f"{title}.", after=event.recorded_at)


def _step(state: CareState, event: EventState, one: DatedStep, title: str) -> Promise:
    act = one.step.kind
    return Promise(
        key=f"{state.prefix}:event:{event.key}:{act}",
        kind=CONTACT if act.startswith(CALLS) and act != "call_place" else act,
        title=one.step.title,
        earliest=one.earliest_on,
        due=one.due_on,
        latest=one.latest_on,
        role=one.step.role,
        reason=f"{title}.",
        cite=one.step.source,
        verified=one.step.tag,
        occasion=AFTER_EVENT if act == MEASURES else "",
        severity=one.step.severity,
        after=event.recorded_at,
    )

"""Promises of a plan and of a treatment: kit, measures, reviews, injections. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CareState
from knowledge.medicines import medicines
from knowledge.schedule.choices import injection_choice_name
from knowledge.schedule.injections import (
    InjectionWindow,
    injection_rules,
    injection_window,
)
from knowledge.schedule.steps import (
    DutySeverity,
    MeasureOccasion,
    OwnerRole,
    ScheduleStep,
    measure_occasions,
    plan_steps,
)
from knowledge.schedule.urgency import order_of_danger

# Those that come again and again, each with the name of its occasion.
AGAIN = ("every_90_days", "yearly")
FIRST_WEEKS = "first_weeks"
REVIEWED = ("plan_version", "plan_review")
PAIN = "peg"


HAND_OVER = "naloxone_handover"


def kits(state: CareState) -> Iterator[Promise]:
    """A new one where the last was used, lost or has expired, and before it expires:
    wherever they are, unless they left and want no contact."""
    if state.kit is None or state.episode.declined_on is not None:
        return
    steps, prefix = plan_steps().steps, f"{state.prefix}:kit"
    gone, ends = state.kit.gone_on, state.kit.good_until
    if gone is not None:
        step = steps["kit_gone"]
        reason = f"{state.kit.gone_how.capitalize()}. {step.reason}"
        one = promise(f"{prefix}:gone:{gone}", gone, replace(step, reason=reason))
        yield replace(one, after=state.kit.gone_at)
    elif ends is not None:
        yield promise(f"{prefix}:expires:{ends}", ends, steps["kit_expires"])


def offered_again(state: CareState, one: Promise) -> Promise:
    """Who wanted no kit is offered one again, and not each day."""
    declined = state.kit and state.kit.declined
    if one.kind != HAND_OVER or not declined or one.earliest > declined.on:
        return one
    if one.after is not None and declined.at <= one.after:
        return one
    step = plan_steps().steps["kit_declined"]
    again = promise(f"{one.key}:declined:{declined.on}", declined.on, step)
    return replace(again, after=one.after)


def kit(state: CareState) -> Iterator[Promise]:
    """The kit of a plan, until one was handed over in this episode; one that was used is
    owed again (C96)."""
    if state.plan is None or state.is_kit_gone:
        return
    uses = order_of_danger().events.kit_used
    used = [one.on for one in state.events if one.kind in uses]
    since = max([state.episode.referred_on, *used])
    key = f"{state.prefix}:plan:{state.plan.key}:naloxone_handover"
    if state.first_kept("kit", since=since) is None:
        yield promise(key, state.plan.signed_on, plan_steps().steps["kit"])


def measures(state: CareState, *, until: date) -> Iterator[Promise]:
    """Weeks 4, 8 and 12 of a start, then counted from the last time (A18)."""
    plan = state.plan.signed_on if state.plan else None
    first = state.treatment.started_on or plan
    if first is None:
        return
    occasions = measure_occasions()
    prefix = f"{state.prefix}:start:{first}"
    weeks = occasions[FIRST_WEEKS]
    for week in weeks.weeks:
        step = _measure(FIRST_WEEKS, weeks, 7 * week, week)
        one = promise(f"{prefix}:measures:{week}", first, step)
        if one.earliest <= until and not is_measured(state, FIRST_WEEKS, one.earliest):
            yield replace(one, only_ahead=True)
    for occasion in AGAIN:
        yield _measured_again(state, occasion, first)


def _measured_again(state: CareState, occasion: str, first: date) -> Promise:
    """The next one: so many days after the last time, or after the start."""
    kind = f"measures:{occasion}"
    days = (first, last_measured(state, occasion), state.last_dropped(kind))
    last = max(day for day in days if day is not None)
    asked = measure_occasions()[occasion]
    step = _measure(occasion, asked, asked.days, 1)
    return promise(f"{state.prefix}:{kind}:{last}", last, step)


def _measure(key: str, asked: MeasureOccasion, day: int, n: int) -> ScheduleStep:
    return ScheduleStep(
        kind="measures",
        title=asked.title.format(n=n),
        day=day,
        before=asked.before,
        after=asked.after,
        role=OwnerRole.CLINICIAN,
        reason=asked.reason,
        source=asked.source,
        tag=asked.tag,
        occasion=key,
    )


def instruments(state: CareState, occasion: str) -> tuple[str, ...]:
    """Which instruments an occasion asks of this person."""
    asked = measure_occasions()[occasion]
    known = state.measures
    raised = (
        key
        for key in asked.where_raised
        if known.last_total.get(key, 0) >= asked.raised
    )
    always = (
        key for key in asked.instruments if key != PAIN or known.has_pain is not False
    )
    return (*always, *raised)


def last_measured(state: CareState, occasion: str) -> date | None:
    """Since when every instrument of an occasion has been given, or staff said so."""
    asked = instruments(state, occasion)
    days = [state.last(f"instrument:{key}") for key in asked]
    given = [day for day in days if day is not None]
    by_hand = state.last(f"measures:{occasion}")
    if len(given) < len(asked):
        return by_hand
    return max(filter(None, (min(given), by_hand)))


def is_measured(state: CareState, occasion: str, since: date) -> bool:
    """Whether every instrument of an occasion was given since a day."""
    return measured_on(state, occasion, since) is not None


def measured_on(state: CareState, occasion: str, since: date) -> date | None:
    """The day on which the last of an occasion's instruments was given since a day."""
    asked = instruments(state, occasion)
    days = [state.first_kept(f"instrument:{key}", since=since) for key in asked]
    given = [day for day in days if day is not None]
    return max(given) if given and len(given) == len(asked) else None


def review_days(state: CareState, counted_from: date) -> int:
    """Oftener in the first year of care than later, as this clinic has it."""
    begun = state.episode.admitted_on or counted_from
    year_ends = begun + timedelta(days=_days(state, "first_year"))
    is_first_year = counted_from < year_ends
    return _days(state, "review_first_year" if is_first_year else "review_later")


def _days(state: CareState, name: str) -> int:
    return state.clinic.chosen.get(name, plan_steps().numbers[name].days)


def review(state: CareState) -> Iterator[Promise]:
    """The next review, counted from the last signature or review."""
    if state.plan is None:
        return
    days = (
        state.plan.signed_on,
        state.last(*REVIEWED, since=state.plan.signed_on),
        state.last_dropped("plan_review"),
    )
    last = max(day for day in days if day is not None)
    step = replace(plan_steps().steps["review"], day=review_days(state, last))
    yield promise(f"{state.prefix}:plan_review:{last}", last, step)


def injections(state: CareState) -> Iterator[Promise]:
    """The next injection, with a call before it, counted from the last one given."""
    product, given = state.treatment.medication, state.treatment.injections
    if product is None or product not in injection_rules() or not given:
        return
    window = _due_here(state, product, given[-1], injection_window(product, given))
    prefix = f"{state.prefix}:injection:{product}:{given[-1]}"
    yield from _injection(prefix, product, window, len(given) + 1)


def _due_here(
    state: CareState, product: str, last: date, window: InjectionWindow
) -> InjectionWindow:
    """The window with the day on which this clinic has the injection due."""
    days = state.clinic.chosen.get(injection_choice_name(product, window.rule.key))
    if days is None:
        return window
    due = last + timedelta(days=days)
    remind = window.remind_on and min(window.remind_on, due)
    return replace(window, due=due, remind_on=remind)


def _injection(
    prefix: str, medication: str, window: InjectionWindow, number: int
) -> Iterator[Promise]:
    rule = window.rule
    given = Promise(
        key=f"{prefix}:injection",
        kind="injection",
        title=f"{medicines()[medication].line}, injection {number}; talk about naloxone",
        earliest=window.earliest,
        due=window.due,
        latest=window.latest,
        role=OwnerRole.PRESCRIBER,
        reason=rule.reason,
        cite=rule.source,
        verified=rule.tag,
        severity=DutySeverity.SOON,
    )
    yield given
    if window.remind_on is not None:
        yield replace(
            given,
            key=f"{prefix}:injection_reminder",
            kind="injection_reminder",
            title=f"Remind of injection {number}",
            earliest=window.remind_on,
            due=window.remind_on,
            latest=window.due,
            role=OwnerRole.CARE_MANAGER,
            reason=f"Day {rule.remind_day} after the last injection.",
            cite="J5",
            verified="[M; 2R]",
            severity=DutySeverity.ROUTINE,
        )

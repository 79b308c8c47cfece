"""Promises of a signed plan: windows from plan, protocol and clinic. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, takewhile

from aftercare.schedule.model import Course, Promise, promise, promises
from aftercare.schedule.otp import program
from knowledge.medicines import medicines
from knowledge.schedule.choices import injection_choice_name
from knowledge.schedule.injections import (
    InjectionWindow,
    injection_rules,
    injection_window,
)
from knowledge.schedule.steps import (
    ContactPhase,
    MeasureOccasion,
    OwnerRole,
    ScheduleStep,
    contact_phases,
    measure_occasions,
    plan_steps,
)

FIRST_WEEK = "first_week"
# Those that come again and again, each with the name of its occasion.
AGAIN = ("every_90_days", "yearly")
FIRST_WEEKS = "first_weeks"


def promised(course: Course) -> tuple[Promise, ...]:
    """Everything the plan promises from its signature on, by due day."""
    everything = [
        *_kit(course),
        *_contacts(course),
        *_measures(course),
        *_reviews(course),
        *_injections(course),
        *program(course),
    ]
    kept = (_from_signature(one, course) for one in everything)
    return tuple(sorted((one for one in kept if one), key=lambda one: one.due))


def _from_signature(one: Promise, course: Course) -> Promise | None:
    """Nothing is promised for days before the signature; a window may have begun. What
    falls on a closed day moves within its window."""
    if one.latest < course.signed_on:
        return None
    earliest, due = max(one.earliest, course.signed_on), max(one.due, course.signed_on)
    due = course.open_days.within(due, earliest, one.latest)
    return replace(one, earliest=earliest, due=due)


def _ahead(course: Course, horizon: str) -> date:
    """The last day for which something is promised."""
    return course.signed_on + timedelta(days=plan_steps().numbers[horizon].days)


def _kit(course: Course) -> Iterator[Promise]:
    prefix = f"{course.patient}:plan:{course.plan}"
    yield promise(prefix, course.signed_on, plan_steps().steps["kit"], 1)


def first_week(medication: str | None) -> ContactPhase:
    """The first week of this medicine, else that of all others."""
    phases = [one for one in contact_phases() if one.key == FIRST_WEEK]
    own = (one for one in phases if medication in one.medicines)
    return next(own, next(one for one in phases if not one.medicines))


def _contacts(course: Course) -> Iterator[Promise]:
    first = course.started_on or course.signed_on
    prefix = f"{course.patient}:start:{course.medication}:{first}"
    last = _ahead(course, "contact_horizon")
    if course.started_on:
        week_one = first_week(course.medication).steps()
        yield from promises(f"{prefix}:first_week", first, week_one)
    later = (one.steps() for one in contact_phases() if one.key != FIRST_WEEK)
    within = takewhile(
        lambda step: first + timedelta(days=step.day) <= last,
        chain.from_iterable(later),
    )
    yield from promises(prefix, first, within)


def _measures(course: Course) -> Iterator[Promise]:
    """All counted from the start, so that the next plan promises the same (A18)."""
    first = course.started_on or course.signed_on
    last = _ahead(course, "horizon")
    prefix = f"{course.patient}:start:{first}"
    occasions = measure_occasions()
    weeks = occasions[FIRST_WEEKS]
    in_weeks = (_measure(FIRST_WEEKS, weeks, 7 * n, n) for n in weeks.weeks)
    yield from promises(prefix, first, in_weeks)
    for key in AGAIN:
        gap = occasions[key].days
        days = range(gap, (last - first).days + 1, gap)
        steps = (_measure(key, occasions[key], day, day // gap) for day in days)
        yield from promises(f"{prefix}:{key}", first, steps)


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


def _days(course: Course, name: str) -> int:
    """A number of days as this clinic has it."""
    return course.chosen.get(name, plan_steps().numbers[name].days)


def review_days(course: Course) -> Iterator[date]:
    """Oftener in the first year of care than later."""
    begun = course.admitted_on or course.signed_on
    year_ends = begun + timedelta(days=_days(course, "first_year"))
    day = course.signed_on
    while True:
        name = "review_first_year" if day < year_ends else "review_later"
        day += timedelta(days=_days(course, name))
        yield day


def _reviews(course: Course) -> Iterator[Promise]:
    last = _ahead(course, "horizon")
    days = takewhile(lambda day: day <= last, review_days(course))
    review = plan_steps().steps["review"]
    steps = (replace(review, day=(day - course.signed_on).days) for day in days)
    yield from promises(f"{course.patient}:plan:{course.plan}", course.signed_on, steps)


def _injections(course: Course) -> Iterator[Promise]:
    given = course.injections or ((course.started_on,) if course.started_on else ())
    product = course.medication
    if product is None or product not in injection_rules() or not given:
        return
    window = _due_here(course, product, given[-1], injection_window(product, given))
    number = len(given) + 1
    prefix = f"{course.patient}:injection:{product}:{given[0]}"
    yield from _injection(prefix, product, window, number)


def _due_here(
    course: Course, product: str, last: date, window: InjectionWindow
) -> InjectionWindow:
    """The window with the day on which this clinic has the injection due."""
    days = course.chosen.get(injection_choice_name(product, window.rule.key))
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
        f"{prefix}:injection:{number}",
        "injection",
        f"{medicines()[medication].line}, injection {number}; talk about naloxone",
        window.earliest,
        window.due,
        window.latest,
        OwnerRole.PRESCRIBER,
        rule.reason,
        rule.source,
        rule.tag,
    )
    yield given
    if window.remind_on is not None:
        yield replace(
            given,
            key=f"{prefix}:injection_reminder:{number}",
            kind="injection_reminder",
            title=f"Remind of injection {number}",
            earliest=window.remind_on,
            due=window.remind_on,
            latest=window.due,
            role=OwnerRole.CARE_MANAGER,
            reason=f"Day {rule.remind_day} after the last injection.",
            cite="J5",
            verified="[M; 2R]",
        )

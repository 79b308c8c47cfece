"""What a signed plan promises, and when: windows from plan, protocol and clinic. Pure.

Days come from the clinical reference, J1 (contacts), E5 and E7 (opioid treatment
programs), A18 (measures), D3 and D4 (injections); each promise carries its source.
Widths of windows where the source gives none are defaults of the product [P].
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, takewhile

from aftercare.injections import Window, injection_window
from aftercare.program import program
from aftercare.promises import Course, Promise, Role, Step, promise, promises
from assessments.instruments.occasions import (
    CITE,
    FOLLOWED_WEEKS,
    QUARTER,
    VERIFIED,
    WEEK_AFTER,
    WEEK_BEFORE,
    YEAR,
)

CONTACT_HORIZON = 180
REVIEW_HORIZON = 365
REVIEW_DAYS_FIRST_YEAR = 90
REVIEW_DAYS_LATER = 180


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
    """Nothing is promised for days before the signature; a window may have begun."""
    if one.latest < course.signed_on:
        return None
    due = max(one.due, course.signed_on)
    return replace(one, earliest=max(one.earliest, course.signed_on), due=due)


def _kit(course: Course) -> Iterator[Promise]:
    step = Step(
        "naloxone_handover",
        "Hand over the naloxone kit, with teaching",
        0,
        0,
        3,
        Role.CARE_MANAGER,
        "At each start, renewal and injection.",
        "C96",
        "[V 21 12/2025]; window [P]",
    )
    yield promise(f"{course.patient}:plan:{course.plan}", course.signed_on, step, 1)


def _contact(day: int, title: str, before: int, after: int, phase: str) -> Step:
    return Step(
        "contact",
        title,
        day,
        before,
        after,
        Role.CARE_MANAGER,
        phase,
        "J1",
        "[M; 2R]; window [P]",
    )


def first_week(medication: str | None) -> tuple[Step, ...]:
    """Daily dosing with methadone; a call or visit on days 1 to 3 with the others."""
    methadone = medication == "MTD"
    title = "Dosing, with a sedation check" if methadone else "Call or visit"
    days = range(1, 8) if methadone else range(1, 4)
    return tuple(
        _contact(day - 1, f"{title}, day {day}", 0, 0, "First week: daily contact.")
        for day in days
    )


def later_contacts() -> Iterator[Step]:
    """Weekly to week 4, every 2 weeks to month 3, every 4 to month 6, then monthly."""
    for week in (1, 2, 3, 4):
        yield _contact(7 * week, f"Visit, week {week}", 2, 2, "Weeks 2 to 4: weekly.")
    for week in (6, 8, 10, 12):
        yield _contact(
            7 * week, f"Visit, week {week}", 7, 3, "Months 2 and 3: every 1 to 2 weeks."
        )
    for week in (16, 20, 24):
        yield _contact(
            7 * week, f"Visit, week {week}", 14, 7, "Months 4 to 6: every 2 to 4 weeks."
        )
    yield from map(_monthly, count(7))


def _monthly(month: int) -> Step:
    return _contact(
        30 * month, f"Visit, month {month}", 7, 7, "After 6 months: monthly."
    )


def _contacts(course: Course) -> Iterator[Promise]:
    first = course.started_on or course.signed_on
    prefix = f"{course.patient}:start:{course.medication}:{first}"
    last = course.signed_on + timedelta(days=CONTACT_HORIZON)
    week_one = first_week(course.medication) if course.started_on else ()
    yield from promises(f"{prefix}:first_week", first, week_one)
    within = takewhile(
        lambda step: first + timedelta(days=step.day) <= last, later_contacts()
    )
    yield from promises(prefix, first, within)


@dataclass(frozen=True, slots=True)
class Again:
    """Measures that come again after a number of days, with days around it [P]."""

    gap: int
    around: int
    occasion: str
    title: str
    reason: str


AGAIN = (
    Again(
        QUARTER,
        14,
        "every_90_days",
        "Measures, every 90 days: BAM, BARC-10, TEA; with pain PEG",
        "Measured every 90 days.",
    ),
    Again(
        YEAR,
        30,
        "yearly",
        "Measures, yearly: AHC-HRSN, AUDIT-C, PC-PTSD-5",
        "Measured every year.",
    ),
)


def _measures(course: Course) -> Iterator[Promise]:
    """Weeks 4, 8 and 12, every 90 days and yearly, all counted from the start (A18)."""
    first = course.started_on or course.signed_on
    last = course.signed_on + timedelta(days=REVIEW_HORIZON)
    prefix = f"{course.patient}:start:{first}"
    yield from promises(prefix, first, map(_week, FOLLOWED_WEEKS))
    for one in AGAIN:
        days = range(one.gap, (last - first).days + 1, one.gap)
        steps = (_again(one, day) for day in days)
        yield from promises(f"{prefix}:{one.occasion}", first, steps)


def _week(week: int) -> Step:
    return Step(
        "measures",
        f"Measures, week {week}: BAM, TEA; PHQ-9, GAD-7 if 10 or more",
        7 * week,
        WEEK_BEFORE,
        WEEK_AFTER,
        Role.CLINICIAN,
        "Measured at weeks 4, 8 and 12.",
        CITE,
        VERIFIED,
        "first_weeks",
    )


def _again(one: Again, day: int) -> Step:
    return Step(
        "measures",
        one.title,
        day,
        one.around,
        one.around,
        Role.CLINICIAN,
        one.reason,
        CITE,
        VERIFIED,
        one.occasion,
    )


def review_days(course: Course) -> Iterator[date]:
    """Every 90 days in the first year of care, then every 180."""
    begun = course.admitted_on or course.signed_on
    day = course.signed_on
    while True:
        first_year = day < begun + timedelta(days=YEAR)
        gap = REVIEW_DAYS_FIRST_YEAR if first_year else REVIEW_DAYS_LATER
        day += timedelta(days=gap)
        yield day


def _reviews(course: Course) -> Iterator[Promise]:
    last = course.signed_on + timedelta(days=REVIEW_HORIZON)
    days = takewhile(lambda day: day <= last, review_days(course))
    steps = [
        Step(
            "plan_review",
            "Plan review, with BAM, BARC-10, TEA and, with pain, PEG",
            (day - course.signed_on).days,
            14,
            14,
            Role.CLINICIAN,
            "Every 90 days in the first year, then every 180, and after any event.",
            "E3; A18",
            "[P]",
        )
        for day in days
    ]
    yield from promises(f"{course.patient}:plan:{course.plan}", course.signed_on, steps)


def _injections(course: Course) -> Iterator[Promise]:
    given = course.injections or ((course.started_on,) if course.started_on else ())
    if course.medication is None or not given:
        return
    window = injection_window(course.medication, given)
    if window is not None:
        number = len(given) + 1
        prefix = f"{course.patient}:injection:{course.medication}:{given[0]}"
        yield from _injection(prefix, window, number)


def _injection(prefix: str, window: Window, number: int) -> Iterator[Promise]:
    yield Promise(
        f"{prefix}:injection:{number}",
        "injection",
        f"{window.product}, injection {number}; talk about naloxone",
        window.earliest,
        window.due,
        window.latest,
        Role.PRESCRIBER,
        window.reason,
        window.cite,
        window.verified,
    )
    if window.remind_on is not None:
        yield Promise(
            f"{prefix}:injection_reminder:{number}",
            "injection_reminder",
            f"Remind of injection {number}",
            window.remind_on,
            window.remind_on,
            window.due,
            Role.CARE_MANAGER,
            "Day 26 after the last injection.",
            "J5",
            "[M; 2R]",
        )

"""What an opioid treatment program owes from admission on (42 CFR 8.12; reference E). Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import count, takewhile

from aftercare.promises import Course, Promise, Role, Step, promises

YEAR = 365
DRUG_TESTS_A_YEAR = 8

ADMISSION_STEPS = (
    Step(
        "full_exam",
        "Full in-person history and physical examination",
        14,
        14,
        0,
        Role.PRESCRIBER,
        "Within 14 days of admission.",
        "42 CFR 8.12(f)(2)(iii)",
        "[V 49]",
    ),
    Step(
        "admission_assessment",
        "Health, psychosocial and risk assessment with care plan",
        14,
        14,
        0,
        Role.CLINICIAN,
        "Within 14 days of admission, with risk of harm to self or others.",
        "42 CFR 8.12(f)(4)(i)",
        "[V 49]",
    ),
    Step(
        "admission_labs",
        "Serology and other tests used for the examination",
        14,
        44,
        0,
        Role.PRESCRIBER,
        "Drawn from 30 days before admission to the examination.",
        "42 CFR 8.12(f)(2)(iv)",
        "[V 49]",
    ),
    Step(
        "yearly_exam",
        "Yearly physical examination by an OTP practitioner",
        YEAR,
        30,
        0,
        Role.PRESCRIBER,
        "At least once a year: dosing, response, needs, goals.",
        "42 CFR 8.12(f)(4)(ii)",
        "[V 49]; window [P]",
    ),
)
# Treatment day 1 is the day of admission, so day 15 is 14 days later (E5).
TAKE_HOME_STEPS = tuple(
    Step(
        "take_home_review",
        f"Take-home review: ceiling {ceiling} days from treatment day {day}",
        day - 1,
        0,
        7,
        Role.PRESCRIBER,
        "The prescriber weighs six factors and decides; the ceiling gives no right.",
        "42 CFR 8.12(i)(3)",
        "[V 49][V* 16]; window [P]",
    )
    for day, ceiling in ((15, 14), (31, 28))
)


def program(course: Course) -> Iterator[Promise]:
    """What an opioid treatment program owes from admission on."""
    if not course.is_otp or course.admitted_on is None:
        return
    prefix = f"{course.patient}:admission:{course.admitted_on}"
    steps = [*ADMISSION_STEPS]
    if course.medication == "MTD":
        steps += TAKE_HOME_STEPS
    for one in promises(prefix, course.admitted_on, steps):
        yield _or_check(one, course)
    yield from _drug_tests(prefix, course.admitted_on, course)


def _or_check(one: Promise, course: Course) -> Promise:
    """A deadline that passed before this plan: look in the record, within 14 days."""
    if one.latest >= course.signed_on:
        return one
    return replace(
        one,
        title=f"Check the record: {one.title}",
        earliest=course.signed_on,
        due=course.signed_on,
        latest=course.signed_on + timedelta(days=14),
        reason=f"Was due {one.due.isoformat()}. {one.reason}",
    )


def _drug_tests(prefix: str, begun: date, course: Course) -> Iterator[Promise]:
    """Eight a year, one in each eighth, on a day nobody can foresee from the last."""
    last = course.signed_on + timedelta(days=YEAR)
    for part in takewhile(lambda part: _opens(begun, part) < last, count()):
        opens, closes = _opens(begun, part), _opens(begun, part + 1)
        key = f"{prefix}:drug_test:{part + 1}"
        yield _drug_test(key, opens, closes - timedelta(days=1))


def _opens(begun: date, part: int) -> date:
    return begun + timedelta(days=part * YEAR // DRUG_TESTS_A_YEAR)


def _drug_test(key: str, opens: date, closes: date) -> Promise:
    return Promise(
        key,
        "drug_test",
        "Random drug test",
        opens,
        random_day(key, opens, closes),
        closes,
        Role.CLINICIAN,
        "At least 8 random tests a year; results serve care, never punish.",
        "42 CFR 8.12(f)(6)",
        "[V 49]",
    )


def random_day(seed: str, opens: date, closes: date) -> date:
    """A day in the window that is the same each time for the same seed."""
    span = (closes - opens).days + 1
    return opens + timedelta(days=int(sha256(seed.encode()).hexdigest(), 16) % span)

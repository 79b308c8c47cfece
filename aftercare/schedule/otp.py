"""Promises of an opioid treatment program from admission on (42 CFR 8.12; reference E). Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import count, takewhile

from aftercare.schedule.model import Course, Promise, promise, promises
from knowledge.schedule.steps import program_steps
from knowledge.wording.dates import whole_day

METHADONE = "MTD"


def program(course: Course) -> Iterator[Promise]:
    """What an opioid treatment program owes from admission on."""
    if not course.is_otp or course.admitted_on is None:
        return
    prefix = f"{course.patient}:admission:{course.admitted_on}"
    steps = [*program_steps().admission.values()]
    if course.medication == METHADONE:
        steps += program_steps().take_home.values()
    for one in promises(prefix, course.admitted_on, steps):
        yield _or_check(one, course)
    yield from _drug_tests(prefix, course.admitted_on, course)


def _number(name: str) -> int:
    return program_steps().numbers[name].days


def _or_check(one: Promise, course: Course) -> Promise:
    """A deadline that passed before this plan: look in the record."""
    if one.latest >= course.signed_on:
        return one
    return replace(
        one,
        title=f"Check the record: {one.title}",
        earliest=course.signed_on,
        due=course.signed_on,
        latest=course.signed_on + timedelta(days=_number("check_within")),
        reason=f"Was due {whole_day(one.due)}. {one.reason}",
    )


def _drug_tests(prefix: str, begun: date, course: Course) -> Iterator[Promise]:
    """One in each part of a year, on a day nobody can foresee from the last."""
    last = course.signed_on + timedelta(days=_number("year"))
    for part in takewhile(lambda part: _opens(begun, part) < last, count()):
        opens, closes = _opens(begun, part), _opens(begun, part + 1)
        yield _drug_test(prefix, part + 1, opens, closes - timedelta(days=1))


def _opens(begun: date, part: int) -> date:
    return begun + timedelta(days=part * _number("year") // _number("drug_tests"))


def _drug_test(prefix: str, number: int, opens: date, closes: date) -> Promise:
    owed = promise(prefix, opens, program_steps().drug_test, number)
    return replace(
        owed, earliest=opens, due=random_day(owed.key, opens, closes), latest=closes
    )


def random_day(seed: str, opens: date, closes: date) -> date:
    """A day in the window that is the same each time for the same seed."""
    span = (closes - opens).days + 1
    return opens + timedelta(days=int(sha256(seed.encode()).hexdigest(), 16) % span)

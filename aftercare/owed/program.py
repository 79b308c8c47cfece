"""Promises of an opioid treatment program from admission on (42 CFR 8.12; reference E). Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from aftercare.owed.promise import Promise, promise
from aftercare.owed.state import CareState
from knowledge.schedule.steps import ScheduleStep, program_steps

METHADONE = "MTD"
EVIDENCE = {
    "full_exam": "exam",
    "admission_assessment": "assessment",
    "admission_labs": "labs",
    "take_home_review": "take_home_decision",
}
TOXICOLOGY = "toxicology"


def program(state: CareState) -> Iterator[Promise]:
    """What an opioid treatment program owes of its own accord."""
    admitted_on = state.episode.admitted_on
    if not state.clinic.is_otp or admitted_on is None or state.treatment.has_ended:
        return
    for step in program_steps().admission.values():
        yield from _once(state, admitted_on, step)
    if state.treatment.medication == METHADONE:
        for step in program_steps().take_home.values():
            yield from _once(state, admitted_on, step)
    yield _drug_test(state, admitted_on)


def _once(state: CareState, admitted_on: date, step: ScheduleStep) -> Iterator[Promise]:
    """Owed until it was done in its window or later."""
    one = promise(f"{state.prefix}:admission:{step.kind}:{step.day}", admitted_on, step)
    if state.first_kept(EVIDENCE[step.kind], since=one.earliest) is None:
        yield one


def _drug_test(state: CareState, admitted_on: date) -> Promise:
    """The next one, on a day nobody can foresee from the last."""
    base = max(
        day
        for day in (
            admitted_on,
            state.last(TOXICOLOGY, since=admitted_on),
            state.last_dropped("drug_test"),
        )
        if day is not None
    )
    key = f"{state.prefix}:drug_test:{base}"
    span = program_steps().numbers["drug_test_window"].days
    span = state.clinic.chosen.get("drug_test_window", span)
    opens, closes = base + timedelta(days=1), base + timedelta(days=span)
    owed = promise(key, opens, program_steps().drug_test)
    return replace(
        owed, earliest=opens, due=random_day(key, opens, closes), latest=closes
    )


def random_day(seed: str, opens: date, closes: date) -> date:
    """A day in the window that is the same each time for the same seed."""
    span = (closes - opens).days + 1
    return opens + timedelta(days=int(sha256(seed.encode()).hexdigest(), 16) % span)

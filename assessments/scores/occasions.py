"""Occasions on which instruments are due for a person, and why (reference A18). Pure.

What nobody asked stays open: pain that is not known about is asked about with the
PEG, and only pain that is known to be absent leaves it out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from knowledge.schedule.steps import MeasureOccasion, measure_occasions

INTAKE, FIRST_WEEKS, AFTER_EVENT = "intake", "first_weeks", "after_event"
EVERY_90_DAYS, YEARLY = "every_90_days", "yearly"
PAIN = "peg"


@dataclass(frozen=True, slots=True)
class Event:
    """A return to use or an overdose, and its day."""

    words: str
    on: date


@dataclass(frozen=True, slots=True)
class Known:
    """What the calendar of measures depends on; None is not known, and not no."""

    last_given: Mapping[str, date] = field(default_factory=dict)
    last_total: Mapping[str, float] = field(default_factory=dict)
    started_on: date | None = None
    has_pain: bool | None = None
    uses_now: bool | None = None
    needs_screen: bool = False
    events: tuple[Event, ...] = ()

    def given_since(self, instrument: str, day: date) -> bool:
        last = self.last_given.get(instrument)
        return last is not None and last >= day


@dataclass(frozen=True, slots=True)
class Due:
    """One instrument, since when it is due, and why."""

    instrument: str
    since: date
    why: str
    cite: str
    verified: str


def measures_due(known: Known, *, on: date) -> tuple[Due, ...]:
    """What is due on a day, each instrument once, by the reason that presses most."""
    found: dict[str, Due] = {}
    for due in _all(known, on):
        found.setdefault(due.instrument, due)
    return tuple(found.values())


def _all(known: Known, on: date) -> Iterator[Due]:
    yield from _after_events(known, on)
    yield from _first_weeks(known, on)
    yield from _intake(known, on)
    yield from _every(EVERY_90_DAYS, "every 90 days", known, on)
    yield from _every(YEARLY, "yearly", known, on)


def _due(instrument: str, since: date, why: str, asked: MeasureOccasion) -> Due:
    return Due(instrument, since, why, asked.source, asked.tag)


def _after_events(known: Known, on: date) -> Iterator[Due]:
    asked = measure_occasions()[AFTER_EVENT]
    past = [event for event in known.events if event.on <= on]
    for event in sorted(past, key=lambda one: one.on, reverse=True)[:1]:
        for instrument in asked.instruments:
            if not known.given_since(instrument, event.on):
                yield _due(instrument, event.on, f"after {event.words}", asked)


def _first_weeks(known: Known, on: date) -> Iterator[Due]:
    if known.started_on is None:
        return
    asked = measure_occasions()[FIRST_WEEKS]
    for week in asked.weeks:
        day = known.started_on + timedelta(weeks=week)
        opens = day - timedelta(days=asked.before)
        if opens <= on <= day + timedelta(days=asked.after):
            for instrument in first_weeks(known):
                if not known.given_since(instrument, opens):
                    yield _due(instrument, opens, f"week {week}", asked)


def first_weeks(known: Known) -> tuple[str, ...]:
    """What the first weeks ask for: the two moods only where they were raised."""
    asked = measure_occasions()[FIRST_WEEKS]
    raised = (
        i for i in asked.where_raised if known.last_total.get(i, 0) >= asked.raised
    )
    return (*asked.instruments, *raised)


def every_90_days(known: Known) -> tuple[str, ...]:
    """Without the pain scale only where pain is known to be absent."""
    asked = measure_occasions()[EVERY_90_DAYS].instruments
    return tuple(i for i in asked if i != PAIN or known.has_pain is not False)


def yearly() -> tuple[str, ...]:
    return measure_occasions()[YEARLY].instruments


def _intake(known: Known, on: date) -> Iterator[Due]:
    asked = measure_occasions()[INTAKE]
    for instrument in asked.instruments:
        instead = asked.instead.get(instrument, instrument)
        never = not known.last_given.keys() & {instrument, instead}
        if never and _belongs(instrument, known):
            yield _due(instrument, on, "not given yet", asked)


def _belongs(instrument: str, known: Known) -> bool:
    """Withdrawal where use is recent, the suicide screen where something calls for it,
    pain unless there is none."""
    return {
        "cows": known.uses_now is not False,
        "cssrs": known.needs_screen,
        PAIN: known.has_pain is not False,
    }.get(instrument, True)


def _every(occasion: str, why: str, known: Known, on: date) -> Iterator[Due]:
    asked = measure_occasions()[occasion]
    for instrument in asked.instruments:
        last = known.last_given.get(instrument)
        if last is None or (instrument == PAIN and known.has_pain is False):
            continue
        since = last + timedelta(days=asked.days)
        if since <= on:
            yield _due(instrument, since, why, asked)

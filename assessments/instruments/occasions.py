"""Which instruments are due for a person on a day, and why (reference A18). Pure.

What nobody asked stays open: pain that is not known about is asked about with the
PEG, and only pain that is known to be absent leaves it out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

CITE, VERIFIED = "A18", "[P]"

FOLLOWED_WEEKS = (4, 8, 12)
# How far from its day a week's measures still count, as the calendar has it [P].
WEEK_BEFORE, WEEK_AFTER = 3, 7
QUARTER, YEAR = 90, 365
# At this last total, PHQ-9 and GAD-7 are given again in the first weeks.
RAISED = 10

FIRST_WEEKS = ("bam", "tea")
WHERE_RAISED = ("phq9", "gad7")
EVERY_90_DAYS = ("bam", "barc10", "tea", "peg")
YEARLY = ("ahc_hrsn", "audit_c", "pc_ptsd5")
AFTER_EVENT = ("cows", "bam", "cssrs", "phq9")
INTAKE = (
    "dsm5_oud",
    "cows",
    "phq9",
    "gad7",
    "pc_ptsd5",
    "cssrs",
    "audit_c",
    "dast10",
    "bam",
    "peg",
    "barc10",
    "ahc_hrsn",
    "rulers",
)
# Either of these screens for substances at intake.
INSTEAD = {"dast10": "taps"}


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
    cite: str = CITE
    verified: str = VERIFIED


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
    yield from _every(EVERY_90_DAYS, QUARTER, "every 90 days", known, on)
    yield from _every(YEARLY, YEAR, "yearly", known, on)


def _after_events(known: Known, on: date) -> Iterator[Due]:
    past = [event for event in known.events if event.on <= on]
    for event in sorted(past, key=lambda one: one.on, reverse=True)[:1]:
        for instrument in AFTER_EVENT:
            if not known.given_since(instrument, event.on):
                yield Due(instrument, event.on, f"after {event.words}")


def _first_weeks(known: Known, on: date) -> Iterator[Due]:
    if known.started_on is None:
        return
    for week in FOLLOWED_WEEKS:
        day = known.started_on + timedelta(weeks=week)
        opens = day - timedelta(days=WEEK_BEFORE)
        if opens <= on <= day + timedelta(days=WEEK_AFTER):
            for instrument in first_weeks(known):
                if not known.given_since(instrument, opens):
                    yield Due(instrument, opens, f"week {week}")


def first_weeks(known: Known) -> tuple[str, ...]:
    """What weeks 4, 8 and 12 ask for: the two moods only where they were raised."""
    raised = (i for i in WHERE_RAISED if known.last_total.get(i, 0) >= RAISED)
    return (*FIRST_WEEKS, *raised)


def every_90_days(known: Known) -> tuple[str, ...]:
    """Without the pain scale only where pain is known to be absent."""
    return tuple(i for i in EVERY_90_DAYS if i != "peg" or known.has_pain is not False)


def _intake(known: Known, on: date) -> Iterator[Due]:
    for instrument in INTAKE:
        instead = INSTEAD.get(instrument, instrument)
        never = not known.last_given.keys() & {instrument, instead}
        if never and _belongs(instrument, known):
            yield Due(instrument, on, "not given yet")


def _belongs(instrument: str, known: Known) -> bool:
    """Withdrawal where use is recent, the suicide screen where something calls for it,
    pain unless there is none."""
    return {
        "cows": known.uses_now is not False,
        "cssrs": known.needs_screen,
        "peg": known.has_pain is not False,
    }.get(instrument, True)


def _every(
    instruments: Iterable[str], days: int, why: str, known: Known, on: date
) -> Iterator[Due]:
    for instrument in instruments:
        last = known.last_given.get(instrument)
        if last is None or (instrument == "peg" and known.has_pain is False):
            continue
        since = last + timedelta(days=days)
        if since <= on:
            yield Due(instrument, since, why)

"""Silence: when the last word came, and how soon the phase of care expects the next. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from aftercare.owed.contacts import FIRST_WEEK, first_day, first_week
from aftercare.owed.state import CareState
from knowledge.schedule.steps import contact_phases
from knowledge.schedule.urgency import order_of_danger

INSTRUMENT = "instrument:"
NAMED = {1: "daily", 7: "weekly", 14: "every 2 weeks", 28: "monthly", 30: "monthly"}


def last_word(state: CareState) -> date | None:
    """The last day on which anything came from the person themselves."""
    heard = order_of_danger().heard
    days = [state.last(*heard.kinds), state.treatment.last_taken_on]
    days += state.treatment.injections[-1:]
    if heard.instruments:
        asked = [kind for kind in state.kept if kind.startswith(INSTRUMENT)]
        days.append(state.last(*asked))
    return max((day for day in days if day is not None), default=None)


def expected_gap(state: CareState, heard_on: date) -> int:
    """Within how many days after a word the next is expected, in the phase of that day."""
    begun = first_day(state) or state.episode.referred_on
    day = max((heard_on - begun).days, 0)
    for earlier, later in pairwise(_contact_days(state.treatment.medication)):
        if later > day:
            return later - max(earlier, 0)
    return 0


def _contact_days(medication: str | None) -> Iterator[int]:
    """The days on which a contact is promised, counted from the start; without end."""
    yield from (step.day for step in first_week(medication).steps())
    for phase in contact_phases():
        if phase.key != FIRST_WEEK:
            yield from (step.day for step in phase.steps())


def gap_words(days: int) -> str:
    return NAMED.get(days, f"every {days} days")


def silent_from(state: CareState, heard_on: date) -> tuple[date, int]:
    """From which day on somebody counts as silent, and how often a word was expected."""
    gap = expected_gap(state, heard_on)
    grace = order_of_danger().days("urgency_silence_grace", state.clinic.chosen)
    return heard_on + timedelta(days=gap + grace + 1), gap

"""Answers that a new intake takes over from the one before. No Django."""

from datetime import timedelta

from assessments.facts import FACTS
from assessments.intake.catalogue import PLACES
from assessments.intake.declaration import Ask

# What counts for a month at most is asked anew.
SOON_OLD = timedelta(31)


def goes_on(key: str) -> bool:
    """Whether an answer is taken over: no measurement, no item of an instrument, and
    nothing that is out of date by its nature."""
    if key not in PLACES:
        return False
    _, panel, question = PLACES[key]
    fact = FACTS.get(key)
    span = fact.fresh_for if fact is not None else None
    goes_stale = span is not None and span <= SOON_OLD
    is_new = question.is_asked_anew or question.kind is Ask.MEASURED
    return not (panel.instrument or is_new or goes_stale)

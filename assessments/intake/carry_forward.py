"""Answers that a new intake takes over from the one before. No Django."""

from assessments.facts import FACTS
from assessments.intake.catalogue import PLACES
from assessments.intake.declaration import Ask


def goes_on(key: str) -> bool:
    """Whether an answer is taken over: no measurement, no item of an instrument, and
    nothing that is out of date by its nature."""
    if key not in PLACES:
        return False
    _, panel, question = PLACES[key]
    fact = FACTS.get(key)
    goes_stale = fact is not None and fact.fresh_for is not None
    is_new = question.is_asked_anew or question.kind is Ask.MEASURED
    return not (panel.instrument or is_new or goes_stale)

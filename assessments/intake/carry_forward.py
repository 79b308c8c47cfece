"""Answers that a new intake takes over from the one before. No Django."""

from assessments.facts import FACTS
from assessments.intake.catalogue import PLACES
from assessments.intake.declaration import Ask

# Asked anew each time, however short ago; lists stand in the record itself.
ASKED_ANEW = frozenset(
    (
        "suicidal_thoughts",
        "unsafe_at_home",
        "dosing_assess",
        "infection",
        "leaving",
        "reentry",
        "med_list",
        "allergy",
        "protocol",
        "missed_visits",
    )
)


def goes_on(key: str) -> bool:
    """Whether an answer is taken over: no measurement, no item of an instrument, and
    nothing that is out of date by its nature."""
    if key not in PLACES or key in ASKED_ANEW:
        return False
    _, panel, question = PLACES[key]
    fact = FACTS.get(key)
    goes_stale = fact is not None and fact.fresh_for is not None
    return not (panel.instrument or question.kind is Ask.MEASURED or goes_stale)

"""Sources of facts that this app and the record below it own."""

from assessments.facts import FACTS, FactKind
from assessments.picture.from_answers import answer_facts
from assessments.picture.from_observations import BROUGHT as MEASURED
from assessments.picture.from_observations import measured_facts, pregnancy_facts
from assessments.picture.from_record import (
    LISTED,
    REGISTERED,
    record_facts,
    registration_facts,
)
from assessments.picture.from_scores import BROUGHT as SCORED
from assessments.picture.from_scores import score_facts
from assessments.picture.queries import ANSWERS, OBSERVATIONS, RECORD, SCORES
from assessments.picture.sources import Join, Source

# Facts that only a what-if or a picture from elsewhere names, each with the reason.
ONLY_TYPED = {
    "med_unknown": "read from the list of medicines, unless a picture states it",
    "allergy_unknown": "read from the list of allergies, unless a picture states it",
    "order": "what is about to be ordered: no fact about the person yet",
    "inducer": "read from the list of medicines, unless a picture states it",
    "inhibitor": "read from the list of medicines, unless a picture states it",
    "arv": "read from the list of medicines, unless a picture states it",
    "serotonergic": "read from the list of medicines, unless a picture states it",
}
LISTS = (FactKind.SET, FactKind.INGREDIENTS)
REGISTRATION, LIST, SAID = "registration", "record", "answers"
SCORE, MEASUREMENT, TEST = "scores", "observations", "pregnancy test"
# Of the rows of treatment: small, and said in the header of every chart.
KITS = "reversal kits"
# What was registered, told and measured: enough for a page without the whole picture.
TOLD = (REGISTRATION, LIST, SAID, MEASUREMENT, TEST, KITS)
# Lists that the intake keeps in the record itself, so that one place holds them.
KEPT_IN_RECORD = frozenset(["allergy", "med_list"])


def _of_answers(name: str) -> Join:
    """An answer replaces what was known before it; a list adds to the record's."""
    if name in KEPT_IN_RECORD:
        return Join.DATED
    return Join.UNITED if FACTS[name].kind in LISTS else Join.NEWEST


SOURCES = (
    Source(REGISTRATION, dict.fromkeys(REGISTERED, Join.NEWEST), registration_facts),
    Source(
        LIST,
        dict.fromkeys(LISTED, Join.NEWEST),
        record_facts,
        queries=(RECORD,),
        over=(REGISTRATION,),
    ),
    Source(
        SAID,
        {name: _of_answers(name) for name in FACTS if name not in ONLY_TYPED},
        answer_facts,
        queries=(ANSWERS,),
        over=(REGISTRATION, LIST),
    ),
    Source(
        SCORE,
        dict.fromkeys(SCORED, Join.NEWEST),
        score_facts,
        queries=(SCORES,),
        over=(REGISTRATION, LIST, SAID),
    ),
    Source(
        MEASUREMENT,
        {**dict.fromkeys(MEASURED, Join.NEWEST), "ecg_risk": Join.UNITED},
        measured_facts,
        queries=(OBSERVATIONS,),
        over=(REGISTRATION, LIST, SAID, SCORE),
    ),
    Source(
        TEST,
        {"pregnancy": Join.FOUND},
        pregnancy_facts,
        over=(SAID, MEASUREMENT),
    ),
)

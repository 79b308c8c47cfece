"""PHQ-2: the first two questions of the PHQ-9 (reference A4)."""

from assessments.instruments.arithmetic import at_least, flagged, outcome, total
from assessments.instruments.catalogue.phq9 import INTEREST, MOOD
from assessments.instruments.choices import keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Outcome,
    Values,
    Words,
)

ITEMS = (INTEREST, MOOD)
POSITIVE = 3

BANDS = (
    Band(0, "negative", Words("Negative", "Negativo")),
    Band(POSITIVE, "positive", Words("Positive", "Positivo")),
)

FULL_PHQ9 = "positive: give the full PHQ-9"


def rule(values: Values, _: Context) -> Outcome:
    """The sum of both; three or more asks for the whole PHQ-9."""
    score = total(values, keys(ITEMS))
    full = at_least({"total": score}, "total", POSITIVE)
    return outcome(score, BANDS, flagged((full, FULL_PHQ9)))


INSTRUMENT = Instrument(
    key="phq2",
    version="2003, 1",
    title=Words("PHQ-2, depression screen", "PHQ-2, tamizaje de depresión"),
    licence="Developed with a Pfizer grant; no permission needed [M; 2R].",
    source="Kroenke, Spitzer, Williams 2003; reference A4",
    tag="[V 85]",
    look_back=Words("past 2 weeks", "últimas 2 semanas"),
    items=ITEMS,
    rule=rule,
    also=("patient_health_questionnaire_2",),
    bands=BANDS,
    loinc="55757-9",
    loinc_total="55758-7",
    flag_words={
        FULL_PHQ9: Words(
            "Three or more: give the full PHQ-9.",
            "Tres o más: aplique el PHQ-9 completo.",
        ),
    },
)

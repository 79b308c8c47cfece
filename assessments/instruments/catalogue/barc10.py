"""BARC-10: recovery capital, higher is better (reference A13)."""

from assessments.instruments.arithmetic import outcome, total
from assessments.instruments.choices import items, keys, scale
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Outcome,
    Values,
    Words,
)

CUT = 47
SUPPORT_TO = 3
SUPPORT = "plan support: {item}"

ITEMS = items(
    scale(
        1,
        6,
        Words("Strongly disagree", "Muy en desacuerdo"),
        Words("Strongly agree", "Muy de acuerdo"),
    ),
    (
        "priorities",
        "Other things matter more than using",
        "Hay cosas más importantes que consumir",
    ),
    ("contentment", "Content with life", "Satisfacción con la vida"),
    ("energy", "Energy for the tasks I set myself", "Energía para lo que me propongo"),
    ("community", "Proud of my community", "Orgullo de mi comunidad"),
    ("friends", "Friends support me", "Mis amistades me apoyan"),
    (
        "fulfilment",
        "Life is fulfilling without substances",
        "La vida me llena sin sustancias",
    ),
    (
        "living_space",
        "My living space helps recovery",
        "Mi vivienda ayuda a la recuperación",
    ),
    ("responsibility", "I take responsibility for what I do", "Asumo responsabilidad"),
    ("professionals", "At ease with professionals", "Comodidad con profesionales"),
    ("progress", "Good progress on my way", "Buen avance en mi camino"),
)

BANDS = (
    Band(10, "below 47", Words("Below 47", "Menos de 47")),
    Band(CUT, "47 or above", Words("47 or above", "47 o más")),
)


def rule(values: Values, _: Context) -> Outcome:
    """The sum; under 47 each item of 3 or less asks for a support goal."""
    score = total(values, keys(ITEMS))
    if score is None or score >= CUT:
        return outcome(score, BANDS)
    low = [key for key in keys(ITEMS) if (values[key] or 0) <= SUPPORT_TO]
    return outcome(score, BANDS, tuple(SUPPORT.format(item=key) for key in low))


INSTRUMENT = Instrument(
    key="barc10",
    version="2017, 1",
    title=Words("BARC-10, recovery capital", "BARC-10, capital de recuperación"),
    licence="Free, no permission needed (PhenX).",
    source="Vilsaint 2017; PhenX protocol 590502",
    tag="[V 4]",
    look_back=Words("now", "ahora"),
    items=ITEMS,
    rule=rule,
    also=("barc", "recovery_capital"),
    bands=BANDS,
)

"""PEG: pain, enjoyment, general activity (reference A12)."""

from fractions import Fraction

from assessments.instruments.arithmetic import half_up, outcome, total
from assessments.instruments.choices import items, keys, scale
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Outcome,
    Values,
    Words,
)

ITEMS = items(
    scale(
        0,
        10,
        Words("None at all", "Nada"),
        Words("Worst, or completely", "Lo peor, o por completo"),
    ),
    ("pain", "Pain on average, past week", "Dolor en promedio, última semana"),
    ("enjoyment", "Pain got in the way of enjoying life", "El dolor impidió disfrutar"),
    (
        "activity",
        "Pain got in the way of general activity",
        "El dolor impidió la actividad",
    ),
)

BANDS = (
    Band(0, "mild", Words("Mild", "Leve")),
    Band(4, "moderate", Words("Moderate", "Moderado")),
    Band(7, "severe", Words("Severe", "Intenso")),
)


def rule(values: Values, _: Context) -> Outcome:
    """The mean of three to one decimal; all three are required."""
    points = total(values, keys(ITEMS))
    if points is None:
        return outcome(None, BANDS)
    return outcome(half_up(Fraction(points * 10, len(ITEMS))) / 10, BANDS)


INSTRUMENT = Instrument(
    key="peg",
    version="2009, 1",
    title=Words("PEG, pain", "PEG, dolor"),
    licence="Krebs 2009; free.",
    source="Krebs 2009; important difference: Reed 2024; bands are policy [P]",
    tag="[V 83][V 88]",
    look_back=Words("past week", "última semana"),
    items=ITEMS,
    rule=rule,
    also=("peg3", "pain"),
    bands=BANDS,
    loinc="91148-7",
    loinc_total="91147-9",
)

"""DAST-10: drugs other than alcohol and tobacco, twelve months (reference A9)."""

from assessments.instruments.arithmetic import outcome, total
from assessments.instruments.choices import YES_NO, items, keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Outcome,
    Values,
    Words,
)

REVERSED = "always_able_to_stop"

ITEMS = items(
    YES_NO,
    (
        "non_medical_use",
        "Used drugs other than for medical reasons",
        "Usó drogas sin motivo médico",
    ),
    ("more_than_one", "More than one drug at a time", "Más de una droga a la vez"),
    (REVERSED, "Always able to stop when wanted", "Siempre puede parar cuando quiere"),
    ("blackouts", "Blackouts or flashbacks", "Lagunas o recuerdos súbitos"),
    ("guilt", "Guilt about drug use", "Culpa por el consumo"),
    ("complaints", "Relatives complain about it", "Familiares se quejan"),
    ("neglected_family", "Neglected family because of it", "Descuidó a la familia"),
    (
        "illegal_acts",
        "Did illegal things to get drugs",
        "Hizo algo ilegal para obtenerlas",
    ),
    ("withdrawal", "Withdrawal when stopping", "Abstinencia al parar"),
    (
        "medical_problems",
        "Medical problems from drug use",
        "Problemas médicos por el consumo",
    ),
)

BANDS = (
    Band(0, "none", Words("None", "Ninguno")),
    Band(1, "low", Words("Low", "Bajo")),
    Band(3, "moderate", Words("Moderate", "Moderado")),
    Band(6, "substantial", Words("Substantial", "Sustancial")),
    Band(9, "severe", Words("Severe", "Grave")),
)


def rule(values: Values, _: Context) -> Outcome:
    """One point a Yes; being able to stop counts when it is No."""
    able = values[REVERSED]
    points = {**values, REVERSED: None if able is None else 1 - able}
    return outcome(total(points, keys(ITEMS)), BANDS)


INSTRUMENT = Instrument(
    key="dast10",
    version="1982, 10 items, 1",
    title=Words("DAST-10, drugs", "DAST-10, drogas"),
    licence="Copyright H. Skinner 1982; free for non-commercial clinical use with credit [M]; a commercial product asks for permission.",
    source="Skinner 1982; reference A9",
    tag="[M]",
    look_back=Words("past 12 months", "últimos 12 meses"),
    items=ITEMS,
    rule=rule,
    also=("dast", "drug_screening_10"),
    bands=BANDS,
    loinc="82666-9",
    loinc_total="82667-7",
)

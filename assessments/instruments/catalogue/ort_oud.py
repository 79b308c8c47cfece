"""ORT-OUD: before opioids are given for pain (reference A17)."""

from assessments.instruments.arithmetic import flagged, outcome, total
from assessments.instruments.choices import YES_NO, items, keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Derivation,
    Instrument,
    Kind,
    Outcome,
    Question,
    Values,
    Words,
)

YOUNGEST, OLDEST = 16, 45
NOT_FOR_OUD = "not a test for someone who already has OUD"


def age_item(age: int) -> int:
    """One point from 16 to 45 years."""
    return int(YOUNGEST <= age <= OLDEST)


ITEMS = items(
    YES_NO,
    ("family_alcohol", "Family: alcohol problems", "Familia: problemas con alcohol"),
    ("family_illegal", "Family: illegal drugs", "Familia: drogas ilegales"),
    ("family_prescription", "Family: prescription drugs", "Familia: medicamentos"),
    ("personal_alcohol", "Self: alcohol problems", "Propio: problemas con alcohol"),
    ("personal_illegal", "Self: illegal drugs", "Propio: drogas ilegales"),
    ("personal_prescription", "Self: prescription drugs", "Propio: medicamentos"),
    ("age_16_45", "Aged 16 to 45", "Edad de 16 a 45"),
    (
        "psychological",
        "ADD, OCD, bipolar disorder or schizophrenia",
        "TDA, TOC, trastorno bipolar o esquizofrenia",
    ),
    ("depression", "Depression", "Depresión"),
)

BANDS = (
    Band(0, "low", Words("Low", "Bajo")),
    Band(3, "high", Words("High", "Alto")),
)


def rule(values: Values, context: Context) -> Outcome:
    """One point a Yes; three or more is high."""
    has_oud = context.truth("has_oud") is True
    return outcome(total(values, keys(ITEMS)), BANDS, flagged((has_oud, NOT_FOR_OUD)))


INSTRUMENT = Instrument(
    key="ort_oud",
    version="Cheatle 2019, 1",
    title=Words("Opioid Risk Tool, OUD revision", "Herramienta de riesgo, revisión"),
    licence="The owner of the original tool asks for permission for clinical use [V 7].",
    source="Cheatle 2019 J Pain 20:842-51 [V 114]; item list and cut [M; 2R]",
    tag="[M; 2R]",
    look_back=Words("ever", "alguna vez"),
    items=ITEMS,
    rule=rule,
    staff_only="Weighed by a clinician before opioids for pain.",
    also=("ort", "opioid_risk_tool"),
    bands=BANDS,
    derivations=(Derivation("age", "age_16_45", "years", 0, 120, age_item),),
    context=(
        Question(
            "has_oud",
            Words("Is OUD already diagnosed?", "¿Ya hay un diagnóstico?"),
            Kind.YES_NO,
            also=("oud", "oud_diagnosis"),
        ),
    ),
    flag_words={
        NOT_FOR_OUD: Words(
            "This test is not for someone who already has OUD.",
            "Esta prueba no es para quien ya tiene el trastorno.",
        ),
    },
)

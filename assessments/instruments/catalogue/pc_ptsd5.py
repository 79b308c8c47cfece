"""PC-PTSD-5: a gate on trauma and five questions (reference A6)."""

from assessments.instruments.arithmetic import answered, band_of, flagged, total
from assessments.instruments.choices import YES_NO
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Item,
    Kind,
    Outcome,
    Question,
    Status,
    Values,
    Words,
)

GATE = "exposure"
USUAL_CUT = 4
SENSITIVE_CUT = 3

SUB_THRESHOLD = "sub-threshold, ask"
FROM_GATE = "0 from the gate question"


def asked(key: str, number: str, en: str, es: str, loinc: str, *also: str) -> Item:
    return Item(key, Words(en, es), YES_NO, number, also, loinc)


ITEMS = (
    asked(
        GATE,
        "gate",
        "Ever lived through something unusually frightening or traumatic?",
        "¿Ha vivido algo inusualmente aterrador o traumático?",
        "102011-4",
        "trauma",
        "q0",
        "0",
        "gate_question",
    ),
    asked(
        "intrusion",
        "1",
        "Nightmares or unwanted memories of it, past month",
        "Pesadillas o recuerdos no deseados, último mes",
        "102012-2",
        "nightmares",
    ),
    asked(
        "avoidance",
        "2",
        "Tried hard not to think of it, or avoided reminders",
        "Trató de no pensar en ello, o evitó recordatorios",
        "102013-0",
    ),
    asked(
        "hypervigilance",
        "3",
        "On guard, watchful or easily startled",
        "En guardia, alerta o con sobresaltos",
        "102014-8",
        "on_guard",
    ),
    asked(
        "numbness",
        "4",
        "Numb or detached from people or surroundings",
        "Adormecimiento o distancia de los demás",
        "102015-5",
        "numb",
        "detached",
    ),
    asked(
        "guilt",
        "5",
        "Guilt, or blaming oneself or others for it",
        "Culpa, o culparse o culpar a otros",
        "102016-3",
        "blame",
        "guilt_blame",
    ),
)
SCORED = tuple(item.key for item in ITEMS if item.key != GATE)


def settle(values: Values) -> Values:
    """A No at the gate ends the questions: none of the five counts."""
    return {**values, **dict.fromkeys(SCORED, 0)} if values[GATE] == 0 else values


def bands(cut: int) -> tuple[Band, ...]:
    return (
        Band(0, "negative", Words("Negative", "Negativo")),
        Band(cut, "positive", Words("Positive", "Positivo")),
    )


def rule(values: Values, context: Context) -> Outcome:
    """Yes answers out of five, once the gate was answered."""
    cut = context.number("cut") or USUAL_CUT
    gate = values[GATE]
    score = None if gate is None else total(values, SCORED)
    near_miss = score is not None and SENSITIVE_CUT <= score < cut
    return Outcome(
        Status.INCOMPLETE if score is None else Status.COMPLETE,
        score,
        band_of(bands(cut), score),
        {"gate": gate, "answered": len(answered(values, SCORED)) if gate else 0},
        flagged((near_miss, SUB_THRESHOLD), (gate == 0, FROM_GATE)),
    )


INSTRUMENT = Instrument(
    key="pc_ptsd5",
    version="2015, 1",
    title=Words("PC-PTSD-5, trauma screen", "PC-PTSD-5, tamizaje de trauma"),
    licence="Public domain (US VA National Center for PTSD).",
    source="Bovin 2021 JAMA Netw Open 4:e2036733",
    tag="[V 42][V 83]",
    look_back=Words("past month; the gate: ever", "último mes; la entrada: alguna vez"),
    items=ITEMS,
    rule=rule,
    also=("pcptsd", "pc_ptsd", "ptsd", "ptsd5"),
    bands=bands(USUAL_CUT),
    subscales=("gate", "answered"),
    missing_rule="The gate, and after Yes all 5 items, are required.",
    settle=settle,
    loinc="102010-6",
    loinc_total="102017-1",
    context=(
        Question(
            "cut",
            Words("Cut-point in use here: 3 or 4", "Punto de corte en uso: 3 o 4"),
            Kind.WHOLE,
            lowest=SENSITIVE_CUT,
            highest=USUAL_CUT,
            also=("cut_point", "cutpoint", "cutoff", "cut_off", "threshold"),
        ),
    ),
    flag_words={
        SUB_THRESHOLD: Words(
            "Three is below the cut-point in use but sensitive: ask further.",
            "Tres está bajo el corte en uso, pero es sensible: pregunte más.",
        ),
        FROM_GATE: Words(
            "The 0 comes from a No at the first question, not from five No answers.",
            "El 0 viene de un No en la primera pregunta, no de cinco respuestas No.",
        ),
    },
)

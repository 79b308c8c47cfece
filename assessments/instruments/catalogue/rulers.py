"""Readiness rulers: importance, confidence, readiness (reference A15)."""

from assessments.instruments.choices import items, scale
from assessments.instruments.declaration import (
    Context,
    Instrument,
    Item,
    Outcome,
    Status,
    Values,
    Words,
)

READY_FROM = 7
NO_CONDITION = "never a condition for medication"

ASKED = items(
    scale(0, 10, Words("Not at all", "Nada"), Words("As much as can be", "Lo máximo")),
    ("importance", "How important is this change", "Cuán importante es este cambio"),
    ("confidence", "How confident about making it", "Cuánta confianza en lograrlo"),
    ("readiness", "How ready to start", "Cuánta disposición para empezar"),
)
ITEMS = (
    *ASKED[:2],
    Item(ASKED[2].key, ASKED[2].prompt, ASKED[2].choices, optional=True),
)


def focus(values: Values) -> str | None:
    """Where to begin the talk: importance first, then confidence, then action."""
    importance, confidence = values["importance"], values["confidence"]
    if importance is None or confidence is None:
        return None
    if importance < READY_FROM:
        return "explore ambivalence"
    return "action planning" if confidence >= READY_FROM else "confidence-building"


def rule(values: Values, _: Context) -> Outcome:
    """Three numbers that are not summed, and the focus they suggest."""
    found = focus(values)
    status = Status.INCOMPLETE if found is None else Status.COMPLETE
    return Outcome(status, None, found, dict(values), (NO_CONDITION,))


INSTRUMENT = Instrument(
    key="rulers",
    version="1",
    title=Words("Readiness rulers", "Reglas de disposición"),
    licence="Free.",
    source="Motivational interviewing practice; common reading of the ruler",
    tag="[M; 2R]",
    look_back=Words("now", "ahora"),
    items=ITEMS,
    rule=rule,
    also=("ruler", "readiness", "readiness_ruler", "readiness_rulers"),
    subscales=("importance", "confidence", "readiness"),
    missing_rule="Importance and confidence are required; readiness may be left.",
    flag_words={
        NO_CONDITION: Words(
            "Readiness is never a condition for medication.",
            "La disposición nunca es condición para el medicamento.",
        ),
    },
)

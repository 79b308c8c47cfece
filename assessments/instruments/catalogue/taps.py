"""TAPS: tobacco, alcohol, prescription and other substances (reference A10)."""

from collections.abc import Mapping

from assessments.instruments.arithmetic import total
from assessments.instruments.choices import YES_NO, anchored
from assessments.instruments.declaration import (
    Context,
    Instrument,
    Item,
    Outcome,
    Status,
    Values,
    Words,
)

FREQUENCY = anchored(
    (0, "Never", "Nunca"),
    (1, "Less than monthly", "Menos de una vez al mes"),
    (2, "Monthly", "Cada mes"),
    (3, "Weekly", "Cada semana"),
    (4, "Daily or almost daily", "A diario o casi"),
)

TRIED = (
    "tried_to_cut_down",
    "tried to cut down and could not",
    "intentó reducir sin lograrlo",
)
CONCERN = ("concern", "someone voiced concern", "alguien expresó preocupación")
URGE = ("urge", "strong urge at least weekly", "deseo fuerte cada semana o más")
WEEKLY = (
    "weekly",
    "at least once a week for 3 months",
    "cada semana o más por 3 meses",
)

# Class: (its opening question, names, the questions that follow "used").
CLASSES: Mapping[str, tuple[str, str, str, tuple[tuple[str, str, str], ...]]] = {
    "tobacco": (
        "tobacco_year",
        "Tobacco",
        "Tabaco",
        (
            ("over_ten", "more than 10 a day", "más de 10 al día"),
            ("on_waking", "within 30 minutes of waking", "a 30 minutos de despertar"),
        ),
    ),
    "alcohol": (
        "alcohol_year",
        "Alcohol",
        "Alcohol",
        (
            (
                "heavy_day",
                "4 or 5 drinks or more in a day",
                "4 o 5 bebidas o más en un día",
            ),
            TRIED,
            CONCERN,
        ),
    ),
    "cannabis": ("drugs_year", "Cannabis", "Cannabis", (URGE, CONCERN)),
    "stimulants": (
        "drugs_year",
        "Cocaine or methamphetamine",
        "Cocaína o metanfetamina",
        (WEEKLY, CONCERN),
    ),
    "heroin": ("drugs_year", "Heroin", "Heroína", (TRIED, CONCERN)),
    "opioids": (
        "prescription_year",
        "Opioid pain medicine",
        "Opioides recetados",
        (TRIED, CONCERN),
    ),
    "sedatives": ("prescription_year", "Sedatives", "Sedantes", (URGE, CONCERN)),
    "prescription_stimulants": (
        "prescription_year",
        "Prescription stimulants",
        "Estimulantes recetados",
        (WEEKLY, CONCERN),
    ),
}


def opening(key: str, en: str, es: str) -> Item:
    return Item(
        key, Words(f"Past 12 months: {en}", f"Últimos 12 meses: {es}"), FREQUENCY
    )


def follow_ups(name: str) -> tuple[Item, ...]:
    """The yes-or-no items of one class, its use first."""
    _, en, es, more = CLASSES[name]
    used = (f"{name}_used", f"{en}: used, past 3 months", f"{es}: usó, últimos 3 meses")
    rest = ((f"{name}_{key}", f"{en}: {e}", f"{es}: {s}") for key, e, s in more)
    return tuple(Item(key, Words(e, s), YES_NO) for key, e, s in (used, *rest))


BY_CLASS = {name: tuple(item.key for item in follow_ups(name)) for name in CLASSES}

ITEMS = (
    opening("tobacco_year", "tobacco", "tabaco"),
    opening(
        "alcohol_year",
        "5 or more drinks in a day (4 for women)",
        "5 o más bebidas en un día (4 si es mujer)",
    ),
    opening("drugs_year", "drugs", "drogas"),
    opening(
        "prescription_year",
        "prescription medicines, not as prescribed",
        "medicamentos, no como se recetaron",
    ),
    *(item for name in CLASSES for item in follow_ups(name)),
)

CRITERIA = "opioid use: assess the DSM-5 criteria"
CESSATION = "tobacco: offer help to stop smoking"
NOT_RULED_OUT = "a low score does not rule out a disorder"


def settle(values: Values) -> Values:
    """A Never closes its classes, and a class without use has no further points."""
    settled = dict(values)
    for name, keys in BY_CLASS.items():
        if values[CLASSES[name][0]] == 0 or values[keys[0]] == 0:
            settled.update(dict.fromkeys(keys, 0))
    return settled


def meaning(score: int) -> str:
    """0 no use, 1 problem use, 2 and more higher risk."""
    return ("no use in 3 months", "problem use", "higher risk")[min(score, 2)]


def rule(values: Values, _: Context) -> Outcome:
    """A sub-score a class, never summed over classes."""
    scores = {name: total(values, keys) for name, keys in BY_CLASS.items()}
    known = {name: score for name, score in scores.items() if score is not None}
    whole = len(known) == len(scores)
    opioids = known.get("heroin", 0) + known.get("opioids", 0)
    flags = [f"{name}: {meaning(score)}" for name, score in known.items() if score]
    flags += [CRITERIA] if opioids else []
    flags += [CESSATION] if known.get("tobacco") else []
    return Outcome(
        Status.COMPLETE if whole else Status.INCOMPLETE,
        None,
        meaning(max(known.values())) if whole else None,
        scores,
        (*flags, NOT_RULED_OUT),
    )


INSTRUMENT = Instrument(
    key="taps",
    version="2016, paraphrased, 1",
    title=Words("TAPS, substances", "TAPS, sustancias"),
    licence="NIDA Clinical Trials Network; public.",
    source="NIDA TAPS page; scoring [V 5]; items and maxima per class [M; 2R]",
    tag="[V 5]",
    look_back=Words("past 12 months, then 3 months", "últimos 12 meses, luego 3 meses"),
    items=ITEMS,
    rule=rule,
    also=("taps_tool", "taps2"),
    subscales=tuple(CLASSES),
    missing_rule="A class with a missing item has no score.",
    settle=settle,
    flag_words={
        CRITERIA: Words(
            "Go through the DSM-5 criteria for OUD.", "Revise los criterios del DSM-5."
        ),
        CESSATION: Words(
            "Offer help to stop smoking.", "Ofrezca ayuda para dejar de fumar."
        ),
        NOT_RULED_OUT: Words(
            "A low score does not rule out a disorder.",
            "Un puntaje bajo no descarta un trastorno.",
        ),
    },
)

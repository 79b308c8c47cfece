"""PHQ-9: depressive symptoms over two weeks (reference A4)."""

from assessments.instruments.arithmetic import (
    answered,
    at_least,
    flagged,
    outcome,
    prorated,
)
from assessments.instruments.choices import HOW_OFTEN_TWO_WEEKS, anchored, keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Danger,
    Endangered,
    Instrument,
    Item,
    Outcome,
    Values,
    Words,
)

SELF_HARM = "self_harm"
MAY_MISS = 2

SELF_HARM_ALERT = "item 9 positive: C-SSRS screener same visit (suicide risk)"
SELF_HARM_UNANSWERED = "suicide item not answered"
PRORATED = "prorated from the answered items"


def symptom(key: str, en: str, es: str, loinc: str, *also: str) -> Item:
    return Item(key, Words(en, es), HOW_OFTEN_TWO_WEEKS, also=also, loinc=loinc)


INTEREST = symptom(
    "interest",
    "Little interest or pleasure in things",
    "Poco interés o gusto por las cosas",
    "44250-9",
    "anhedonia",
)
MOOD = symptom(
    "mood",
    "Feeling down or without hope",
    "Ánimo bajo o sin esperanza",
    "44255-8",
    "depressed",
    "down",
)

ITEMS = (
    INTEREST,
    MOOD,
    symptom("sleep", "Too little or too much sleep", "Dormir poco o de más", "44259-0"),
    symptom(
        "energy",
        "Tired, little energy",
        "Cansancio, poca energía",
        "44254-1",
        "fatigue",
    ),
    symptom(
        "appetite", "Eating too little or too much", "Comer poco o de más", "44251-7"
    ),
    symptom(
        "worth",
        "Feeling bad about oneself, or guilt",
        "Sentirse mal consigo, o culpa",
        "44258-2",
        "guilt",
        "worth_guilt",
        "failure",
    ),
    symptom("concentration", "Hard to concentrate", "Cuesta concentrarse", "44252-5"),
    symptom(
        "psychomotor",
        "Moving slowly, or restless, so that others notice",
        "Moverse lento, o con inquietud que otros notan",
        "44253-3",
        "movement",
    ),
    symptom(
        SELF_HARM,
        "Thoughts of being better off dead or of self-harm",
        "Ideas de que mejor sería no vivir o de hacerse daño",
        "44260-8",
        "suicide",
        "self_harm_thoughts",
        "suicidal_thoughts",
    ),
    Item(
        "difficulty",
        Words(
            "How hard these problems make daily life",
            "Cuánto dificultan la vida diaria",
        ),
        anchored(
            (0, "Not hard", "Nada"),
            (1, "Somewhat hard", "Algo"),
            (2, "Very hard", "Mucho"),
            (3, "Extremely hard", "Muchísimo"),
        ),
        loinc="69722-7",
        optional=True,
    ),
)

BANDS = (
    Band(0, "none-minimal", Words("None or minimal", "Ninguna o mínima")),
    Band(5, "mild", Words("Mild", "Leve")),
    Band(10, "moderate", Words("Moderate", "Moderada")),
    Band(15, "moderately severe", Words("Moderately severe", "Moderadamente grave")),
    Band(20, "severe", Words("Severe", "Grave")),
)


def rule(values: Values, _: Context) -> Outcome:
    """Up to two missing items take the mean of the others; more give no total."""
    scored = keys(ITEMS)
    score = prorated(values, scored, may_miss=MAY_MISS)
    filled = score is not None and len(answered(values, scored)) < len(scored)
    return outcome(score, BANDS, flagged((filled, PRORATED)))


def alerts(values: Values) -> tuple[str, ...]:
    """The self-harm item speaks whatever the total, and when it is silent."""
    return flagged(
        (at_least(values, SELF_HARM, 1), SELF_HARM_ALERT),
        (values[SELF_HARM] is None, SELF_HARM_UNANSWERED),
    )


def endangers(values: Values) -> Endangered | None:
    """Any thought of self-harm calls for the screener, whatever the total [P]."""
    code = values[SELF_HARM]
    if not code:
        return None
    anchor = next(c.words for c in HOW_OFTEN_TWO_WEEKS if c.value == code)
    return Endangered(
        Danger.UNSCREENED,
        Words(
            f"PHQ-9, thoughts of self-harm: {anchor.en.lower()}",
            f"PHQ-9, ideas de hacerse daño: {anchor.es.lower()}",
        ),
    )


INSTRUMENT = Instrument(
    key="phq9",
    version="1999, 1",
    title=Words("PHQ-9, depression", "PHQ-9, depresión"),
    licence="Developed with a Pfizer grant; no permission needed [M; 2R].",
    source="Kroenke, Spitzer, Williams 2001; missing-item rule from the NHS Data Dictionary",
    tag="[V 83][V 86]",
    look_back=Words("past 2 weeks", "últimas 2 semanas"),
    items=ITEMS,
    rule=rule,
    also=("phq", "patient_health_questionnaire_9"),
    bands=BANDS,
    missing_rule="Up to 2 missing items are prorated, half up [P]; 3 or more give no total [V 86].",
    alerts=alerts,
    endangers=endangers,
    loinc="44249-1",
    loinc_total="44261-6",
    flag_words={
        SELF_HARM_ALERT: Words(
            "Thoughts of self-harm: give the C-SSRS screener at this visit.",
            "Ideas de hacerse daño: aplique el C-SSRS en esta visita.",
        ),
        SELF_HARM_UNANSWERED: Words(
            "The question on self-harm was not answered: ask it.",
            "No se contestó la pregunta sobre hacerse daño: pregunte.",
        ),
        PRORATED: Words(
            "One or two unanswered items were filled with the mean of the others.",
            "Una o dos respuestas faltantes se completaron con el promedio.",
        ),
    },
)

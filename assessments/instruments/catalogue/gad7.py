"""GAD-7: anxiety over two weeks (reference A5)."""

from dataclasses import replace

from assessments.instruments.arithmetic import (
    answered,
    at_least,
    flagged,
    outcome,
    prorated,
)
from assessments.instruments.choices import HOW_OFTEN_TWO_WEEKS, keys
from assessments.instruments.declaration import (
    Band,
    Choice,
    Context,
    Instrument,
    Item,
    Kind,
    Outcome,
    Question,
    Values,
    Words,
)

MAY_MISS = 1
FURTHER_EVALUATION = 10
COWS_CONFOUNDS = 5

EVALUATE = "10 or more: further evaluation"
CONFOUNDED = "confounded by withdrawal"
PRORATED = "prorated from the answered items"


# LOINC gives the answer "2" of the second question a code of its own [V 83].
SECOND = tuple(
    replace(choice, loinc="LA18938-3", also=("LA6570-1",))
    if choice.value == 2
    else choice
    for choice in HOW_OFTEN_TWO_WEEKS
)


def worry(
    key: str,
    en: str,
    es: str,
    loinc: str,
    choices: tuple[Choice, ...] = HOW_OFTEN_TWO_WEEKS,
) -> Item:
    return Item(key, Words(en, es), choices, loinc=loinc)


ITEMS = (
    worry("nervous", "Nervous or on edge", "Nervios o tensión", "69725-0"),
    worry(
        "uncontrollable_worry",
        "Not able to stop worrying",
        "No poder dejar de preocuparse",
        "68509-9",
        SECOND,
    ),
    worry(
        "worry_many_things",
        "Worrying about many things",
        "Preocuparse por muchas cosas",
        "69733-4",
    ),
    worry("trouble_relaxing", "Hard to relax", "Cuesta relajarse", "69734-2"),
    worry("restless", "Too restless to sit still", "Inquietud", "69735-9"),
    worry("irritable", "Easily annoyed", "Irritarse con facilidad", "69689-8"),
    worry(
        "afraid",
        "Afraid that something awful is coming",
        "Miedo a algo terrible",
        "69736-7",
    ),
)

BANDS = (
    Band(0, "minimal", Words("Minimal", "Mínima")),
    Band(5, "mild", Words("Mild", "Leve")),
    Band(10, "moderate", Words("Moderate", "Moderada")),
    Band(15, "severe", Words("Severe", "Grave")),
)


def rule(values: Values, context: Context) -> Outcome:
    """One missing item takes the mean of the others; more give no total."""
    scored = keys(ITEMS)
    score = prorated(values, scored, may_miss=MAY_MISS)
    filled = score is not None and len(answered(values, scored)) < len(scored)
    cows = {"cows": context.number("cows_same_day")}
    flags = flagged(
        (at_least({"total": score}, "total", FURTHER_EVALUATION), EVALUATE),
        (at_least(cows, "cows", COWS_CONFOUNDS), CONFOUNDED),
        (filled, PRORATED),
    )
    return outcome(score, BANDS, flags)


INSTRUMENT = Instrument(
    key="gad7",
    version="2006, 1",
    title=Words("GAD-7, anxiety", "GAD-7, ansiedad"),
    licence="Developed with a Pfizer grant; no permission needed [M; 2R].",
    source="Spitzer 2006; missing-item rule and withdrawal label are policy",
    tag="[V 83]",
    look_back=Words("past 2 weeks", "últimas 2 semanas"),
    items=ITEMS,
    rule=rule,
    also=("gad", "generalized_anxiety_disorder_7"),
    bands=BANDS,
    missing_rule="1 missing item is prorated, half up; 2 or more give no total [P].",
    loinc="69737-5",
    loinc_total="70274-6",
    context=(
        Question(
            "cows_same_day",
            Words("COWS total on the same day", "Total de COWS del mismo día"),
            Kind.WHOLE,
            highest=48,
            also=("cows", "same_day_cows"),
        ),
    ),
    flag_words={
        EVALUATE: Words("Ten or more: evaluate further.", "Diez o más: evalúe más."),
        CONFOUNDED: Words(
            "Withdrawal on the same day (COWS 5 or more) raises this score.",
            "La abstinencia del mismo día (COWS 5 o más) eleva este puntaje.",
        ),
        PRORATED: Words(
            "One unanswered item was filled with the mean of the others.",
            "Una respuesta faltante se completó con el promedio.",
        ),
    },
)

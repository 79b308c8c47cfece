"""AUDIT-C: three questions on alcohol (reference A8)."""

from assessments.instruments.arithmetic import flagged, outcome, total
from assessments.instruments.choices import anchored, keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Item,
    Kind,
    Outcome,
    Question,
    Values,
    Words,
)

CUT_MEN = 4
CUT_OTHERS = 3
COUNSEL_FROM = 5
SEVERE_FROM = 8

REVIEW = "positive by cut-off, review"
SEVERE = "severe risk: full AUDIT and CIWA check"
COUNSEL = "brief counselling"
SEX_UNKNOWN = "sex not recorded: cut-off 3 used"

ITEMS = (
    Item(
        "frequency",
        Words("How often a drink with alcohol", "Con qué frecuencia bebe alcohol"),
        anchored(
            (0, "Never", "Nunca"),
            (1, "Monthly or less", "Una vez al mes o menos"),
            (2, "2 to 4 times a month", "2 a 4 veces al mes"),
            (3, "2 to 3 times a week", "2 a 3 veces por semana"),
            (4, "4 or more times a week", "4 o más veces por semana"),
        ),
        loinc="68518-0",
    ),
    Item(
        "typical_day",
        Words("Drinks on a drinking day", "Bebidas en un día que bebe"),
        anchored(
            (0, "1 or 2", "1 o 2"),
            (1, "3 or 4", "3 o 4"),
            (2, "5 or 6", "5 o 6"),
            (3, "7 to 9", "7 a 9"),
            (4, "10 or more", "10 o más"),
        ),
        also=("quantity", "drinks"),
        loinc="68519-8",
    ),
    Item(
        "six_or_more",
        Words("How often six or more at once", "Con qué frecuencia seis o más"),
        anchored(
            (0, "Never", "Nunca"),
            (1, "Less than monthly", "Menos de una vez al mes"),
            (2, "Monthly", "Cada mes"),
            (3, "Weekly", "Cada semana"),
            (4, "Daily or almost daily", "A diario o casi"),
        ),
        also=("binge", "six_plus", "heavy"),
        loinc="68520-6",
    ),
)

BANDS = (
    Band(0, "negative", Words("Negative", "Negativo")),
    Band(CUT_OTHERS, "positive", Words("Positive", "Positivo")),
    Band(SEVERE_FROM, "positive, severe risk", Words("Severe risk", "Riesgo grave")),
)


def settle(values: Values) -> Values:
    """Someone who never drinks has no typical day and no heavy days."""
    never = values["frequency"] == 0
    return {**values, "typical_day": 0, "six_or_more": 0} if never else values


def bands(cut: int) -> tuple[Band, ...]:
    return (BANDS[0], Band(cut, "positive", BANDS[1].words), BANDS[2])


def rule(values: Values, context: Context) -> Outcome:
    """The sum of three; four is positive in men, three in everyone else."""
    sex = context.word("sex")
    cut = CUT_MEN if sex == "male" else CUT_OTHERS
    score = total(values, keys(ITEMS))
    if score is None:
        return outcome(None, BANDS)
    review = score >= cut and score == values["frequency"]
    flags = flagged(
        (review, REVIEW),
        (score >= SEVERE_FROM, SEVERE),
        (score >= COUNSEL_FROM, COUNSEL),
        (sex is None, SEX_UNKNOWN),
    )
    named = (
        (*bands(cut)[:1], Band(cut, REVIEW, BANDS[1].words)) if review else bands(cut)
    )
    return outcome(score, named, flags)


INSTRUMENT = Instrument(
    key="audit_c",
    version="1998, 1",
    title=Words("AUDIT-C, alcohol", "AUDIT-C, alcohol"),
    licence="WHO and VA; free.",
    source="VA QUERI; Delaney 2014; Rubinsky 2013",
    tag="[V 8][V 85][V 90]",
    look_back=Words("past year", "último año"),
    items=ITEMS,
    rule=rule,
    also=("audit", "alcohol"),
    bands=BANDS,
    missing_rule="All 3 items are required; Never at the first answers the others.",
    settle=settle,
    loinc="72109-2",
    loinc_total="75626-2",
    context=(
        Question(
            "sex",
            Words("Sex recorded at birth", "Sexo registrado al nacer"),
            Kind.CHOICE,
            {
                "female": ("f", "woman", "women", "mujer"),
                "male": ("m", "man", "men", "hombre"),
                "other": ("x", "intersex", "undifferentiated"),
            },
            also=("sex_at_birth", "gender", "birth_sex"),
        ),
    ),
    flag_words={
        REVIEW: Words(
            "All points come from how often: it may be within limits. Review, do not label.",
            "Todos los puntos vienen de la frecuencia: puede estar en límites. Revise.",
        ),
        SEVERE: Words(
            "Eight or more: give the full AUDIT and check CIWA-Ar.",
            "Ocho o más: aplique el AUDIT completo y revise CIWA-Ar.",
        ),
        COUNSEL: Words(
            "Five or more: brief counselling.", "Cinco o más: consejería breve."
        ),
        SEX_UNKNOWN: Words(
            "Sex is not recorded, so the lower cut-off of 3 was used.",
            "No consta el sexo, por eso se usó el corte menor de 3.",
        ),
    },
)

"""Brief Addiction Monitor, Likert version: seventeen items, 30 days (reference A11)."""

from assessments.instruments.arithmetic import flagged, total
from assessments.instruments.choices import anchored
from assessments.instruments.declaration import (
    Choice,
    Context,
    Derivation,
    Instrument,
    Item,
    Outcome,
    Status,
    Values,
    Words,
)

DAY_STEPS = ((0, 0), (3, 1), (8, 2), (15, 3))
DAYS_MOST = 4
RISK_FROM = 12
PROTECTIVE_TO = 12


def days_code(days: int) -> int:
    """The code of a number of days out of thirty: none, 1-3, 4-8, 9-15, 16-30."""
    return next((code for highest, code in DAY_STEPS if days <= highest), DAYS_MOST)


DAYS = anchored(
    (0, "0 days", "0 días"),
    (1, "1 to 3 days", "1 a 3 días"),
    (2, "4 to 8 days", "4 a 8 días"),
    (3, "9 to 15 days", "9 a 15 días"),
    (4, "16 to 30 days", "16 a 30 días"),
)
HEALTH = anchored(
    (0, "Excellent", "Excelente"),
    (1, "Very good", "Muy buena"),
    (2, "Good", "Buena"),
    (3, "Fair", "Regular"),
    (4, "Poor", "Mala"),
)
HOW_MUCH = anchored(
    (0, "Not at all", "Nada"),
    (1, "Slightly", "Un poco"),
    (2, "Moderately", "Moderadamente"),
    (3, "Considerably", "Bastante"),
    (4, "Extremely", "Muchísimo"),
)
ENOUGH = (
    Choice(0, Words("No", "No"), ("n", "false")),
    Choice(4, Words("Yes", "Sí"), ("y", "true", "si")),
)


def asked(number: str, key: str, choices: tuple[Choice, ...], en: str, es: str) -> Item:
    return Item(key, Words(en, es), choices, number)


def of_drug(letter: str, key: str, en: str, es: str) -> Item:
    return Item(key, Words(en, es), DAYS, f"7{letter}", optional=True)


ITEMS = (
    asked("1", "physical_health", HEALTH, "Physical health", "Salud física"),
    asked("2", "poor_sleep", DAYS, "Nights of poor sleep", "Noches de mal dormir"),
    asked(
        "3",
        "low_mood",
        DAYS,
        "Days low, anxious or angry",
        "Días de ánimo bajo, ansiedad o enojo",
    ),
    asked("4", "alcohol_days", DAYS, "Days with any alcohol", "Días con alcohol"),
    asked(
        "5",
        "heavy_alcohol_days",
        DAYS,
        "Days with heavy drinking",
        "Días con mucho alcohol",
    ),
    asked("6", "drug_days", DAYS, "Days with any drug use", "Días con drogas"),
    Item(
        "main_drug_days",
        Words("Days with the drug used most", "Días con la droga más usada"),
        DAYS,
        "7",
        optional=True,
    ),
    of_drug("a", "cannabis_days", "Days with cannabis", "Días con cannabis"),
    of_drug("b", "sedative_days", "Days with sedatives", "Días con sedantes"),
    of_drug("c", "cocaine_days", "Days with cocaine", "Días con cocaína"),
    of_drug(
        "d",
        "stimulant_days",
        "Days with other stimulants",
        "Días con otros estimulantes",
    ),
    of_drug("e", "opioid_days", "Days with opioids", "Días con opioides"),
    of_drug("f", "inhalant_days", "Days with inhalants", "Días con inhalantes"),
    of_drug("g", "other_drug_days", "Days with other drugs", "Días con otras drogas"),
    asked(
        "8",
        "craving",
        HOW_MUCH,
        "Bothered by craving",
        "Molestia por deseo de consumir",
    ),
    asked(
        "9",
        "confidence",
        HOW_MUCH,
        "Confident about not using",
        "Confianza en no consumir",
    ),
    asked(
        "10",
        "mutual_help_days",
        DAYS,
        "Days with a mutual-help meeting",
        "Días con reunión de ayuda mutua",
    ),
    asked(
        "11",
        "risky_days",
        DAYS,
        "Days in risky situations",
        "Días en situaciones de riesgo",
    ),
    asked(
        "12",
        "faith_support",
        HOW_MUCH,
        "Faith or spirit supports recovery",
        "La fe apoya la recuperación",
    ),
    asked(
        "13",
        "work_days",
        DAYS,
        "Days at work, school or volunteering",
        "Días de trabajo, estudio o voluntariado",
    ),
    asked(
        "14", "enough_income", ENOUGH, "Enough income for needs", "Ingreso suficiente"
    ),
    asked(
        "15",
        "conflict",
        HOW_MUCH,
        "Bothered by conflict with others",
        "Molestia por conflictos",
    ),
    asked(
        "16",
        "support_days",
        DAYS,
        "Days with supportive people",
        "Días con gente que apoya",
    ),
    Item(
        "satisfied",
        Words("Satisfied with progress", "Satisfacción con el progreso"),
        HOW_MUCH,
        "17",
        optional=True,
    ),
)

USE = ("alcohol_days", "heavy_alcohol_days", "drug_days")
RISK = (
    "physical_health",
    "poor_sleep",
    "low_mood",
    "craving",
    "risky_days",
    "conflict",
)
PROTECTIVE = (
    "confidence",
    "mutual_help_days",
    "faith_support",
    "work_days",
    "enough_income",
    "support_days",
)
# Sheets in use: with one question 7 or with 7A to 7G, and with or without the last.
MAIN_DRUG, LAST = "main_drug_days", "satisfied"
EACH_DRUG = frozenset(
    item.key
    for item in ITEMS
    if (item.number or "")[:1] == "7" and item.key != MAIN_DRUG
)


def sheet_without(*left_out: str) -> tuple[str, ...]:
    return tuple(item.key for item in ITEMS if item.key not in left_out)


SHEETS = (
    sheet_without(MAIN_DRUG),
    sheet_without(MAIN_DRUG, LAST),
    sheet_without(*EACH_DRUG),
    sheet_without(*EACH_DRUG, MAIN_DRUG),
)

USE_FLAG = "Use >= 1"
RISK_FLAG = "Risk >= 12"
PROTECTIVE_FLAG = "Protective <= 12"


def rule(values: Values, _: Context) -> Outcome:
    """Three sums and no total; a sum with a missing item is None."""
    use, risk, protective = (total(values, keys) for keys in (USE, RISK, PROTECTIVE))
    whole = None not in (use, risk, protective)
    flags = flagged(
        (use is not None and use >= 1, USE_FLAG),
        (risk is not None and risk >= RISK_FROM, RISK_FLAG),
        (protective is not None and protective <= PROTECTIVE_TO, PROTECTIVE_FLAG),
    )
    return Outcome(
        Status.COMPLETE if whole else Status.INCOMPLETE,
        None,
        None,
        {"use": use, "risk": risk, "protective": protective},
        flags,
    )


INSTRUMENT = Instrument(
    key="bam",
    version="BAM Likert, 2014, 1",
    title=Words("Brief Addiction Monitor", "Monitor breve de adicción"),
    licence="US VA work; free.",
    source="BAM manual (CESATE 2014); Cacciola 2013; structure: Schumm 2022, Blanchard 2023",
    tag="[V 3][V 89]",
    look_back=Words("past 30 days", "últimos 30 días"),
    items=ITEMS,
    rule=rule,
    also=("brief_addiction_monitor", "bam17"),
    subscales=("use", "risk", "protective"),
    missing_rule="A subscale with a missing item is not given; there is no total.",
    derivations=tuple(
        Derivation(f"{item.key}_raw", item.key, "days", 0, 30, days_code)
        for item in ITEMS
        if item.choices is DAYS
    ),
    list_orders=SHEETS,
    flag_words={
        USE_FLAG: Words(
            "Some use reported: look at the items.", "Hay consumo: mire las respuestas."
        ),
        RISK_FLAG: Words(
            "Risk 12 or more (summary only).", "Riesgo 12 o más (solo resumen)."
        ),
        PROTECTIVE_FLAG: Words(
            "Protective 12 or less (summary only).",
            "Protección 12 o menos (solo resumen).",
        ),
    },
)

"""DSM-5 opioid use disorder: eleven criteria over twelve months (reference A1)."""

from assessments.instruments.choices import items
from assessments.instruments.declaration import (
    Choice,
    Instrument,
    Kind,
    Question,
    Words,
)
from assessments.instruments.opioid_use_disorder import (
    CONTRADICTED,
    CONTROLLED,
    NO_IMPAIRMENT,
    ON_MAINTENANCE,
    SEVERITY,
    SEVERITY_BEFORE_UNKNOWN,
    SUPERVISED,
    assess,
)

MET = (
    Choice(0, Words("Not met", "No se cumple"), ("no", "false", "not_met", "notmet")),
    Choice(1, Words("Met", "Se cumple"), ("yes", "true", "sí", "si")),
)

CRITERIA = items(
    MET,
    (
        "larger_amounts",
        "Took more opioids, or for longer, than meant to",
        "Tomó más opioides, o por más tiempo, de lo que quería",
    ),
    (
        "cut_down",
        "Wished or tried to cut down without managing to",
        "Quiso o intentó reducir el consumo sin lograrlo",
    ),
    (
        "time_spent",
        "Much time goes into getting, using or getting over opioids",
        "Dedica mucho tiempo a conseguir, consumir o recuperarse",
    ),
    ("craving", "Craving for opioids", "Deseo intenso de opioides"),
    (
        "role_failure",
        "Work, school or home duties not kept because of use",
        "No cumple en el trabajo, los estudios o la casa por el consumo",
    ),
    (
        "social_problems",
        "Goes on despite problems with other people",
        "Sigue a pesar de problemas con otras personas",
    ),
    (
        "activities_given_up",
        "Gave up or cut back things that mattered",
        "Dejó o redujo actividades importantes",
    ),
    (
        "hazardous_use",
        "Use where it is physically dangerous",
        "Consume donde es físicamente peligroso",
    ),
    (
        "health_problems",
        "Goes on despite a physical or psychological problem",
        "Sigue a pesar de un problema físico o psicológico",
    ),
    (
        "tolerance",
        "Needs more for the same effect, or feels less from the same amount",
        "Necesita más para el mismo efecto, o siente menos con lo mismo",
    ),
    (
        "withdrawal",
        "Withdrawal, or use to relieve or avoid it",
        "Abstinencia, o consumo para aliviarla o evitarla",
    ),
)

CONTEXT = (
    Question(
        "supervised",
        Words(
            "Are opioids taken only as prescribed, under medical supervision?",
            "¿Toma opioides solo como se recetan, bajo supervisión médica?",
        ),
        Kind.YES_NO,
        also=(
            "supervised_use",
            "medical_supervision",
            "medically_supervised",
            "under_medical_supervision",
            "supervised_only",
            "solely_supervised",
            "prescribed_only",
        ),
    ),
    Question(
        "impairment",
        Words(
            "Is there clinically significant impairment or distress?",
            "¿Hay deterioro o malestar clínicamente significativo?",
        ),
        Kind.YES_NO,
        also=("impairment_or_distress", "significant_impairment", "distress"),
    ),
    Question(
        "severity_before",
        Words(
            "Severity when the criteria were last met in full",
            "Gravedad cuando se cumplieron los criterios por última vez",
        ),
        Kind.CHOICE,
        {
            "mild": ("leve",),
            "moderate": ("moderado",),
            "severe": ("grave",),
            "no OUD": ("none", "never", "no"),
        },
        also=("previous_severity", "prior_severity", "severity", "past_severity"),
    ),
    Question(
        "criteria_free_since",
        Words(
            "Since which day has no criterion but craving been met?",
            "¿Desde qué día no se cumple ningún criterio salvo el deseo intenso?",
        ),
        Kind.DAY,
        also=("remission_since", "last_criterion_on"),
    ),
    Question("as_of", Words("Day of the assessment", "Día de la evaluación"), Kind.DAY),
    Question(
        "criteria_free_months",
        Words("Whole months without a criterion but craving", "Meses sin criterios"),
        Kind.WHOLE,
        highest=1200,
        also=("months_criteria_free", "months_without_criteria", "remission_months"),
    ),
    Question(
        "criteria_free_days",
        Words("Days without a criterion but craving", "Días sin criterios"),
        Kind.WHOLE,
        highest=36_500,
        also=("days_criteria_free", "days_without_criteria", "remission_days"),
    ),
    Question(
        "maintenance",
        Words(
            "Takes a prescribed medication for OUD?",
            "¿Toma un medicamento recetado para el trastorno?",
        ),
        Kind.YES_NO,
        also=(
            "maintenance_therapy",
            "on_maintenance",
            "on_maintenance_therapy",
            "moud",
        ),
    ),
    Question(
        "controlled_environment",
        Words(
            "Is access to opioids restricted where the person lives?",
            "¿Está restringido el acceso a opioides donde vive?",
        ),
        Kind.YES_NO,
        also=("in_controlled_environment", "controlled_setting"),
    ),
)

INSTRUMENT = Instrument(
    key="dsm5_oud",
    version="DSM-5-TR 2022, paraphrased, 1",
    title=Words(
        "DSM-5 opioid use disorder", "Trastorno por consumo de opioides, DSM-5"
    ),
    licence="Criteria text copyright APA; the labels here are our paraphrases.",
    source="DSM-5-TR 2022, opioid-related disorders; TIP 63 exhibit",
    tag="[M; 2R]",
    look_back=Words("past 12 months", "últimos 12 meses"),
    items=CRITERIA,
    rule=assess,
    staff_only="Criteria are judged by a clinician.",
    also=("dsm5", "dsm_5", "dsm", "oud", "dsm5_opioid", "dsm5tr_oud"),
    bands=SEVERITY,
    subscales=("met", "not_met", "unknown", "excluded", "icd10cm", "remission"),
    missing_rule="Unknown criteria give the range of severities they still allow.",
    context=CONTEXT,
    flag_words={
        SUPERVISED: Words(
            "Tolerance and withdrawal are not counted while opioids are taken only under medical supervision.",
            "La tolerancia y la abstinencia no cuentan si los opioides se toman solo bajo supervisión médica.",
        ),
        ON_MAINTENANCE: Words(
            "On maintenance therapy.", "En tratamiento de mantenimiento."
        ),
        CONTROLLED: Words("In a controlled environment.", "En un entorno controlado."),
        NO_IMPAIRMENT: Words(
            "Without significant impairment or distress there is no diagnosis.",
            "Sin deterioro o malestar significativo no hay diagnóstico.",
        ),
        CONTRADICTED: Words(
            "A criterion met in the past 12 months contradicts sustained remission.",
            "Un criterio cumplido en los últimos 12 meses contradice la remisión sostenida.",
        ),
        SEVERITY_BEFORE_UNKNOWN: Words(
            "The remission code needs the earlier severity.",
            "El código de remisión necesita la gravedad anterior.",
        ),
    },
)

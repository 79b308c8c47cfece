"""COWS: clinician-rated opioid withdrawal, eleven items (reference A2)."""

from assessments.instruments.arithmetic import flagged, outcome, total
from assessments.instruments.choices import anchored, keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Derivation,
    Instrument,
    Item,
    Kind,
    Outcome,
    Question,
    Values,
    Words,
)

PULSE_STEPS = ((80, 0), (100, 1), (120, 2))
PULSE_MOST = 4


def pulse_item(bpm: int) -> int:
    """The pulse item from beats per minute: up to 80, 100, 120, and above."""
    return next((code for highest, code in PULSE_STEPS if bpm <= highest), PULSE_MOST)


ITEMS = (
    Item(
        "pulse",
        Words("Resting pulse, after one minute", "Pulso en reposo, tras un minuto"),
        anchored(
            (0, "80 or below", "80 o menos"),
            (1, "81 to 100", "81 a 100"),
            (2, "101 to 120", "101 a 120"),
            (4, "above 120", "más de 120"),
        ),
        also=("resting_pulse", "resting_pulse_rate", "pulse_rate", "heart_rate"),
    ),
    Item(
        "sweating",
        Words("Sweating, past half hour", "Sudor, última media hora"),
        anchored(
            (0, "none", "ninguno"),
            (1, "reports chills or flushing", "refiere escalofríos o sofocos"),
            (2, "flushed or moist face", "cara enrojecida o húmeda"),
            (3, "beads of sweat on the face", "gotas de sudor en la cara"),
            (4, "sweat streaming", "sudor que corre"),
        ),
        also=("sweat",),
    ),
    Item(
        "restlessness",
        Words("Restlessness", "Inquietud"),
        anchored(
            (0, "sits still", "se queda quieta"),
            (1, "reports difficulty sitting still", "refiere que le cuesta"),
            (3, "shifts often", "se mueve a menudo"),
            (5, "cannot sit more than seconds", "no aguanta sino segundos"),
        ),
        also=("restless",),
    ),
    Item(
        "pupils",
        Words("Pupil size", "Tamaño de las pupilas"),
        anchored(
            (0, "pinned or normal", "contraídas o normales"),
            (1, "possibly larger than normal", "quizá mayores de lo normal"),
            (2, "moderately dilated", "dilatación moderada"),
            (5, "only the rim of the iris visible", "solo se ve el borde del iris"),
        ),
        also=("pupil", "pupil_size"),
    ),
    Item(
        "aches",
        Words(
            "Bone or joint aches from withdrawal", "Dolor de huesos o articulaciones"
        ),
        anchored(
            (0, "none", "ninguno"),
            (1, "mild, diffuse", "leve, difuso"),
            (2, "severe, diffuse", "intenso, difuso"),
            (4, "rubs joints, cannot sit still", "se frota, no se queda quieta"),
        ),
        also=("bone_joint_aches", "bone_or_joint_aches", "bone_aches", "joint_aches"),
    ),
    Item(
        "nose",
        Words("Runny nose or tearing", "Nariz o lágrimas"),
        anchored(
            (0, "none", "nada"),
            (1, "stuffy or moist", "congestión o humedad"),
            (2, "running or tearing", "gotea o lagrimea"),
            (4, "constant or streaming", "constante o a chorro"),
        ),
        also=("runny_nose", "tearing", "runny_nose_tearing", "runny_nose_or_tearing"),
    ),
    Item(
        "gi",
        Words("Stomach upset, past half hour", "Malestar digestivo, última media hora"),
        anchored(
            (0, "none", "ninguno"),
            (1, "cramps", "cólicos"),
            (2, "nausea or loose stool", "náusea o heces sueltas"),
            (3, "vomiting or diarrhea", "vómito o diarrea"),
            (5, "several episodes", "varios episodios"),
        ),
        also=("gi_upset", "stomach", "stomach_upset"),
    ),
    Item(
        "tremor",
        Words("Tremor of outstretched hands", "Temblor de manos extendidas"),
        anchored(
            (0, "none", "ninguno"),
            (1, "felt, not seen", "se siente, no se ve"),
            (2, "slight, visible", "leve, visible"),
            (4, "gross, or twitching", "marcado, o sacudidas"),
        ),
    ),
    Item(
        "yawning",
        Words("Yawning during the assessment", "Bostezos durante la evaluación"),
        anchored(
            (0, "none", "ninguno"),
            (1, "once or twice", "uno o dos"),
            (2, "three times or more", "tres o más"),
            (4, "several a minute", "varios por minuto"),
        ),
        also=("yawn",),
    ),
    Item(
        "anxiety",
        Words("Anxiety or irritability", "Ansiedad o irritabilidad"),
        anchored(
            (0, "none", "ninguna"),
            (1, "reports it growing", "refiere que aumenta"),
            (2, "obvious", "evidente"),
            (4, "makes the assessment hard", "dificulta la evaluación"),
        ),
        also=("anxiety_irritability", "irritability", "anxiety_or_irritability"),
    ),
    Item(
        "gooseflesh",
        Words("Gooseflesh", "Piel de gallina"),
        anchored(
            (0, "skin smooth", "piel lisa"),
            (3, "felt, or hairs standing", "se siente, o vello erizado"),
            (5, "prominent", "marcada"),
        ),
        also=("goose", "gooseflesh_skin", "piloerection"),
    ),
)

BANDS = (
    Band(0, "none/minimal", Words("None or minimal", "Ninguna o mínima")),
    Band(5, "mild", Words("Mild", "Leve")),
    Band(13, "moderate", Words("Moderate", "Moderada")),
    Band(25, "moderately severe", Words("Moderately severe", "Moderadamente grave")),
    Band(37, "severe", Words("Severe", "Grave")),
)

BLUNTED = "pulse may be blunted by a beta-blocker or alpha-2 agonist"
OTHER_WITHDRAWAL = "alcohol or sedative withdrawal raises the score: do CIWA-Ar"


def rule(values: Values, context: Context) -> Outcome:
    """The sum of all eleven items; never prorated."""
    flags = flagged(
        (context.truth("pulse_blunted") is True, BLUNTED),
        (context.truth("sedative_withdrawal") is True, OTHER_WITHDRAWAL),
    )
    return outcome(total(values, keys(ITEMS)), BANDS, flags)


INSTRUMENT = Instrument(
    key="cows",
    version="2003, 1",
    title=Words("Clinical Opiate Withdrawal Scale", "Escala clínica de abstinencia"),
    licence="Published 2003, widely reproduced by SAMHSA, NIDA and ASAM; cite it.",
    source="Wesson and Ling 2003; NCBI Bookshelf NBK64244; bands from R package cliot",
    tag="[V 1][V 36]",
    look_back=Words("now", "ahora"),
    items=ITEMS,
    rule=rule,
    staff_only="Rated by a clinician who sees the person.",
    also=("clinical_opiate_withdrawal_scale",),
    bands=BANDS,
    missing_rule="All 11 items are required; never prorated.",
    context=(
        Question(
            "pulse_blunted",
            Words(
                "Takes a beta-blocker, clonidine or lofexidine?",
                "¿Toma un betabloqueante, clonidina o lofexidina?",
            ),
            Kind.YES_NO,
            also=("beta_blocker", "alpha2_agonist"),
        ),
        Question(
            "sedative_withdrawal",
            Words(
                "Could this be alcohol or sedative withdrawal too?",
                "¿Puede haber también abstinencia de alcohol o sedantes?",
            ),
            Kind.YES_NO,
            also=("alcohol_withdrawal",),
        ),
    ),
    derivations=(
        # Limits of what a resting pulse can be, to refuse typing slips.
        Derivation(
            "pulse_bpm",
            "pulse",
            "beats a minute",
            20,
            300,
            pulse_item,
            ("bpm", "pulse_raw", "raw_pulse"),
        ),
    ),
    flag_words={
        BLUNTED: Words(
            "A beta-blocker, clonidine or lofexidine can hide a fast pulse.",
            "Un betabloqueante, clonidina o lofexidina puede ocultar un pulso rápido.",
        ),
        OTHER_WITHDRAWAL: Words(
            "Alcohol or sedative withdrawal raises this score: do CIWA-Ar as well.",
            "La abstinencia de alcohol o sedantes eleva el puntaje: haga también CIWA-Ar.",
        ),
    },
)

"""Step 2: opioid use now, treatment before, criteria, withdrawal."""

from decimal import Decimal

from assessments.instruments.catalogue.bam import HOW_MUCH
from assessments.intake.asking import (
    choice,
    day,
    moment,
    number,
    scored,
    several,
    text,
    words,
    yes_no,
)
from assessments.intake.declaration import Step, Usual, at_least, dated, panel, when_yes

# Reference D3: soft confirm above 32 mg of buprenorphine [P].
USUAL_BUPRENORPHINE = Usual(Decimal(32), "reference D3 [P]")
# Reference D2: most are stable at 80 to 120 mg of methadone [V* 94].
USUAL_METHADONE = Usual(Decimal(120), "reference D2 [V* 94]")

NOW = panel(
    "now",
    "Now",
    several(
        "opioids_used",
        "Which opioids do they use?",
        {
            "fentanyl": "Fentanyl or analogues",
            "heroin": "Heroin",
            "pressed_pills": "Pressed or bought pills",
            "prescribed": "Prescribed pain medicine",
            "methadone_bought": "Methadone, not prescribed",
            "buprenorphine_bought": "Buprenorphine, not prescribed",
            "other": "Another opioid",
        },
        none="None now",
    ),
    text("opioid_amount", "How much, in a usual day?", help="As they count it."),
    number("opioid_days", "On how many of the past 30 days?"),
    several(
        "route",
        "How do they take it?",
        {
            "injecting": "Injecting",
            "smoking": "Smoking",
            "nasal": "Through the nose",
            "oral": "By mouth",
            "other": "Another way",
        },
        help="Injecting: offer HIV and hepatitis tests and syringe services. It changes nothing about getting medicine.",
    ),
    moment(
        "last_short_acting_dt",
        "When was the last use of a short-acting opioid?",
        help="Heroin, oxycodone, pressed pills, fentanyl. The hour matters for starting buprenorphine.",
        why="Sets the earliest start of buprenorphine, and of naltrexone.",
    ),
    moment(
        "last_fentanyl_dt",
        "When was the last use of fentanyl?",
        help="Also pressed pills they think held it.",
        why="Fentanyl lingers: it changes how buprenorphine is started.",
    ),
    moment(
        "last_long_acting_dt",
        "When was the last long-acting opioid?",
        help="Methadone, buprenorphine film or tablet, extended-release pain medicine.",
        why="Naltrexone and buprenorphine must wait longer after these.",
    ),
    choice(
        "last_long_acting_drug",
        "Which one was it?",
        {
            "methadone": "Methadone",
            "buprenorphine": "Buprenorphine",
            "er_opioid": "Extended-release pain medicine",
        },
        dated("last_long_acting_dt"),
    ),
    moment(
        "last_bup_xr_dt",
        "When was the last buprenorphine injection?",
        help="Sublocade or Brixadi.",
        why="The depot lasts for months.",
    ),
    yes_no(
        "phys_dependence",
        "Physically dependent on opioids now?",
        "Withdrawal when they stop, or use to keep it away.",
        why="Decides whether naltrexone is possible at all.",
    ),
    yes_no("opioid_free", "Opioid-free now, or able to complete withdrawal?"),
    yes_no(
        "full_agonist_need",
        "Is there a reason a full opioid cannot be stopped for the start?",
        "For example pain after surgery.",
    ),
    several(
        "supply",
        "Has the supply changed lately?",
        {
            "changed_supplier": "New supplier",
            "counterfeit_tablets": "Counterfeit tablets",
            "first_fentanyl": "First fentanyl exposure",
        },
        none="No change",
    ),
    choice(
        "bam8",
        "How much has craving bothered them?",
        {str(c.value): c.words.en for c in HOW_MUCH},
        help="Past 30 days.",
    ),
)
TAKEN = panel(
    "taken",
    "Medication for opioid use disorder now",
    number(
        "mtd_dose",
        "Methadone, daily dose now",
        usual=USUAL_METHADONE,
        help="0 where none is taken. Confirm with the program.",
    ),
    number(
        "mtd_day", "Which day of methadone treatment is this?", at_least("mtd_dose", 1)
    ),
    moment(
        "mtd_dose_change_dt",
        "When was that dose last changed?",
        at_least("mtd_dose", 1),
    ),
    number(
        "bup_dose",
        "Buprenorphine film or tablet, daily dose now",
        usual=USUAL_BUPRENORPHINE,
        help="0 where none is taken.",
    ),
    yes_no(
        "end_of_dose_withdrawal",
        "Withdrawal before the next dose is due?",
        "",
        at_least("mtd_dose", 1),
    ),
    day(
        "moud_stop",
        "When was the last medication for opioid use disorder stopped?",
        none="Never took any, or still takes it",
    ),
)
BEFORE = panel(
    "before",
    "Treatment before",
    yes_no("bup_exposure", "Have they ever taken buprenorphine?"),
    number(
        "bup_months",
        "Buprenorphine: longest time kept",
        when_yes("bup_exposure"),
        unit="months",
        low=0,
        high=600,
    ),
    number(
        "bup_highest",
        "Buprenorphine: highest daily dose",
        when_yes("bup_exposure"),
        unit="mg/day",
        low=0,
        high=200,
        usual=USUAL_BUPRENORPHINE,
    ),
    yes_no("bup_helped", "Did buprenorphine help?", "", when_yes("bup_exposure")),
    yes_no(
        "history_pw",
        "Did starting it ever bring on sudden, strong withdrawal?",
        "Called precipitated withdrawal.",
        when_yes("bup_exposure"),
        why="Speaks for a low-dose start.",
    ),
    yes_no("mtd_tried", "Have they ever taken methadone as treatment?"),
    number(
        "mtd_months",
        "Methadone: longest time kept",
        when_yes("mtd_tried"),
        unit="months",
        low=0,
        high=600,
    ),
    number(
        "mtd_highest",
        "Methadone: highest daily dose",
        when_yes("mtd_tried"),
        unit="mg/day",
        low=0,
        high=1000,
        usual=USUAL_METHADONE,
    ),
    yes_no("mtd_helped", "Did methadone help?", "", when_yes("mtd_tried")),
    yes_no("ntx_tried", "Have they ever taken naltrexone injections?"),
    number(
        "ntx_doses",
        "Naltrexone: how many injections?",
        when_yes("ntx_tried"),
        unit="injections",
        low=1,
        high=300,
    ),
    yes_no("ntx_helped", "Did naltrexone help?", "", when_yes("ntx_tried")),
    number("adherence", "Daily doses missed in a usual week, when on daily medication"),
    yes_no("lost_doses", "Have doses been lost repeatedly?"),
    words("words_treatment", "What do they say about treatment so far?"),
)
CRITERIA = scored(
    "dsm5_oud",
    title="DSM-5 criteria for OUD",
    context=(
        "supervised",
        "impairment",
        "maintenance",
        "controlled_environment",
        "criteria_free_since",
        "severity_before",
    ),
)
WITHDRAWAL = scored(
    "cows",
    title="COWS, withdrawal now",
    context=("pulse_blunted", "sedative_withdrawal"),
)
SIGNS = panel(
    "signs",
    "Withdrawal, as you see it",
    yes_no(
        "objective_sign",
        "Is at least one objective sign of withdrawal seen now?",
        "Some start protocols ask for it beside the score.",
    ),
)

STEP = Step(
    key="opioids",
    title="Opioid use",
    lead="Ask in their words, in any order.",
    panels=(NOW, TAKEN, BEFORE, CRITERIA, WITHDRAWAL, SIGNS),
)

"""Step 3: alcohol, sedatives, stimulants, and the urine test."""

from assessments.intake.asking import (
    choice,
    measured,
    moment,
    scored,
    several,
    words,
    yes_no,
)
from assessments.intake.declaration import Step, panel, when

ALCOHOL = panel(
    "alcohol",
    "Alcohol",
    choice(
        "alcohol",
        "Do they drink?",
        {"none": "No", "active": "Yes", "abstinent": "No longer"},
        why="With opioid medication it raises the risk to breathing.",
    ),
)
AUDIT = scored(
    "audit_c", gates={"typical_day": "frequency", "six_or_more": "frequency"}
)
ALCOHOL_WITHDRAWAL = panel(
    "alcohol_withdrawal",
    "Alcohol withdrawal",
    measured("ciwa", "CIWA-Ar total"),
    only=[when("alcohol", "active")],
)
OTHERS = panel(
    "others",
    "Sedatives and stimulants",
    several(
        "sedatives",
        "Which sedatives do they take, prescribed or not?",
        {
            "benzodiazepine": "Benzodiazepine",
            "gabapentinoid": "Gabapentin or pregabalin",
            "z_drug": "Sleeping tablet (z-drug)",
            "barbiturate": "Barbiturate",
            "muscle_relaxant": "Muscle relaxant",
            "antipsychotic": "Sedating antipsychotic",
            "alcohol": "Alcohol to sleep",
            "other": "Another",
        },
        why="Changes the safe first dose and the monitoring, not whether they get one.",
    ),
    yes_no("stimulants", "Cocaine, methamphetamine or another stimulant?"),
    yes_no("tobacco", "Tobacco or nicotine?"),
    yes_no("cannabis", "Cannabis?"),
    words("words_use", "What does using do for them, and what does it cost them?"),
)
URINE = panel(
    "urine",
    "Latest urine test",
    several(
        "udt",
        "What was found?",
        {
            "fentanyl": "Fentanyl",
            "opiate": "Opiates (heroin, morphine, codeine)",
            "oxycodone": "Oxycodone",
            "methadone": "Methadone",
            "buprenorphine": "Buprenorphine",
            "tramadol": "Tramadol",
            "benzodiazepine": "Benzodiazepine",
            "cocaine": "Cocaine",
            "methamphetamine": "Methamphetamine",
            "amphetamine": "Amphetamine",
            "alcohol": "Alcohol",
            "cannabis": "Cannabis",
            "other": "Other",
        },
        none="Nothing found",
        help="The same day's test. Results from the laboratory are entered under Medication. A result never stands in the way of treatment.",
    ),
    yes_no(
        "udt_fentanyl",
        "Was fentanyl found?",
        "Not known, where the panel does not test for it.",
    ),
    choice(
        "challenge",
        "Naloxone challenge",
        {
            "not_done": "Not done",
            "ordered": "Ordered",
            "negative": "Negative",
            "positive": "Positive",
            "doubtful": "Doubtful",
        },
        help="Only before naltrexone.",
    ),
    moment("last_alcohol_dt", "When was the last drink?", when("alcohol", "active")),
)

STEP = Step(
    key="substances",
    title="Other substances",
    lead="Nothing here is a condition for medication.",
    panels=(ALCOHOL, AUDIT, ALCOHOL_WITHDRAWAL, OTHERS, URINE),
)

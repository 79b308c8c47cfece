"""Step 3: alcohol, sedatives, stimulants, and the urine test."""

from assessments.intake.builders import (
    choice,
    measured,
    moment,
    scored,
    several,
    words,
    yes_no,
)
from assessments.intake.declaration import (
    Step,
    either,
    panel,
    unless,
    when,
    when_yes,
)
from assessments.intake.steps.opioids import each_use

# AUDIT-C, how often: never, and every other answer.
NEVER, DRINKS = "0", ("1", "2", "3", "4")
AUDIT = scored(
    "audit_c",
    title="Alcohol: AUDIT-C",
    gates={"typical_day": "frequency", "six_or_more": "frequency"},
)
ALCOHOL = panel(
    "alcohol",
    "Alcohol",
    yes_no(
        "alcohol_before",
        "Was drinking a problem before?",
        "",
        when("audit_c.frequency", NEVER),
        why="With opioid medication, drinking again raises the risk to breathing.",
    ),
    moment(
        "last_alcohol_dt",
        "When was the last drink?",
        when("audit_c.frequency", *DRINKS),
    ),
    measured("ciwa", "CIWA-Ar total", when("audit_c.frequency", *DRINKS)),
    only=[when("audit_c.frequency", NEVER, *DRINKS)],
)
SEDATIVES = {
    "benzodiazepine": "Benzodiazepine",
    "gabapentinoid": "Gabapentin or pregabalin",
    "z_drug": "Sleeping tablet (z-drug)",
    "barbiturate": "Barbiturate",
    "muscle_relaxant": "Muscle relaxant",
    "antipsychotic": "Sedating antipsychotic",
    "alcohol": "Alcohol to sleep",
    "other": "Another",
}
OTHERS_USED = {
    "tobacco": "Tobacco or nicotine",
    "cannabis": "Cannabis",
    "cocaine": "Cocaine",
    "methamphetamine": "Methamphetamine",
    "other_stimulant": "Another stimulant",
    "hallucinogen": "Hallucinogen, ecstasy or ketamine",
    "inhalant": "Inhalant",
    "kratom": "Kratom or tianeptine",
    "other_substance": "Something else",
}
# A row for each of these, apart from what AUDIT-C asks.
EACH = {k: v for k, v in SEDATIVES.items() if k != "alcohol"} | OTHERS_USED
OTHERS = panel(
    "others",
    "Sedatives, stimulants and others",
    several(
        "sedatives",
        "Which sedatives do they take, prescribed or not?",
        SEDATIVES,
        why="Changes the safe first dose and the monitoring, not whether they get one.",
    ),
    several("others_used", "Which of these in the past 30 days?", OTHERS_USED),
    each_use(
        "other_use", "How do they use each of them?", EACH, "sedatives", "others_used"
    ),
    words("words_use", "What does using do for them, and what does it cost them?"),
)
DRUGS = scored("dast10", title="DAST-10, what drug use brought")
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
        "Did the panel test for fentanyl, and find it?",
        "Not known, where the panel does not test for it.",
        unless("udt", "fentanyl"),
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
        either(when_yes("opioid_free"), when("preference", "NTX_XR")),
        help="Only before naltrexone.",
    ),
)

STEP = Step(
    key="substances",
    title="Other substances",
    lead="Nothing here is a condition for medication.",
    panels=(AUDIT, ALCOHOL, OTHERS, DRUGS, URINE),
)

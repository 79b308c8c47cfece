"""Step 4: pregnancy, organs, infections, pain, sleep, medicines, allergies, family."""

from dataclasses import replace

from assessments.intake.builders import (
    choice,
    day,
    extra,
    listed,
    measured,
    number,
    rows,
    scored,
    several,
    text,
    words,
    yes_no,
)
from assessments.intake.declaration import (
    Step,
    panel,
    some,
    unless,
    unless_no,
    unless_yes,
    when,
    when_yes,
)

CAN_BE = unless("sex", "male")
AT_HAND = "results_at_hand"
LIVER_TESTS, VITALS = when(AT_HAND, "liver"), when(AT_HAND, "vitals")
# Named by the piece of a page that tells what they do to medication for OUD.
INTERACTIONS = "medications:interactions"

PREGNANCY = panel(
    "pregnancy",
    "Pregnancy and children",
    yes_no(
        "could_be_pregnant",
        "Could they be pregnant?",
        "No, where pregnancy is not possible.",
        why="Decides which injections are open to them.",
    ),
    choice(
        "pregnancy_test",
        "Pregnancy test",
        {
            "negative": "Negative",
            "positive": "Positive",
            "not_done": "Not done",
            "declined": "Not wanted",
        },
        unless_no("could_be_pregnant"),
        help="In the past 14 days.",
    ),
    yes_no("pregnancy", "Are they pregnant?", "", unless_no("could_be_pregnant")),
    number("trimester", "Which trimester?", when_yes("pregnancy")),
    number("postpartum", "Months since the last delivery, if any"),
    yes_no("lactation", "Breastfeeding?"),
    choice(
        "pregnancy_wish",
        "Would they like to be pregnant in the next year?",
        {"yes": "Yes", "no": "No", "either": "Either is fine", "unsure": "Unsure"},
        unless_yes("pregnancy"),
    ),
    choice(
        "contraception",
        "Contraception now",
        {
            "none_used": "None",
            "wanted": "Would like some",
            "lasting": "Implant, coil or surgery",
            "other": "Pill, condom or other",
        },
        unless_no("could_be_pregnant"),
    ),
    only=[CAN_BE],
)
RESULTS = panel(
    "results",
    "Results at hand",
    several(
        "results_at_hand",
        "Which results are at hand?",
        {
            "liver": "Liver tests",
            "ecg": "ECG",
            "kidney": "Kidney tests",
            "blood": "Blood count",
            "vitals": "Pulse, pressure, weight",
        },
        none="None yet",
        help="What comes later goes in under Measures, by hand or from a file.",
        why="What is not at hand stays not known; it is never taken for normal.",
    ),
    measured(
        "alt", "ALT", LIVER_TESTS, why="Above three times the limit changes the choice."
    ),
    measured("ast", "AST", LIVER_TESTS),
    measured("uln", "Upper limit of normal, as the laboratory gives it", LIVER_TESTS),
    measured(
        "child_pugh",
        "Child-Pugh score",
        LIVER_TESTS,
        help="0 where there is no liver disease to grade.",
    ),
    measured(
        "qtc",
        "QTc",
        when(AT_HAND, "ecg"),
        why="At 500 ms or more methadone would be avoided.",
    ),
    measured("egfr", "eGFR", when(AT_HAND, "kidney")),
    measured("crcl", "Creatinine clearance", when(AT_HAND, "kidney")),
    measured("platelets", "Platelets", when(AT_HAND, "blood")),
    measured("sbp", "Systolic blood pressure", VITALS),
    measured("hr", "Pulse", VITALS),
    measured("weight", "Weight", VITALS),
    measured("height", "Height", VITALS),
)
INFECTIONS_TESTED = {
    "hiv": "HIV",
    "hcv": "Hepatitis C",
    "hbv": "Hepatitis B",
    "syphilis": "Syphilis",
    "tb": "Tuberculosis",
}
INFECTIONS = panel(
    "infections",
    "Infections",
    several(
        "tests_had",
        "Which of these have they been tested for?",
        INFECTIONS_TESTED,
        none="None",
        why="Where it was never tested, offer it.",
    ),
    rows(
        "infection_tests",
        "How did each test come out?",
        INFECTIONS_TESTED,
        choice(
            "result",
            "Result",
            {
                "negative": "Negative",
                "positive": "Positive",
                "past": "Cleared, treated or immune",
            },
        ),
        extra(day("on", "Tested on")),
        of=("tests_had",),
        only=(some("tests_had"),),
        help="Hepatitis C: positive means that the virus itself was found.",
    ),
    several(
        "vaccines",
        "Vaccines they have had",
        {
            "hepatitis_a": "Hepatitis A",
            "hepatitis_b": "Hepatitis B",
            "tetanus": "Tetanus, past 10 years",
            "influenza": "Influenza, this season",
            "pneumococcus": "Pneumococcus",
        },
        none="None of these",
    ),
)
HEART = panel(
    "heart",
    "Heart",
    several(
        "ecg_risk",
        "Any of these?",
        {
            "syncope": "Fainting",
            "heart_disease": "Heart disease",
            "family_sudden_death": "Sudden death in the family",
            "family_long_qt": "Long QT in the family",
            "prior_qtc_over_450": "QTc above 450 ms before",
            "unexplained_seizure": "Seizure without a known cause",
            "low_potassium": "Low potassium",
            "low_magnesium": "Low magnesium",
            "qt_drugs": "Medicines that lengthen QT",
        },
        why="Any of them asks for an ECG before methadone.",
    ),
    yes_no(
        "long_qt",
        "Congenital long QT, or a class IA or III antiarrhythmic?",
    ),
    several(
        "cardiac",
        "Heart and circulation",
        {
            "severe_coronary_insufficiency": "Severe coronary insufficiency",
            "recent_mi": "Recent heart attack",
            "cerebrovascular_disease": "Cerebrovascular disease",
            "marked_bradycardia": "Very slow pulse",
            "heart_failure": "Heart failure",
        },
    ),
    may_end_in_no=True,
)
LUNGS = panel(
    "lungs",
    "Lungs, liver, kidneys, blood, gut and head",
    several(
        "resp",
        "Breathing",
        {
            "respiratory_depression": "Breathing depressed now",
            "acute_asthma": "Asthma attack now",
            "severe_asthma": "Severe asthma",
            "asthma": "Asthma",
            "copd": "COPD",
            "cor_pulmonale": "Cor pulmonale",
            "sleep_apnoea": "Sleep apnea",
            "hypoventilation": "Hypoventilation",
        },
    ),
    yes_no(
        "resp_monitoring",
        "Are monitoring and resuscitation equipment at hand?",
        "",
        when("resp", "acute_asthma", "severe_asthma", "respiratory_depression"),
    ),
    choice(
        "hepatitis",
        "Hepatitis or liver failure now?",
        {
            "none": "No",
            "chronic": "Chronic hepatitis",
            "acute": "Acute hepatitis",
            "liver_failure": "Liver failure",
        },
    ),
    several(
        "anticoag",
        "Anticoagulants, or trouble with clotting?",
        {
            "full": "Full anticoagulation",
            "prophylactic": "Preventive dose",
            "coagulation_disorder": "Coagulation disorder",
        },
        none="No",
        why="Matters for injections into muscle.",
    ),
    several(
        "gi",
        "Gut obstruction, known or suspected",
        {
            "obstruction": "Obstruction",
            "suspected_obstruction": "Suspected obstruction",
            "paralytic_ileus": "Paralytic ileus",
        },
        none="No",
    ),
    several(
        "neuro_gi",
        "Head or abdomen",
        {
            "head_injury": "Head injury",
            "raised_icp": "Raised pressure in the head",
            "acute_abdomen": "Acute abdomen",
            "biliary_disease": "Biliary disease",
        },
    ),
    yes_no("seizure", "Seizures, or a seizure disorder?"),
    several(
        "medical",
        "Long-standing",
        {"cirrhosis": "Cirrhosis", "kidney_disease": "Kidney disease"},
    ),
    several(
        "medical_other",
        "Other conditions in care",
        {
            "diabetes": "Diabetes",
            "high_blood_pressure": "High blood pressure",
            "thyroid": "Thyroid disease",
            "cancer": "Cancer",
            "teeth": "Trouble with teeth",
            "constipation": "Constipation",
        },
    ),
    several(
        "symptoms",
        "Symptoms that can come from long opioid use",
        {
            "adrenal_insufficiency": "Signs of adrenal insufficiency",
            "hypogonadism": "Low sex drive, hot flushes",
            "amenorrhoea": "Periods have stopped",
        },
    ),
    yes_no("dialysis", "Dialysis or end-stage kidney disease?"),
    may_end_in_no=True,
)
PAIN = panel(
    "pain",
    "Pain",
    several(
        "pain",
        "Pain that bears on the choice?",
        {
            "chronic": "Chronic pain",
            "needs_opioids": "Pain that needs opioids",
            "emergency": "Acute pain now",
        },
        why="Naltrexone blocks opioid pain medicine.",
        none="No",
    ),
    text("pain_where", "Where, and since when?", some("pain")),
    yes_no("surgery", "Is surgery or other acute pain planned?"),
)
HOW_MUCH_PAIN = scored("peg", some("pain"), title="PEG, pain in the past week")
BEFORE_OPIOIDS = scored(
    "ort_oud",
    when("pain", "needs_opioids"),
    title="Before opioids for pain (ORT-OUD)",
    without=("age_16_45",),
)
SLEEP = panel(
    "sleep",
    "Sleep",
    several(
        "sleep",
        "What troubles their sleep?",
        {
            "falling": "Falling asleep",
            "waking": "Waking in the night",
            "nightmares": "Nightmares",
            "snoring": "Snoring or pauses in breathing",
            "legs": "Restless legs",
            "place": "No quiet or safe place",
        },
        none="Sleeps well",
        why="Pauses in breathing matter with opioid medication.",
    ),
    choice(
        "activity",
        "Usual physical activity",
        {"low": "Low", "moderate": "Moderate", "high": "High"},
    ),
)
MEDICINES = panel(
    "medicines",
    "Medicines, allergies and injections",
    replace(
        listed(
            "med_list",
            "Which other medicines do they take?",
            none="Takes no other medicine",
            help="Ingredients or brands, with commas between. Also bought without a prescription.",
            why="Several medicines change how methadone and buprenorphine work.",
        ),
        beside=INTERACTIONS,
    ),
    extra(
        yes_no(
            "ntx_po",
            "Would oral naltrexone be taken within 2 hours of lofexidine?",
        )
    ),
    listed(
        "allergy",
        "Allergies",
        none="No known allergies",
        help="With commas between. Ask about methadone, buprenorphine, naltrexone and injections.",
        why="Some injections hold substances people react to.",
    ),
)
FAMILY = panel(
    "family_health",
    "Family and inheritance",
    several(
        "family_history",
        "In parents, brothers, sisters or children",
        {
            "alcohol": "Alcohol use disorder",
            "drugs": "Another substance use disorder",
            "overdose": "Death by overdose",
            "mood": "Depression or bipolar disorder",
            "psychosis": "Psychosis",
            "suicide": "Death by suicide",
        },
        help="Sudden death and long QT in the family are asked under Heart.",
    ),
    text(
        "gene_test",
        "A gene test that bears on medicines?",
        help="Such as CYP2B6 or CYP3A4, as the report names it.",
    ),
    words("words_body", "What do they want their clinicians to know about their body?"),
)

STEP = Step(
    key="body",
    title="Body",
    lead="What is not known stays open; it is never taken for no.",
    panels=(
        PREGNANCY,
        INFECTIONS,
        RESULTS,
        HEART,
        LUNGS,
        PAIN,
        HOW_MUCH_PAIN,
        BEFORE_OPIOIDS,
        SLEEP,
        MEDICINES,
        FAMILY,
    ),
)

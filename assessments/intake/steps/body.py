"""Step 4: pregnancy, liver, heart, lungs, pain, medicines and allergies."""

from assessments.intake.asking import (
    choice,
    listed,
    measured,
    number,
    several,
    words,
    yes_no,
)
from assessments.intake.declaration import (
    Step,
    panel,
    unless,
    unless_no,
    when,
    when_yes,
)

CAN_BE = unless("sex", "male")

PREGNANCY = panel(
    "pregnancy",
    "Pregnancy",
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
    only=[CAN_BE],
)
LIVER = panel(
    "liver",
    "Liver and infections",
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
    measured("alt", "ALT", why="Above three times the limit changes the choice."),
    measured("ast", "AST"),
    measured("uln", "Upper limit of normal, as the laboratory gives it"),
    measured(
        "child_pugh",
        "Child-Pugh score",
        help="0 where there is no liver disease to grade.",
    ),
    yes_no("hcv", "Chronic hepatitis C?"),
    yes_no("hbv", "Chronic hepatitis B?"),
    yes_no("hiv", "Living with HIV?"),
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
    measured("qtc", "QTc", why="At 500 ms or more methadone would be avoided."),
    several(
        "cardiac",
        "Heart and circulation",
        {
            "congenital_long_qt": "Congenital long QT",
            "severe_coronary_insufficiency": "Severe coronary insufficiency",
            "recent_mi": "Recent heart attack",
            "cerebrovascular_disease": "Cerebrovascular disease",
            "chronic_renal_failure": "Chronic renal failure",
            "marked_bradycardia": "Very slow pulse",
            "heart_failure": "Heart failure",
        },
    ),
    measured("sbp", "Systolic blood pressure"),
    measured("hr", "Pulse"),
)
LUNGS = panel(
    "lungs",
    "Lungs, gut, head and kidneys",
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
    yes_no("dialysis", "Dialysis or end-stage kidney disease?"),
    measured("egfr", "eGFR"),
    measured("crcl", "Creatinine clearance"),
    several(
        "medical",
        "Other conditions",
        {
            "heart_failure": "Heart failure",
            "cirrhosis": "Cirrhosis",
            "kidney_disease": "Kidney disease",
            "copd": "COPD",
            "asthma": "Asthma",
            "sleep_apnoea": "Sleep apnea",
            "infection_from_use": "Infection from use",
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
    yes_no("surgery", "Is surgery or other acute pain planned?"),
)
MEDICINES = panel(
    "medicines",
    "Medicines, allergies and injections",
    listed(
        "med_list",
        "Which other medicines do they take?",
        none="Takes no other medicine",
        help="Ingredients or brands, with commas between. Also bought without a prescription.",
        why="Several medicines change how methadone and buprenorphine work.",
    ),
    yes_no(
        "ntx_po",
        "Would oral naltrexone be taken within 2 hours of lofexidine?",
    ),
    listed(
        "allergy",
        "Allergies",
        none="No known allergies",
        help="With commas between. Ask about methadone, buprenorphine, naltrexone and injections.",
        why="Some injections hold substances people react to.",
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
    measured("platelets", "Platelets"),
    measured("weight", "Weight"),
    measured("height", "Height"),
    choice(
        "activity",
        "Usual physical activity",
        {"low": "Low", "moderate": "Moderate", "high": "High"},
    ),
    words("words_body", "What do they want their clinicians to know about their body?"),
)

STEP = Step(
    key="body",
    title="Body",
    lead="What is not known stays open; it is never taken for no.",
    panels=(PREGNANCY, LIVER, HEART, LUNGS, PAIN, MEDICINES),
)

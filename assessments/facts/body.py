"""Facts on organs, laboratory values, pregnancy and the body.

How long a fact stays fresh is a clinic policy (reference C0, staleness [P]).
"""

from decimal import Decimal

from assessments.facts.fact import Domain, Fact, Kind, Words


def amount(
    name: str,
    label: str,
    unit: str,
    low: str,
    high: str,
    *,
    kind: Kind = Kind.DECIMAL,
    meaning: str = "",
    words: Words | None = None,
    aliases: tuple[str, ...] = (),
) -> Fact:
    return Fact(
        name=name,
        kind=kind,
        label=label,
        meaning=meaning or f"Latest {label[0].lower() + label[1:]}.",
        domain=Domain.BODY,
        unit=unit,
        low=Decimal(low),
        high=Decimal(high),
        words=words or {},
        aliases=aliases,
    )


def yes_no(
    name: str,
    label: str,
    meaning: str,
    *,
    aliases: tuple[str, ...] = (),
    words: Words | None = None,
) -> Fact:
    return Fact(
        name=name,
        kind=Kind.BOOL,
        label=label,
        meaning=meaning,
        domain=Domain.BODY,
        aliases=aliases,
        words=words or {},
    )


def signs(
    name: str, label: str, meaning: str, *choices: str, words: Words | None = None
) -> Fact:
    return Fact(
        name=name,
        kind=Kind.SET,
        label=label,
        meaning=meaning,
        domain=Domain.BODY,
        choices=choices,
        words=words or {},
    )


FACTS = (
    amount("alt", "ALT", "U/L", "0", "50000"),
    amount("ast", "AST", "U/L", "0", "50000"),
    amount(
        "uln",
        "Upper limit of normal for ALT and AST",
        "U/L",
        "5",
        "200",
        meaning="The laboratory's upper limit of normal for ALT and AST.",
    ),
    Fact(
        name="hepatitis",
        kind=Kind.CHOICE,
        label="Hepatitis or liver failure",
        meaning="Acute hepatitis or liver failure now.",
        domain=Domain.BODY,
        choices=("none", "chronic", "acute", "liver_failure"),
        words={
            "no": "none",
            "false": "none",
            "acute_hepatitis": "acute",
            "failure": "liver_failure",
            "chronic_stable": "chronic",
        },
    ),
    amount(
        "child_pugh",
        "Child-Pugh score",
        "points",
        "5",
        "15",
        kind=Kind.INT,
        meaning="Child-Pugh score, 5 to 15; 0 or 'no liver disease' where there is none to grade.",
        words={"0": 0, "none": 0, "no_liver_disease": 0, "a": 5, "b": 7, "c": 10},
    ),
    yes_no("hcv", "Hepatitis C", "Has chronic hepatitis C."),
    yes_no("hbv", "Hepatitis B", "Has chronic hepatitis B."),
    yes_no("hiv", "HIV", "Lives with HIV."),
    amount("crcl", "Creatinine clearance", "mL/min", "0", "300"),
    amount("egfr", "eGFR", "mL/min/1.73 m2", "0", "250"),
    yes_no(
        "dialysis",
        "Dialysis or end-stage kidney disease",
        "On dialysis, or with end-stage kidney disease.",
        aliases=("esrd",),
    ),
    amount("qtc", "QTc", "ms", "200", "800", kind=Kind.INT),
    signs(
        "ecg_risk",
        "Heart rhythm risks",
        "Risks that ask for an ECG before or on methadone.",
        "prior_qtc_over_450",
        "family_long_qt",
        "family_sudden_death",
        "syncope",
        "unexplained_seizure",
        "heart_disease",
        "low_potassium",
        "low_magnesium",
        "qt_drugs",
        words={
            "yes": "heart_disease",
            "family_history": "family_sudden_death",
            "low_k": "low_potassium",
            "low_mg": "low_magnesium",
            "fainting": "syncope",
        },
    ),
    yes_no(
        "long_qt",
        "Congenital long QT",
        "Congenital long QT syndrome, or a class IA or III antiarrhythmic.",
        words={"congenital": True},
    ),
    signs(
        "resp",
        "Breathing",
        "Breathing problems now or long-standing.",
        "respiratory_depression",
        "acute_asthma",
        "severe_asthma",
        "asthma",
        "copd",
        "cor_pulmonale",
        "sleep_apnoea",
        "hypoventilation",
        words={"sleep_apnea": "sleep_apnoea", "depression": "respiratory_depression"},
    ),
    yes_no(
        "resp_monitoring",
        "Monitoring for asthma",
        "Monitoring and resuscitation equipment are at hand.",
    ),
    signs(
        "gi",
        "Bowel obstruction",
        "Known or suspected obstruction of the gut, paralytic ileus included.",
        "obstruction",
        "suspected_obstruction",
        "paralytic_ileus",
        words={"yes": "obstruction", "true": "obstruction", "ileus": "paralytic_ileus"},
    ),
    yes_no(
        "seizure",
        "Seizure disorder",
        "Has a seizure disorder or has had seizures.",
        aliases=("seizures",),
    ),
    signs(
        "neuro_gi",
        "Head or abdomen",
        "Head injury, raised pressure in the head, acute abdomen or biliary disease.",
        "head_injury",
        "raised_icp",
        "acute_abdomen",
        "biliary_disease",
    ),
    signs(
        "cardiac",
        "Heart and circulation",
        "Heart conditions that matter for lofexidine.",
        "congenital_long_qt",
        "severe_coronary_insufficiency",
        "recent_mi",
        "cerebrovascular_disease",
        "chronic_renal_failure",
        "marked_bradycardia",
        "heart_failure",
        words={"mi": "recent_mi", "cvd": "cerebrovascular_disease"},
    ),
    amount("sbp", "Systolic blood pressure", "mmHg", "30", "300", kind=Kind.INT),
    amount("hr", "Heart rate", "/min", "15", "300", kind=Kind.INT),
    yes_no(
        "pregnancy",
        "Pregnancy",
        "Is pregnant.",
        aliases=("pregnant",),
        words={"pregnant": True, "not_pregnant": False},
    ),
    yes_no(
        "could_be_pregnant",
        "Could be pregnant",
        "Could be pregnant; no where pregnancy is not possible.",
    ),
    Fact(
        name="pregnancy_test",
        kind=Kind.CHOICE,
        label="Pregnancy test",
        meaning="Result of the latest pregnancy test.",
        domain=Domain.BODY,
        choices=("not_done", "negative", "positive", "declined"),
        words={
            "no": "not_done",
            "none": "not_done",
            "false": "not_done",
            "untested": "not_done",
        },
    ),
    amount("trimester", "Trimester", "", "1", "3", kind=Kind.INT),
    yes_no(
        "end_of_dose_withdrawal",
        "Withdrawal before the next dose",
        "Has withdrawal before the next dose is due.",
    ),
    amount(
        "postpartum",
        "Months since delivery",
        "months",
        "0",
        "600",
        meaning="Months since the last delivery.",
        aliases=("postpartum_months",),
    ),
    yes_no(
        "lactation", "Breastfeeding", "Is breastfeeding.", aliases=("breastfeeding",)
    ),
    amount("bmi", "BMI", "kg/m2", "8", "120"),
    amount("platelets", "Platelets", "10^9/L", "0", "3000"),
    signs(
        "anticoag",
        "Clotting",
        "Anticoagulants taken, or a coagulation disorder.",
        "full",
        "prophylactic",
        "coagulation_disorder",
        words={"yes": "full", "true": "full", "full_anticoagulation": "full"},
    ),
)

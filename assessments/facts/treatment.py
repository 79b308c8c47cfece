"""Facts on medicines, earlier treatment, wishes and access."""

from decimal import Decimal

from assessments.facts.fact import Domain, Fact, Kind
from knowledge.medicines import medicines

MEDICATION_WORDS = {word: one.key for one in medicines() for word in one.words}
# Brand names, so that a brand in the list is read as what it contains.
BRANDS = {
    **medicines().brands,
    "rifampicin": "rifampin",
    "st_john's_wort": "st john wort",
    "st_johns_wort": "st john wort",
    "xanax": "alprazolam",
    "klonopin": "clonazepam",
    "valium": "diazepam",
    "ativan": "lorazepam",
    "neurontin": "gabapentin",
    "lyrica": "pregabalin",
    "oxycontin": "oxycodone",
    "percocet": "oxycodone",
    "vicodin": "hydrocodone",
}


def ingredients(name: str, label: str, meaning: str) -> Fact:
    return Fact(
        name=name,
        kind=Kind.INGREDIENTS,
        label=label,
        meaning=meaning,
        domain=Domain.TREATMENT,
        words=BRANDS,
    )


FACTS = (
    Fact(
        name="med_list",
        kind=Kind.INGREDIENTS,
        label="Medicines taken",
        meaning="Ingredients of every medicine taken now; empty or 'none' where there is none.",
        domain=Domain.TREATMENT,
        aliases=("medications", "medicines", "medication_list"),
        words=BRANDS,
    ),
    ingredients(
        "inducer", "Enzyme inducers", "Medicines taken that speed up breakdown."
    ),
    ingredients(
        "inhibitor", "Enzyme inhibitors", "Medicines taken that slow breakdown."
    ),
    ingredients("arv", "HIV medicines", "Antiretroviral ingredients taken."),
    ingredients(
        "serotonergic",
        "Serotonergic medicines",
        "Medicines that raise serotonin, or an MAOI taken in the past 14 days.",
    ),
    Fact(
        name="mtd_dose",
        kind=Kind.DECIMAL,
        label="Methadone dose",
        meaning="Current methadone dose; 0 where none is taken.",
        domain=Domain.TREATMENT,
        unit="mg/day",
        low=Decimal(0),
        high=Decimal(1000),
        aliases=("methadone_dose",),
        words={"none": 0},
    ),
    Fact(
        name="mtd_dose_change_dt",
        kind=Kind.DATETIME,
        label="Last methadone dose change",
        meaning="When the methadone dose was last changed.",
        domain=Domain.TREATMENT,
    ),
    Fact(
        name="mtd_day",
        kind=Kind.INT,
        label="Day on methadone",
        meaning="Day of the present methadone treatment, the first dose being day 1; 0 where there is none.",
        domain=Domain.TREATMENT,
        unit="days",
        low=Decimal(0),
        high=Decimal(40000),
    ),
    Fact(
        name="bup_dose",
        kind=Kind.DECIMAL,
        label="Buprenorphine dose",
        meaning="Current transmucosal buprenorphine dose; 0 where none is taken.",
        domain=Domain.TREATMENT,
        unit="mg/day",
        low=Decimal(0),
        high=Decimal(200),
        aliases=("buprenorphine_dose",),
        words={"none": 0},
    ),
    Fact(
        name="bup_exposure",
        kind=Kind.BOOL,
        label="Ever taken buprenorphine",
        meaning="Has ever taken buprenorphine.",
        domain=Domain.TREATMENT,
        words={
            "never": False,
            "naive": False,
            "current": True,
            "past": True,
            "ever": True,
        },
    ),
    Fact(
        name="bam8",
        kind=Kind.INT,
        label="Craving (BAM 8)",
        meaning="How much craving bothered the person: item 8 of the Brief Addiction Monitor.",
        domain=Domain.MIND,
        unit="of 4",
        low=Decimal(0),
        high=Decimal(4),
        aliases=("craving",),
    ),
    Fact(
        name="moud_stop",
        kind=Kind.DATE,
        label="MOUD stopped on",
        meaning="Day on which the last medication for opioid use disorder was stopped; 'never' where none was.",
        domain=Domain.TREATMENT,
        aliases=("moud_stopped_on",),
    ),
    Fact(
        name="history",
        kind=Kind.TRIALS,
        label="Earlier medication treatment",
        meaning="Earlier medication treatments: how long, at what dose, and whether they helped.",
        domain=Domain.TREATMENT,
        aliases=("past_trials", "past_treatment"),
    ),
    Fact(
        name="order",
        kind=Kind.SET,
        label="Proposed or ordered",
        meaning="What is proposed or ordered now.",
        domain=Domain.TREATMENT,
        choices=(*medicines().keys, "LOFEX", "CLON", "abrupt_opioid_stop"),
        words={
            **MEDICATION_WORDS,
            "lofexidine": "LOFEX",
            "clonidine": "CLON",
            "opioid_stop": "abrupt_opioid_stop",
        },
    ),
    Fact(
        name="protocol",
        kind=Kind.CHOICE,
        label="Buprenorphine start protocol",
        meaning="The start protocol chosen, which sets the lowest COWS for a first dose.",
        domain=Domain.TREATMENT,
        choices=(
            "asam_2023",
            "high_dose",
            "asam_2020",
            "tip_63",
            "moderate",
            "low_dose",
            "low_dose_bridge",
        ),
        words={
            "standard": "asam_2020",
            "asam2023": "asam_2023",
            "asam2020": "asam_2020",
            "tip63": "tip_63",
            "rems": "tip_63",
            "low_dose_with_bridge": "low_dose_bridge",
            "bup_low": "low_dose",
        },
    ),
    Fact(
        name="setting",
        kind=Kind.CHOICE,
        label="Setting",
        meaning="Where the medication would be started.",
        domain=Domain.TREATMENT,
        choices=(
            "outpatient",
            "home",
            "hospital",
            "emergency",
            "otp",
            "residential",
            "custody",
        ),
        words={
            "inpatient": "hospital",
            "ed": "emergency",
            "office": "outpatient",
            "jail": "custody",
        },
    ),
    Fact(
        name="dosing_assess",
        kind=Kind.CHOICE,
        label="Check at dosing",
        meaning="How the person is when coming for a dose.",
        domain=Domain.TREATMENT,
        choices=("alert", "sedated", "intoxicated"),
        words={"normal": "alert", "ok": "alert", "no": "alert"},
    ),
    Fact(
        name="ntx_po",
        kind=Kind.BOOL,
        label="Oral naltrexone within 2 hours",
        meaning="Oral naltrexone is or would be taken within 2 hours of lofexidine.",
        domain=Domain.TREATMENT,
    ),
    Fact(
        name="pdmp",
        kind=Kind.BOOL,
        label="PDMP checked",
        meaning="The prescription drug monitoring program was checked.",
        domain=Domain.TREATMENT,
        aliases=("pdmp_checked",),
    ),
)

"""Facts that decide what a plan has to answer, beside those on medication."""

from decimal import Decimal

from assessments.facts.fact import Domain, Fact, Kind, Words


def score(
    name: str, label: str, domain: Domain, low: int, high: int, *aliases: str
) -> Fact:
    return Fact(
        name=name,
        kind=Kind.INT,
        label=label,
        meaning=f"Latest {label} total.",
        domain=domain,
        unit=f"of {high}",
        low=Decimal(low),
        high=Decimal(high),
        aliases=aliases,
    )


def count(
    name: str,
    label: str,
    meaning: str,
    domain: Domain,
    unit: str,
    most: int,
    *also: str,
) -> Fact:
    return Fact(
        name=name,
        kind=Kind.INT,
        label=label,
        meaning=meaning,
        domain=domain,
        unit=unit,
        low=Decimal(0),
        high=Decimal(most),
        aliases=also,
    )


def yes_no(name: str, label: str, meaning: str, domain: Domain, *aliases: str) -> Fact:
    return Fact(
        name=name,
        kind=Kind.BOOL,
        label=label,
        meaning=meaning,
        domain=domain,
        aliases=aliases,
    )


def choice(
    name: str,
    label: str,
    meaning: str,
    domain: Domain,
    choices: tuple[str, ...],
    *aliases: str,
    kind: Kind = Kind.CHOICE,
    words: Words | None = None,
) -> Fact:
    return Fact(
        name=name,
        kind=kind,
        label=label,
        meaning=meaning,
        domain=domain,
        choices=choices,
        aliases=aliases,
        words=words or {},
    )


SCORES = (
    score("gad7", "GAD-7", Domain.MIND, 0, 21, "gad_7"),
    score("pc_ptsd5", "PC-PTSD-5", Domain.MIND, 0, 5, "pcptsd5"),
    score("barc10", "BARC-10", Domain.SOCIAL, 10, 60),
    score("hits", "HITS", Domain.SOCIAL, 4, 20),
    Fact(
        name="peg",
        kind=Kind.DECIMAL,
        label="PEG",
        meaning="Latest mean of the PEG pain scale.",
        domain=Domain.BODY,
        unit="of 10",
        low=Decimal(0),
        high=Decimal(10),
    ),
    count(
        "importance",
        "Importance of change",
        "Readiness ruler: how important the change is.",
        Domain.MIND,
        "of 10",
        10,
    ),
    count(
        "confidence",
        "Confidence in change",
        "Readiness ruler: how confident the person is.",
        Domain.MIND,
        "of 10",
        10,
    ),
    count(
        "bam2",
        "Poor sleep (BAM 2)",
        "Nights of poor sleep, as coded by item 2 of the Brief Addiction Monitor.",
        Domain.MIND,
        "of 4",
        4,
        "poor_sleep",
    ),
    count(
        "bam15",
        "Conflict (BAM 15)",
        "Bother from family or social conflict: item 15 of the Brief Addiction Monitor.",
        Domain.SOCIAL,
        "of 4",
        4,
        "conflict",
    ),
)
LIFE = (
    count(
        "opioid_days",
        "Days of opioid use",
        "Days with opioid use in the past 30 days.",
        Domain.USE,
        "days",
        30,
    ),
    yes_no(
        "tobacco",
        "Tobacco or nicotine",
        "Uses tobacco or nicotine now.",
        Domain.USE,
        "smoking_tobacco",
    ),
    yes_no(
        "food",
        "Food need",
        "Food runs out, or there is worry that it will.",
        Domain.SOCIAL,
        "food_need",
    ),
    yes_no(
        "utilities",
        "Utilities need",
        "Utilities are threatened or have been shut off.",
        Domain.SOCIAL,
    ),
    choice(
        "income",
        "Income",
        "Whether income covers basic needs.",
        Domain.SOCIAL,
        ("enough", "not_enough"),
        "money",
    ),
    choice(
        "employment",
        "Work",
        "Work situation.",
        Domain.SOCIAL,
        ("working", "looking", "not_looking", "unable", "student", "retired"),
        "work",
    ),
    yes_no(
        "legal_matter",
        "Legal matter",
        "Has an open court case, probation or another legal matter.",
        Domain.SOCIAL,
    ),
    count(
        "support_people",
        "People to count on",
        "How many people the person can count on.",
        Domain.SOCIAL,
        "people",
        99,
        "supports",
    ),
    choice(
        "activity",
        "Physical activity",
        "Usual physical activity.",
        Domain.BODY,
        ("low", "moderate", "high"),
    ),
    count(
        "missed_visits",
        "Visits missed",
        "Visits missed in the past 30 days.",
        Domain.TREATMENT,
        "visits",
        99,
    ),
    choice(
        "interests",
        "Support wanted",
        "Kinds of support the person wants.",
        Domain.PREFERENCE,
        (
            "mutual_help",
            "secular_mutual_help",
            "mindfulness",
            "exercise",
            "nutrition",
            "family",
            "work",
            "peer",
            "counselling",
            "smoking_cessation",
        ),
        "wants_support",
        kind=Kind.SET,
        words={"counseling": "counselling", "twelve_step": "mutual_help"},
    ),
)
FACTS = (*SCORES, *LIFE)

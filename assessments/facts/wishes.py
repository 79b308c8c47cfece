"""Facts on what the person wants, and on what stands in reach."""

from decimal import Decimal

from assessments.facts.fact import Domain, Fact, Kind
from assessments.facts.treatment import MEDICATION_WORDS
from assessments.facts.trials import MEDICATIONS

# What a person may care about in choosing; medications/knowledge/fits.toml says what
# each speaks for.
VALUES = (
    "no_withdrawal",
    "few_visits",
    "no_daily",
    "privacy",
    "clear_head",
    "steady",
    "work",
    "family",
    "pain",
    "side_effects",
    "stop_one_day",
    "cost",
    "no_injection",
    "no_opioid",
    "take_home",
    "nothing_at_home",
    "pregnancy",
    "stay_long",
)


def wish(name: str, label: str, meaning: str, **words: str) -> Fact:
    return Fact(
        name=name,
        kind=Kind.SET,
        label=label,
        meaning=meaning,
        domain=Domain.PREFERENCE,
        choices=tuple(dict.fromkeys(words.values())),
        words=words,
    )


FACTS = (
    Fact(
        name="preference",
        kind=Kind.SET,
        label="Preference",
        meaning="What the person, once informed, prefers; 'none' where there is no preference.",
        domain=Domain.PREFERENCE,
        choices=(*MEDICATIONS, "no_agonist", "fear_of_withdrawal", "fewer_visits"),
        aliases=("pref", "preferred", "wants", "medication"),
        words={
            **MEDICATION_WORDS,
            "rejects_agonist": "no_agonist",
            "rejects_agonists": "no_agonist",
            "fear_pw": "fear_of_withdrawal",
            "fear_precipitated_withdrawal": "fear_of_withdrawal",
            "fear_of_precipitated_withdrawal": "fear_of_withdrawal",
        },
    ),
    wish(
        "request",
        "Request",
        "What the person asks for.",
        withdrawal_management_only="withdrawal_management_only",
        detox="withdrawal_management_only",
        detox_only="withdrawal_management_only",
        medication="medication",
        counselling="counselling",
        stop_medication="stop_medication",
        other="other",
    ),
    wish(
        "goal",
        "Main aim",
        "What the person wants most from treatment.",
        retention="retention",
        stay_in_treatment="retention",
        no_use="no_use",
        abstinence="no_use",
        reduce_use="reduce_use",
        other="other",
    ),
    Fact(
        name="values",
        kind=Kind.SET,
        label="What matters",
        meaning="What matters to the person in choosing treatment; 'none' where nothing more than the rest.",
        domain=Domain.PREFERENCE,
        choices=VALUES,
    ),
    Fact(
        name="values_most",
        kind=Kind.SET,
        label="What matters most",
        meaning="Which of what matters counts most to the person.",
        domain=Domain.PREFERENCE,
        choices=VALUES,
    ),
    Fact(
        name="own_words",
        kind=Kind.TEXT,
        label="In the person's own words",
        meaning="What the person says about the choice of medication.",
        domain=Domain.PREFERENCE,
        aliases=("words", "notes"),
    ),
    Fact(
        name="counselling",
        kind=Kind.CHOICE,
        label="Counselling",
        meaning="Whether counselling is wanted and to be had.",
        domain=Domain.PREFERENCE,
        choices=("accepts", "declines", "unavailable"),
        aliases=("counseling",),
        words={
            "yes": "accepts",
            "true": "accepts",
            "accepted": "accepts",
            "no": "declines",
            "false": "declines",
            "declined": "declines",
            "none": "unavailable",
            "not_available": "unavailable",
        },
    ),
    Fact(
        name="adherence",
        kind=Kind.DECIMAL,
        label="Daily doses missed a week",
        meaning="Daily doses missed in a usual week.",
        domain=Domain.TREATMENT,
        unit="doses/week",
        low=Decimal(0),
        high=Decimal(7),
        aliases=("missed_doses_per_week",),
    ),
    Fact(
        name="lost_doses",
        kind=Kind.BOOL,
        label="Doses lost repeatedly",
        meaning="Doses have been lost repeatedly.",
        domain=Domain.TREATMENT,
    ),
    Fact(
        name="diversion",
        kind=Kind.SET,
        label="Storage and diversion",
        meaning="Unsafe storage, theft, or medication reaching others.",
        domain=Domain.SOCIAL,
        choices=("unsafe_storage", "theft", "diversion"),
        words={"yes": "diversion", "true": "diversion", "stolen": "theft"},
    ),
    Fact(
        name="rems",
        kind=Kind.BOOL,
        label="REMS certified",
        meaning="Site and pharmacy are certified for extended-release buprenorphine.",
        domain=Domain.TREATMENT,
        aliases=("rems_certified",),
        words={"certified": True, "not_certified": False},
    ),
    Fact(
        name="otp_access",
        kind=Kind.BOOL,
        label="OTP within reach",
        meaning="An opioid treatment program can be reached and attended.",
        domain=Domain.SOCIAL,
        aliases=("access", "otp_reachable"),
    ),
    Fact(
        name="ora",
        kind=Kind.SET,
        label="Overdose reversal agent",
        meaning="What the person has, or asks for, to reverse an overdose.",
        domain=Domain.TREATMENT,
        choices=("has_kit", "naloxone_8mg_requested", "nalmefene_requested"),
        words={
            "yes": "has_kit",
            "true": "has_kit",
            "naloxone_8mg": "naloxone_8mg_requested",
            "8mg": "naloxone_8mg_requested",
            "8_mg": "naloxone_8mg_requested",
            "nalmefene": "nalmefene_requested",
        },
    ),
)

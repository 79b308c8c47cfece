"""Step 1: why the person comes, overdose, and safety now."""

from assessments.intake.builders import (
    choice,
    day,
    extra,
    number,
    scored,
    several,
    words,
    yes_no,
)
from assessments.intake.declaration import (
    Step,
    at_least_code,
    below,
    either,
    panel,
    when,
    when_yes,
)

REFERRAL = panel(
    "referral",
    "Referral",
    words("words_reason", "What brings them here, in their own words?"),
    several(
        "request",
        "What do they ask for?",
        {
            "medication": "Medication",
            "counselling": "Counseling",
            "withdrawal_management_only": "Withdrawal management only",
            "stop_medication": "To stop a medication",
            "other": "Something else",
        },
        why="A wish for withdrawal management alone is met with information and overdose protection.",
        none="Nothing yet",
    ),
    choice(
        "setting",
        "Where would medication be started?",
        {
            "outpatient": "This clinic",
            "home": "At home",
            "otp": "Opioid treatment program",
            "hospital": "Hospital",
            "emergency": "Emergency department",
            "residential": "Residential care",
            "custody": "In custody",
        },
    ),
    yes_no(
        "leaving", "Leaving custody, hospital or residential care soon, or just left?"
    ),
    number(
        "reentry",
        "In how many days do they leave?",
        when_yes("leaving"),
        help="0 if they have left already.",
        why="The first weeks after leaving are the most dangerous.",
    ),
    yes_no(
        "consent",
        "Has a parent or guardian consented, or does state law let the minor consent?",
        "",
        below("age", 18),
        why="An opioid treatment program cannot admit a minor without it.",
    ),
)
OVERDOSE = panel(
    "overdose",
    "Overdose",
    choice(
        "overdose_hx",
        "Have they ever had an overdose?",
        {
            "never": "Never",
            "past_12_months": "In the past 12 months",
            "over_12_months_ago": "Longer ago",
            "undated": "Yes, time not known",
        },
        why="The strongest warning of the next one.",
    ),
    day(
        "last_overdose_on",
        "When was the last one?",
        when("overdose_hx", "past_12_months", "over_12_months_ago"),
    ),
    yes_no(
        "alone",
        "Usually uses alone, or has no one who can give naloxone?",
        "In the past month.",
    ),
    several(
        "ora",
        "What do they have, or want, to reverse an overdose?",
        {
            "has_kit": "Has a naloxone kit",
            "naloxone_8mg_requested": "Asks for naloxone 8 mg",
            "nalmefene_requested": "Asks for nalmefene",
        },
        why="Nobody leaves without a kit.",
        none="Nothing at home",
    ),
    choice(
        "tolerance",
        "Opioid tolerance now",
        {
            "low": "Low or lost",
            "usual": "Usual",
            "high": "High",
            "very_high": "Very high, heavy fentanyl",
        },
        help="Low after more than a week without opioids, custody or withdrawal management.",
        why="Sets the first dose, and how dangerous a return to use would be.",
    ),
    extra(
        several(
            "risk",
            "What do you judge to be the main risks now?",
            {
                "return_to_use": "Return to use",
                "overdose": "Overdose",
                "first_month_overdose": "Overdose in the first month",
                "high": "High risk in general",
            },
        )
    ),
)
NOW = panel(
    "safety",
    "Safety now",
    choice(
        "dosing_assess",
        "How are they right now?",
        {"alert": "Alert", "sedated": "Sedated", "intoxicated": "Intoxicated"},
    ),
    yes_no(
        "suicidal_thoughts",
        "In the past month, wished to be dead or thought of ending their life?",
        "Ask in these plain words. A yes opens the Columbia screener here.",
        why="A yes needs the screener in this visit.",
    ),
    yes_no("unsafe_at_home", "Is anyone hurting, threatening or controlling them?"),
    yes_no(
        "infection",
        "Signs of an infection that came from use?",
        "Fever, a hot or swollen wound, pain over the spine or a joint.",
    ),
    several(
        "exposure",
        "Xylazine or medetomidine suspected, or wounds that suggest it?",
        {"xylazine": "Xylazine", "medetomidine": "Medetomidine", "wounds": "Wounds"},
    ),
)
SUICIDE = scored(
    "cssrs",
    either(when_yes("suicidal_thoughts"), at_least_code("phq9.self_harm", 1)),
    gates={
        "method": "thoughts",
        "intent": "thoughts",
        "plan": "thoughts",
        "behavior_recent": "behavior_ever",
    },
)

STEP = Step(
    key="safety",
    title="Referral and safety",
    lead="What cannot wait comes first.",
    panels=(REFERRAL, OVERDOSE, NOW, SUICIDE),
)

"""Step 7: strengths, goals, and what the person prefers."""

from assessments.intake.builders import choice, rows, scored, several, words, yes_no
from assessments.intake.declaration import Step, panel, some
from knowledge.medicines import medicines

STRENGTHS = panel(
    "strengths",
    "Strengths",
    words("words_strengths", "What has helped them through hard times?"),
    words("words_proud", "What are they proud of, or good at?"),
)
CAPITAL = scored("barc10", title="BARC-10, what recovery can build on")
GOALS = panel(
    "goals",
    "Goals",
    words("words_goal", "What do they want to be different in three months?"),
    choice(
        "goal",
        "What do they want most from treatment?",
        {
            "retention": "Stay in treatment",
            "reduce_use": "Use less",
            "no_use": "Not use at all",
            "other": "Something else",
        },
    ),
    several(
        "interests",
        "Which kinds of support do they want?",
        {
            "peer": "Peer support",
            "mutual_help": "Mutual help, twelve steps",
            "secular_mutual_help": "Mutual help, secular",
            "family": "Family support",
            "mindfulness": "Mindfulness",
            "exercise": "Exercise",
            "nutrition": "Nutrition",
            "work": "Help with work",
            "smoking_cessation": "Stopping smoking",
        },
        none="None now",
    ),
    choice(
        "counselling",
        "Counseling",
        {"accepts": "Wants it", "declines": "Not now", "unavailable": "Not to be had"},
        help="Medication never depends on it.",
    ),
)
CHANGE = scored("rulers", title="How important, how sure")
VALUES = {
    "no_withdrawal": "No withdrawal at the start",
    "few_visits": "Few visits",
    "no_daily": "Nothing to take every day",
    "privacy": "Nobody finds out",
    "clear_head": "A clear head",
    "steady": "Cravings gone",
    "work": "Work comes first",
    "family": "Being there for family",
    "pain": "Pain is answered too",
    "side_effects": "Few side effects",
    "stop_one_day": "Stopping medication one day",
    "cost": "Low cost",
    "no_injection": "No injections",
    "no_opioid": "A medicine that is not an opioid",
    "take_home": "Doses to take at home",
    "nothing_at_home": "Nothing to keep safe at home",
    "pregnancy": "A pregnancy, now or planned",
    "stay_long": "Staying on it for a long time",
}
MATTERS = {"3": "A lot", "2": "Somewhat", "1": "A little"}
PREFERENCES = panel(
    "preferences",
    "What matters, and medication as they see it",
    several(
        "values",
        "What matters to them in choosing treatment?",
        VALUES,
        none="Nothing more than the rest",
    ),
    rows(
        "value_weights",
        "How much does each matter?",
        VALUES,
        choice("weight", "It matters", MATTERS),
        of=("values",),
        only=(some("values"),),
    ),
    several(
        "preference",
        "After hearing about the options, what do they prefer?",
        {
            **{one.key: one.name for one in medicines().asked},
            "no_agonist": "No opioid medication",
            "fear_of_withdrawal": "Fears withdrawal at the start",
            "fewer_visits": "Wants few visits",
        },
        why="A preference moves the ranking, and is kept with the decision.",
        none="No preference",
    ),
    words("own_words", "What do they say about the choice of medication?"),
    choice(
        "protocol",
        "If buprenorphine: which start is thought of?",
        {
            "asam_2020": "Standard, ASAM 2020",
            "asam_2023": "Standard, ASAM 2023",
            "tip_63": "TIP 63",
            "moderate": "Moderate withdrawal first",
            "high_dose": "High dose",
            "low_dose": "Low dose",
            "low_dose_bridge": "Low dose with a bridge",
        },
        help="Sets the lowest COWS for a first dose. Clinician's question.",
    ),
    yes_no("pdmp", "Was the prescription monitoring program checked today?"),
)

STEP = Step(
    key="strengths",
    title="Strengths and preferences",
    lead="Their words lead; the plan is built on them.",
    panels=(STRENGTHS, CAPITAL, GOALS, CHANGE, PREFERENCES),
)

"""Step 5: mood, anxiety, other conditions of the mind."""

from assessments.instruments.catalogue.bam import DAYS
from assessments.intake.asking import (
    choice,
    scored,
    several,
    words,
    yes_no,
)
from assessments.intake.declaration import Step, at_least, panel, when

POSITIVE = 3  # PHQ-2, reference A4

CONDITIONS = panel(
    "conditions",
    "What is known",
    several(
        "mental",
        "Mental health conditions",
        {
            "depression": "Depression",
            "bipolar": "Bipolar disorder",
            "psychosis": "Psychosis",
            "anxiety": "Anxiety disorder",
            "suicidality": "Recent suicidal thoughts",
        },
        why="Changes what is watched, not whether there is medication.",
    ),
    yes_no(
        "mental_treatment",
        "In treatment for it now?",
        "",
        when("mental", "depression", "bipolar", "psychosis", "anxiety"),
    ),
    choice(
        "bam2",
        "Nights of poor sleep, past 30 days",
        {str(c.value): c.words.en for c in DAYS},
    ),
)
SCREEN = scored("phq2", title="Mood, two questions")
DEPRESSION = scored(
    "phq9",
    at_least("phq2.total", POSITIVE),
    title="PHQ-9, the other questions",
    without=("interest", "mood"),
)
ANXIETY = scored("gad7", title="GAD-7, anxiety")
TRAUMA = scored(
    "pc_ptsd5",
    title="PC-PTSD-5, after trauma",
    gates=dict.fromkeys(
        ("intrusion", "avoidance", "hypervigilance", "numbness", "guilt"), "exposure"
    ),
)
WORDS = panel(
    "mind_words",
    "In their own words",
    words("words_mind", "How have they been feeling, in their own words?"),
)

STEP = Step(
    key="mind",
    title="Mind",
    lead="Withdrawal can look like depression or anxiety: ask again in two weeks.",
    panels=(CONDITIONS, SCREEN, DEPRESSION, ANXIETY, TRAUMA, WORDS),
)

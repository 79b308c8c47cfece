"""Step 5: mood, anxiety, other conditions of the mind, how the last month went."""

from assessments.intake.builders import scored, several, words, yes_no
from assessments.intake.declaration import Step, at_least, panel, when
from knowledge.instruments.registry import find

PHQ2_POSITIVE = find("phq2").bands[-1].lowest
BY_DRUG = find("bam").groups

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
    several(
        "mental_other",
        "Anything else that a clinician named?",
        {
            "ptsd": "Post-traumatic stress",
            "adhd": "ADHD",
            "eating": "Eating disorder",
            "personality": "Borderline or another personality disorder",
            "autism": "Autism",
            "gambling": "Gambling",
        },
    ),
    yes_no(
        "mental_treatment",
        "In treatment for it now?",
        "",
        when("mental", "depression", "bipolar", "psychosis", "anxiety"),
    ),
    yes_no("mental_hospital", "Ever in hospital for mental health?"),
    may_end_in_no=True,
)
SCREEN = scored("phq2", title="Mood, two questions")
DEPRESSION = scored(
    "phq9",
    at_least("phq2.total", PHQ2_POSITIVE),
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
THINKING = panel(
    "thinking",
    "Thinking and getting by",
    several(
        "cognition",
        "Trouble with any of these?",
        {
            "memory": "Memory",
            "attention": "Attention",
            "planning": "Planning the day",
            "reading": "Reading or writing",
            "blow_to_head": "A blow to the head with passing out",
            "overdose_after": "Slower since an overdose",
        },
        why="Shorter talks, written reminders and a second person help.",
    ),
    several(
        "self_medication",
        "What does using help them with?",
        {
            "withdrawal": "Withdrawal",
            "pain": "Pain",
            "sleep": "Sleep",
            "mood": "Low mood",
            "worry": "Worry",
            "memories": "Memories",
            "energy": "Energy",
            "company": "Being with others",
        },
        why="What it helps with needs another answer in the plan.",
        none="Nothing named",
    ),
    several(
        "coping",
        "What helps them through a hard hour without using?",
        {
            "talking": "Talking to someone",
            "moving": "Moving, walking, sport",
            "faith": "Prayer or meditation",
            "making": "Music, art, making things",
            "work": "Work or chores",
            "rest": "Rest or being alone",
        },
        none="Nothing yet",
    ),
)
MONTH = scored(
    "bam",
    title="The past 30 days (BAM)",
    # How often each drug was used is told by the rows on each of them.
    without=(*BY_DRUG["main_drug"], *BY_DRUG["each_drug"], "satisfied"),
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
    panels=(CONDITIONS, SCREEN, DEPRESSION, ANXIETY, TRAUMA, THINKING, MONTH, WORDS),
)

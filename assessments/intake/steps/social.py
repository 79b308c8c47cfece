"""Step 6: home, way to the clinic, people, work, the law."""

from assessments.instruments.catalogue.bam import HOW_MUCH
from assessments.intake.asking import choice, number, several, words, yes_no
from assessments.intake.declaration import Step, panel, unless

HOME = panel(
    "home",
    "Home",
    choice(
        "housing",
        "Where do they live?",
        {"stable": "A steady place", "unstable": "Not steady", "unhoused": "No home"},
    ),
    several(
        "household",
        "Who lives there, and is there a place to lock medication?",
        {
            "children": "Children",
            "pets": "Pets",
            "other_adults": "Other adults",
            "no_lockable_storage": "No place to lock it",
        },
        none="Lives alone",
    ),
    yes_no("lock_box", "Can medication be locked away at home?"),
    several(
        "diversion",
        "Storage",
        {
            "unsafe_storage": "Storage is not safe",
            "theft": "Theft of medication",
            "diversion": "Medication has reached others",
        },
    ),
    yes_no("food", "Does food run out, or do they worry that it will?"),
    yes_no("utilities", "Are power, water or heat threatened or shut off?"),
)
WAY = panel(
    "way",
    "Way to treatment",
    yes_no("otp_access", "Can they reach and attend an opioid treatment program?"),
    number("travel", "Minutes to the nearest one, one way"),
    yes_no("transport", "Do they have transport there?"),
    number("missed_visits", "Visits missed in the past 30 days"),
)
PEOPLE = panel(
    "people",
    "People",
    number("support_people", "How many people can they count on?"),
    choice(
        "bam15",
        "How much has conflict with family or others bothered them?",
        {str(c.value): c.words.en for c in HOW_MUCH},
        help="Past 30 days.",
    ),
    yes_no("family_involved", "Do they want family or friends involved in the plan?"),
    words("words_people", "Who matters to them, and who helps?"),
)
WORK = panel(
    "work",
    "Work, money and the law",
    choice(
        "employment",
        "Work situation",
        {
            "working": "Working",
            "looking": "Looking for work",
            "not_looking": "Not looking",
            "unable": "Not able to work",
            "student": "Student",
            "retired": "Retired",
        },
    ),
    yes_no(
        "shift",
        "Do shifts collide with dosing hours?",
        "",
        unless("employment", "retired", "unable", "looking", "not_looking"),
    ),
    several(
        "occupation",
        "What does their work ask for?",
        {
            "driving": "Driving",
            "safety_sensitive": "Machines or other safety",
            "agonist_not_possible": "Opioid medication is not allowed",
            "other": "Something else",
        },
    ),
    choice(
        "income",
        "Does the money cover the basics?",
        {"enough": "Enough", "not_enough": "Not enough"},
    ),
    yes_no("legal_matter", "An open court case, probation or another legal matter?"),
    yes_no(
        "legal",
        "Does a court or employer demand that medication be stopped?",
        why="They are protected by law: the clinic can write to the court.",
    ),
)

STEP = Step(
    key="social",
    title="Social",
    lead="What helps and what stands in the way, outside these walls.",
    panels=(HOME, WAY, PEOPLE, WORK),
)

"""Step 6: home, way to the clinic, people, work, the law, what stands in the way."""

from assessments.intake.builders import (
    choice,
    extra,
    number,
    rows,
    scored,
    several,
    text,
    words,
    yes_no,
)
from assessments.intake.declaration import (
    Step,
    panel,
    some,
    unless,
    when,
    when_none_known,
)

NEEDS = scored(
    "ahc_hrsn",
    title="Home, food, way and safety (AHC-HRSN)",
    is_protected=True,
    may_end_in_no=True,
)
HOME = panel(
    "home",
    "Home",
    several(
        "household",
        "Who lives there?",
        {"children": "Children", "pets": "Pets", "other_adults": "Other adults"},
        none="Lives alone",
    ),
    yes_no("lock_box", "Can medication be locked away at home?"),
    several(
        "diversion",
        "Storage so far",
        {
            "unsafe_storage": "Not safe",
            "theft": "Theft of medication",
            "diversion": "Medication has reached others",
        },
        none="No trouble",
    ),
    yes_no(
        "child_care",
        "Is there somebody for the children during visits?",
        "",
        when("household", "children"),
    ),
    yes_no(
        "child_protection",
        "Is child protection involved, or do they fear it?",
        "Being in treatment counts in their favor: the clinic can say so.",
        when("household", "children"),
    ),
)
WAY = panel(
    "way",
    "Way to treatment",
    yes_no(
        "otp_access",
        "Can they reach and attend an opioid treatment program?",
        "",
        when_none_known("is_otp"),
    ),
    number("travel", "Minutes to the nearest one, one way"),
    number("missed_visits", "Visits missed in the past 30 days", some("moud_now")),
    several(
        "digital",
        "What do they have for calls and video visits?",
        {
            "phone": "A phone",
            "data": "Data or Wi-Fi",
            "computer": "Computer or tablet",
            "private_place": "A private place to talk",
        },
    ),
    choice(
        "insurance",
        "Insurance",
        {
            "medicaid": "Medicaid",
            "medicare": "Medicare",
            "commercial": "Commercial",
            "military": "Military or VA",
            "none_held": "None",
            "lapsed": "Lapsed or pending",
        },
        when_none_known("payer"),
        help="Asked where registration does not say.",
    ),
)
PEOPLE = panel(
    "people",
    "People",
    number("support_people", "How many people can they count on?"),
    extra(
        rows(
            "circle",
            "Who is around them?",
            {
                "partner": "Partner",
                "parent": "Parent",
                "child": "Grown child",
                "sibling": "Brother or sister",
                "friend": "Friend",
                "peer": "Peer or sponsor",
                "housemate": "Housemate",
                "somebody": "Somebody else",
            },
            choice(
                "part",
                "To their recovery",
                {
                    "supports": "Supports it",
                    "neutral": "Neither",
                    "uses": "Uses too",
                    "endangers": "Endangers them",
                },
            ),
            yes_no("knows", "Knows of treatment"),
            text("note", "Note"),
            add="Add a person",
            none="Nobody now",
            help="Consent and names are kept under Contacts & consent.",
        )
    ),
    yes_no("family_involved", "Do they want family or friends involved in the plan?"),
    words("words_people", "Who matters to them, and who helps?"),
)
WORK = panel(
    "work",
    "Work and learning",
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
        unless("employment", "retired", "unable", "looking", "not_looking"),
    ),
    choice(
        "education",
        "Schooling",
        {
            "less": "Before 12th grade",
            "high_school": "High school or GED",
            "some_college": "Some college",
            "degree": "Degree",
        },
    ),
)
LAW = panel(
    "law",
    "The law",
    yes_no("legal_matter", "An open court case, probation or another legal matter?"),
    yes_no(
        "legal",
        "Does a court or employer demand that medication be stopped?",
        why="They are protected by law: the clinic can write to the court.",
    ),
    may_end_in_no=True,
)
BELONGING = panel(
    "belonging",
    "Culture, faith and how they are met",
    text("culture", "Customs, language or beliefs that care should respect?"),
    several(
        "stigma_met",
        "Where were they treated badly for using, or for treatment?",
        {
            "family": "Family",
            "work": "Work",
            "health_care": "Health care",
            "pharmacy": "Pharmacy",
            "law": "Police or court",
            "recovery_group": "A recovery group",
        },
        none="Nowhere",
        why="Where it happened, the clinic can go along, call or write.",
    ),
    several(
        "stigma_feared",
        "What do they fear could come of treatment?",
        {
            "seen": "Being seen here",
            "work": "Losing work",
            "children": "Losing the children",
            "family": "Family finding out",
            "record": "A record that follows them",
        },
        none="Nothing",
    ),
)

STEP = Step(
    key="social",
    title="Social",
    lead="What helps and what stands in the way, outside these walls.",
    panels=(NEEDS, HOME, WAY, PEOPLE, WORK, LAW, BELONGING),
)

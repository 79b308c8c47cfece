"""Step 2: opioid use now, treatment now and before, criteria, withdrawal."""

from dataclasses import replace
from decimal import Decimal

from assessments.intake.builders import (
    choice,
    day,
    extra,
    for_kinds,
    moment,
    number,
    rows,
    scored,
    several,
    text,
    words,
    yes_no,
)
from assessments.intake.declaration import (
    IntakeQuestion,
    Step,
    Usual,
    either,
    panel,
    some,
    unless_none,
    when,
    without,
)
from knowledge.medicines import medicines

# Reference D3: soft confirm above 32 mg of buprenorphine [P].
USUAL_BUPRENORPHINE = Usual(Decimal(32), "reference D3 [P]")
# Reference D2: most are stable at 80 to 120 mg of methadone [V* 94].
USUAL_METHADONE = Usual(Decimal(120), "reference D2 [V* 94]")

ROUTES = {
    "injecting": "Injecting",
    "smoking": "Smoking",
    "nasal": "Through the nose",
    "oral": "By mouth",
    "other": "Another way",
}
OPIOIDS = {
    "fentanyl": "Fentanyl or analogues",
    "heroin": "Heroin",
    "pressed_pills": "Pressed or bought pills",
    "prescribed": "Prescribed pain medicine",
    "long_acting": "Extended-release pain medicine",
    "methadone_bought": "Methadone, not prescribed",
    "buprenorphine_bought": "Buprenorphine, not prescribed",
    "other": "Another opioid",
}
# Of these the amount a day tells enough.
EVERY_DAY = ("tobacco",)
SHORT = ("fentanyl", "heroin", "pressed_pills", "prescribed", "other")
LONG = ("long_acting", "methadone_bought", "buprenorphine_bought")
RECENT_USE = unless_none("opioids_used")


def each_use(
    key: str, ask: str, kinds: dict[str, str], *of: str, why: str = ""
) -> IntakeQuestion:
    """A row for each substance: how, how much, how often, when last."""
    timed = [kind for kind in kinds if kind not in EVERY_DAY]
    return rows(
        key,
        ask,
        kinds,
        for_kinds(several("route", "How", ROUTES, none=""), *timed),
        replace(text("amount", "How much, in a usual day"), is_extra=False),
        for_kinds(
            number("days", "Days of the past 30", unit="days", low=0, high=30), *timed
        ),
        for_kinds(moment("last", "Last used"), *timed),
        of=of,
        only=(either(*(some(one) for one in of)),),
        help="Last used: 8h, 2d, or a day and hour. Leave open what they do not know.",
        why=why,
    )


NOW = panel(
    "now",
    "Now",
    several(
        "opioids_used",
        "Which opioids have they used in the past 30 days?",
        OPIOIDS,
        none="None in 30 days",
    ),
    each_use(
        "opioid_use",
        "How do they use each of them?",
        OPIOIDS,
        "opioids_used",
        why="The hour of the last use sets the earliest start; fentanyl lingers. Injecting changes nothing about getting medicine.",
    ),
    moment(
        "last_short_acting_dt",
        "When was the last use of a short-acting opioid?",
        without("opioids_used", *SHORT),
        help="Heroin, oxycodone, pressed pills, fentanyl. The hour matters for starting buprenorphine.",
        why="Sets the earliest start of buprenorphine, and of naltrexone.",
    ),
    moment(
        "last_fentanyl_dt",
        "When was the last use of fentanyl?",
        without("opioids_used", "fentanyl"),
        help="Also pressed pills they think held it.",
        why="Fentanyl lingers: it changes how buprenorphine is started.",
    ),
    moment(
        "last_long_acting_dt",
        "When was the last long-acting opioid?",
        without("opioids_used", *LONG),
        help="Methadone, buprenorphine film or tablet, extended-release pain medicine.",
        why="Naltrexone and buprenorphine must wait longer after these.",
    ),
    choice(
        "last_long_acting_drug",
        "Which one was it?",
        {
            "methadone": "Methadone",
            "buprenorphine": "Buprenorphine",
            "er_opioid": "Extended-release pain medicine",
        },
        some("last_long_acting_dt"),
        without("opioids_used", *LONG),
    ),
    yes_no(
        "phys_dependence",
        "Physically dependent on opioids now?",
        "Withdrawal when they stop, or use to keep it away.",
        why="Decides whether naltrexone is possible at all.",
    ),
    yes_no("opioid_free", "Opioid-free now, or able to complete withdrawal?"),
    yes_no(
        "full_agonist_need",
        "Is there a reason a full opioid cannot be stopped for the start?",
        "For example pain after surgery.",
    ),
    several(
        "supply",
        "Has the supply changed lately?",
        {
            "changed_supplier": "New supplier",
            "counterfeit_tablets": "Counterfeit tablets",
            "first_fentanyl": "First fentanyl exposure",
        },
        none="No change",
    ),
    extra(
        number(
            "first_opioid_age",
            "How old were they when opioids became part of most weeks?",
            unit="years",
            low=0,
            high=110,
        )
    ),
)
MEDICINES_NOW = {one.asked_as: one.full for one in medicines() if one.asked_as}
ON_METHADONE = when("moud_now", "methadone")
ON_DAILY_BUP = when("moud_now", "bup_daily")
TAKEN = panel(
    "taken",
    "Medication for opioid use disorder now",
    several(
        "moud_now",
        "Do they take any of these now, as prescribed?",
        MEDICINES_NOW,
        none="None now",
        help="Confirm with the program or pharmacy.",
    ),
    number(
        "mtd_dose", "Methadone, daily dose now", ON_METHADONE, usual=USUAL_METHADONE
    ),
    number("mtd_day", "Which day of methadone treatment is this?", ON_METHADONE),
    moment("mtd_dose_change_dt", "When was that dose last changed?", ON_METHADONE),
    yes_no(
        "end_of_dose_withdrawal",
        "Withdrawal before the next dose is due?",
        "",
        ON_METHADONE,
    ),
    number(
        "bup_dose",
        "Buprenorphine film or tablet, daily dose now",
        ON_DAILY_BUP,
        usual=USUAL_BUPRENORPHINE,
    ),
    number(
        "adherence",
        "Daily doses missed in a usual week",
        either(ON_METHADONE, ON_DAILY_BUP),
    ),
    yes_no(
        "lost_doses",
        "Have doses been lost repeatedly?",
        "",
        either(ON_METHADONE, ON_DAILY_BUP),
    ),
)
TREATMENTS = {
    **MEDICINES_NOW,
    "counselling": "Counseling without medication",
    "withdrawal": "Withdrawal management alone",
    "residential": "Residential program",
    "mutual_help": "Mutual help",
}
MEDICINES = tuple(MEDICINES_NOW)
DOSED = ("methadone", "bup_daily", "bup_injection", "naltrexone_tablets")
DEPOTS = ("bup_injection", "naltrexone_injection")
BUPRENORPHINE = ("bup_daily", "bup_injection")
BEFORE = panel(
    "before",
    "Treatment before",
    several(
        "treatments_had",
        "Which treatments have they had before?",
        TREATMENTS,
        none="None before",
        why="What helped once is likely to help again.",
    ),
    rows(
        "episodes",
        "How was each of them?",
        TREATMENTS,
        number("months", "Kept for", unit="months", low=0, high=600),
        for_kinds(number("dose", "Highest dose", unit="mg", low=0, high=1000), *DOSED),
        for_kinds(
            number("doses", "Injections", unit="in all", low=1, high=300), *DEPOTS
        ),
        choice(
            "ended",
            "How it ended",
            {
                "goes_on": "Still in it",
                "finished": "Finished as planned",
                "chose": "Their own choice",
                "side_effects": "Side effects",
                "not_enough": "Did not do enough",
                "access": "Cost, distance or hours",
                "sent_away": "The program ended it",
                "custody": "Custody or hospital",
                "other": "Another way",
            },
        ),
        yes_no("helped", "Did it help?"),
        choice(
            "again",
            "Take it again?",
            {"yes": "Yes", "no": "No", "unsure": "Unsure"},
        ),
        of=("treatments_had",),
        add="Add another episode",
        only=(some("treatments_had"),),
        help="One row for each time. Leave open what they do not recall.",
    ),
    yes_no(
        "history_pw",
        "Did starting buprenorphine ever bring on sudden, strong withdrawal?",
        "Called precipitated withdrawal.",
        when("treatments_had", *BUPRENORPHINE),
        why="Speaks for a low-dose start.",
    ),
    moment(
        "last_bup_xr_dt",
        "When was the last buprenorphine injection?",
        either(
            when("treatments_had", "bup_injection"), when("moud_now", "bup_injection")
        ),
        help="Sublocade or Brixadi.",
        why="The depot lasts for months.",
    ),
    day(
        "moud_stop",
        "When was the last medication for opioid use disorder stopped?",
        when("treatments_had", *MEDICINES),
        none="Still takes it",
    ),
    words(
        "words_treatment",
        "What do they say about treatment so far: what worked, what did not?",
    ),
)
CRITERIA = scored(
    "dsm5_oud",
    title="DSM-5 criteria for OUD",
    context=("supervised", "impairment"),
    # What remission is told from: asked of who may be in it.
    seldom=("controlled_environment", "criteria_free_since", "severity_before"),
    seldom_when=(either(without("opioids_used", *OPIOIDS), some("moud_now")),),
)
WITHDRAWAL = scored(
    "cows",
    RECENT_USE,
    title="COWS, withdrawal now",
    context=("pulse_blunted", "sedative_withdrawal"),
    may_end_in_no=True,
)
SIGNS = panel(
    "signs",
    "Withdrawal, as you see it",
    yes_no(
        "objective_sign",
        "Is at least one objective sign of withdrawal seen now?",
        "Some start protocols ask for it beside the score.",
    ),
    only=[RECENT_USE],
)

STEP = Step(
    key="opioids",
    title="Opioid use",
    lead="Ask in their words, in any order.",
    panels=(NOW, TAKEN, BEFORE, CRITERIA, WITHDRAWAL, SIGNS),
)

"""What a person of a story answers in the intake. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from interop.demo.stories import Said, Story

type Answers = Mapping[str, Said]
CRITERIA = (
    "larger_amounts",
    "cut_down",
    "time_spent",
    "craving",
    "role_failure",
    "social_problems",
    "activities_given_up",
    "hazardous_use",
    "health_problems",
    "tolerance",
    "withdrawal",
)
# What nothing speaks against, so that only what is told stands out.
HARMLESS = {
    "resp": "none",
    "gi": "none",
    "neuro_gi": "none",
    "cardiac": "none",
    "long_qt": "no",
    "seizure": "no",
    "dialysis": "no",
    "medical": "none",
    "symptoms": "none",
    "surgery": "no",
    "anticoag": "none",
    "exposure": "none",
    "diversion": "none",
    "allergy": "none",
    "occupation": "none",
    "suicidal_thoughts": "no",
    "unsafe_at_home": "no",
    "dosing_assess": "alert",
    "hepatitis": "none",
    "adherence": "0",
    "lost_doses": "no",
    "full_agonist_need": "no",
    "setting": "outpatient",
    "last_bup_xr_dt": "none",
    "mtd_dose": "0",
    "bup_dose": "0",
    "infection": "no",
    "counselling": "accepts",
    "otp_access": "yes",
}


def answers(story: Story, rng: Random, *, at: datetime) -> Answers:
    """Every answer by question, as a form would send it."""
    told: dict[str, Said] = dict(HARMLESS)
    for part in (_use, _before, _scores, _body, _life, _wishes):
        told.update(part(story, rng, at))
    return told


def _yes(story: Story, trait: str) -> str:
    return "yes" if trait in story.traits else "no"


def _use(story: Story, rng: Random, at: datetime) -> Iterator[tuple[str, Said]]:
    is_free = "low_tolerance" in story.traits
    last = at - (timedelta(days=12) if is_free else timedelta(hours=rng.randint(8, 30)))
    yield "words_reason", f"{story.reason}."
    used: Said = "none" if is_free else _opioids(story)
    yield "opioids_used", used
    yield "route", ("injecting",) if "injecting" in story.traits else ("smoking",)
    yield "last_short_acting_dt", last.strftime("%Y-%m-%dT%H:%M")
    fentanyl = "fentanyl" in story.traits
    yield "last_fentanyl_dt", last.strftime("%Y-%m-%dT%H:%M") if fentanyl else "none"
    yield "last_long_acting_dt", "none"
    yield "phys_dependence", "no" if is_free else "yes"
    yield "tolerance", "low" if is_free else rng.choice(["usual", "high"])
    yield "opioid_days", "0" if is_free else str(rng.randint(18, 30))
    yield "overdose_hx", "past_12_months" if "overdose" in story.traits else "never"
    yield "alone", _yes(story, "alone")
    kit: Said = ("has_kit",) if rng.random() < 0.5 else "none"
    yield "ora", kit
    yield "bam8", str(rng.randint(1, 4))
    yield "udt_fentanyl", "yes" if fentanyl and not is_free else "no"
    yield "objective_sign", "no" if is_free else "yes"


def _opioids(story: Story) -> tuple[str, ...]:
    return ("fentanyl",) if "fentanyl" in story.traits else ("heroin", "prescribed")


def _before(story: Story, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    yield "bup_exposure", _yes(story, "bup_before")
    if "bup_before" in story.traits:
        yield "bup_months", str(rng.randint(1, 20))
        yield "bup_highest", str(rng.choice([8, 12, 16, 24]))
        yield "bup_helped", rng.choice(["yes", "yes", "no"])
        yield "history_pw", rng.choice(["no", "no", "yes"])
    yield "mtd_tried", _yes(story, "mtd_before")
    if "mtd_before" in story.traits:
        yield "mtd_months", str(rng.randint(2, 48))
        yield "mtd_highest", str(rng.choice([60, 80, 100]))
        yield "mtd_helped", rng.choice(["yes", "no"])
    yield "ntx_tried", "no"


def _scores(story: Story, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    yield from _withdrawal(story, rng)
    met = rng.randint(6, 11)
    for number, criterion in enumerate(rng.sample(CRITERIA, len(CRITERIA))):
        yield f"dsm5_oud.{criterion}", "1" if number < met else "0"
    yield "dsm5_oud.context.supervised", "no"
    yield "dsm5_oud.context.impairment", "yes"
    low = 2 if "depression" in story.traits else 0
    for item in ("interest", "mood"):
        yield f"phq2.{item}", str(rng.randint(low // 2, low + 1 if low else 1))
    for item in (
        "sleep",
        "energy",
        "appetite",
        "worth",
        "concentration",
        "psychomotor",
    ):
        yield f"phq9.{item}", str(rng.randint(low // 2, min(3, low + 1)))
    yield "phq9.self_harm", "0"
    worry = 2 if "anxiety" in story.traits else 0
    for item in (
        "nervous",
        "uncontrollable_worry",
        "worry_many_things",
        "trouble_relaxing",
        "restless",
        "irritable",
        "afraid",
    ):
        yield f"gad7.{item}", str(rng.randint(worry // 2, min(3, worry + 1)))
    trauma = "trauma" in story.traits
    yield "pc_ptsd5.exposure", "1" if trauma else "0"
    if trauma:
        for item in ("intrusion", "avoidance", "hypervigilance", "numbness", "guilt"):
            yield f"pc_ptsd5.{item}", str(int(item != "guilt"))


def _withdrawal(story: Story, rng: Random) -> Iterator[tuple[str, Said]]:
    level = 0 if "low_tolerance" in story.traits else rng.randint(0, 2)
    yield "cows.pulse_bpm", str(72 + 14 * level)
    for item in (
        "sweating",
        "pupils",
        "aches",
        "nose",
        "gi",
        "tremor",
        "yawning",
        "anxiety",
    ):
        yield (
            f"cows.{item}",
            str(min(2, max(0, level - rng.randint(0, 1) + (item == "aches")))),
        )
    yield "cows.restlessness", str((0, 1, 3)[level])
    yield "cows.gooseflesh", str((0, 0, 3)[level])


def _body(story: Story, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    if story.sex == "female" and story.age < 55:
        pregnant = "pregnant" in story.traits
        yield "could_be_pregnant", "yes" if pregnant or story.age < 45 else "no"
        yield "pregnancy_test", "positive" if pregnant else "negative"
        yield "pregnancy", "yes" if pregnant else "no"
        if pregnant:
            yield "trimester", str(rng.randint(1, 3))
    yield "hcv", _yes(story, "hcv")
    yield "hbv", "no"
    yield "hiv", "no"
    raised = 60 if "hcv" in story.traits else 0
    yield "alt", str(rng.randint(18, 40) + raised)
    yield "ast", str(rng.randint(16, 38) + raised)
    yield "uln", "40"
    yield "child_pugh", "5"
    yield "platelets", str(rng.randint(160, 300))
    yield "crcl", str(rng.randint(70, 120))
    yield "ecg_risk", ("heart_disease",) if "heart" in story.traits else "none"
    if "heart" in story.traits:
        yield "qtc", str(rng.randint(440, 505))
    yield "pain", ("chronic",) if "pain" in story.traits else "none"
    yield "med_list", "sertraline" if "depression" in story.traits else "none"
    yield from _other_use(story)


def _other_use(story: Story) -> Iterator[tuple[str, Said]]:
    yield "tobacco", _yes(story, "tobacco")
    yield "alcohol", "active" if "alcohol" in story.traits else "none"
    if "alcohol" in story.traits:
        yield "audit_c.frequency", "3"
        yield "audit_c.typical_day", "2"
        yield "audit_c.six_or_more", "2"
    sedated = "benzodiazepine" in story.traits
    yield "sedatives", ("benzodiazepine",) if sedated else "none"
    yield "stimulants", _yes(story, "stimulants")
    mental = tuple(t for t in ("depression", "anxiety") if t in story.traits)
    yield "mental", mental or "none"


def _life(story: Story, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    unstable = "unstable" in story.traits
    yield "housing", rng.choice(["unstable", "unhoused"]) if unstable else "stable"
    children = "children" in story.traits
    yield "household", ("children",) if children else "none"
    yield "lock_box", "no" if children else "yes"
    yield "transport", "no" if "far" in story.traits else "yes"
    yield (
        "travel",
        str(rng.randint(35, 60) if "far" in story.traits else rng.randint(5, 25)),
    )
    working = "working" in story.traits
    yield "employment", "working" if working else rng.choice(["looking", "unable"])
    if working:
        yield "shift", rng.choice(["yes", "no"])
    yield "income", "enough" if working else "not_enough"
    yield "legal_matter", _yes(story, "legal")
    yield "legal", "no"
    yield "food", "yes" if unstable else "no"
    yield "support_people", "0" if "lonely" in story.traits else str(rng.randint(1, 4))


def _wishes(story: Story, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    yield "words_goal", story.words["goal"]
    yield "own_words", story.words["own"]
    yield "preference", (story.wish,) if story.wish else "none"
    yield "goal", ("retention",)
    yield "importance", str(rng.randint(6, 10))
    yield "confidence", str(rng.randint(3, 9))
    interests = [
        "peer",
        "counselling",
        "exercise",
        "mutual_help",
        "mindfulness",
        "work",
    ]
    yield "interests", tuple(sorted(rng.sample(interests, 2)))

"""Answers of a person of a story in the intake. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from devtools.demo.content import DEMO
from devtools.demo.people import DemoStory, Said
from knowledge.instruments.registry import find

type Answers = Mapping[str, Said]
type Rows = Mapping[str, Mapping[str, tuple[str, ...]]]


def answers(story: DemoStory, rng: Random, *, at: datetime) -> Answers:
    """Every answer by question, as a form would send it."""
    told: dict[str, Said] = dict(DEMO.harmless)
    for part in (_use, _before, _scores, _body, _life, _wishes):
        told.update(part(story, rng, at))
    return told


def items_of(instrument: str) -> list[str]:
    return [item.key for item in find(instrument).items if not item.optional]


def _yes(story: DemoStory, trait: str) -> str:
    return "yes" if trait in story.traits else "no"


def _use(story: DemoStory, rng: Random, at: datetime) -> Iterator[tuple[str, Said]]:
    is_free = "low_tolerance" in story.traits
    last = at - (timedelta(days=12) if is_free else timedelta(hours=rng.randint(8, 30)))
    yield "words_reason", f"{story.reason}."
    yield "opioids_used", "none" if is_free else _opioids(story)
    if is_free:
        yield "last_short_acting_dt", f"{last:%Y-%m-%dT%H:%M}"
    if is_free or "fentanyl" not in story.traits:
        fentanyl = is_free and "fentanyl" in story.traits
        yield "last_fentanyl_dt", f"{last:%Y-%m-%dT%H:%M}" if fentanyl else "none"
    else:
        yield "udt_fentanyl", "yes"
    yield "last_long_acting_dt", "none"
    yield "phys_dependence", "no" if is_free else "yes"
    yield "tolerance", "low" if is_free else rng.choice(["usual", "high"])
    yield "overdose_hx", "past_12_months" if "overdose" in story.traits else "never"
    yield "alone", _yes(story, "alone")
    kit: Said = ("has_kit",) if rng.random() < 0.5 else "none"
    yield "ora", kit
    if not is_free:
        yield "objective_sign", "yes"


def _opioids(story: DemoStory) -> tuple[str, ...]:
    return ("fentanyl",) if "fentanyl" in story.traits else ("heroin", "prescribed")


def rows(story: DemoStory, rng: Random, *, at: datetime) -> dict[str, Rows]:
    """The answers that hold rows: each substance, each treatment, each test."""
    found: dict[str, Rows] = {"infection_tests": dict(_tests(story, at))}
    if "low_tolerance" not in story.traits:
        found["opioid_use"] = {kind: _used(story, rng, at) for kind in _opioids(story)}
    episodes = {kind: _episode(kind, rng) for kind in _had(story)}
    return found | ({"episodes": episodes} if episodes else {})


def _used(story: DemoStory, rng: Random, at: datetime) -> Mapping[str, tuple[str, ...]]:
    last = at - timedelta(hours=rng.randint(8, 30))
    how = "injecting" if "injecting" in story.traits else "smoking"
    return {
        "route": (how,),
        "amount": (rng.choice(["half a gram", "two points", "6 to 8 pills"]),),
        "days": (str(rng.randint(18, 30)),),
        "last": (f"{last:%Y-%m-%dT%H:%M}",),
    }


def _had(story: DemoStory) -> tuple[str, ...]:
    kinds = {"bup_before": "bup_daily", "mtd_before": "methadone"}
    return tuple(kind for trait, kind in kinds.items() if trait in story.traits)


def _episode(kind: str, rng: Random) -> Mapping[str, tuple[str, ...]]:
    doses = {"bup_daily": ("8", "12", "16", "24"), "methadone": ("60", "80", "100")}
    return {
        "months": (str(rng.randint(1, 30)),),
        "dose": (rng.choice(doses[kind]),),
        "ended": (rng.choice(["chose", "access", "custody", "side_effects"]),),
        "helped": (rng.choice(["yes", "yes", "no"]),),
        "again": (rng.choice(["yes", "no", "unsure"]),),
    }


def _tests(
    story: DemoStory, at: datetime
) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    on = (f"{at - timedelta(days=40):%Y-%m-%d}",)
    for kind in ("hiv", "hcv", "hbv"):
        positive = kind in story.traits
        yield kind, {"result": ("positive" if positive else "negative",), "on": on}


def _before(story: DemoStory, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    had = _had(story)
    yield "treatments_had", had or "none"
    if "bup_daily" in had:
        yield "history_pw", rng.choice(["no", "no", "yes"])


def _scores(story: DemoStory, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    yield from _withdrawal(story, rng)
    met = rng.randint(6, 11)
    criteria = items_of("dsm5_oud")
    for number, criterion in enumerate(rng.sample(criteria, len(criteria))):
        yield f"dsm5_oud.{criterion}", "1" if number < met else "0"
    yield "dsm5_oud.context.supervised", "no"
    yield "dsm5_oud.context.impairment", "yes"
    low = 2 if "depression" in story.traits else 0
    for item in ("interest", "mood"):
        yield f"phq2.{item}", str(rng.randint(low // 2, low + 1 if low else 1))
    for item in items_of("phq9")[2:-1]:
        yield f"phq9.{item}", str(rng.randint(low // 2, min(3, low + 1)))
    yield "phq9.self_harm", "0"
    worry = 2 if "anxiety" in story.traits else 0
    for item in items_of("gad7"):
        yield f"gad7.{item}", str(rng.randint(worry // 2, min(3, worry + 1)))
    trauma = "trauma" in story.traits
    yield "pc_ptsd5.exposure", "1" if trauma else "0"
    if trauma:
        for item in items_of("pc_ptsd5")[1:]:
            yield f"pc_ptsd5.{item}", str(int(item != "guilt"))


def _withdrawal(story: DemoStory, rng: Random) -> Iterator[tuple[str, Said]]:
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


def _body(story: DemoStory, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    if story.person.sex == "female" and story.age < 55:
        pregnant = "pregnant" in story.traits
        yield "could_be_pregnant", "yes" if pregnant or story.age < 45 else "no"
        yield "pregnancy_test", "positive" if pregnant else "negative"
        yield "pregnancy", "yes" if pregnant else "no"
        if pregnant:
            yield "trimester", str(rng.randint(1, 3))
    raised = 60 if "hcv" in story.traits else 0
    yield "tests_had", ("hiv", "hcv", "hbv")
    yield "results_at_hand", ("liver", "ecg", "kidney", "blood")
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


def _other_use(story: DemoStory) -> Iterator[tuple[str, Said]]:
    drinks = "alcohol" in story.traits
    yield "audit_c.frequency", "3" if drinks else "0"
    if drinks:
        yield "audit_c.typical_day", "2"
        yield "audit_c.six_or_more", "2"
    sedated = "benzodiazepine" in story.traits
    yield "sedatives", ("benzodiazepine",) if sedated else "none"
    also = {"tobacco": "tobacco", "stimulants": "cocaine"}
    used = tuple(kind for trait, kind in also.items() if trait in story.traits)
    yield "others_used", used or "none"
    mental = tuple(t for t in ("depression", "anxiety") if t in story.traits)
    yield "mental", mental or "none"


def _life(story: DemoStory, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    yield from _needs(story, rng)
    children = "children" in story.traits
    yield "household", ("children",) if children else "none"
    yield "lock_box", "no" if children else "yes"
    far = "far" in story.traits
    yield "travel", str(rng.randint(35, 60) if far else rng.randint(5, 25))
    working = "working" in story.traits
    yield "employment", "working" if working else rng.choice(["looking", "unable"])
    if working:
        yield "shift", rng.choice(["yes", "no"])
        yield "occupation", "none"
    yield "legal_matter", _yes(story, "legal")
    yield "legal", "no"
    yield "support_people", "0" if "lonely" in story.traits else str(rng.randint(1, 4))
    yield "digital", ("phone", "data")
    yield from _month(story, rng)


def _needs(story: DemoStory, rng: Random) -> Iterator[tuple[str, Said]]:
    """The answers on home, food, way and safety."""
    unstable = "unstable" in story.traits
    said = {
        "housing": rng.choice(["1", "2"]) if unstable else "0",
        "housing_problems": "0",
        "food_worry": "1" if unstable else "0",
        "food_lasted": "0",
        "transport": "1" if "far" in story.traits else "0",
        "utilities": "0",
        **dict.fromkeys(("hurt", "insulted", "threatened", "screamed_at"), "1"),
    }
    yield from ((f"ahc_hrsn.{item}", code) for item, code in said.items())


def _month(story: DemoStory, rng: Random) -> Iterator[tuple[str, Said]]:
    """The past thirty days as the BAM asks for them."""
    low = "depression" in story.traits
    said = {
        "physical_health": rng.randint(1, 3),
        "poor_sleep": rng.randint(1, 3) + low,
        "low_mood": rng.randint(1, 2) + low,
        "alcohol_days": 2 if "alcohol" in story.traits else 0,
        "heavy_alcohol_days": 1 if "alcohol" in story.traits else 0,
        "drug_days": 0 if "low_tolerance" in story.traits else 4,
        "craving": rng.randint(1, 4),
        "confidence": rng.randint(1, 3),
        "mutual_help_days": rng.randint(0, 2),
        "risky_days": rng.randint(0, 3),
        "faith_support": rng.randint(0, 4),
        "work_days": 4 if "working" in story.traits else 0,
        "enough_income": 4 if "working" in story.traits else 0,
        "conflict": rng.randint(0, 3),
        "support_days": 0 if "lonely" in story.traits else rng.randint(1, 4),
    }
    yield from ((f"bam.{item}", str(code)) for item, code in said.items())


def _wishes(story: DemoStory, rng: Random, _at: datetime) -> Iterator[tuple[str, Said]]:
    yield "words_goal", story.words["goal"]
    yield "own_words", story.words["own"]
    yield "preference", (story.wish,) if story.wish else "none"
    yield "goal", ("retention",)
    yield "rulers.importance", str(rng.randint(6, 10))
    yield "rulers.confidence", str(rng.randint(3, 9))
    interests = ["peer", "nutrition", "exercise", "mutual_help", "mindfulness", "work"]
    yield "interests", tuple(sorted(rng.sample(interests, 2)))

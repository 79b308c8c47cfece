"""About 80 invented people with coherent histories. Pure: a seed gives the same people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

type Said = str | tuple[str, ...]

SEED = 20261121


class Stage(StrEnum):
    """How far a person has come."""

    REFERRED = "referred"
    INTAKE = "intake"
    WEIGHING = "weighing"
    DRAFTED = "drafted"
    ACTIVE = "active"
    AFTERCARE = "aftercare"
    ON_HOLD = "on_hold"
    DISCHARGED = "discharged"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStory:
    """One person as the demo tells them."""

    given: str
    family: str
    used: str = ""
    pronouns: str
    sex: str
    age: int
    language: str = "English"
    needs_interpreter: bool = False
    at_otp: bool
    stage: Stage
    days: int
    reason: str
    wish: str = ""
    traits: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)


# Given name, family name, used name, pronouns, sex, language, interpreter.
PEOPLE = (
    "Walt Adeyemi||he/him|male|English|",
    "Hyun-woo Seo||he/him|male|Korean|",
    "Keisha Brandt-Lowe||she/her|female|English|",
    "Alma Reyes Fuentes||she/her|female|Spanish|",
    "Terrell Washington-Ito||he/him|male|English|",
    "Marguerite Thibodeaux||she/her|female|English|",
    "Amira Haidari||she/her|female|Dari|yes",
    "Rosalind Pyke||she/her|female|English|",
    "Joaquín Beltrán||he/him|male|Spanish|",
    "Nadia Petrov||she/her|female|English|",
    "Farah Osman||she/her|female|English|",
    "Tuan Vo||he/him|male|Vietnamese|yes",
    "Dwayne Mercer||he/him|male|English|",
    "Siobhán Keane||she/her|female|English|",
    "Robert Lindqvist|Robbie|he/him|male|English|",
    "Luz Marina Ospina||she/her|female|Spanish|yes",
    "Jean-Baptiste Moreau|JB|he/him|male|Haitian Creole|",
    "Priscilla Yazzie||she/her|female|English|",
    "Aleksander Nowak|Sasha|they/them|male|English|",
    "Carmen Ibarra||she/her|female|Spanish|",
    "Desmond Okonjo||he/him|male|English|",
    "Hannah Weiss||she/her|female|English|",
    "Miguel Ángel Rojas||he/him|male|Spanish|yes",
    "Tamsin Blackwood||she/her|female|English|",
    "Ibrahim Diallo||he/him|male|English|",
    "Wendy Castellano||she/her|female|English|",
    "Garrett Pruitt||he/him|male|English|",
    "Mei-Ling Zhao||she/her|female|English|",
    "Octavia Greene||she/her|female|English|",
    "Pavel Horák||he/him|male|English|",
    "Xiomara Delgado|Xio|she/her|female|Spanish|",
    "Clifford Banks||he/him|male|English|",
    "Ruth Ann Hollis||she/her|female|English|",
    "Kofi Mensah||he/him|male|English|",
    "Bridget Fallon||she/her|female|English|",
    "Emilio Santangelo||he/him|male|English|",
    "Yolanda Pickett||she/her|female|English|",
    "Andrzej Wolski||he/him|male|English|",
    "Noor Rahmani||she/her|female|Dari|yes",
    "Calvin Thorpe||he/him|male|English|",
)
SECOND_HALF = (
    "Latoya Simmons||she/her|female|English|",
    "Darius Fontaine||he/him|male|English|",
    "Greta Aalto||she/her|female|English|",
    "Rafael Quiñones||he/him|male|Spanish|",
    "Samantha Doyle|Sam|they/them|female|English|",
    "Thanh Nguyễn||he/him|male|Vietnamese|",
    "Olga Sokolova||she/her|female|English|",
    "Marcus Whitfield||he/him|male|English|",
    "Elena Marchetti-Cruz||she/her|female|Spanish|",
    "Jerome Baptiste||he/him|male|Haitian Creole|",
    "Cassandra Holm||she/her|female|English|",
    "Vincent Talbot||he/him|male|English|",
    "Imani Crawford||she/her|female|English|",
    "Lars Henriksen||he/him|male|English|",
    "Dolores Villanueva||she/her|female|Spanish|yes",
    "Tyrone Beckett||he/him|male|English|",
    "Fiona Gallacher||she/her|female|English|",
    "Stefan Ionescu||he/him|male|English|",
    "Maribel Otero||she/her|female|Spanish|",
    "Quentin Ames||he/him|male|English|",
    "Shanice Boyd||she/her|female|English|",
    "Arturo Zamora||he/him|male|Spanish|",
    "Helena Brandão||she/her|female|English|",
    "Nathan Eads||he/him|male|English|",
    "Soledad Paz||she/her|female|Spanish|",
    "Winston Carrow||he/him|male|English|",
    "Ingrid Solberg||she/her|female|English|",
    "Leroy Hatcher||he/him|male|English|",
    "Beatriz Lemos||she/her|female|English|",
    "Patrick Nolan-Reed|Pat|he/him|male|English|",
    "Zainab Yusuf||she/her|female|English|",
    "Curtis Vance||he/him|male|English|",
    "Agnieszka Zielińska||she/her|female|English|",
    "Hector Luna||he/him|male|Spanish|",
    "Monique Lavigne||she/her|female|English|",
    "Duncan Firth||he/him|male|English|",
    "Rosa Elvira Tapia||she/her|female|Spanish|yes",
    "Isaac Goldfarb||he/him|male|English|",
    "Talia Weston||she/her|female|English|",
    "Edgar Pruneda||he/him|male|Spanish|",
)
STAGES = (
    [Stage.REFERRED] * 6
    + [Stage.INTAKE] * 7
    + [Stage.WEIGHING] * 6
    + [Stage.DRAFTED] * 5
    + [Stage.ACTIVE] * 44
    + [Stage.AFTERCARE] * 6
    + [Stage.ON_HOLD] * 2
    + [Stage.DISCHARGED] * 4
)
REASONS = (
    "Emergency visit after an overdose",
    "Own wish, called the front desk",
    "Primary care: using again after back surgery",
    "Hospital: endocarditis, wants to go on with medication",
    "Prenatal clinic",
    "Leaving county jail next week",
    "Other OTP, moving here",
    "Mother called, he agreed to come",
    "Syringe service program",
    "Court program, came of their own will",
)
GOALS = (
    "To be at work, be myself, and not be sick.",
    "Get through a week without counting pills or days.",
    "Be there when my kids wake up.",
    "I want to sleep and to stop being scared of the morning.",
    "A door that locks and nobody else's noise.",
    "Not to wake up in an ambulance again.",
    "See my grandson without anyone watching my hands.",
    "Finish the welding course.",
)
FEARS = (
    "The first day last time was the worst day of my life.",
    "Not every day. My shift starts at five and nobody at work knows.",
    "I don't want to trade one thing for another.",
    "Just give me something that holds until evening.",
    "My mother was on methadone. It kept her alive.",
    "One injection and be done with it for a month.",
)


def _shape(rng: Random, sex: str, age: int) -> frozenset[str]:
    """What marks this person's history; chances are made up for variety's sake."""
    chances = {
        "fentanyl": 0.7,
        "injecting": 0.35,
        "overdose": 0.35,
        "alone": 0.4,
        "benzodiazepine": 0.18,
        "alcohol": 0.15,
        "stimulants": 0.3,
        "depression": 0.45,
        "anxiety": 0.4,
        "trauma": 0.3,
        "pain": 0.25,
        "hcv": 0.22,
        "unstable": 0.3,
        "children": 0.3,
        "working": 0.45,
        "far": 0.25,
        "tobacco": 0.7,
        "bup_before": 0.5,
        "mtd_before": 0.3,
        "legal": 0.2,
        "lonely": 0.3,
    }
    shape = {trait for trait, chance in chances.items() if rng.random() < chance}
    if sex == "female" and age < 42 and rng.random() < 0.2:
        shape.add("pregnant")
    if age >= 60 or rng.random() < 0.05:
        shape.add("heart")
    if rng.random() < 0.1:
        shape.add("low_tolerance")
    return frozenset(shape)


def _wish(rng: Random, shape: frozenset[str], *, at_otp: bool) -> str:
    if "pregnant" in shape:
        return rng.choice(["MTD", "BUP_SL"]) if at_otp else "BUP_SL"
    choices = ["BUP_SL", "BUP_SL", "BUP_XR", "BUP_XR"]
    if at_otp:
        choices += ["MTD", "MTD", "MTD", "MTD"]
    if "low_tolerance" in shape:
        choices += ["NTX_XR", "NTX_XR"]
    return rng.choice(choices)


DAYS = {
    Stage.REFERRED: (0, 5),
    Stage.INTAKE: (0, 3),
    Stage.WEIGHING: (1, 5),
    Stage.DRAFTED: (1, 6),
    Stage.ACTIVE: (3, 420),
    Stage.AFTERCARE: (240, 700),
    Stage.ON_HOLD: (60, 200),
    Stage.DISCHARGED: (120, 500),
}


def stories(seed: int = SEED) -> Iterator[DemoStory]:
    """The same people for the same seed; the first half at the OTP."""
    rng = Random(seed)  # noqa: S311 - invented people, not secrets
    stages = list(STAGES)
    rng.shuffle(stages)
    people = [*PEOPLE, *SECOND_HALF]
    for number, (line, stage) in enumerate(zip(people, stages, strict=True)):
        yield _story(rng, line, stage, at_otp=number < len(PEOPLE) + 8)


def _story(rng: Random, line: str, stage: Stage, *, at_otp: bool) -> DemoStory:
    name, used, pronouns, sex, language, interpreter = line.split("|")
    given, _, family = name.partition(" ")
    age = min(74, max(17, round(rng.gauss(38, 12))))
    shape = _shape(rng, sex, age)
    first, last = DAYS[stage]
    return DemoStory(
        given=given,
        family=family,
        used=used,
        pronouns=pronouns,
        sex=sex,
        age=age,
        language=language,
        needs_interpreter=interpreter == "yes",
        at_otp=at_otp,
        stage=stage,
        days=rng.randint(first, last),
        reason=rng.choice(REASONS),
        wish=_wish(rng, shape, at_otp=at_otp),
        traits=shape,
        words={"goal": rng.choice(GOALS), "own": rng.choice(FEARS)},
    )

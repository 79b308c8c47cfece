"""About 80 invented people with coherent histories. Pure: a seed gives the same people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from devtools.demo.content import DEMO, DemoPerson, Stage

type Said = str | tuple[str, ...]

SEED = 20261121


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStory:
    """One person as the demo tells them."""

    person: DemoPerson
    age: int
    at_otp: bool
    stage: Stage
    days: int
    reason: str
    wish: str = ""
    traits: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)


def _shape(rng: Random, sex: str, age: int) -> frozenset[str]:
    """What marks this person's history; chances are made up for variety's sake."""
    shape = {trait for trait, chance in DEMO.chances.items() if rng.random() < chance}
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


def stories(seed: int = SEED) -> Iterator[DemoStory]:
    """The same people for the same seed; the first half at the OTP."""
    rng = Random(seed)  # noqa: S311 - invented people, not secrets
    stages = [stage for stage, its in DEMO.stages.items() for _ in range(its.people)]
    rng.shuffle(stages)
    people = zip(DEMO.people, stages, strict=True)
    for number, (person, stage) in enumerate(people):
        yield _story(rng, person, stage, at_otp=number < DEMO.at_otp)


def _reason(rng: Random, shape: frozenset[str]) -> str:
    """Why the call came; from a prenatal clinic of whoever is pregnant alone."""
    said = rng.choice(DEMO.reasons)
    is_prenatal = DEMO.called_after.get(said) == "pregnancy"
    return DEMO.reasons[0] if is_prenatal and "pregnant" not in shape else said


def _story(rng: Random, person: DemoPerson, stage: Stage, *, at_otp: bool) -> DemoStory:
    age = min(74, max(17, round(rng.gauss(38, 12))))
    shape = _shape(rng, person.sex, age)
    return DemoStory(
        person=person,
        age=age,
        at_otp=at_otp,
        stage=stage,
        days=rng.randint(*DEMO.stages[stage].days),
        reason=_reason(rng, shape),
        wish=_wish(rng, shape, at_otp=at_otp),
        traits=shape,
        words={"goal": rng.choice(DEMO.goals), "own": rng.choice(DEMO.fears)},
    )

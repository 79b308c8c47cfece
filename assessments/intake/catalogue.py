"""The whole intake in order, and where each question stands. No Django."""

from collections.abc import Mapping
from types import MappingProxyType

from assessments.intake.declaration import Panel, Question, Step
from assessments.intake.steps import (
    body,
    mind,
    opioids,
    safety,
    social,
    strengths,
    substances,
)

STEPS: tuple[Step, ...] = (
    safety.STEP,
    opioids.STEP,
    substances.STEP,
    body.STEP,
    mind.STEP,
    social.STEP,
    strengths.STEP,
)


class NoSuchQuestion(LookupError):
    """The intake has no question of this name."""


class AskedTwice(ValueError):
    """Two questions claim the same name."""


def indexed(steps: tuple[Step, ...]) -> dict[str, tuple[Step, Panel, Question]]:
    """Every question with its place; refuses a name used twice."""
    places: dict[str, tuple[Step, Panel, Question]] = {}
    for step in steps:
        for panel in step.panels:
            for question in panel.questions:
                if question.key in places:
                    raise AskedTwice(question.key)
                places[question.key] = (step, panel, question)
    return places


PLACES: Mapping[str, tuple[Step, Panel, Question]] = MappingProxyType(indexed(STEPS))
STEP_KEYS = tuple(step.key for step in STEPS)


def question_of(key: str) -> Question:
    """The question of this name."""
    return place_of(key)[2]


def place_of(key: str) -> tuple[Step, Panel, Question]:
    """Where a question stands."""
    if key not in PLACES:
        raise NoSuchQuestion(f"The intake has no question {key[:60]}.")
    return PLACES[key]


# Facts that an instrument or another answer gives, and the question to go to.
ANSWERED_BY: Mapping[str, str] = MappingProxyType(
    {
        "severity": "dsm5_oud.larger_amounts",
        "dsm_count": "dsm5_oud.larger_amounts",
        "remission": "dsm5_oud.context.criteria_free_since",
        "cows": "cows.pulse_bpm",
        "phq9": "phq2.interest",
        "gad7": "gad7.nervous",
        "cssrs": "suicidal_thoughts",
        "audit_c": "audit_c.frequency",
        "pc_ptsd5": "pc_ptsd5.exposure",
        "history": "bup_exposure",
        "bmi": "weight",
        "inducer": "med_list",
        "inhibitor": "med_list",
        "arv": "med_list",
        "serotonergic": "med_list",
    }
)


def asking_for(fact: str) -> tuple[Step, Question] | None:
    """The step and question that tell a fact; None where the intake has none."""
    key = ANSWERED_BY.get(fact, fact)
    if key not in PLACES:
        return None
    step, _, question = PLACES[key]
    return step, question


def gated_by(key: str) -> tuple[str, ...]:
    """The questions and panels whose asking hangs on this answer."""
    whole = key.split(".")[0] + ".total"
    on = {key, whole}
    found = []
    for step in STEPS:
        for panel in step.panels:
            if any(c.question in on for c in panel.only):
                found.append(f"panel:{panel.key}")
            found.extend(
                q.key for q in panel.questions if any(c.question in on for c in q.only)
            )
    return tuple(found)

"""A drafted plan: needs, their goals, and what answers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PlannedDomain(StrEnum):
    BODY = "body"
    MIND = "mind"
    SOCIAL = "social"


class PlannedKind(StrEnum):
    MEDICATION = "medication"
    MODALITY = "modality"
    ACTION = "action"
    SUPPORT = "support"


class PlannedState(StrEnum):
    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    DECLINED = "declined"


# How the key of a line begins that the decision asks for before the first dose.
BEFORE_FIRST_DOSE = "first_dose"


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact that a need came from, as it stood."""

    name: str
    value: str
    on: date

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "value": self.value, "on": self.on.isoformat()}


@dataclass(frozen=True, slots=True)
class DraftedGoal:
    """What is to be reached; the person's words stand unchanged, or None."""

    topic: str
    own_words: str | None
    wording: str
    measure: str
    baseline: str
    target: str
    due_on: date


@dataclass(frozen=True, slots=True)
class DraftedIntervention:
    """What is done about a need, with why for this person."""

    key: str
    kind: PlannedKind
    state: PlannedState
    title: str
    dose: str = ""
    who: str = ""
    why: str = ""
    evidence: str = ""
    limits: str = ""
    rule: str = ""
    verified: str = ""
    starts_on: date | None = None
    stop_rule: str = ""
    is_blocking: bool = False


@dataclass(frozen=True, slots=True)
class DraftedNeed:
    """Something about this person that the plan has to answer."""

    key: str
    domain: PlannedDomain
    title: str
    source: str
    cite: str
    facts: tuple[FactUsed, ...]
    goals: tuple[DraftedGoal, ...]
    interventions: tuple[DraftedIntervention, ...] = ()
    is_private: bool = False

    @property
    def unanswered(self) -> bool:
        """Nothing has been found for it; it stays visible all the same."""
        return not self.interventions


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A need nobody can rule in or out until these facts are known."""

    need: str
    domain: PlannedDomain
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A kind of care the facts point to and also speak against."""

    key: str
    title: str
    because: str


@dataclass(frozen=True, slots=True)
class DraftedPlan:
    """The whole draft, as of one moment."""

    as_of: datetime
    needs: tuple[DraftedNeed, ...]
    not_asked: tuple[NotAsked, ...] = ()
    held_back: tuple[HeldBack, ...] = ()

    def interventions(self) -> Iterator[DraftedIntervention]:
        for need in self.needs:
            yield from need.interventions

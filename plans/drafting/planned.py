"""A plan as readiness looks at it, from a draft or from the database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plans.drafting.tree import PlannedDomain, PlannedKind, PlannedState


class PlannedStanding(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BLOCKER = "blocker"


@dataclass(frozen=True, slots=True)
class PlannedGoal:
    """A goal as far as readiness looks at it."""

    own_words: str
    wording: str
    measure: str
    target: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class PlannedIntervention:
    """An answer as far as readiness looks at it."""

    key: str
    kind: PlannedKind
    state: PlannedState
    title: str
    texts: tuple[str, ...] = ()
    declined_reason: str = ""


@dataclass(frozen=True, slots=True)
class PlannedNeed:
    """A need with what stands under it, from a draft or from the database."""

    key: str
    domain: PlannedDomain
    title: str
    set_aside_reason: str = ""
    goals: tuple[PlannedGoal, ...] = ()
    interventions: tuple[PlannedIntervention, ...] = ()

    @property
    def is_set_aside(self) -> bool:
        return bool(self.set_aside_reason.strip())

    @property
    def is_answered(self) -> bool:
        """Somebody accepted an answer; a suggestion alone is none."""
        return any(one.state is PlannedState.ACCEPTED for one in self.interventions)


@dataclass(frozen=True, slots=True)
class PlannedTree:
    """A plan's needs, and the domains in which questions are still open."""

    needs: tuple[PlannedNeed, ...]
    not_asked: frozenset[PlannedDomain] = field(default=frozenset())

    @property
    def working(self) -> tuple[PlannedNeed, ...]:
        return tuple(need for need in self.needs if not need.is_set_aside)

    def interventions(self) -> Iterator[PlannedIntervention]:
        for need in self.needs:
            yield from need.interventions


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """One line of the quality meter; `needs` are the keys it points to."""

    key: str
    standing: PlannedStanding
    text: str
    done: int | None = None
    of: int | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """Every check of a plan, worst first."""

    checks: tuple[PlannedCheck, ...]

    @property
    def blockers(self) -> tuple[PlannedCheck, ...]:
        return tuple(c for c in self.checks if c.standing is PlannedStanding.BLOCKER)

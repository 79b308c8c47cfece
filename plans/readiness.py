"""Readiness of a draft to be signed, and what would make it better."""

from dataclasses import dataclass

from assessments.picture import Picture
from plans import content
from plans.conditions import Seen
from plans.drafting.completeness import readiness
from plans.drafting.needs import not_asked
from plans.drafting.planned import (
    PlannedGoal,
    PlannedIntervention,
    PlannedNeed,
    PlannedStanding,
    PlannedTree,
)
from plans.drafting.tree import PlannedDomain, PlannedKind, PlannedState
from plans.models import Goal, Intervention, Need, Plan


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """One line of the quality meter, with the row of the need it points to."""

    words: str
    is_met: bool
    is_blocking: bool
    count: str = ""
    need: int | None = None


def checks(plan: Plan) -> list[ReadinessCheck]:
    """Every check of a plan, what blocks the signature first."""
    rows = content.tree(plan)
    ids = {need.key: need.pk for need, _, _ in rows}
    seen = Seen(Picture.from_json(plan.picture), {})
    tree = PlannedTree(
        tuple(_need(*row) for row in rows),
        frozenset(one.domain for one in not_asked(seen)),
    )
    return [
        ReadinessCheck(
            check.text,
            check.standing is PlannedStanding.OK,
            check.standing is PlannedStanding.BLOCKER,
            f"{check.done} of {check.of}" if check.done is not None else "",
            next((ids[key] for key in check.needs if key in ids), None),
        )
        for check in readiness(tree).checks
    ]


def blockers(plan: Plan) -> list[ReadinessCheck]:
    """What has to be settled before this plan can be signed."""
    return [check for check in checks(plan) if check.is_blocking]


def _need(
    need: Need, goals: list[Goal], interventions: list[Intervention]
) -> PlannedNeed:
    return PlannedNeed(
        need.key,
        PlannedDomain(need.domain),
        need.title,
        need.set_aside_reason,
        tuple(
            PlannedGoal(g.own_words, g.wording, g.measure, g.target, g.due_on)
            for g in goals
        ),
        tuple(
            PlannedIntervention(
                i.key,
                PlannedKind(i.kind),
                PlannedState(i.state),
                i.title,
                (i.dose, i.why, i.limits, i.stop_rule),
                i.declined_reason,
            )
            for i in interventions
        ),
    )

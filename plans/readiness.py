"""Readiness of a draft to be signed, and what would make it better."""

from collections.abc import Iterator, Mapping
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
from plans.medicine_lines import orders_outside_program
from plans.models import Goal, Intervention, Need, Plan
from treatment.actions.programs import REFER


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """One line of the quality meter, with the row of the need it points to."""

    words: str
    is_met: bool
    is_blocking: bool
    count: str = ""
    need: int | None = None


def checks(plan: Plan, rows: content.Tree | None = None) -> list[ReadinessCheck]:
    """Every check of a plan, what blocks the signature first; `rows` are its needs and
    lines where a page has read them already."""
    rows = content.tree(plan) if rows is None else rows
    ids = {need.key: need.pk for need, _, _ in rows}
    seen = Seen(Picture.from_json(plan.picture), {})
    tree = PlannedTree(
        tuple(_need(*row) for row in rows),
        frozenset(one.domain for one in not_asked(seen)),
    )
    return [
        *_ordered_outside(plan, rows),
        *_of_tree(tree, ids),
    ]


def _ordered_outside(
    plan: Plan, rows: list[tuple[Need, list[Goal], list[Intervention]]]
) -> Iterator[ReadinessCheck]:
    """Accepted lines that order what this clinic, being no program, may not."""
    if plan.clinic.is_otp:
        return
    for need, _, lines in rows:
        for line in lines:
            line.clinic = plan.clinic
            is_accepted = line.state == Intervention.State.ACCEPTED
            if is_accepted and orders_outside_program(line):
                yield ReadinessCheck(
                    f"“{line.title}”: {REFER}",
                    is_met=False,
                    is_blocking=True,
                    need=need.pk,
                )


def _of_tree(tree: PlannedTree, ids: Mapping[str, int]) -> list[ReadinessCheck]:
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

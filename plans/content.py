"""Content of a plan in one canonical form: what is signed and what is compared."""

import hashlib
import json
from typing import Any

from plans.models import Goal, Intervention, Need, Plan

type Tree = list[tuple[Need, list[Goal], list[Intervention]]]

NEED = ("key", "domain", "title", "source", "set_aside_reason")
GOAL = ("own_words", "wording", "measure", "baseline", "target", "due_on")
INTERVENTION = (
    "key",
    "kind",
    "state",
    "title",
    "dose",
    "who",
    "why",
    "evidence",
    "limits",
    "rule",
    "starts_on",
    "stop_rule",
    "declined_reason",
)


def tree(plan: Plan) -> Tree:
    """Needs with their goals and interventions, in the plan's order; three queries."""
    needs = list(plan.needs.order_by("position", "pk"))
    goals: dict[int, list[Goal]] = {}
    for goal in plan.goals.order_by("position", "pk"):
        goals.setdefault(goal.need_id, []).append(goal)
    answers: dict[int, list[Intervention]] = {}
    for intervention in plan.interventions.select_related("prescriber").order_by(
        "position", "pk"
    ):
        answers.setdefault(intervention.need_id, []).append(intervention)
    return [(n, goals.get(n.pk, []), answers.get(n.pk, [])) for n in needs]


def as_json(plan: Plan, rows: Tree | None = None) -> dict[str, Any]:
    """The whole plan as plain values, without ids or dates of writing."""
    return {
        "patient": plan.patient_id,
        "version": plan.version,
        "level_of_care": plan.level_of_care,
        "knowledge": plan.knowledge_digest,
        "decision": plan.decision_id,
        "needs": [
            {
                **_values(need, NEED),
                "goals": [_values(goal, GOAL) for goal in goals],
                "interventions": [_line(one) for one in interventions],
            }
            for need, goals, interventions in rows or tree(plan)
        ],
    }


def aims(rows: Tree) -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """The needs of a plan with their goals as plain values, without what is done."""
    return [
        (_values(need, NEED), [_values(goal, GOAL) for goal in goals])
        for need, goals, _ in rows
    ]


def _values(row: Need | Goal | Intervention, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(getattr(row, name) or "") for name in names}


def _line(line: Intervention) -> dict[str, str]:
    """A line with who answers for its medicine, where it is about one."""
    said = _values(line, INTERVENTION)
    return (
        said | {"prescriber": str(line.prescriber_id)} if line.prescriber_id else said
    )


def digest(plan: Plan, rows: Tree | None = None) -> str:
    """What a signature stands for: SHA-256 over the canonical content."""
    text = json.dumps(as_json(plan, rows), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_signed(plan: Plan, rows: Tree | None = None) -> bool:
    """Whether a plan still says what its signature stands for; a draft has none."""
    return plan.content_digest in ("", digest(plan, rows))

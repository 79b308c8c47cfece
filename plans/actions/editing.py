"""Changing a draft: what is accepted, said, measured, set aside."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Gone, Overtaken, Refused, RightMissing, as_shown
from plans import content
from plans.medicine_lines import (
    OrderedOutsideProgram,
    ordered_by,
    prescriber_of,
    refuse_medicine,
)
from plans.models import Goal, Intervention, Need, Plan

CHANGED = (
    "Somebody else changed this plan after your page was loaded. It is shown as it is"
    " now; look at it, then do it again."
)


class NotADraft(Refused):
    """A signed plan is not changed; a new version replaces it."""


class ReasonMissing(Refused):
    """Declining and setting aside need a reason that can be read later."""


def held(plan: Plan) -> Plan:
    """The plan as it is now, locked until the act is over."""
    locked = Plan.objects.select_for_update().filter(pk=plan.pk).first()
    if locked is None:
        raise Gone("This draft was discarded meanwhile.")
    return locked


def open_draft(plan: Plan, *, shown: str | None = None) -> Plan:
    """Lock the draft for one change; refuses what is signed, or otherwise than `shown`,
    the digest of all that stood on the page."""
    locked = held(plan)
    if not locked.is_draft:
        raise NotADraft(
            f"Version {locked.version} is {locked.get_status_display().lower()} and "
            "stays as it was signed. Start a new version to change it."
        )
    if shown and content.digest(locked) != shown:
        raise Overtaken(locked, CHANGED)
    locked.revision += 1
    locked.save(update_fields=["revision"])
    return locked


def _line[Row: (Need, Goal, Intervention)](row: Row, shown: str | None) -> Row:
    """A line of an open draft as it is now; refuses another than was shown."""
    open_draft(row.plan)
    return as_shown(type(row).objects.filter(pk=row.pk).first(), shown)


@transaction.atomic
def answer_suggestion(
    *,
    intervention: Intervention,
    state: str,
    reason: str = "",
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> Intervention:
    """Accept a suggestion, decline it with a reason, or take either back."""
    intervention = _line(intervention, shown)
    if state == Intervention.State.DECLINED and not reason.strip():
        raise ReasonMissing("Say why it is declined, in a few words.")
    if Intervention.State.ACCEPTED in (state, intervention.state):
        # To take back what a prescriber decided is to decide it.
        prescriber_of(intervention, by)
        if state == Intervention.State.ACCEPTED:
            intervention.prescriber = ordered_by(intervention, by)
    intervention.state = state
    intervention.declined_reason = (
        reason.strip() if state == Intervention.State.DECLINED else ""
    )
    intervention.save(update_fields=["state", "declined_reason", "prescriber"])
    audit.record(
        f"intervention.{state}", intervention, by=by, at=at, why=reason.strip()
    )
    return intervention


@transaction.atomic
def accept_open_suggestions(
    *, plan: Plan, shown: str | None = None, by: Staff, at: datetime
) -> int:
    """Accept every suggestion nobody has answered yet; returns how many are left, for
    a prescriber."""
    plan = open_draft(plan, shown=shown)
    accepted, left = [], 0
    suggested = plan.interventions.filter(state=Intervention.State.SUGGESTED)
    for line in suggested.select_related("clinic"):
        try:
            line.prescriber = ordered_by(line, by)
        except (RightMissing, OrderedOutsideProgram):
            left += 1
            continue
        line.state = Intervention.State.ACCEPTED
        accepted.append(line)
    Intervention.objects.bulk_update(accepted, ["state", "prescriber"])
    audit.record("plan.suggestions_accepted", plan, by=by, at=at, count=len(accepted))
    return left


@transaction.atomic
def change_intervention(
    *,
    intervention: Intervention,
    values: Mapping[str, object],
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> Intervention:
    """Change what is done, how much, by whom; a changed suggestion is accepted."""
    intervention = _line(intervention, shown)
    prescriber_of(intervention, by)
    is_typed = any(
        values.get(name, getattr(intervention, name)) != getattr(intervention, name)
        for name in ("title", "dose")
    )
    for name, value in values.items():
        setattr(intervention, name, value)
    intervention.prescriber = ordered_by(intervention, by, is_typed=is_typed)
    intervention.state = Intervention.State.ACCEPTED
    intervention.declined_reason = ""
    intervention.save()
    audit.record("intervention.changed", intervention, by=by, at=at)
    return intervention


@transaction.atomic
def add_intervention(
    *, need: Need, values: Mapping[str, object], by: Staff, at: datetime
) -> Intervention:
    """Answer a need with something of one's own."""
    plan = open_draft(need.plan)
    need = as_shown(Need.objects.filter(pk=need.pk).first(), None)
    added = Intervention(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        need=need,
        key=f"own-{plan.revision}",
        state=Intervention.State.ACCEPTED,
        position=need.interventions.count(),
        **values,
    )
    added.prescriber = ordered_by(added, by, is_typed=True)
    added.save()
    audit.record("intervention.added", added, by=by, at=at)
    return added


@transaction.atomic
def remove_intervention(
    *,
    intervention: Intervention,
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> None:
    """Take one's own addition away again; what was suggested is declined instead."""
    intervention = _line(intervention, shown)
    prescriber_of(intervention, by)
    audit.record("intervention.removed", intervention, by=by, at=at)
    intervention.delete()


@transaction.atomic
def change_goal(
    *,
    goal: Goal,
    values: Mapping[str, object],
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> Goal:
    """Change a goal's words, measure, target or day."""
    goal = _line(goal, shown)
    refuse_medicine(values, goal, by, goal.clinic_id)
    for name, value in values.items():
        setattr(goal, name, value)
    goal.save()
    audit.record("goal.changed", goal, by=by, at=at, fields=sorted(values))
    return goal


@transaction.atomic
def add_need(
    *, plan: Plan, values: Mapping[str, object], by: Staff, at: datetime
) -> Need:
    """Add a need that the facts did not show, with an empty goal for it."""
    plan = open_draft(plan)
    refuse_medicine(values, None, by, plan.clinic_id)
    need = Need.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        key=f"own-{plan.revision}",
        position=plan.needs.count(),
        source=f"added by {by.name}",
        **values,
    )
    Goal.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        need=need,
        position=0,
        wording=need.title,
    )
    audit.record("need.added", need, by=by, at=at)
    return need


@transaction.atomic
def set_aside_need(
    *, need: Need, reason: str, shown: str | None = None, by: Staff, at: datetime
) -> Need:
    """Leave a need without an answer on purpose, or take that back with no reason."""
    need = _line(need, shown)
    need.set_aside_reason = reason.strip()
    need.save(update_fields=["set_aside_reason"])
    verb = "need.set_aside" if need.set_aside_reason else "need.taken_up"
    audit.record(verb, need, by=by, at=at, why=need.set_aside_reason)
    return need


@transaction.atomic
def record_level_of_care(
    *, plan: Plan, level: str, shown: str | None = None, by: Staff, at: datetime
) -> Plan:
    """Keep the level of care that the clinician chose; nothing computes it."""
    plan = as_shown(open_draft(plan), shown, ["level_of_care"])
    plan.level_of_care = level
    plan.save(update_fields=["level_of_care"])
    audit.record("plan.level_of_care", plan, by=by, at=at, level=level)
    return plan


@transaction.atomic
def discard_draft(
    *, plan: Plan, shown: str | None = None, by: Staff, at: datetime
) -> None:
    """Throw a draft away; the history keeps what it said."""
    plan = open_draft(plan, shown=shown)
    audit.record("plan.discarded", plan, by=by, at=at, version=plan.version)
    plan.delete()

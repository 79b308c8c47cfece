"""Changing a draft: what is accepted, said, measured, set aside."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from plans.models import Goal, Intervention, Need, Plan


class NotADraft(Exception):
    """A signed plan is not changed; a new version replaces it."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the plan after this page was loaded."""


class ReasonMissing(Exception):
    """Declining and setting aside need a reason that can be read later."""


def open_draft(plan: Plan, *, revision: int | None = None) -> Plan:
    """Lock the draft for one change; refuses what is signed or newer than expected."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if not locked.is_draft:
        raise NotADraft(
            f"Version {locked.version} is {locked.get_status_display().lower()} and "
            "stays as it was signed. Start a new version to change it."
        )
    if revision is not None and locked.revision != revision:
        raise ChangedMeanwhile(
            "Somebody else changed this plan a moment ago. It is shown as it is now; "
            "make your change again where it still fits."
        )
    locked.revision += 1
    locked.save(update_fields=["revision"])
    return locked


@transaction.atomic
def answer_suggestion(
    *,
    intervention: Intervention,
    state: str,
    reason: str = "",
    by: Staff,
    at: datetime,
) -> Intervention:
    """Accept a suggestion, decline it with a reason, or take either back."""
    open_draft(intervention.plan)
    if state == Intervention.State.DECLINED and not reason.strip():
        raise ReasonMissing("Say why it is declined, in a few words.")
    intervention.state = state
    intervention.declined_reason = (
        reason.strip() if state == Intervention.State.DECLINED else ""
    )
    intervention.save(update_fields=["state", "declined_reason"])
    audit.record(
        f"intervention.{state}", intervention, by=by, at=at, why=reason.strip()
    )
    return intervention


@transaction.atomic
def accept_open_suggestions(*, plan: Plan, by: Staff, at: datetime) -> int:
    """Accept every suggestion nobody has answered yet; returns how many."""
    plan = open_draft(plan)
    accepted = plan.interventions.filter(state=Intervention.State.SUGGESTED).update(
        state=Intervention.State.ACCEPTED
    )
    audit.record("plan.suggestions_accepted", plan, by=by, at=at, count=accepted)
    return accepted


@transaction.atomic
def change_intervention(
    *,
    intervention: Intervention,
    values: Mapping[str, object],
    by: Staff,
    at: datetime,
) -> Intervention:
    """Change what is done, how much, by whom; a changed suggestion is accepted."""
    open_draft(intervention.plan)
    for name, value in values.items():
        setattr(intervention, name, value)
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
    added = Intervention.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        need=need,
        key=f"own-{plan.revision}",
        state=Intervention.State.ACCEPTED,
        position=need.interventions.count(),
        **values,
    )
    audit.record("intervention.added", added, by=by, at=at)
    return added


@transaction.atomic
def remove_intervention(*, intervention: Intervention, by: Staff, at: datetime) -> None:
    """Take one's own addition away again; what was suggested is declined instead."""
    open_draft(intervention.plan)
    audit.record("intervention.removed", intervention, by=by, at=at)
    intervention.delete()


@transaction.atomic
def change_goal(
    *, goal: Goal, values: Mapping[str, object], by: Staff, at: datetime
) -> Goal:
    """Change a goal's words, measure, target or day."""
    open_draft(goal.plan)
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
def set_aside_need(*, need: Need, reason: str, by: Staff, at: datetime) -> Need:
    """Leave a need without an answer on purpose, or take that back with no reason."""
    open_draft(need.plan)
    need.set_aside_reason = reason.strip()
    need.save(update_fields=["set_aside_reason"])
    verb = "need.set_aside" if need.set_aside_reason else "need.taken_up"
    audit.record(verb, need, by=by, at=at, why=need.set_aside_reason)
    return need


@transaction.atomic
def record_level_of_care(*, plan: Plan, level: str, by: Staff, at: datetime) -> Plan:
    """Keep the level of care that the clinician chose; nothing computes it."""
    plan = open_draft(plan)
    plan.level_of_care = level
    plan.save(update_fields=["level_of_care"])
    audit.record("plan.level_of_care", plan, by=by, at=at, level=level)
    return plan


@transaction.atomic
def discard_draft(*, plan: Plan, by: Staff, at: datetime) -> None:
    """Throw a draft away; the history keeps what it said."""
    plan = open_draft(plan)
    audit.record("plan.discarded", plan, by=by, at=at, version=plan.version)
    plan.delete()

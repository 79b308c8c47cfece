"""Putting a plan in force, and what replaces it."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Overtaken, Refused
from accounts.tenancy import clinic_day
from patients.actions.registry import refuse_after_death, refuse_other_name
from patients.models import Patient
from plans import content
from plans.actions.editing import held
from plans.models import Goal, Intervention, Need, Plan, Signature
from plans.readiness import blockers
from plans.signals import plan_signed

NOT_SIGNED = (
    "Not signed: the plan is no longer what was on your screen. It is shown as it is now;"
    " read it, then sign."
)


class PlanNotSignable(Refused):
    """Something has to be settled before this plan can be signed."""


class NothingToReplace(Refused):
    """A new version starts from the plan in force."""


class DraftUnderWay(Refused):
    """A draft exists already; it is changed or discarded first."""


def _held_of_living(plan: Plan, at: datetime) -> Plan:
    """The same, refused after the person's death."""
    locked = _held(plan)
    refuse_after_death(locked.patient, clinic_day(locked.clinic, at))
    return locked


def _held(plan: Plan) -> Plan:
    """The plan as it is now. One act at a time decides which plan of a person is in
    force or drafted; the lock leaves rows that only name the person free."""
    Patient.objects.select_for_update(no_key=True).get(pk=plan.patient_id)
    return held(plan)


@transaction.atomic
def sign_plan(
    *,
    plan: Plan,
    patient_name: str = "",
    signed_for: str = "",
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> Plan:
    """Put a draft in force; the plan it takes over from becomes replaced.

    The signature stands for a digest of the content. `shown` is the digest of what was
    on the screen: nothing else is signed. Follow-ups are scheduled in the same
    transaction, by whoever listens to `plan_signed`.
    """
    plan = _held_of_living(plan, at)
    if not plan.is_draft:
        raise PlanNotSignable(
            f"This plan is already {plan.get_status_display().lower()}."
        )
    if shown is not None and content.digest(plan) != shown:
        raise Overtaken(plan, NOT_SIGNED)
    stops = blockers(plan)
    if stops:
        raise PlanNotSignable(f"First: {stops[0].words}")
    _settle_suggestions(plan)
    Plan.objects.in_force().filter(patient_id=plan.patient_id).update(
        status=Plan.Status.REPLACED, ended_at=at, ended_by=by
    )
    plan.content_digest = content.digest(plan)
    plan.status, plan.signed_at, plan.signed_by = Plan.Status.SIGNED, at, by
    plan.save(update_fields=["content_digest", "status", "signed_at", "signed_by"])
    _sign(plan, part=Signature.Part.CLINICIAN, name=str(by), staff=by, at=at)
    if patient_name:
        _sign_as_patient(plan, patient_name, signed_for, at)
    audit.record("plan.signed", plan, by=by, at=at, digest=plan.content_digest)
    plan_signed.send(sender=Plan, plan=plan, by=by, at=at)
    return plan


def _settle_suggestions(plan: Plan) -> None:
    """What nobody accepted is not part of what is signed."""
    plan.interventions.filter(state=Intervention.State.SUGGESTED).update(
        state=Intervention.State.DECLINED, declined_reason="Not taken up when signed"
    )


def _sign_as_patient(plan: Plan, name: str, signed_for: str, at: datetime) -> None:
    """The person's own name, or that of somebody who may sign for them."""
    refuse_other_name(plan.patient, name, signed_for=signed_for, field="patient_name")
    part = Signature.Part.PATIENT
    _sign(plan, part=part, name=name, signed_for=signed_for, at=at)


def _sign(
    plan: Plan,
    *,
    part: str,
    name: str,
    staff: Staff | None = None,
    signed_for: str = "",
    at: datetime,
) -> None:
    Signature.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        part=part,
        staff=staff,
        name=name,
        signed_for=signed_for,
        content_digest=plan.content_digest,
        signed_at=at,
    )


@transaction.atomic
def record_patient_signature(
    *,
    plan: Plan,
    name: str,
    signed_for: str = "",
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> None:
    """The person signs the plan in force, in front of somebody on the staff."""
    plan = _held_of_living(plan, at)
    if plan.status != Plan.Status.SIGNED:
        raise PlanNotSignable("Only the plan in force can be signed.")
    if shown is not None and plan.content_digest != shown:
        raise Overtaken(plan, NOT_SIGNED)
    if plan.signatures.filter(part=Signature.Part.PATIENT).exists():
        raise PlanNotSignable("This version has been signed by the person already.")
    _sign_as_patient(plan, name, signed_for, at)
    audit.record("plan.signed_by_patient", plan, by=by, at=at)


@transaction.atomic
def start_new_version(*, plan: Plan, by: Staff, at: datetime) -> Plan:
    """Copy the plan in force into a draft of the next version."""
    plan = _held_of_living(plan, at)
    if plan.status != Plan.Status.SIGNED:
        raise NothingToReplace("Only the plan in force can be followed by a new one.")
    if Plan.objects.drafts().filter(patient_id=plan.patient_id).exists():
        raise DraftUnderWay("A draft exists already. Go on with it, or discard it.")
    draft = Plan.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        version=plan.version + 1,
        decision_id=plan.decision_id,
        picture=plan.picture,
        knowledge_digest=plan.knowledge_digest,
        level_of_care=plan.level_of_care,
        drafted_at=at,
        drafted_by=by,
    )
    for need, goals, interventions in content.tree(plan):
        _copy_need(need, goals, interventions, draft)
    audit.record("plan.new_version", draft, by=by, at=at, version=draft.version)
    return draft


def _copy_need(
    need: Need, goals: list[Goal], interventions: list[Intervention], draft: Plan
) -> None:
    need.pk, need.plan = None, draft
    need._state.adding = True
    need.save()
    below: list[Goal | Intervention] = [*goals, *interventions]
    for row in below:
        row.pk, row.plan, row.need = None, draft, need
        row._state.adding = True
        row.save()


@transaction.atomic
def close_plan(*, plan: Plan, why: str, by: Staff, at: datetime) -> Plan:
    """End the plan in force without another in its place."""
    plan = _held(plan)
    if plan.status != Plan.Status.SIGNED:
        raise NothingToReplace("Only the plan in force can be closed.")
    plan.status, plan.ended_at, plan.ended_by = Plan.Status.CLOSED, at, by
    plan.save(update_fields=["status", "ended_at", "ended_by"])
    audit.record("plan.closed", plan, by=by, at=at, why=why)
    return plan

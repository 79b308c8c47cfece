"""From the picture and the decision to a draft, in one act."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.tenancy import clinic_day
from assessments.intake_page.own_words import own_words_of
from assessments.picture import Picture
from medications.models import MedicationDecision
from patients.actions.registry import refuse_after_death
from patients.consents.reader import told_to
from patients.models import Patient, SupportPerson
from plans.actions.signing import DraftUnderWay
from plans.drafting.choice import MedicineChoice, chosen_from
from plans.drafting.draft import Supporter, draft
from plans.drafting.tree import DraftedIntervention, DraftedNeed, DraftedPlan
from plans.models import Goal, Intervention, Need, Plan


def choice_of(decision: MedicationDecision | None) -> MedicineChoice | None:
    """The recorded decision as the drafting reads it, with the reasons shown then."""
    if decision is None:
        return None
    return chosen_from(
        decision.options,
        decision.choice,
        decided_on=clinic_day(decision.clinic, decision.decided_at),
        dose=decision.first_dose,
        who=str(decision.decided_by),
    )


def supporters_of(patient: Patient, *, at: datetime) -> list[Supporter]:
    """Those who take part in the plan, as far as consent goes; nobody who endangers the
    person."""
    told = told_to(patient, at=at)
    people = SupportPerson.objects.filter(patient=patient, is_current=True)
    return [
        Supporter(
            person.name,
            person.relation,
            person.role_in_plan,
            f"May be told: {told[person.name]}."
            if person.name in told
            else "May be told nothing: no consent.",
        )
        for person in people
        if person.role_in_plan and not person.endangers
    ]


@transaction.atomic
def draft_plan(
    *,
    patient: Patient,
    picture: Picture,
    knowledge_digest: str,
    decision: MedicationDecision | None,
    by: Staff | None,
    at: datetime,
) -> Plan:
    """Draft the next version from what is known; refuses while another draft is open."""
    refuse_after_death(patient, clinic_day(patient.clinic, at))
    if Plan.objects.drafts().filter(patient=patient).exists():
        raise DraftUnderWay("A draft exists already. Go on with it, or discard it.")
    drafted = draft(
        picture,
        choice_of(decision),
        own_words_of(patient),
        supporters_of(patient, at=at),
    )
    latest = Plan.objects.filter(patient=patient).order_by("-version").first()
    plan = Plan.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        version=latest.version + 1 if latest else 1,
        decision=decision,
        picture=picture.to_json(),
        knowledge_digest=knowledge_digest,
        drafted_at=at,
        drafted_by=by,
    )
    write_tree(plan, drafted)
    audit.record("plan.drafted", plan, by=by, at=at, version=plan.version)
    return plan


def write_tree(plan: Plan, drafted: DraftedPlan) -> None:
    """The drafted needs, goals and interventions as rows; three statements."""
    needs = Need.objects.bulk_create(
        _need(plan, position, one) for position, one in enumerate(drafted.needs)
    )
    pairs = list(zip(needs, drafted.needs, strict=True))
    Goal.objects.bulk_create(_goals(plan, pairs))
    Intervention.objects.bulk_create(_interventions(plan, pairs))


def _whose(plan: Plan) -> dict[str, object]:
    return {"clinic_id": plan.clinic_id, "patient_id": plan.patient_id, "plan": plan}


def _need(plan: Plan, position: int, need: DraftedNeed) -> Need:
    return Need(
        **_whose(plan),
        key=need.key,
        domain=need.domain.value,
        position=position,
        title=need.title[:200],
        source=need.source[:300],
        facts=[fact.to_json() for fact in need.facts],
    )


def _goals(plan: Plan, pairs: Sequence[tuple[Need, DraftedNeed]]) -> list[Goal]:
    return [
        Goal(
            **_whose(plan),
            need=need,
            position=position,
            own_words=goal.own_words or "",
            wording=goal.wording[:300],
            measure=goal.measure[:120],
            baseline=goal.baseline[:60],
            target=goal.target[:60],
            due_on=goal.due_on,
        )
        for need, drafted in pairs
        for position, goal in enumerate(drafted.goals)
    ]


def _interventions(
    plan: Plan, pairs: Sequence[tuple[Need, DraftedNeed]]
) -> list[Intervention]:
    return [
        Intervention(
            **_whose(plan),
            need=need,
            position=position,
            prescriber=_prescriber(plan, one),
            **_intervention(one),
        )
        for need, drafted in pairs
        for position, one in enumerate(drafted.interventions)
    ]


def _prescriber(plan: Plan, one: DraftedIntervention) -> Staff | None:
    """Who recorded the decision that a line about a medicine comes from."""
    decision = plan.decision if one.kind.value == Intervention.Kind.MEDICATION else None
    return decision.decided_by if decision else None


def _intervention(one: DraftedIntervention) -> Mapping[str, object]:
    return {
        "key": one.key[:60],
        "kind": one.kind.value,
        "state": one.state.value,
        "title": one.title[:600],
        "dose": one.dose[:300],
        "who": one.who[:120],
        "why": one.why,
        "evidence": one.evidence[:12],
        "limits": one.limits[:500],
        "rule": one.rule[:12],
        "verified": one.verified[:60],
        "starts_on": one.starts_on,
        "stop_rule": one.stop_rule[:200],
    }

import datetime as dt

from assessments.picture import Picture
from knowledge.editions import knowledge
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from plans.actions.drafting import draft_plan
from plans.models import Intervention

AT = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)

# A person in moderate withdrawal after fentanyl, otherwise without hindrance.
FACTS = {
    "severity": "severe",
    "dsm_count": 8,
    "cows": 14,
    "phys_dependence": True,
    "last_short_acting_dt": "2026-11-21T03:00:00Z",
    "overdose_hx": "past_12_months",
    "phq9": 14,
    "housing": "unstable",
    "age": 34,
}


def picture(**facts):
    return Picture.from_json({"as_of": AT.isoformat(), "facts": {**FACTS, **facts}})


def decided(patient, by, choice="BUP_SL", at=AT, **facts):
    """A recorded decision with the options as they stood."""
    known = picture(**facts)
    return MedicationDecision.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        choice=choice,
        first_dose="4 mg, again after 60 to 90 minutes",
        picture=known.to_json(),
        picture_digest=known.digest(),
        options=evaluate(known).to_json(),
        knowledge_digest=knowledge().digest,
        decided_at=at,
        decided_by=by,
    )


def drafted(patient, by, at=AT, *, with_decision=True, **facts):
    """A draft as one click makes it."""
    decision = decided(patient, by, at=at, **facts) if with_decision else None
    return draft_plan(
        patient=patient,
        picture=picture(**facts),
        knowledge_digest=knowledge().digest,
        decision=decision,
        by=by,
        at=at,
    )


def ready(plan):
    """Every suggestion accepted, so that nothing blocks the signature."""
    plan.interventions.filter(state="suggested").update(
        state=Intervention.State.ACCEPTED
    )
    for need in plan.needs.all():
        if not need.interventions.exists():
            need.set_aside_reason = "Later, agreed together"
            need.save()
    return plan

"""Options and a first draft for a whole caseload."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from accounts import tenancy
from accounts.models import Clinic
from assessments.picture.assemble import pictures_of
from knowledge.medicines import medicines
from medications.clinic_policy.policy import policy_of
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from medications.options.model import Options
from patients.models import Patient
from plans.actions.drafting import draft_plan
from plans.models import Plan

ACTOR = "system:draft_plans"
BATCH = 200


@dataclass(slots=True)
class Summary:
    """What came of it: standings by medication, and what is missing most."""

    people: int = 0
    drafted: int = 0
    standings: dict[str, Counter[str]] = field(
        default_factory=lambda: {key: Counter() for key in medicines().main}
    )
    missing: Counter[str] = field(default_factory=Counter)
    needs: Counter[str] = field(default_factory=Counter)

    def add(self, options: Options) -> None:
        self.people += 1
        facts: set[str] = set()
        for key in medicines().main:
            option = options.option(key)
            self.standings[key][option.standing.value] += 1
            facts.update(gap.fact for gap in option.missing if gap.holds)
        self.missing.update(facts)


def draft_plans(
    *,
    clinics: Iterable[Clinic],
    at: datetime,
    drafted_at: datetime,
    tell: Callable[[str], None],
) -> Summary:
    """Weigh the options of everyone in care as of `at`, and draft where nothing is.

    Who has a plan in force or a draft keeps it; running again drafts nothing twice.
    """
    summary = Summary()
    for clinic in clinics:
        with tenancy.clinics([clinic.pk], actor=ACTOR):
            ids = list(
                Patient.objects.in_care()
                .filter(clinic=clinic)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
        for chunk in batched(ids, BATCH):
            with tenancy.clinics([clinic.pk], actor=ACTOR):
                _draft_some(chunk, at, drafted_at, summary)
        tell(f"{clinic}: {len(ids)} people, {summary.drafted} plans drafted so far")
    return summary


def _draft_some(
    ids: tuple[int, ...], at: datetime, drafted_at: datetime, summary: Summary
) -> None:
    people = Patient.objects.filter(pk__in=ids).select_related("clinic").order_by("pk")
    pictures = pictures_of(people, at=at)
    planned = set(
        Plan.objects.filter(
            patient__in=ids, status__in=["draft", "signed"]
        ).values_list("patient_id", flat=True)
    )
    decisions = {
        decision.patient_id: decision
        for decision in MedicationDecision.objects.filter(patient__in=ids).order_by(
            "decided_at", "pk"
        )
    }
    policies = {pk: policy_of(pk) for pk in {p.clinic_id for p in people}}
    for patient in people:
        options = evaluate(pictures[patient.pk], policy=policies[patient.clinic_id])
        summary.add(options)
        if patient.pk in planned:
            continue
        plan = draft_plan(
            patient=patient,
            picture=pictures[patient.pk],
            knowledge_digest=options.knowledge,
            decision=decisions.get(patient.pk),
            by=None,
            at=drafted_at,
        )
        summary.drafted += 1
        summary.needs.update(plan.needs.values_list("key", flat=True))

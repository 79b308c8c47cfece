"""The plan on paper and in plain lines, as what the gate lets out."""

from django.urls import reverse

from accounts.tenancy import clinic_day
from knowledge.needs import need_rules
from knowledge.wording.dates import whole_day
from patients.disclosures.things import GivenThing
from patients.models import Disclosure, Patient
from plans import content
from plans.models import Intervention, Plan
from plans.paper_cuts import MEDICINE, cut

PLAN = "plan"


def _address(made: Disclosure) -> str:
    return reverse("plans:print", args=[made.thing_row, made.pk])


def _is_of(patient: Patient, row: int | None) -> bool:
    return row is not None and Plan.objects.filter(patient=patient, pk=row).exists()


PLAN_PAPER = GivenThing(
    key=PLAN,
    title="Plan on paper",
    way=Disclosure.Way.PAPER,
    sections=("in_care", "plan", "medicine", "scores", "results"),
    least=("in_care", "plan"),
    address=_address,
    is_of=_is_of,
)


def private_needs() -> frozenset[str]:
    """Needs that stay off paper, which others may find: what endangers the person (A14)."""
    return frozenset(rule.key for rule in need_rules() if rule.private)


def plan_in_words(plan: Plan, *, with_medicine: bool) -> dict[str, object]:
    """A plan as plain lines, to be kept where its rows are not: what was accepted, without
    scores, and without what stays off paper."""
    private = private_needs()
    told = {MEDICINE} if with_medicine else set()
    needs = [
        {
            "title": need.title,
            "goals": [goal.wording for goal in goals],
            "lines": [
                f"{line.title}: {line.dose}" if line.dose else line.title
                for line in lines
                if line.state == Intervention.State.ACCEPTED
            ],
        }
        for need, goals, lines in (
            cut(branch, told.__contains__) for branch in content.tree(plan)
        )
        if need.key not in private
    ]
    return {"title": f"Version {plan.version}, {_signed(plan)}", "needs": needs}


def _signed(plan: Plan) -> str:
    if plan.signed_at is None:
        return "a draft"
    on = whole_day(clinic_day(plan.clinic, plan.signed_at))
    return f"signed {on} by {plan.signed_by}"

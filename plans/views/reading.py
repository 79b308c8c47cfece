"""A plan to read: the one in force, an older one, a draft, on paper."""

from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, requires
from accounts.doors import row_of_clinic
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from accounts.refusals import revision_of
from medications.models import MedicationDecision
from patients.disclosures.outgoing import Outgoing, outgoing_of
from patients.views.registry import note_view, open_chart
from plans import content
from plans.forms import LevelOfCareForm, SignForm
from plans.medicine_lines import is_medicine_line
from plans.models import Goal, Intervention, Need, Plan, PlanDomain
from plans.paper_cuts import cut
from plans.papers import PLAN, private_needs
from plans.readiness import ReadinessCheck, checks
from plans.reviewing import reviews_of

ICONS = {"body": "body", "mind": "mind", "social": "social"}


@dataclass(frozen=True, slots=True)
class Branch:
    """A need with what stands under it."""

    need: Need
    goals: list[Goal]
    interventions: list[Intervention]

    @property
    def is_answered(self) -> bool:
        return any(i.state == Intervention.State.ACCEPTED for i in self.interventions)


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One of the three domains, with its needs; empty ones are said to be empty."""

    key: str
    title: str
    icon: str
    branches: list[Branch]


def parts_of(plan: Plan, rows: content.Tree | None = None) -> list[PlanPart]:
    branches = [Branch(*one) for one in rows or content.tree(plan)]
    return [
        PlanPart(
            key,
            label,
            ICONS[key],
            [branch for branch in branches if branch.need.domain == key],
        )
        for key, label in PlanDomain.choices
    ]


# Of which a plan's page and its header tell something.
SHOWN_WITH = ("clinic", "patient__clinic", "signed_by", "drafted_by", "decision")


def own_plan(request: StaffRequest, pk: int) -> Plan:
    """This clinic's plan, or a 404."""
    plans = Plan.objects.select_related(*SHOWN_WITH)
    return row_of_clinic(request, plans, pk=pk)


def page(
    request: StaffRequest, plan: Plan, *, status: int = 200, **more: object
) -> HttpResponse:
    """The plan's page, as a draft to work on or as it was signed."""
    rows = content.tree(plan)
    plan_checks: list[ReadinessCheck] = checks(plan, rows) if plan.is_draft else []
    context = {
        "patient": plan.patient,
        "tab": "plan",
        "plan": plan,
        "parts": parts_of(plan, rows),
        # What a signature, and an act on the whole draft, is about.
        "shown": plan.content_digest or content.digest(plan, rows),
        "digest_holds": content.is_as_signed(plan, rows),
        "level_shown": revision_of(plan, ["level_of_care"]),
        "checks": plan_checks,
        "met": sum(check.is_met for check in plan_checks),
        "blockers": [c for c in plan_checks if c.is_blocking and not c.is_met],
        "levels": Plan.LevelOfCare.choices,
        "level_form": LevelOfCareForm(),
        "sign_form": SignForm(patient=plan.patient),
        "signatures": plan.signatures.all(),
        "reviews": () if plan.is_draft else reviews_of(plan),
        "versions": Plan.objects.filter(patient_id=plan.patient_id),
        "for_prescriber": _for_prescriber(request, rows),
        "has_open": any(
            line.state == Intervention.State.SUGGESTED
            for part in rows
            for line in part[2]
        ),
        "can_edit": plan.is_draft and request.acting.may(Permission.PLAN_EDIT),
        **more,
    }
    return render(request, "plans/plan.html", context, status=status)


def _for_prescriber(request: StaffRequest, rows: content.Tree) -> set[int]:
    """The lines that somebody else has to decide than who looks at them."""
    if request.acting.may(Permission.MEDICATION_DECIDE):
        return set()
    return {line.pk for *_, lines in rows for line in lines if is_medicine_line(line)}


@requires(Permission.PATIENT_VIEW, "GET")
def current(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft if there is one, else the plan in force, else how to begin."""
    patient = open_chart(request, pk, "plan")
    plans = {
        plan.status: plan
        for plan in Plan.objects.visible_to(request.acting)
        .filter(patient=patient, status__in=["draft", "signed"])
        .select_related(*SHOWN_WITH)
    }
    plan = plans.get(Plan.Status.DRAFT) or plans.get(Plan.Status.SIGNED)
    if plan is not None:
        return page(request, plan, in_force=plans.get(Plan.Status.SIGNED))
    context = {
        "patient": patient,
        "tab": "plan",
        "decision": MedicationDecision.objects.filter(patient=patient).first(),
        "older": Plan.objects.filter(patient=patient),
    }
    return render(request, "plans/none.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One version, whatever its state."""
    plan = own_plan(request, pk)
    note_view(request, plan.patient, "plan")
    return page(request, plan)


@gives_out(GivesOut.ONE_PERSON, "the plan on paper, cut to what the gate let out")
@requires(Permission.PATIENT_VIEW, "GET")
def printed(request: StaffRequest, pk: int, plan_paper: int) -> HttpResponse:
    """The plan on paper, without what nobody accepted and what the consent leaves out."""
    plan = own_plan(request, pk)
    outgoing = outgoing_of(request, plan.patient, plan_paper, PLAN, row=plan.pk)
    if outgoing is None:
        way = reverse("patients:give", args=[plan.patient_id, PLAN])
        return redirect(f"{way}?of={plan.pk}")
    note_view(request, plan.patient, "plan")
    context = {
        "plan": plan,
        "patient": plan.patient,
        "outgoing": outgoing,
        "shows_scores": outgoing.holds("scores"),
        "parts": [_cut(_without_private(part), outgoing) for part in parts_of(plan)],
        "signatures": plan.signatures.all(),
        "digest_holds": content.is_as_signed(plan),
    }
    return render(request, "plans/print.html", context)


def _cut(part: PlanPart, outgoing: Outgoing) -> PlanPart:
    """Without what is not among what may be told."""
    kept = [
        Branch(*cut((one.need, one.goals, one.interventions), outgoing.holds))
        for one in part.branches
    ]
    return replace(part, branches=kept)


def _without_private(part: PlanPart) -> PlanPart:
    """What endangers the person stays off paper, which others may find (A14)."""
    private = private_needs()
    kept = [branch for branch in part.branches if branch.need.key not in private]
    return replace(part, branches=kept)

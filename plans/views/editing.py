"""Changing a draft."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, posted, requires
from accounts.permissions import Permission
from knowledge.editions import knowledge
from medications.assembly import picture_of
from medications.models import MedicationDecision
from patients.views.registry import of_clinic
from plans.actions import drafting, editing
from plans.actions.signing import DraftUnderWay
from plans.forms import (
    AddInterventionForm,
    GoalForm,
    InterventionForm,
    LevelOfCareForm,
    NeedForm,
    ReasonForm,
)
from plans.models import Goal, Intervention, Need, Plan
from plans.views.reading import own_plan, page

REFUSALS = (editing.NotADraft, editing.ChangedMeanwhile, editing.ReasonMissing)


@require_POST
@requires(Permission.PLAN_EDIT)
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Draft the next version from what is known now: one click."""
    patient = of_clinic(request, pk)
    now = timezone.now()
    try:
        drafting.draft_plan(
            patient=patient,
            picture=picture_of(patient, at=now),
            knowledge_digest=knowledge().digest,
            decision=MedicationDecision.objects.filter(patient=patient).first(),
            by=request.user,
            at=now,
        )
    except DraftUnderWay as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Drafted. Nothing is in force until it is signed.")
    return redirect("plans:current", pk)


def _change(
    request: StaffRequest,
    plan: Plan,
    act: Callable[[], object],
    done: str,
    need: int | None = None,
) -> HttpResponse:
    """Do one act on a draft; a refusal is said, and the plan is shown as it is,
    at the need that the act was about."""
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    page = reverse("plans:current", args=[plan.patient_id])
    return redirect(f"{page}#need-{need}" if need else page)


@require_POST
@requires(Permission.PLAN_EDIT)
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept a suggestion, or take a decline back."""
    intervention = _intervention(request, pk)
    return _change(
        request,
        intervention.plan,
        lambda: editing.answer_suggestion(
            intervention=intervention,
            state=Intervention.State.ACCEPTED,
            by=request.user,
            at=timezone.now(),
        ),
        "Accepted.",
        intervention.need_id,
    )


@require_POST
@requires(Permission.PLAN_EDIT)
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Make it a suggestion again."""
    intervention = _intervention(request, pk)
    return _change(
        request,
        intervention.plan,
        lambda: editing.answer_suggestion(
            intervention=intervention,
            state=Intervention.State.SUGGESTED,
            by=request.user,
            at=timezone.now(),
        ),
        "Open again.",
        intervention.need_id,
    )


@requires(Permission.PLAN_EDIT)
def decline(request: StaffRequest, pk: int) -> HttpResponse:
    intervention = _intervention(request, pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _change(
            request,
            intervention.plan,
            lambda: editing.answer_suggestion(
                intervention=intervention,
                state=Intervention.State.DECLINED,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            ),
            "Declined, with the reason. It is offered again at the review.",
            intervention.need_id,
        )
    return _form(request, intervention.plan, form, f"Decline: {intervention.title}")


@requires(Permission.PLAN_EDIT)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is done; a suggestion is accepted with the change."""
    intervention = _intervention(request, pk)
    initial = {
        name: getattr(intervention, name) for name in InterventionForm.base_fields
    }
    form = InterventionForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        return _change(
            request,
            intervention.plan,
            lambda: editing.change_intervention(
                intervention=intervention,
                values=form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            ),
            "Changed.",
            intervention.need_id,
        )
    return _form(request, intervention.plan, form, "Change")


@requires(Permission.PLAN_EDIT)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer a need with something of one's own."""
    need = get_object_or_404(Need.objects.visible_to(request.acting), pk=pk)
    form = AddInterventionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _change(
            request,
            need.plan,
            lambda: editing.add_intervention(
                need=need,
                values=form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            ),
            "Added.",
            need.pk,
        )
    return _form(request, need.plan, form, f"Add to: {need.title}")


@require_POST
@requires(Permission.PLAN_EDIT)
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    intervention = _intervention(request, pk)
    return _change(
        request,
        intervention.plan,
        lambda: editing.remove_intervention(
            intervention=intervention, by=request.user, at=timezone.now()
        ),
        "Removed.",
        intervention.need_id,
    )


@requires(Permission.PLAN_EDIT)
def goal(request: StaffRequest, pk: int) -> HttpResponse:
    """The goal's words, measure and day."""
    row = get_object_or_404(Goal.objects.visible_to(request.acting), pk=pk)
    initial = {name: getattr(row, name) for name in GoalForm.base_fields}
    form = GoalForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        return _change(
            request,
            row.plan,
            lambda: editing.change_goal(
                goal=row, values=form.cleaned_data, by=request.user, at=timezone.now()
            ),
            "Goal saved.",
            row.need_id,
        )
    return _form(request, row.plan, form, f"Goal for: {row.need.title}")


@requires(Permission.PLAN_EDIT)
def add_need(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    form = NeedForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _change(
            request,
            plan,
            lambda: editing.add_need(
                plan=plan, values=form.cleaned_data, by=request.user, at=timezone.now()
            ),
            "Need added.",
        )
    return _form(request, plan, form, "Add a need")


@requires(Permission.PLAN_EDIT)
def set_aside(request: StaffRequest, pk: int) -> HttpResponse:
    """Leave a need unanswered on purpose, with the reason."""
    need = get_object_or_404(Need.objects.visible_to(request.acting), pk=pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _change(
            request,
            need.plan,
            lambda: editing.set_aside_need(
                need=need,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            ),
            "Set aside on purpose.",
            need.pk,
        )
    return _form(request, need.plan, form, f"Set aside: {need.title}")


@require_POST
@requires(Permission.PLAN_EDIT)
def take_up(request: StaffRequest, pk: int) -> HttpResponse:
    need = get_object_or_404(Need.objects.visible_to(request.acting), pk=pk)
    return _change(
        request,
        need.plan,
        lambda: editing.set_aside_need(
            need=need, reason="", by=request.user, at=timezone.now()
        ),
        "Taken up again.",
        need.pk,
    )


@require_POST
@requires(Permission.PLAN_EDIT)
def level_of_care(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    form = LevelOfCareForm(request.POST)
    if not form.is_valid():
        return page(request, plan, status=400, level_form=form)
    return _change(
        request,
        plan,
        lambda: editing.record_level_of_care(
            plan=plan,
            level=form.cleaned_data["level"],
            by=request.user,
            at=timezone.now(),
        ),
        "Level of care recorded.",
    )


@require_POST
@requires(Permission.PLAN_EDIT)
def accept_all(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept whatever is still a suggestion; each can be declined afterwards."""
    plan = own_plan(request, pk)
    return _change(
        request,
        plan,
        lambda: editing.accept_open_suggestions(
            plan=plan, by=request.user, at=timezone.now()
        ),
        "Accepted. Decline what does not fit.",
    )


@require_POST
@requires(Permission.PLAN_EDIT)
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    return _change(
        request,
        plan,
        lambda: editing.discard_draft(plan=plan, by=request.user, at=timezone.now()),
        "Draft discarded.",
    )


def _intervention(request: StaffRequest, pk: int) -> Intervention:
    rows = Intervention.objects.visible_to(request.acting).select_related(
        "plan", "need"
    )
    return get_object_or_404(rows, pk=pk)


def _form(
    request: StaffRequest, plan: Plan, form: forms.Form, title: str
) -> HttpResponse:
    context = {
        "patient": plan.patient,
        "tab": "plan",
        "plan": plan,
        "form": form,
        "title": title,
    }
    return render(
        request, "plans/form.html", context, status=400 if form.errors else 200
    )

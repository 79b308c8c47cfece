"""Changing a draft."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    as_seen,
    row_of_clinic,
    status_of,
    values_of,
)
from accounts.doors import (
    editing as carrying,
)
from accounts.permissions import Permission
from assessments.picture.assemble import picture_of
from knowledge.editions import knowledge
from medications.models import MedicationDecision
from patients.views.registry import of_clinic
from plans.actions import drafting, editing
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


@requires(Permission.PLAN_EDIT, "POST")
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Draft the next version from what is known now: one click."""
    patient = of_clinic(request, pk)
    now = request.at
    act(
        request,
        lambda: drafting.draft_plan(
            patient=patient,
            picture=picture_of(patient, at=now),
            knowledge_digest=knowledge().digest,
            decision=MedicationDecision.objects.filter(patient=patient).first(),
            by=request.user,
            at=now,
        ),
        done="Drafted. Nothing is in force until it is signed.",
    )
    return redirect("plans:current", pk)


def _back(plan: Plan, need: int | None = None) -> HttpResponse:
    """The plan as it is, at the need that the act was about."""
    page = reverse("plans:current", args=[plan.patient_id])
    return redirect(f"{page}#need-{need}" if need else page)


def _need(request: StaffRequest, pk: int) -> Need:
    return row_of_clinic(request, Need.objects.select_related("plan__patient"), pk=pk)


def _intervention(request: StaffRequest, pk: int) -> Intervention:
    rows = Intervention.objects.select_related("plan__patient", "need")
    return row_of_clinic(request, rows, pk=pk)


def _answer(request: StaffRequest, pk: int, state: str, done: str) -> HttpResponse:
    line = _intervention(request, pk)
    act(
        request,
        lambda: editing.answer_suggestion(
            intervention=line, state=state, **as_seen(request)
        ),
        done=done,
    )
    return _back(line.plan, line.need_id)


@requires(Permission.PLAN_EDIT, "POST")
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept a suggestion, or take a decline back."""
    return _answer(request, pk, Intervention.State.ACCEPTED, "Accepted.")


@requires(Permission.PLAN_EDIT, "POST")
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Make it a suggestion again."""
    return _answer(request, pk, Intervention.State.SUGGESTED, "Open again.")


def _form(
    request: StaffRequest,
    plan: Plan,
    form: forms.Form,
    title: str,
    do: Callable[[], object],
    done: str,
    need: int | None = None,
) -> HttpResponse:
    """One form of a draft: done, or shown with what stands against it."""
    if act(request, do, form=form, done=done):
        return _back(plan, need)
    context = {
        "patient": plan.patient,
        "tab": "plan",
        "plan": plan,
        "form": form,
        "title": title,
    }
    return render(request, "plans/form.html", context, status=status_of(form))


@requires(Permission.PLAN_EDIT)
def decline(request: StaffRequest, pk: int) -> HttpResponse:
    line = _intervention(request, pk)
    form = carrying(ReasonForm(posted(request)), line)
    return _form(
        request,
        line.plan,
        form,
        f"Decline: {line.title}",
        lambda: editing.answer_suggestion(
            intervention=line,
            state=Intervention.State.DECLINED,
            reason=form.cleaned_data["reason"],
            **as_seen(request),
        ),
        "Declined, with the reason. It is offered again at the review.",
        line.need_id,
    )


@requires(Permission.PLAN_EDIT)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is done; a suggestion is accepted with the change."""
    line = _intervention(request, pk)
    initial = {name: getattr(line, name) for name in InterventionForm.base_fields}
    form = carrying(InterventionForm(posted(request), initial=initial), line)
    return _form(
        request,
        line.plan,
        form,
        "Change",
        lambda: editing.change_intervention(
            intervention=line, values=values_of(form), **as_seen(request)
        ),
        "Changed.",
        line.need_id,
    )


@requires(Permission.PLAN_EDIT)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer a need with something of one's own."""
    need = _need(request, pk)
    form = AddInterventionForm(posted(request))
    return _form(
        request,
        need.plan,
        form,
        f"Add to: {need.title}",
        lambda: editing.add_intervention(
            need=need, values=form.cleaned_data, **acting_now(request)
        ),
        "Added.",
        need.pk,
    )


@requires(Permission.PLAN_EDIT, "POST")
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    line = _intervention(request, pk)
    act(
        request,
        lambda: editing.remove_intervention(intervention=line, **as_seen(request)),
        done="Removed.",
    )
    return _back(line.plan, line.need_id)


@requires(Permission.PLAN_EDIT)
def goal(request: StaffRequest, pk: int) -> HttpResponse:
    """The goal's words, measure and day."""
    goals = Goal.objects.select_related("plan__patient", "need")
    row = row_of_clinic(request, goals, pk=pk)
    initial = {name: getattr(row, name) for name in GoalForm.base_fields}
    form = carrying(GoalForm(posted(request), initial=initial), row)
    return _form(
        request,
        row.plan,
        form,
        f"Goal for: {row.need.title}",
        lambda: editing.change_goal(
            goal=row, values=values_of(form), **as_seen(request)
        ),
        "Goal saved.",
        row.need_id,
    )


@requires(Permission.PLAN_EDIT)
def add_need(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    form = NeedForm(posted(request))
    return _form(
        request,
        plan,
        form,
        "Add a need",
        lambda: editing.add_need(
            plan=plan, values=form.cleaned_data, **acting_now(request)
        ),
        "Need added.",
    )


@requires(Permission.PLAN_EDIT)
def set_aside(request: StaffRequest, pk: int) -> HttpResponse:
    """Leave a need unanswered on purpose, with the reason."""
    need = _need(request, pk)
    form = carrying(ReasonForm(posted(request)), need)
    return _form(
        request,
        need.plan,
        form,
        f"Set aside: {need.title}",
        lambda: editing.set_aside_need(
            need=need, reason=form.cleaned_data["reason"], **as_seen(request)
        ),
        "Set aside on purpose.",
        need.pk,
    )


@requires(Permission.PLAN_EDIT, "POST")
def take_up(request: StaffRequest, pk: int) -> HttpResponse:
    need = _need(request, pk)
    act(
        request,
        lambda: editing.set_aside_need(need=need, reason="", **as_seen(request)),
        done="Taken up again.",
    )
    return _back(need.plan, need.pk)


@requires(Permission.PLAN_EDIT, "POST")
def level_of_care(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    form = carrying(LevelOfCareForm(request.POST), plan, ["level_of_care"])
    if act(
        request,
        lambda: editing.record_level_of_care(
            plan=plan, level=form.cleaned_data["level"], **as_seen(request)
        ),
        form=form,
        done="Level of care recorded.",
    ):
        return _back(plan)
    return page(request, plan, status=status_of(form), level_form=form)


@requires(Permission.PLAN_EDIT, "POST")
def accept_all(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept whatever is still a suggestion; each can be declined afterwards."""
    plan = own_plan(request, pk)
    act(request, lambda: _accept_all(request, plan))
    return _back(plan)


def _accept_all(request: StaffRequest, plan: Plan) -> None:
    left = editing.accept_open_suggestions(plan=plan, **as_seen(request))
    words = "Accepted. Decline what does not fit."
    if left:
        words = (
            f"Accepted, but for {left} about a medicine: a prescriber decides those."
        )
    messages.success(request, words)


@requires(Permission.PLAN_EDIT, "POST")
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    act(
        request,
        lambda: editing.discard_draft(plan=plan, **as_seen(request)),
        done="Draft discarded.",
    )
    return _back(plan)

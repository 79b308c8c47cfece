"""Signing a plan, and what comes after it."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import StaffRequest, requires
from accounts.doors import CONFLICT, act, acting_now, as_seen, shown_in, status_of
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from plans.about_to_sign import about_to_sign
from plans.actions import signing
from plans.forms import ReasonForm, SignForm
from plans.models import Plan
from plans.views.reading import own_plan, page


@requires(Permission.PLAN_SIGN, "POST")
@step_up("sign this plan")
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign what was on the screen, and nothing else."""
    plan = own_plan(request, pk)
    form = SignForm(request.POST, patient=plan.patient)
    if form.is_valid() and act(
        request,
        lambda: signing.sign_plan(plan=plan, **form.cleaned_data, **as_seen(request)),
        done="Plan signed. Its follow-ups are on the calendar.",
        about=lambda: about_to_sign(plan, shown=shown_in(request), at=request.at),
    ):
        return redirect("plans:current", plan.patient_id)
    return _again(request, plan, form)


@requires(Permission.PLAN_SIGN, "POST")
def patient_signature(request: StaffRequest, pk: int) -> HttpResponse:
    """The person signs what is in force, later than the clinician."""
    plan = own_plan(request, pk)
    form = SignForm(request.POST, patient=plan.patient, is_required=True)
    if not form.is_valid():
        return page(request, plan, status=400, sign_form=form)
    act(
        request,
        lambda: signing.record_patient_signature(
            plan=plan,
            name=form.cleaned_data["patient_name"],
            signed_for=form.cleaned_data["signed_for"],
            **as_seen(request),
        ),
        done="Signature recorded.",
    )
    return redirect("plans:detail", pk)


@requires(Permission.PLAN_EDIT, "POST")
def new_version(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    act(
        request,
        lambda: signing.start_new_version(plan=plan, **acting_now(request)),
        done="A draft of the next version. The signed one stays in force.",
    )
    return redirect("plans:current", plan.patient_id)


@requires(Permission.PLAN_SIGN, "POST")
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """End the plan in force without another in its place."""
    plan = own_plan(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, plan, status=400, close_form=form)
    act(
        request,
        lambda: signing.close_plan(
            plan=plan, why=form.cleaned_data["reason"], **acting_now(request)
        ),
        done="Plan closed.",
    )
    return redirect("plans:current", plan.patient_id)


def _again(request: StaffRequest, plan: Plan, form: SignForm) -> HttpResponse:
    """The draft as it is by now with the name that was typed; or what came of it."""
    drafts = Plan.objects.visible_to(request.acting).drafts()
    if not drafts.filter(pk=plan.pk).exists():
        return redirect("plans:current", plan.patient_id)
    status = status_of(form) if form.errors else CONFLICT
    return page(request, own_plan(request, plan.pk), status=status, sign_form=form)

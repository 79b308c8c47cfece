"""Signing a plan, and what comes after it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from plans.actions import signing
from plans.forms import ReasonForm, SignForm
from plans.views.reading import own_plan, page


@require_POST
@requires(Permission.PLAN_SIGN)
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    form = SignForm(request.POST)
    if not form.is_valid():
        return page(request, plan, status=400, sign_form=form)
    try:
        signing.sign_plan(
            plan=plan,
            patient_name=form.cleaned_data["patient_name"],
            by=request.user,
            at=timezone.now(),
        )
    except signing.PlanNotSignable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Plan signed. Its follow-ups are on the calendar.")
    return redirect("plans:current", plan.patient_id)


@require_POST
@requires(Permission.PLAN_SIGN)
def patient_signature(request: StaffRequest, pk: int) -> HttpResponse:
    """The person signs what is in force, later than the clinician."""
    plan = own_plan(request, pk)
    form = SignForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["patient_name"]:
        form.add_error("patient_name", "Write the name as the person signs it.")
        return page(request, plan, status=400, sign_form=form)
    try:
        signing.record_patient_signature(
            plan=plan,
            name=form.cleaned_data["patient_name"],
            by=request.user,
            at=timezone.now(),
        )
    except signing.PlanNotSignable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Signature recorded.")
    return redirect("plans:detail", pk)


@require_POST
@requires(Permission.PLAN_EDIT)
def new_version(request: StaffRequest, pk: int) -> HttpResponse:
    plan = own_plan(request, pk)
    try:
        signing.start_new_version(plan=plan, by=request.user, at=timezone.now())
    except (signing.NothingToReplace, signing.DraftUnderWay) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, "A draft of the next version. The signed one stays in force."
        )
    return redirect("plans:current", plan.patient_id)


@require_POST
@requires(Permission.PLAN_SIGN)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """End the plan in force without another in its place."""
    plan = own_plan(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, plan, status=400, close_form=form)
    try:
        signing.close_plan(
            plan=plan,
            why=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except signing.NothingToReplace as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Plan closed.")
    return redirect("plans:current", plan.patient_id)

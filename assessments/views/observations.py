"""Recording a measurement, and taking one out."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now
from accounts.permissions import Permission
from assessments.actions import measures as acts
from assessments.forms.measures import ErrorForm
from assessments.forms.results import ObservationForm
from assessments.models import Observation
from assessments.observations.kinds import BY_CODE, MEASURES
from patients.views.registry import of_clinic

BAD = 400


@requires(Permission.ASSESS)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Record a laboratory value, a vital sign or an ECG interval."""
    patient = of_clinic(request, pk)
    now = request.at
    wanted = request.GET.get("code", "")
    form = ObservationForm(
        request.POST if request.method == "POST" else None,
        now=now,
        initial={"code": wanted, "effective_at": timezone.localtime(now)},
    )
    if act(
        request,
        lambda: acts.record_observation(
            patient=patient,
            code=form.cleaned_data["code"],
            value=form.result.value,
            text=form.result.text,
            low_limit=form.result.low_limit,
            high_limit=form.result.high_limit,
            entered=form.result.entered,
            effective_at=form.cleaned_data["effective_at"],
            source=form.cleaned_data["source"],
            by=request.user,
            at=now,
        ),
        form=form,
        done="Measurement kept.",
    ):
        return redirect("reports:measures", pk)
    context = {
        "patient": patient,
        "tab": "measures",
        "form": form,
        "units": sorted({unit for m in MEASURES for unit in m.all_units}),
    }
    status = BAD if form.errors else 200
    return render(request, "assessments/observe.html", context, status=status)


@requires(Permission.ASSESS)
def error(request: StaffRequest, pk: int, observation: int) -> HttpResponse:
    """Mark a measurement as entered in error, with the reason."""
    patient = of_clinic(request, pk)
    mine = Observation.objects.visible_to(request.acting)
    found = get_object_or_404(mine, pk=observation, patient=patient)
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act(
            request,
            lambda: acts.mark_observation_in_error(
                observation=found,
                reason=form.cleaned_data["reason"],
                **acting_now(request),
            ),
            done="Marked as entered in error. It no longer counts.",
        )
        return redirect("reports:measures", pk)
    measure = BY_CODE.get(found.code)
    context = {
        "patient": patient,
        "tab": "measures",
        "form": form,
        "what": measure.label if measure else found.code,
        "when": found.effective_at,
    }
    status = BAD if form.errors else 200
    return render(request, "assessments/error.html", context, status=status)

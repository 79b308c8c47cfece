"""Recording a measurement, and taking one out."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import StaffRequest, requires
from accounts.doors import act, status_of
from accounts.permissions import Permission
from assessments.actions import measures as acts
from assessments.forms.results import ObservationForm
from assessments.models import Observation
from assessments.observations.kinds import MEASURES, label_of
from assessments.views.measures import in_error
from patients.views.registry import of_clinic


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
        lambda: acts.record_results(
            patient=patient,
            results=form.results,
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
    status = status_of(form)
    return render(request, "assessments/observe.html", context, status=status)


@requires(Permission.ASSESS)
def error(request: StaffRequest, pk: int, observation: int) -> HttpResponse:
    """Mark a measurement as entered in error, with the reason."""
    patient = of_clinic(request, pk)
    mine = Observation.objects.visible_to(request.acting)
    found = get_object_or_404(mine, pk=observation, patient=patient)
    about = {"what": label_of(found.code), "when": found.effective_at}
    mark = partial(acts.mark_observation_in_error, observation=found)
    return in_error(request, patient, mark, about)
